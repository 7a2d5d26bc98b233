//! Finding customers by e-mail or id. The store compares e-mails without regard to case.

use connector_kit::{Error, Raw, Result, http::Request};

use super::resource::{PATH, READING};
use crate::bigcommerce::{Store, envelope::Rows};

/// A customer in the store.
#[derive(Clone, Debug)]
pub(super) struct There {
    pub(super) id: u64,
    /// In lower case.
    pub(super) email: String,
    pub(super) record: Raw,
}

/// Customers with these e-mails.
pub(super) async fn by_email(store: &Store, emails: &[String]) -> Result<Vec<There>> {
    by(store, "email:in", emails).await
}

/// Customers with these ids.
pub(super) async fn by_id(store: &Store, ids: &[String]) -> Result<Vec<There>> {
    by(store, "id:in", ids).await
}

async fn by(store: &Store, filter: &str, values: &[String]) -> Result<Vec<There>> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let request = Request::get(PATH)
        .query(filter, values.join(","))
        .query("limit", 250)
        .sensitive();
    let rows = Rows::v3(&store.get(request, READING).await?)?.rows;
    rows.into_iter().map(there).collect()
}

/// A customer's record, looked at.
pub(super) fn there(record: Raw) -> Result<There> {
    let fields = record.fields();
    let plain = |name: &str| fields.get(name).and_then(|value| value.plain());
    let id = plain("id").and_then(|id| id.parse().ok());
    let id = id.ok_or_else(|| Error::unavailable("the store sent a customer without an id"))?;
    Ok(There {
        id,
        email: plain("email").unwrap_or_default().to_lowercase(),
        record,
    })
}
