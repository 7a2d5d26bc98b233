//! Shipments: parcels of an order, under v2's orders.

mod create;
mod parcel;

pub(super) use self::create::ShipmentCreate;
