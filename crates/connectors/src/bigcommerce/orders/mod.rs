//! Orders: v2 alone has them. A read can bring their lines and shipping addresses along.

mod below;
mod changed;
mod list;
mod parts;
mod resource;
mod update;

pub(super) use self::{below::below, changed::OrdersChanged, list::OrdersList, update::OrderUpdate};

/// What a read brings along with each order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, connector_kit::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Include {
    /// All lines, under `products`.
    Products,
    /// All shipping addresses, under `shipping_addresses`.
    ShippingAddresses,
}

/// Query parameters that the reading itself sets.
const RESERVED: &[&str] = &[
    "page",
    "limit",
    "sort",
    "min_id",
    "max_id",
    "include",
    "consignment_structure",
];
