//! Attributes of customers, v3: fields of a merchant's own, and what customers have in them.

mod create;
mod list;
mod upsert;
mod values;

pub(in crate::bigcommerce) use self::{
    create::CustomerAttributeCreate, list::CustomerAttributesList, upsert::CustomerAttributeValuesUpsert,
    values::CustomerAttributeValuesList,
};
