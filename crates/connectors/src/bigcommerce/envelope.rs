//! Pages as the store sends them: v3's `{"data":[…],"meta":…}` and v2's bare array, split into records that stay
//! text. Nothing is copied, and of a record only what paging and search need is looked at.

use connector_kit::{
    Error, Labels, Raw, Record, Result, ToSmolStr,
    http::Answer,
    paging::{Entry, Page},
    raw::Text,
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// v3's envelope, split.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The records.
    pub(super) rows: Vec<Raw>,
    /// How many there are in all, where it was said.
    pub(super) total: Option<u64>,
    /// Whether pages follow.
    pub(super) more: bool,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    data: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    meta: Option<Meta>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    pagination: Option<Pagination>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pagination {
    total: Option<u64>,
    current_page: Option<u64>,
    total_pages: Option<u64>,
}

impl Rows {
    /// A v3 page. An empty answer has no rows; an answer without `data` is not from the store.
    pub(super) fn v3(answer: &Answer) -> Result<Self> {
        if answer.body.is_empty() {
            return Ok(Self::default());
        }
        let page = text(answer)?;
        let envelope: Envelope =
            serde_json::from_str(page.as_str()).map_err(|error| not_a_list(answer, error))?;
        let Some(data) = envelope.data else {
            return Err(no_data(answer));
        };
        let rows: Vec<Raw> = data.into_iter().map(|row| page.part(row)).collect();
        let pages = envelope.meta.and_then(|meta| meta.pagination).unwrap_or_default();
        let more = match (pages.current_page, pages.total_pages) {
            (Some(current), Some(last)) => current < last,
            // Without its word the list may go on as long as something came.
            _ => !rows.is_empty(),
        };
        Ok(Self {
            rows,
            total: pages.total,
            more,
        })
    }

    /// A v2 page: 204 or an empty body is no rows. Whether more follow v2 does not say.
    pub(super) fn v2(answer: &Answer) -> Result<Vec<Raw>> {
        if answer.body.is_empty() {
            return Ok(Vec::new());
        }
        let page = text(answer)?;
        let rows: Vec<&RawValue> =
            serde_json::from_str(page.as_str()).map_err(|error| not_a_list(answer, error))?;
        Ok(rows.into_iter().map(|row| page.part(row)).collect())
    }
}

/// What a record is known by.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) id: u64,
    pub(super) changed: Option<jiff::Timestamp>,
    pub(super) labels: Labels,
}

/// Looks at the records of a page with `look`, which reads a few fields of each.
pub(super) fn entries(rows: Vec<Raw>, look: impl Fn(&Raw) -> Result<Known>) -> Result<Vec<Entry>> {
    let entry = |row: Raw| look(&row).map(|known| entry(row, known));
    rows.into_iter().map(entry).collect()
}

/// A record with what it is known by.
pub(super) fn entry(row: Raw, known: Known) -> Entry {
    let Known { id, changed, labels } = known;
    let record = Record {
        labels,
        ..Record::new(id.to_smolstr(), row)
    };
    Entry { id, changed, record }
}

/// A page for the reader.
pub(super) fn page(entries: Vec<Entry>, more: bool, answer: &Answer) -> Page {
    Page {
        entries,
        more,
        server_time: answer.server_time,
    }
}

fn text(answer: &Answer) -> Result<Text> {
    Text::of(answer.body.clone()).map_err(|error| match answer.json() {
        Err(page) => page,
        Ok(_) => error,
    })
}

fn not_a_list(answer: &Answer, error: serde_json::Error) -> Error {
    match answer.json() {
        Err(page) => page,
        Ok(_) => no_data(answer).source(error),
    }
}

fn no_data(answer: &Answer) -> Error {
    Error::unavailable(format!(
        "{} answered {} with something that is no list of records",
        answer.what, answer.status
    ))
    .hint("Usually a proxy's page or a store in maintenance. Nothing was taken over.")
}
