//! Price lists: prices of variants for groups of customers, by currency.

mod list;
mod records;
mod upsert;

pub(super) use self::{list::PriceListsList, records::PriceListRecordsList, upsert::PriceListRecordsUpsert};
