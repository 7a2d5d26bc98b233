//! What the store says of itself, v2.

mod get;

pub(super) use self::get::StoreGet;
