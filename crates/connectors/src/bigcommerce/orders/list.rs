//! `orders.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait, paging};
use serde::Deserialize;

use super::{Include, RESERVED, resource::Orders};
use crate::bigcommerce::{Store, filter::Filter};

/// All orders, or those that fit a filter, by their ids.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct OrdersList {
    /// What to bring along with each order.
    #[serde(default)]
    include: Vec<Include>,
    /// Only orders that fit: `status_id`, `customer_id`, `email`, `channel_id`, `min_date_created`,
    /// `max_date_modified`, …
    #[serde(default)]
    filter: Filter,
}

#[async_trait]
impl ReadAction for OrdersList {
    type System = Store;
    const NAME: &'static str = "orders.list";
    const ABOUT: &'static str = "All orders, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Orders: read-only");
    const BRINGS_ALL: bool = true;

    fn check(&self) -> Result<()> {
        self.filter.check(RESERVED)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let filter = self.filter.over(&reading.filter, RESERVED)?;
        paging::listed(Orders::new(store, filter, self.include), reading)
    }
}
