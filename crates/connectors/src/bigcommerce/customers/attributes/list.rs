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

#[async_trait]
impl ReadAction for CustomerAttributesList {
    type System = Store;
    const NAME: &'static str = "customer_attributes.list";
    const ABOUT: &'static str =
        "All attributes that customers can have, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Customers: read-only");

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let filter = self.filter.over(&reading.filter, &[])?;
        Named::of("get_customers_attributes")
            .with(filter)?
            .open(store, reading)
    }
}
