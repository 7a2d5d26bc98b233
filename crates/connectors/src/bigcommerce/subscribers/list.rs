//! `subscribers.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// All subscribers of the newsletter, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct SubscribersList {
    /// Only subscribers that fit: `email`, `source`, `date_modified:min`, …
    #[serde(default)]
    filter: Filter,
}

const LISTS: &str = "get_subscribers";

#[async_trait]
impl ReadAction for SubscribersList {
    type System = Store;
    const NAME: &'static str = "subscribers.list";
    const ABOUT: &'static str = "All subscribers of the newsletter, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Customers: read-only");
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
