//! Customers, v3: a collection without addresses of single records. Attributes and consent are left out.

pub(crate) mod list;
pub(crate) mod write;
