//! `order.coupons`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use super::absent;
use crate::bigcommerce::{Store, api::Named, id::Id};

/// All coupons that were used for an order.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct OrderCoupons {
    /// The order's number.
    order_id: Id,
}

#[async_trait]
impl ReadAction for OrderCoupons {
    type System = Store;
    const NAME: &'static str = "order.coupons";
    const ABOUT: &'static str = "All coupons that were used for an order.";
    const SCOPE: Option<&'static str> = Some("Orders: read-only");

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let order = self.order_id.number("order_id")?;
        Named::of("get_order_coupons")
            .at("order_id", &order)?
            .or(absent(order))
            .open(store, reading)
    }
}
