//! `inventory.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// The stock of all items at all locations, or of those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct InventoryList {
    /// Only items that fit: `sku:in`, `product_id:in`, `variant_id:in`, `location_id:in`, …
    #[serde(default)]
    filter: Filter,
}

const LISTS: &str = "get_inventory_items";

#[async_trait]
impl ReadAction for InventoryList {
    type System = Store;
    const NAME: &'static str = "inventory.list";
    const ABOUT: &'static str =
        "The stock of all items at all locations, or of those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Store Inventory: read-only");

    fn check(&self) -> Result<()> {
        Named::check(LISTS, &self.filter)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        Named::of(LISTS)
            .filtered(&self.filter, &reading.filter)?
            .known_by(&["identity.variant_id"])
            .open(store, reading)
    }
}
