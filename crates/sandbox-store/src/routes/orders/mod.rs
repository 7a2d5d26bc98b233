//! Orders, v2: the only place where BigCommerce has them. Transactions, refunds, messages and taxes are left out.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod parts;
pub(crate) mod payments;
pub(crate) mod shipments;
pub(crate) mod statuses;
pub(crate) mod sums;
pub(crate) mod update;
