//! Stock, through the Inventory API: absolute numbers, up to 2,000 in a request. BigCommerce reference, inventory v3.

mod items;
mod refusal;
mod set;

pub(super) use self::set::InventorySet;
