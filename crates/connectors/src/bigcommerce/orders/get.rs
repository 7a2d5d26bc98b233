//! `order.get`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, Span, async_trait, paging};
use serde::Deserialize;

use super::{Include, absent, resource::Orders};
use crate::bigcommerce::{Store, api, id::Id};

/// One order, by its number.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct OrderGet {
    /// The order's number.
    order_id: Id,
    /// What to bring along with each order.
    #[serde(default)]
    include: Vec<Include>,
}

#[async_trait]
impl ReadAction for OrderGet {
    type System = Store;
    const NAME: &'static str = "order.get";
    const ABOUT: &'static str = "One order, by its number.";
    const SCOPE: Option<&'static str> = Some("Orders: read-only");

    async fn open(self, store: Arc<Store>, _reading: Reading) -> Result<Box<dyn Source>> {
        let order = self.order_id.number("order_id")?;
        let this = Reading::of(Span::Ids(vec![order.to_string()]));
        let source = paging::listed(Orders::new(store, Vec::new(), self.include), this)?;
        Ok(api::single(source, absent(order)))
    }
}
