//! `cart.get`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use super::absent;
use crate::bigcommerce::{Store, api::Named, id::Id};

/// One cart, by its id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CartGet {
    /// The cart's id.
    cart_id: Id,
}

#[async_trait]
impl ReadAction for CartGet {
    type System = Store;
    const NAME: &'static str = "cart.get";
    const ABOUT: &'static str = "One cart, by its id.";
    const SCOPE: Option<&'static str> = Some("Carts: read-only");

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let id = self.cart_id.text("cart_id")?;
        let named = Named::of("get_cart").at("cartId", &id)?;
        named.one(absent(&id)).open(store, reading)
    }
}
