//! `webhooks.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// All webhooks of this API account, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct WebhooksList {
    /// Only webhooks that fit: `scope`, `destination`, `is_active`.
    #[serde(default)]
    filter: Filter,
}

const LISTS: &str = "get_webhooks";

#[async_trait]
impl ReadAction for WebhooksList {
    type System = Store;
    const NAME: &'static str = "webhooks.list";
    const ABOUT: &'static str = "All webhooks of this API account, or those that fit a filter, every time.";

    fn check(&self) -> Result<()> {
        Named::check(LISTS, &self.filter)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        Named::of(LISTS)
            .filtered(&self.filter, &reading.filter)?
            .open(store, reading)
    }
}
