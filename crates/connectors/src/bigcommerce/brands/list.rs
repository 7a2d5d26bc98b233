//! `brands.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// All brands, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct BrandsList {
    /// Only brands that fit: `name`, `name:like`, `id:in`, …
    #[serde(default)]
    filter: Filter,
}

const LISTS: &str = "get_brands";

#[async_trait]
impl ReadAction for BrandsList {
    type System = Store;
    const NAME: &'static str = "brands.list";
    const ABOUT: &'static str = "All brands, or those that fit a filter, every time.";
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
