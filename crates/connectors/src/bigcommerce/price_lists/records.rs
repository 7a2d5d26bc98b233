//! `price_list_records.list`

use std::sync::Arc;

use connector_kit::{Error, JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// All prices of a price list, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct PriceListRecordsList {
    /// The price list's id.
    price_list_id: u64,
    /// Only prices that fit: `variant_id:in`, `product_id:in`, `sku:in`, `currency`, `date_modified:min`, …
    #[serde(default)]
    filter: Filter,
}

const LISTS: &str = "get_price_list_records";

#[async_trait]
impl ReadAction for PriceListRecordsList {
    type System = Store;
    const NAME: &'static str = "price_list_records.list";
    const ABOUT: &'static str = "All prices of a price list, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Products: read-only");

    fn check(&self) -> Result<()> {
        Named::check(LISTS, &self.filter)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let id = self.price_list_id;
        Named::of(LISTS)
            .at("price_list_id", &id)?
            .include(&["sku", "bulk_pricing_tiers"])?
            .filtered(&self.filter, &reading.filter)?
            .known_by(&["variant_id", "currency"])
            .or(Error::rejected(format!("Price list {id} is not in the store."))
                .hint("Check its id: `price_lists.list` reads which there are."))
            .open(store, reading)
    }
}
