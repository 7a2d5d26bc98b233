//! Stock: one level a variant and location. The default location's is the one that the catalog shows, on the
//! product or on the variant, whichever is tracked. Adjustments may be scripted to take effect late.

use std::collections::HashMap;

use crate::clock::iso_offset;
use crate::seed::products::Tracking;
use crate::world::World;

/// The location that the catalog sees.
pub(crate) const DEFAULT_LOCATION: u64 = 1;

/// Id, code, name of each location.
pub(crate) const LOCATIONS: &[(u64, &str, &str)] = &[
    (DEFAULT_LOCATION, "BC-LOCATION-1", "Standardlager"),
    (2, "AUSSEN-2", "Außenlager Düren"),
];

/// What an adjustment changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    Product(u64),
    Variant(u64),
}

/// One adjustment, accepted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Adjustment {
    pub(crate) item: Item,
    pub(crate) location: u64,
    pub(crate) quantity: i64,
    pub(crate) relative: bool,
}

/// Levels away from the default location, and adjustments that wait.
#[derive(Debug, Default)]
pub(crate) struct Stock {
    elsewhere: HashMap<(u64, u64), i64>,
    pending: Vec<(i64, Adjustment)>,
}

impl Stock {
    pub(crate) fn is_pending(&self) -> bool {
        !self.pending.is_empty()
    }
}

impl World {
    /// The level of a variant at a location.
    pub(crate) fn level(&self, variant: u64, location: u64) -> i64 {
        if location != DEFAULT_LOCATION {
            return self
                .stock
                .elsewhere
                .get(&(variant, location))
                .copied()
                .unwrap_or(0);
        }
        let Some(facts) = self.variants.facts(variant) else {
            return 0;
        };
        match self.products.facts(facts.product_id) {
            Some(product) if product.tracking == Tracking::Product => product.level,
            _ => facts.level,
        }
    }

    /// Applies an adjustment now, or later if the store is scripted so.
    pub(crate) fn adjust(&mut self, adjustment: Adjustment) {
        match self.settings.stock_lag_seconds {
            0 => self.apply(adjustment),
            lag => {
                let due = self.now() + i64::from(lag);
                self.stock.pending.push((due, adjustment));
            }
        }
    }

    /// Applies what has come due.
    pub(crate) fn settle_stock(&mut self) {
        if self.stock.pending.is_empty() {
            return;
        }
        let now = self.now();
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.stock.pending)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        self.stock.pending = later;
        if !due.is_empty() {
            self.changed();
        }
        for (_, adjustment) in due {
            self.apply(adjustment);
        }
    }

    fn apply(&mut self, adjustment: Adjustment) {
        let Adjustment {
            item,
            location,
            quantity,
            relative,
        } = adjustment;
        let variant = match item {
            Item::Variant(id) => id,
            Item::Product(id) => self.variants_of(id).first().copied().unwrap_or(0),
        };
        let before = if relative {
            self.level(variant, location)
        } else {
            0
        };
        let level = before + quantity;
        if location != DEFAULT_LOCATION {
            self.stock.elsewhere.insert((variant, location), level);
            return;
        }
        match item {
            Item::Product(id) => self.set_product_level(id, level),
            Item::Variant(id) => self.set_variant_level(id, level),
        }
    }

    /// Sets a product's level; its variants show the same, as the product is what is tracked.
    pub(crate) fn set_product_level(&mut self, id: u64, level: i64) {
        self.show_level(id, level);
        for variant in self.variants_of(id) {
            self.variants
                .amend(variant, "inventory_level", &level.to_string(), |facts| {
                    facts.level = level;
                });
        }
    }

    /// Sets a variant's level, and its product's to the sum.
    pub(crate) fn set_variant_level(&mut self, id: u64, level: i64) {
        self.variants
            .amend(id, "inventory_level", &level.to_string(), |facts| {
                facts.level = level;
            });
        let Some(product) = self.variants.facts(id).map(|facts| facts.product_id) else {
            return;
        };
        let levels = self
            .variants_of(product)
            .into_iter()
            .filter_map(|id| self.variants.facts(id));
        let sum = levels.map(|facts| facts.level).sum();
        self.show_level(product, sum);
    }

    fn show_level(&mut self, product: u64, level: i64) {
        self.products
            .amend(product, "inventory_level", &level.to_string(), |facts| {
                facts.level = level;
            });
        if self.settings.stock_touches_product {
            let now = self.now();
            let stamp = format!("\"{}\"", iso_offset(now));
            self.products
                .amend(product, "date_modified", &stamp, |facts| facts.modified = now);
        }
    }
}
