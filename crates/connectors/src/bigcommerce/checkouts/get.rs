//! `checkout.get`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use super::absent;
use crate::bigcommerce::{Store, api::Named, id::Id};

/// One checkout, by its id, which is its cart's.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CheckoutGet {
    /// The checkout's id, which is its cart's.
    checkout_id: Id,
}

#[async_trait]
impl ReadAction for CheckoutGet {
    type System = Store;
    const NAME: &'static str = "checkout.get";
    const ABOUT: &'static str = "One checkout, by its id, which is its cart's.";
    const SCOPE: Option<&'static str> = Some("Checkouts: read-only");

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let id = self.checkout_id.text("checkout_id")?;
        let named = Named::of("get_checkout").at("checkoutId", &id)?;
        named.one(absent(&id)).open(store, reading)
    }
}
