//! An answer's records, and whether more follow.

use connector_kit::{Error, Raw, Result, http::Answer};
use serde::Deserialize;

use super::operation::{Envelope, Operation, Paging};

/// What an answer holds.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) rows: Vec<Raw>,
    /// The answer was one thing, not a list.
    pub(super) single: bool,
    pub(super) more: bool,
    /// Where a list goes on.
    pub(super) cursor: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    pagination: Option<Numbers>,
    cursor_pagination: Option<Cursor>,
}

#[derive(Deserialize)]
struct Numbers {
    current_page: Option<u64>,
    total_pages: Option<u64>,
}

#[derive(Deserialize)]
struct Cursor {
    end_cursor: Option<String>,
}

/// v2 does not say which page is the last, and what it does not like cuts its pages to this.
const SHORT_PAGE: u64 = 50;

impl Told {
    /// Reads an answer that went well; `limit` is what was asked for.
    pub(super) fn read(operation: &Operation, answer: &Answer, limit: Option<u64>) -> Result<Self> {
        let Some(whole) = answer.json()? else {
            return Ok(Self::default());
        };
        let inner = match operation.envelope {
            Envelope::Data => whole.field("data").unwrap_or_else(|| whole.clone()),
            Envelope::Bare => whole.clone(),
        };
        let (rows, single) = match inner.as_str().as_bytes().first() {
            Some(b'[') => (Raw::split(&inner.bytes())?, false),
            Some(b'{') if inner.fields().names().next().is_some() => (vec![inner], true),
            Some(b'n') => (Vec::new(), true),
            _ => return Err(unfamiliar(answer)),
        };
        let mut told = Self {
            rows,
            single,
            ..Self::default()
        };
        if !single && let Some(paging) = operation.paging {
            told.goes_on(paging, &whole, limit);
        }
        Ok(told)
    }

    /// When in doubt, yes: a page too many brings nothing.
    fn goes_on(&mut self, paging: Paging, whole: &Raw, limit: Option<u64>) {
        let meta = whole
            .field("meta")
            .and_then(|meta| meta.read::<Meta>().ok())
            .unwrap_or_default();
        if paging == Paging::Cursor {
            let cursor = meta.cursor_pagination.and_then(|cursor| cursor.end_cursor);
            self.cursor = cursor.filter(|cursor| !cursor.is_empty());
        }
        let found = self.rows.len() as u64;
        self.more = match (paging, meta.pagination) {
            (Paging::V2, _) => found >= limit.unwrap_or(SHORT_PAGE).min(SHORT_PAGE),
            (
                _,
                Some(Numbers {
                    current_page: Some(current),
                    total_pages: Some(last),
                }),
            ) => current < last,
            _ => found > 0,
        };
    }
}

/// Neither a list nor a thing.
fn unfamiliar(answer: &Answer) -> Error {
    Error::unavailable(format!(
        "{} answered {} with neither a record nor a list of them",
        answer.what, answer.status
    ))
    .hint("Usually a proxy's page or a store in maintenance. Nothing was taken over.")
}
