//! Orders: v2 alone has them. A read can bring their lines and shipping addresses along.

mod below;
mod changed;
mod coupons;
mod get;
mod list;
mod parts;
mod products;
mod refunds;
mod resource;
mod shipments;
mod shipping_addresses;
mod statuses;
mod transactions;
mod update;

use connector_kit::Error;

pub(super) use self::{
    below::below, changed::OrdersChanged, coupons::OrderCoupons, get::OrderGet, list::OrdersList,
    products::OrderProducts, refunds::OrderRefunds, shipments::OrderShipments,
    shipping_addresses::OrderShippingAddresses, statuses::OrderStatusesList, transactions::OrderTransactions,
    update::OrderUpdate,
};

/// The error that an order is not there, of the record that asks for it.
fn absent(order: u64) -> Error {
    Error::rejected(format!("Order {order} is not in the store."))
        .hint("Check the number, or skip such records with a rule.")
}

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
