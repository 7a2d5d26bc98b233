//! Checkouts, v3: what a cart becomes while it is paid for. They have their cart's id.

mod add_billing;
mod billing;
mod get;
mod update_billing;

pub(super) use self::{
    add_billing::BillingAddressAdd, get::CheckoutGet, update_billing::BillingAddressUpdate,
};

use connector_kit::Error;

fn absent(checkout: &str) -> Error {
    Error::rejected(format!("Checkout `{checkout}` is not in the store.")).hint(
        "It became an order, was deleted, or was not touched for 30 days. Skip such records with a rule.",
    )
}
