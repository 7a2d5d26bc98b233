//! `locations.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// All locations that hold stock, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct LocationsList {
    /// Only locations that fit: `location_code:in`, `is_active`, …
    #[serde(default)]
    filter: Filter,
}

const LISTS: &str = "get_locations";

#[async_trait]
impl ReadAction for LocationsList {
    type System = Store;
    const NAME: &'static str = "locations.list";
    const ABOUT: &'static str = "All locations that hold stock, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Store Locations: read-only");

    fn check(&self) -> Result<()> {
        Named::check(LISTS, &self.filter)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        Named::of(LISTS)
            .filtered(&self.filter, &reading.filter)?
            .open(store, reading)
    }
}
