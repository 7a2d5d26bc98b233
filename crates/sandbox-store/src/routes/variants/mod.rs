//! Variants, v3: lists without a date filter, batches of fifty.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod update;
