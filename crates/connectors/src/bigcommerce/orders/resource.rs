//! The list of orders, as paging sees it. BigCommerce reference, orders v2.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use connector_kit::{
    Error, Raw, Result, async_trait,
    http::Request,
    paging::{Ask, Entry, Extent, Page, Resource},
};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::Deserialize;

use super::{Include, parts};
use crate::bigcommerce::{
    Store,
    envelope::{self, Known, Rows},
    errors::About,
    look,
    splice::Spliced,
};

pub(super) const ABOUT: About = About::reading("orders", "Orders");

/// The largest page of v2.
pub(super) const PAGE: u64 = 250;

/// What v2 sends when it does not like a larger page: shorter pages than that were cut by nothing.
pub(super) const DEFAULT_PAGE: usize = 50;

/// Requests for one order each that are under way at a time.
const SINGLES: usize = 4;

/// Orders with a filter, and what comes along with them.
pub(super) struct Orders {
    store: Arc<Store>,
    filter: Vec<(String, String)>,
    include: Vec<Include>,
    /// v2 says nowhere whether a page was the last. A page as long as the longest that was seen may be a full one.
    longest: AtomicUsize,
}

impl Orders {
    pub(super) fn new(store: Arc<Store>, filter: Vec<(String, String)>, include: Vec<Include>) -> Self {
        Self {
            store,
            filter,
            include,
            longest: AtomicUsize::new(DEFAULT_PAGE),
        }
    }

    fn request(&self, path: &str) -> Request {
        self.filter
            .iter()
            .fold(Request::get(path), |request, (name, value)| {
                request.query(name, value)
            })
    }

    fn with_parts(&self, request: Request) -> Request {
        if self.include.is_empty() {
            return request;
        }
        request
            .query("include", "consignments.line_items")
            .query("consignment_structure", "object")
    }

    /// The first order in this order of sorting.
    async fn first(&self, sort: &str) -> Result<Option<Known>> {
        let request = self.request("v2/orders").query("sort", sort).query("limit", 1);
        let answer = self.store.get(request, ABOUT).await?;
        Rows::v2(&answer)?.first().map(known).transpose()
    }

    async fn count(&self) -> Result<Option<u64>> {
        #[derive(Deserialize)]
        struct Count {
            count: u64,
        }
        let answer = self.store.get(self.request("v2/orders/count"), ABOUT).await?;
        Ok(serde_json::from_slice(&answer.body)
            .ok()
            .map(|Count { count }| count))
    }

    /// The orders with what comes along with them.
    async fn dressed(&self, rows: Vec<Raw>) -> Result<Vec<Entry>> {
        if self.include.is_empty() {
            return envelope::entries(rows, known);
        }
        let mut spliced = Spliced::with_room(rows.iter().map(Raw::len).sum());
        let mut all = Vec::with_capacity(rows.len());
        let one = |row: Raw| async move {
            let parts = parts::parts(&self.store, &row, &self.include).await?;
            Ok::<_, Error>((row, parts))
        };
        let mut ready = stream::iter(rows).map(one).buffered(SINGLES);
        while let Some((row, (known, parts))) = ready.try_next().await? {
            spliced.push(&row, parts);
            all.push(known);
        }
        drop(ready);
        let records = spliced.into_records()?;
        Ok(records
            .into_iter()
            .zip(all)
            .map(|(record, known)| envelope::entry(record, known))
            .collect())
    }

    async fn one(&self, id: u64) -> Result<Option<Raw>> {
        let request = self.with_parts(Request::get(format!("v2/orders/{id}")));
        let answer = self.store.ask(request).await?;
        match answer.status {
            404 => Ok(None),
            _ if answer.is_success() => answer.json(),
            _ => Err(crate::bigcommerce::errors::refusal(&answer, ABOUT)),
        }
    }
}

#[async_trait]
impl Resource for Orders {
    fn noun(&self) -> &'static str {
        "orders"
    }

    fn page_size(&self) -> u64 {
        PAGE
    }

    /// With lines and addresses a page has 2 MB, and the run keeps where the lines' fields stand: a third as many.
    fn pages_under_way(&self, allowed: usize) -> usize {
        if self.include.is_empty() {
            allowed
        } else {
            allowed.div_ceil(3)
        }
    }

    async fn page(&self, ask: &Ask) -> Result<Page> {
        let request = self.with_parts(self.request("v2/orders")).query("limit", PAGE);
        let request = match *ask {
            Ask::Ids { from, to, .. } => {
                let request = request.query("sort", "id:asc").query("min_id", from);
                to.into_iter()
                    .fold(request, |request, to| request.query("max_id", to))
            }
            Ask::Changes { since, page } => {
                let request = request.query("sort", "date_modified:asc").query("page", page);
                since.into_iter().fold(request, |request, since| {
                    request.query("min_date_modified", since)
                })
            }
        };
        let answer = self.store.get(request, ABOUT).await?;
        let rows = Rows::v2(&answer)?;
        let more = rows.len() >= self.longest.fetch_max(rows.len(), Ordering::Relaxed);
        let entries = self.dressed(rows).await?;
        Ok(envelope::page(entries, more, &answer))
    }

    async fn extent(&self) -> Result<Extent> {
        let (total, highest) = futures::try_join!(self.count(), self.first("id:desc"))?;
        Ok(Extent {
            total,
            highest_id: highest.map(|order| order.id),
        })
    }

    async fn newest_change(&self) -> Result<Option<Timestamp>> {
        Ok(self
            .first("date_modified:desc")
            .await?
            .and_then(|order| order.changed))
    }

    async fn these(&self, ids: &[u64]) -> Result<Vec<Entry>> {
        let found: Vec<Option<Raw>> = stream::iter(ids.to_vec())
            .map(|id| self.one(id))
            .buffered(SINGLES)
            .try_collect()
            .await?;
        self.dressed(found.into_iter().flatten().collect()).await
    }
}

/// Order number, e-mail and change date.
fn known(row: &Raw) -> Result<Known> {
    let [id, changed, billing] = look::pick(row.as_str(), ["id", "date_modified", "billing_address"]);
    known_by(id, changed, billing)
}

/// The same, of fields that were picked.
pub(super) fn known_by(id: Option<&str>, changed: Option<&str>, billing: Option<&str>) -> Result<Known> {
    let [email] = look::pick(billing.unwrap_or_default(), ["email"]);
    Ok(Known {
        id: look::id(id)?,
        changed: look::when(changed),
        labels: look::text(email).into_iter().collect(),
    })
}
