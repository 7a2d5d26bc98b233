//! `variants.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// All variants of all products, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct VariantsList {
    /// Only variants that fit: `sku`, `product_id:in`, `upc`, …
    #[serde(default)]
    filter: Filter,
}

#[async_trait]
impl ReadAction for VariantsList {
    type System = Store;
    const NAME: &'static str = "variants.list";
    const ABOUT: &'static str = "All variants of all products, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Products: read-only");

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let filter = self.filter.over(&reading.filter, &[])?;
        Named::of("get_variants").with(filter)?.open(store, reading)
    }
}
