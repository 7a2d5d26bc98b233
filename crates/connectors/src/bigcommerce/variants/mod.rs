//! Variants of products, v3.

mod list;
mod options;
mod update;
mod upsert;

pub(super) use self::{list::VariantsList, update::VariantsUpdate, upsert::VariantsUpsert};
