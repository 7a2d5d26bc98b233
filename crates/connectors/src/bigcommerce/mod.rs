//! BigCommerce: a store's orders, products, customers, categories and stock.
//!
//! A folder a resource, a file an action. What they share: the store's address ([`address`]), its errors in
//! sentences ([`errors`]), its envelopes ([`envelope`]), its spellings of a date ([`date`]). Facts of the API are from
//! BigCommerce's reference (orders v2, customers v3, catalog v3, inventory v3). Left out: webhooks, which an agent
//! behind a firewall cannot receive, and the payments host.

mod address;
mod api;
mod categories;
mod customers;
mod date;
mod envelope;
mod errors;
mod filter;
mod inventory;
mod look;
mod orders;
mod products;
mod settings;
mod shipments;
mod skus;
mod splice;
mod store;
#[cfg(test)]
mod tests;
mod validate;
mod variants;
mod writing;

use connector_kit::Connector;

pub use self::{settings::Settings, store::Store};

/// The connector.
pub fn connector() -> Connector {
    Connector::of::<Store>()
        .reads::<orders::OrdersChanged>()
        .reads::<orders::OrdersList>()
        .reads::<products::ProductsChanged>()
        .reads::<products::ProductsList>()
        .reads::<customers::CustomersChanged>()
        .reads::<customers::CustomersList>()
        .reads::<categories::CategoriesList>()
        .writes::<products::ProductUpdate>()
        .writes::<variants::VariantsUpdate>()
        .writes::<inventory::InventorySet>()
        .writes::<orders::OrderUpdate>()
        .writes::<shipments::ShipmentCreate>()
        .writes::<customers::CustomerCreate>()
        .writes::<customers::CustomerUpdate>()
        .writes::<customers::CustomerUpsert>()
        .catalogue(api::actions, api::Writer)
        .build()
}
