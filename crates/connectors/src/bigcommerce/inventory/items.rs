//! What the store knows of stock items: where they are found, how they are counted, how many there are.

use std::collections::BTreeMap;

use connector_kit::{Error, Result, http::Request};
use serde::Deserialize;

use crate::bigcommerce::{Store, envelope::Rows, errors::About};

const ABOUT: About = About::reading("stock items", "Store Inventory");

/// How a stock item is named in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Sku,
    VariantId,
    ProductId,
}

impl By {
    pub(super) const ALL: [(&'static str, Self); 3] = [
        ("sku", Self::Sku),
        ("variant_id", Self::VariantId),
        ("product_id", Self::ProductId),
    ];

    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Sku => "sku",
            Self::VariantId => "variant_id",
            Self::ProductId => "product_id",
        }
    }
}

/// A stock item.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Item {
    pub(super) identity: Identity,
    #[serde(default)]
    pub(super) locations: Vec<Level>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Identity {
    pub(super) sku: Option<String>,
    pub(super) variant_id: Option<u64>,
    pub(super) product_id: Option<u64>,
}

/// Stock at a location.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Level {
    pub(super) location_id: u64,
    #[serde(default)]
    pub(super) total_inventory_onhand: i64,
}

impl Item {
    fn name(&self, by: By) -> Option<String> {
        match by {
            By::Sku => self.identity.sku.as_ref().map(|sku| sku.trim().to_lowercase()),
            By::VariantId => self.identity.variant_id.map(|id| id.to_string()),
            By::ProductId => self.identity.product_id.map(|id| id.to_string()),
        }
    }
}

/// Room for a list of names in one URL, in bytes.
const LIST_BYTES: usize = 3_000;

/// The largest page of inventory v3.
const PAGE: usize = 1_000;

/// The items of these names, by name in lower case. Names with a comma cannot be asked for and are missing.
pub(super) async fn by_name(store: &Store, by: By, names: &[&str]) -> Result<BTreeMap<String, Item>> {
    let mut found = BTreeMap::new();
    for list in lists(names) {
        let request = Request::get("v3/inventory/items")
            .query(format!("{}:in", by.field()), &list)
            .query("limit", PAGE);
        for row in store.all(request, ABOUT).await? {
            let item: Item = serde_json::from_str(row.as_str()).map_err(unfamiliar)?;
            found.extend(item.name(by).map(|name| (name, item)));
        }
    }
    Ok(found)
}

/// Names joined into lists that fit into a URL; those with a comma cannot be asked for.
pub(in crate::bigcommerce) fn lists(names: &[&str]) -> Vec<String> {
    let mut lists: Vec<String> = Vec::new();
    for name in names.iter().filter(|name| !name.contains(',')) {
        match lists.last_mut() {
            Some(list) if list.len() + name.len() < LIST_BYTES => {
                list.push(',');
                list.push_str(name);
            }
            _ => lists.push((*name).to_owned()),
        }
    }
    lists
}

/// How the stock of products is counted: `none`, `product` or `variant`.
pub(super) async fn tracking(store: &Store, products: &[u64]) -> Result<BTreeMap<u64, String>> {
    #[derive(Deserialize)]
    struct Product {
        id: u64,
        #[serde(default)]
        inventory_tracking: String,
    }
    let mut modes = BTreeMap::new();
    for group in products.chunks(250) {
        let ids: Vec<String> = group.iter().map(u64::to_string).collect();
        let request = Request::get("v3/catalog/products")
            .query("id:in", ids.join(","))
            .query("include_fields", "inventory_tracking")
            .query("limit", 250);
        let rows = Rows::v3(&store.get(request, About::reading("products", "Products")).await?)?.rows;
        for row in rows {
            let product: Product = serde_json::from_str(row.as_str()).map_err(unfamiliar)?;
            modes.insert(product.id, product.inventory_tracking);
        }
    }
    Ok(modes)
}

fn unfamiliar(error: serde_json::Error) -> Error {
    Error::unavailable("the store's answer about its stock items has an unfamiliar shape").source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_names_fit_into_a_url() {
        let names: Vec<String> = (0..2_000).map(|number| format!("SKU-{number:05}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).chain(["A,B"]).collect();
        let lists = lists(&names);
        assert!(
            lists.iter().all(|list| list.len() <= LIST_BYTES),
            "a server cuts longer addresses"
        );
        let joined = lists.join(",");
        assert_eq!(joined.split(',').count(), 2_000, "all but the one with a comma");
    }
}
