//! Carts, v3. They live 30 days from their last change; one that became an order is gone.

mod delete;
mod get;

pub(super) use self::{delete::CartDelete, get::CartGet};

use connector_kit::Error;

fn absent(cart: &str) -> Error {
    Error::rejected(format!("Cart `{cart}` is not in the store.")).hint(
        "It became an order, was deleted, or was not touched for 30 days. Skip such records with a rule.",
    )
}
