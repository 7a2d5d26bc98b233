//! BigCommerce: a store's orders, products, customers, categories and stock.
//!
//! A folder a resource, a file an action. What they share: the store's address ([`address`]), its errors in
//! sentences ([`errors`]), its envelopes ([`envelope`]), its spellings of a date ([`date`]). Facts of the API are from
//! BigCommerce's reference (orders v2, customers v3, catalog v3, inventory v3). Webhooks are
//! kept for others: an agent behind a firewall cannot receive them. Left out: the payments host.

mod address;
mod api;
mod brands;
mod carts;
mod categories;
mod checkouts;
mod coupons;
mod customers;
mod date;
mod envelope;
mod errors;
mod filter;
mod fits;
mod id;
mod inventory;
mod keyed;
mod look;
mod metafields;
mod obeyed;
mod orders;
mod price_lists;
mod products;
mod refunds;
mod scopes;
mod settings;
mod shipments;
mod sign_in;
mod skus;
mod splice;
mod store;
mod store_information;
mod subscribers;
#[cfg(test)]
mod tests;
mod validate;
mod variants;
mod webhooks;
mod writing;

use connector_kit::{Connector, connector::ConnectorOf};

pub use self::{settings::Settings, store::Store};

/// The connector.
pub fn connector() -> Connector {
    let connector = reads(Connector::of::<Store>());
    writes(connector).catalogue(api::actions, api::Writer).build()
}

fn reads(connector: ConnectorOf<Store>) -> ConnectorOf<Store> {
    connector
        .reads::<orders::OrdersChanged>()
        .reads::<orders::OrdersList>()
        .reads::<orders::OrderGet>()
        .reads::<orders::OrderProducts>()
        .reads::<orders::OrderShippingAddresses>()
        .reads::<orders::OrderShipments>()
        .reads::<orders::OrderCoupons>()
        .reads::<orders::OrderTransactions>()
        .reads::<orders::OrderRefunds>()
        .reads::<orders::OrderStatusesList>()
        .reads::<metafields::MetafieldsList<metafields::OfOrders>>()
        .reads::<refunds::RefundsList>()
        .reads::<coupons::CouponsList>()
        .reads::<products::ProductsChanged>()
        .reads::<products::ProductsList>()
        .reads::<products::ProductGet>()
        .reads::<metafields::MetafieldsList<metafields::OfProducts>>()
        .reads::<variants::VariantsList>()
        .reads::<metafields::MetafieldsList<metafields::OfVariants>>()
        .reads::<price_lists::PriceListsList>()
        .reads::<price_lists::PriceListRecordsList>()
        .reads::<brands::BrandsList>()
        .reads::<metafields::MetafieldsList<metafields::OfBrands>>()
        .reads::<categories::CategoriesList>()
        .reads::<metafields::MetafieldsList<metafields::OfCategories>>()
        .reads::<inventory::InventoryList>()
        .reads::<inventory::LocationsList>()
        .reads::<customers::CustomersChanged>()
        .reads::<customers::CustomersList>()
        .reads::<customers::CustomerGet>()
        .reads::<customers::CustomerAddressesList>()
        .reads::<customers::CustomerAttributesList>()
        .reads::<customers::CustomerAttributeValuesList>()
        .reads::<metafields::MetafieldsList<metafields::OfCustomers>>()
        .reads::<subscribers::SubscribersList>()
        .reads::<carts::CartGet>()
        .reads::<checkouts::CheckoutGet>()
        .reads::<webhooks::WebhooksList>()
        .reads::<store_information::StoreGet>()
}

fn writes(connector: ConnectorOf<Store>) -> ConnectorOf<Store> {
    connector
        .writes::<products::ProductCreate>()
        .writes::<products::ProductUpdate>()
        .writes::<products::ProductUpsert>()
        .writes::<products::ImageAdd>()
        .writes::<metafields::MetafieldsUpsert<metafields::OfProducts>>()
        .writes::<variants::VariantsUpdate>()
        .writes::<variants::VariantsUpsert>()
        .writes::<metafields::MetafieldsUpsert<metafields::OfVariants>>()
        .writes::<price_lists::PriceListRecordsUpsert>()
        .writes::<brands::BrandCreate>()
        .writes::<brands::BrandUpdate>()
        .writes::<brands::BrandUpsert>()
        .writes::<metafields::MetafieldsUpsert<metafields::OfBrands>>()
        .writes::<categories::CategoryUpsert>()
        .writes::<metafields::MetafieldsUpsert<metafields::OfCategories>>()
        .writes::<inventory::InventorySet>()
        .writes::<inventory::InventoryAdjust>()
        .writes::<orders::OrderUpdate>()
        .writes::<shipments::ShipmentCreate>()
        .writes::<metafields::MetafieldsUpsert<metafields::OfOrders>>()
        .writes::<customers::CustomerCreate>()
        .writes::<customers::CustomerUpdate>()
        .writes::<customers::CustomerUpsert>()
        .writes::<customers::CustomerAddressCreate>()
        .writes::<customers::CustomerAddressUpdate>()
        .writes::<customers::CustomerAttributeCreate>()
        .writes::<customers::CustomerAttributeValuesUpsert>()
        .writes::<metafields::MetafieldsUpsert<metafields::OfCustomers>>()
        .writes::<subscribers::SubscriberUpsert>()
        .writes::<carts::CartDelete>()
        .writes::<checkouts::BillingAddressAdd>()
        .writes::<checkouts::BillingAddressUpdate>()
        .writes::<webhooks::WebhookCreate>()
}
