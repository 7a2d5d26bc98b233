//! Seeded variants: each product has at least its base one. Ids run through all products.

use std::fmt::Write as _;

use crate::shape::{Document, VARIANT, push_text};
use crate::shelf::Facts;

use super::{Draw, Seeds, price, products};

/// The id of the first seeded variant.
pub(crate) const FIRST: u64 = 5001;

/// The id of the option and of the first option value of a product.
const OPTION_FIRST: u64 = 20_001;
pub(crate) const SIZES: &[&str] = &["S", "M", "L"];

/// What filters need of a variant.
pub(crate) struct Variant {
    pub(crate) id: u64,
    pub(crate) product_id: u64,
    pub(crate) sku: Box<str>,
    pub(crate) level: i64,
}

/// How many variants all products before this one have.
pub(crate) fn first_of(number: u64) -> u64 {
    number + 2 * ((number + 1) / 5) + (number + 2) / 10
}

/// Stock of the variant with this number.
pub(crate) fn level(seeds: &Seeds, number: u64) -> i64 {
    seeds.draw(Draw::Level, number, 250) as i64
}

/// The variants of the seeded product with this number.
pub(crate) fn of_product(seeds: &Seeds, number: u64) -> impl Iterator<Item = Variant> + use<> {
    let count = products::variant_count(number);
    let first = first_of(number);
    let levels: Vec<i64> = (0..count)
        .map(|part| match products::tracking(number) {
            products::Tracking::None => 0,
            // The stock of a product that is tracked as a whole is the product's own.
            products::Tracking::Product => level(seeds, first),
            products::Tracking::Variant => level(seeds, first + part),
        })
        .collect();
    levels.into_iter().zip(0..count).map(move |(level, part)| {
        let sku = products::sku(number);
        let sku = if count == 1 {
            sku
        } else {
            format!("{sku}-{}", SIZES[part as usize]).into()
        };
        Variant {
            id: FIRST + first + part,
            product_id: products::FIRST + number,
            sku,
            level,
        }
    })
}

/// A variant whose product is gone. It lies behind an option nobody can choose any more.
pub(crate) fn orphan(seeds: &Seeds, number: u64) -> Variant {
    let id = FIRST + first_of(seeds.products) + number;
    Variant {
        id,
        product_id: 0,
        sku: format!("ORPHAN-{number}").into(),
        level: 0,
    }
}

/// The option of a product with several variants, as `include=options` shows it.
pub(crate) fn option(product_id: u64) -> serde_json::Value {
    let number = product_id.saturating_sub(products::FIRST);
    let values = SIZES.iter().take(products::variant_count(number) as usize).zip(0..).map(|(label, at)| {
        let id = value_id(number, at);
        serde_json::json!({ "id": id, "label": label, "sort_order": at, "value_data": null, "is_default": at == 0 })
    });
    serde_json::json!({
        "id": option_id(number), "product_id": product_id, "name": format!("Größe{}", option_id(number)),
        "display_name": "Größe", "type": "rectangles", "config": {}, "sort_order": 0,
        "option_values": values.collect::<Vec<_>>(),
    })
}

fn option_id(number: u64) -> u64 {
    OPTION_FIRST + number
}

fn value_id(number: u64, at: u64) -> u64 {
    OPTION_FIRST + number * 3 + at
}

impl Facts for Variant {
    fn id(&self) -> u64 {
        self.id
    }

    fn render(&self, seeds: &Seeds) -> String {
        let number = self.product_id.saturating_sub(products::FIRST);
        let cents = products::cents(seeds, number);
        let mut out = String::new();
        VARIANT.fill(&mut out, |marker, out| {
            let written = match marker {
                "id" => write!(out, "{}", self.id),
                "product_id" => write!(out, "{}", self.product_id),
                "sku_id" => write!(out, "{}", self.id - 1000),
                "price" => write!(out, "{}", price(cents)),
                "cost_price" => write!(out, "{}", price(cents * 6 / 10)),
                "weight" => write!(
                    out,
                    "{}",
                    price(20 + seeds.draw(Draw::Weight, number, 900) as i64)
                ),
                "inventory_level" => write!(out, "{}", self.level),
                "option_values" => write!(out, "{}", self.chosen(number)),
                _ => {
                    push_text(out, &self.sku);
                    Ok(())
                }
            };
            debug_assert!(written.is_ok(), "writing into a string cannot fail");
        });
        out
    }

    fn of(document: &Document) -> Self {
        let number = |field: &str| {
            document
                .get(field)
                .and_then(serde_json::Value::as_f64)
                .unwrap_or_default()
        };
        Self {
            id: number("id") as u64,
            product_id: number("product_id") as u64,
            sku: document
                .get("sku")
                .and_then(|value| value.as_str())
                .unwrap_or_default()
                .into(),
            level: number("inventory_level") as i64,
        }
    }
}

impl Variant {
    fn chosen(&self, number: u64) -> serde_json::Value {
        if self.product_id == 0 || products::variant_count(number) == 1 {
            return serde_json::json!([]);
        }
        let at = self.id - FIRST - first_of(number);
        serde_json::json!([{
            "id": value_id(number, at), "label": SIZES[at as usize % SIZES.len()],
            "option_id": option_id(number), "option_display_name": "Größe",
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variant_ids_run_on_without_gap_or_overlap() {
        let mut expected = 0;
        for number in 0..200 {
            assert_eq!(first_of(number), expected, "variants before product {number}");
            expected += products::variant_count(number);
        }
    }
}
