//! `refunds.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// All refunds of all orders, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct RefundsList {
    /// Only refunds that fit: `order_id:in`, `created:min`, `created:max`, …
    #[serde(default)]
    filter: Filter,
}

const LISTS: &str = "get_orders_refunds";

#[async_trait]
impl ReadAction for RefundsList {
    type System = Store;
    const NAME: &'static str = "refunds.list";
    const ABOUT: &'static str = "All refunds of all orders, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Order Transactions: read-only");

    fn check(&self) -> Result<()> {
        Named::check(LISTS, &self.filter)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        Named::of(LISTS)
            .filtered(&self.filter, &reading.filter)?
            .open(store, reading)
    }
}
