//! What tests say to and know of a store: how it is saved as a connection, and what it counts the stock of.

use sandbox_store::{Kind, Store};
use serde_json::Value;

/// Arguments that save a store as connection `name`; `api_path` is the whole setting (`api_path=...`), and the token
/// comes by standard input.
pub fn saving<'a>(name: &'a str, api_path: &'a str) -> [&'a str; 9] {
    [
        "connections",
        "add",
        name,
        "--connector",
        "bigcommerce",
        "--set",
        api_path,
        "--secret",
        "token",
    ]
}

/// The SKUs of variants that belong to a product.
pub(crate) fn skus(store: &Store) -> Vec<String> {
    skus_where(store, |variant| variant["product_id"] != 0)
}

/// SKUs of things whose stock the store counts one by one: those of products that it counts as a whole share a
/// number.
pub fn stock_skus(store: &Store) -> Vec<String> {
    skus_where(store, |variant| {
        let product = variant["product_id"]
            .as_u64()
            .and_then(|id| store.record(Kind::Product, id));
        product.is_some_and(|product| product["inventory_tracking"] == "variant")
    })
}

/// The SKUs of products.
pub fn product_skus(store: &Store) -> Vec<String> {
    let sku = |id: u64| Some(store.record(Kind::Product, id)?["sku"].as_str()?.to_owned());
    store.ids(Kind::Product).into_iter().filter_map(sku).collect()
}

fn skus_where(store: &Store, wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    let variants = store
        .ids(Kind::Variant)
        .into_iter()
        .filter_map(|id| store.record(Kind::Variant, id));
    variants
        .filter(wanted)
        .filter_map(|variant| variant["sku"].as_str().map(str::to_owned))
        .collect()
}
