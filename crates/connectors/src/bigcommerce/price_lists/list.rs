//! `price_lists.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// All price lists, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct PriceListsList {
    /// Only price lists that fit: `name`, `name:like`, `id:in`, `date_modified:min`, …
    #[serde(default)]
    filter: Filter,
}

const LISTS: &str = "get_price_lists";

#[async_trait]
impl ReadAction for PriceListsList {
    type System = Store;
    const NAME: &'static str = "price_lists.list";
    const ABOUT: &'static str = "All price lists, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Products: read-only");
    const BRINGS_ALL: bool = true;

    fn check(&self) -> Result<()> {
        Named::check(LISTS, &self.filter)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        Named::of(LISTS)
            .filtered(&self.filter, &reading.filter)?
            .open(store, reading)
    }
}
