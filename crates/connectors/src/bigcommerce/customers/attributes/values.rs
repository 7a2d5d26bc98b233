//! `customer_attribute_values.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// The values that customers have in their attributes, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CustomerAttributeValuesList {
    /// Only values that fit: `customer_id:in`, `attribute_id:in`, `date_modified:min`, …
    #[serde(default)]
    filter: Filter,
}

#[async_trait]
impl ReadAction for CustomerAttributeValuesList {
    type System = Store;
    const NAME: &'static str = "customer_attribute_values.list";
    const ABOUT: &'static str =
        "The values that customers have in their attributes, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Customers: read-only");

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let filter = self.filter.over(&reading.filter, &[])?;
        Named::of("get_customers_attribute_values")
            .with(filter)?
            .open(store, reading)
    }
}
