//! `order_statuses.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named};

/// The statuses that orders can have, with the names that the merchant gave them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct OrderStatusesList {}

#[async_trait]
impl ReadAction for OrderStatusesList {
    type System = Store;
    const NAME: &'static str = "order_statuses.list";
    const ABOUT: &'static str =
        "The statuses that orders can have, with the names that the merchant gave them.";
    const SCOPE: Option<&'static str> = Some("Orders: read-only");

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        Named::of("get_order_statuses").open(store, reading)
    }
}
