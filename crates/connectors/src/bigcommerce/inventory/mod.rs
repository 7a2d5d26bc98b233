//! Stock, through the Inventory API: absolute numbers, up to 2,000 in a request. BigCommerce reference, inventory v3.

mod adjust;
mod items;
mod list;
mod locations;
mod refusal;
mod set;

pub(super) use self::{
    adjust::InventoryAdjust, items::lists, list::InventoryList, locations::LocationsList, set::InventorySet,
};
