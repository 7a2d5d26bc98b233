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

const LISTS: &str = "get_customers_attribute_values";

#[async_trait]
impl ReadAction for CustomerAttributeValuesList {
    type System = Store;
    const NAME: &'static str = "customer_attribute_values.list";
    const ABOUT: &'static str =
        "The values that customers have in their attributes, or those that fit a filter, every time.";
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
