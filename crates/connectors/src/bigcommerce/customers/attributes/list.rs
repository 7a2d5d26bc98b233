//! `customer_attributes.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// All attributes that customers can have, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CustomerAttributesList {
    /// Only attributes that fit: `name`, `name:like`, `type`, …
    #[serde(default)]
    filter: Filter,
}

const LISTS: &str = "get_customers_attributes";

#[async_trait]
impl ReadAction for CustomerAttributesList {
    type System = Store;
    const NAME: &'static str = "customer_attributes.list";
    const ABOUT: &'static str =
        "All attributes that customers can have, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Customers: read-only");

    fn check(&self) -> Result<()> {
        Named::check(LISTS, &self.filter)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        Named::of(LISTS)
            .filtered(&self.filter, &reading.filter)?
            .open(store, reading)
    }
}
