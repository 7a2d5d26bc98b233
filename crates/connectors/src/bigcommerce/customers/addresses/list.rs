//! `customer_addresses.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// All addresses of customers, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CustomerAddressesList {
    /// Only addresses that fit: `customer_id:in`, `id:in`, `company:in`, `name:in`.
    #[serde(default)]
    filter: Filter,
}

const LISTS: &str = "get_customers_addresses";

#[async_trait]
impl ReadAction for CustomerAddressesList {
    type System = Store;
    const NAME: &'static str = "customer_addresses.list";
    const ABOUT: &'static str = "All addresses of customers, or those that fit a filter, every time.";
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
