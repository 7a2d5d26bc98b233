//! Refunds of orders, v3.

mod list;

pub(super) use self::list::RefundsList;
