//! `store.get`

use std::sync::Arc;

use connector_kit::{Error, JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named};

/// What the store says of itself: name, address, currency, time zone, units, plan.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct StoreGet {}

#[async_trait]
impl ReadAction for StoreGet {
    type System = Store;
    const NAME: &'static str = "store.get";
    const ABOUT: &'static str =
        "What the store says of itself: name, address, currency, time zone, units, plan.";
    const SCOPE: Option<&'static str> = Some("Information & Settings: read-only");

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let absent = Error::config("the store says nothing of itself");
        Named::of("get_store_information")
            .one(absent.hint("Check the API Path of the connection."))
            .open(store, reading)
    }
}
