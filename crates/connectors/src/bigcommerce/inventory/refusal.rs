//! One wrong item fails a whole adjustment, and the answer names one item at most. So after a refusal the store is
//! asked about all of them: what it does not know fails alone, what it counts per product is sent by product.

use std::collections::BTreeSet;

use connector_kit::{Error, Outcome, Result};

use super::{
    items::{self, By},
    set::Adjustment,
};
use crate::bigcommerce::{Store, writing::Outcomes};

/// The adjustments that can be sent now, those that cannot having failed. `None` when nothing was found to be wrong.
pub(super) async fn sorted(
    store: &Store,
    by: By,
    adjustments: Vec<Adjustment>,
    outcomes: &mut Outcomes,
) -> Result<Option<Vec<Adjustment>>> {
    let open: Vec<&str> = adjustments
        .iter()
        .filter(|one| one.product.is_none())
        .map(|one| one.name.as_str())
        .collect();
    let known = items::by_name(store, by, &open).await?;
    let products: BTreeSet<u64> = known
        .values()
        .filter_map(|item| item.identity.product_id)
        .collect();
    let modes = items::tracking(store, &products.into_iter().collect::<Vec<_>>()).await?;
    let mut changed = false;
    let mut left = Vec::new();
    for mut one in adjustments {
        if one.product.is_some() || one.name.contains(',') {
            left.push(one);
            continue;
        }
        let product = known
            .get(&one.name.trim().to_lowercase())
            .and_then(|item| item.identity.product_id);
        let mode = product
            .and_then(|product| modes.get(&product))
            .map(String::as_str);
        match (product, mode) {
            (None, _) => outcomes.set(one.row, Outcome::Failed(absent(by, &one.name))),
            (_, Some("none")) => outcomes.set(one.row, Outcome::Failed(untracked(by, &one.name))),
            (_, Some("variant")) if by == By::ProductId => {
                outcomes.set(one.row, Outcome::Failed(per_variant(&one.name)));
            }
            (Some(product), Some("product")) if by != By::ProductId => {
                remember(store, by, &one.name, product);
                one.product = Some(product);
                left.push(one);
            }
            _ => {
                left.push(one);
                continue;
            }
        }
        changed = true;
    }
    Ok(changed.then_some(left))
}

/// The product an item is counted by, if that was learned.
pub(super) fn counted_by_product(store: &Store, by: By, name: &str) -> Option<u64> {
    store.cached("counted-by-product", &key(by, name))?.parse().ok()
}

/// Forgets what was learned about items, as a refusal may come from it.
pub(super) fn forget(store: &Store, by: By, adjustments: &mut [Adjustment]) {
    for one in adjustments.iter_mut().filter(|one| one.product.is_some()) {
        store.cache("counted-by-product", &key(by, &one.name), "");
        one.product = None;
    }
}

fn remember(store: &Store, by: By, name: &str, product: u64) {
    store.cache("counted-by-product", &key(by, name), &product.to_string());
}

fn key(by: By, name: &str) -> String {
    format!("{}:{}", by.field(), name.trim().to_lowercase())
}

fn absent(by: By, name: &str) -> Error {
    Error::rejected(format!(
        "The store has no stock item with {} `{name}`.",
        by.field()
    ))
    .hint("Check it, or create the product in the store; the other items were written.")
}

fn untracked(by: By, name: &str) -> Error {
    Error::rejected(format!(
        "The store does not count the stock of {} `{name}`.",
        by.field()
    ))
    .hint("Switch on inventory tracking for the product in the store, or skip it with a rule.")
}

fn per_variant(name: &str) -> Error {
    Error::rejected(format!(
        "Product {name} counts its stock per variant, so a number for the product has no place."
    ))
    .hint("Map `sku` or `variant_id` instead.")
}
