//! `customers.changed`

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait, paging};
use serde::Deserialize;

use super::{Include, RESERVED, resource::Customers, spelling};
use crate::bigcommerce::{Store, filter::Filter};

/// Customers that are new or were changed since the last run, oldest change first. The first run reads all.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CustomersChanged {
    /// What to bring along with each customer.
    #[serde(default)]
    include: Vec<Include>,
    /// Only customers that fit: `customer_group_id:in`, `email:in`, `date_created:min`, …
    #[serde(default)]
    filter: Filter,
}

#[async_trait]
impl ReadAction for CustomersChanged {
    type System = Store;
    const NAME: &'static str = "customers.changed";
    const ABOUT: &'static str =
        "Customers that are new or were changed since the last run, oldest change first.";
    const SCOPE: Option<&'static str> = Some("Customers: read-only");
    const BRINGS_ALL: bool = true;

    fn check(&self) -> Result<()> {
        spelling::translated(self.filter.over(&BTreeMap::new(), RESERVED)?).map(drop)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let filter = spelling::translated(self.filter.over(&reading.filter, RESERVED)?)?;
        paging::changed(Customers::new(store, filter, &self.include), reading)
    }
}
