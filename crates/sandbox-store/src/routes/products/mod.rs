//! Products, v3. Reviews, metafields, complex rules and the addresses of single images are left out.

pub(crate) mod delete;
pub(crate) mod images;
pub(crate) mod list;
pub(crate) mod parts;
pub(crate) mod unique;
pub(crate) mod write;
