//! The list of customers, as paging sees it. BigCommerce reference, customers v3: no bounds on ids, so it is read by
//! change date, from the first one on.

use std::sync::Arc;

use connector_kit::{
    Raw, Result, async_trait,
    http::Request,
    paging::{Ask, Entry, Extent, Page, Resource},
};
use jiff::Timestamp;

use super::Include;
use crate::bigcommerce::{
    Store,
    envelope::{self, Known, Rows},
    errors::About,
    look,
};

pub(super) const READING: About = About::reading("customers", "Customers");
pub(super) const PATH: &str = "v3/customers";
const PAGE: u64 = 250;

/// Customers with a filter, and what comes along with them.
pub(super) struct Customers {
    store: Arc<Store>,
    filter: Vec<(String, String)>,
}

impl Customers {
    pub(super) fn new(store: Arc<Store>, mut filter: Vec<(String, String)>, include: &[Include]) -> Self {
        if !include.is_empty() {
            let names: Vec<&str> = include.iter().map(|part| part.name()).collect();
            filter.push(("include".to_owned(), names.join(",")));
        }
        Self { store, filter }
    }

    fn request(&self, sort: &str, limit: u64) -> Request {
        let request = self
            .filter
            .iter()
            .fold(Request::get(PATH), |request, (name, value)| {
                request.query(name, value)
            });
        request.query("sort", sort).query("limit", limit)
    }
}

#[async_trait]
impl Resource for Customers {
    fn noun(&self) -> &'static str {
        "customers"
    }

    fn page_size(&self) -> u64 {
        PAGE
    }

    fn walks_by_id(&self) -> bool {
        false
    }

    async fn page(&self, ask: &Ask) -> Result<Page> {
        let Ask::Changes { since, page } = *ask else {
            return Err(connector_kit::Error::bug(
                "customers were asked for by bounds of ids, which the store has not",
            ));
        };
        let request = self.request("date_modified:asc", PAGE).query("page", page);
        let request = since.into_iter().fold(request, |request, since| {
            request.query("date_modified:min", since)
        });
        let answer = self.store.get(request, READING).await?;
        let Rows { rows, more, .. } = Rows::v3(&answer)?;
        Ok(envelope::page(envelope::entries(rows, known)?, more, &answer))
    }

    async fn extent(&self) -> Result<Extent> {
        let rows = Rows::v3(
            &self
                .store
                .get(self.request("date_modified:desc", 1), READING)
                .await?,
        )?;
        Ok(Extent {
            total: rows.total,
            highest_id: None,
        })
    }

    async fn newest_change(&self) -> Result<Option<Timestamp>> {
        let rows = Rows::v3(
            &self
                .store
                .get(self.request("date_modified:desc", 1), READING)
                .await?,
        )?
        .rows;
        Ok(rows
            .first()
            .map(known)
            .transpose()?
            .and_then(|customer| customer.changed))
    }

    async fn these(&self, ids: &[u64]) -> Result<Vec<Entry>> {
        let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
        let request = self
            .request("date_modified:asc", PAGE)
            .query("id:in", ids.join(","));
        envelope::entries(Rows::v3(&self.store.get(request, READING).await?)?.rows, known)
    }
}

/// E-mail and change date.
fn known(row: &Raw) -> Result<Known> {
    let [id, email, changed] = look::pick(row.as_str(), ["id", "email", "date_modified"]);
    Ok(Known {
        id: look::id(id)?,
        changed: look::when(changed),
        labels: look::text(email).into_iter().collect(),
    })
}
