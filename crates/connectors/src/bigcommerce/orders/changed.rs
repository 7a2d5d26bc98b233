//! `orders.changed`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait, paging};
use serde::Deserialize;

use super::{Include, RESERVED, resource::Orders};
use crate::bigcommerce::{Store, filter::Filter};

/// Orders that are new or were changed since the last run, oldest change first. The first run reads all.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct OrdersChanged {
    /// What to bring along with each order.
    #[serde(default)]
    include: Vec<Include>,
    /// Only orders that fit: `status_id`, `customer_id`, `email`, `channel_id`, `min_date_created`, …
    #[serde(default)]
    filter: Filter,
}

const TAKEN: &[&str] = &["min_date_modified", "max_date_modified"];

#[async_trait]
impl ReadAction for OrdersChanged {
    type System = Store;
    const NAME: &'static str = "orders.changed";
    const ABOUT: &'static str =
        "Orders that are new or were changed since the last run, oldest change first.";
    const SCOPE: Option<&'static str> = Some("Orders: read-only");
    const BRINGS_ALL: bool = true;

    fn check(&self) -> Result<()> {
        self.filter.check(&[RESERVED, TAKEN].concat())
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let filter = self.filter.over(&reading.filter, &[RESERVED, TAKEN].concat())?;
        paging::changed(Orders::new(store, filter, self.include), reading)
    }
}
