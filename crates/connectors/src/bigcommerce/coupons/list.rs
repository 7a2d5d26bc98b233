//! `coupons.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// All coupons, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CouponsList {
    /// Only coupons that fit: `code`, `name`, `type`, `min_id`, …
    #[serde(default)]
    filter: Filter,
}

const LISTS: &str = "get_coupons";

#[async_trait]
impl ReadAction for CouponsList {
    type System = Store;
    const NAME: &'static str = "coupons.list";
    const ABOUT: &'static str = "All coupons, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Marketing: read-only");
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
