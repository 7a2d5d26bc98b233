//! Categories. The old address shows the default storefront's tree alone, so the new one is asked first.

mod list;
mod path;
mod upsert;

pub(super) use self::{list::CategoriesList, upsert::CategoryUpsert};
