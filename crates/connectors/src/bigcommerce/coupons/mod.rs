//! Coupons, v2.

mod list;

pub(super) use self::list::CouponsList;
