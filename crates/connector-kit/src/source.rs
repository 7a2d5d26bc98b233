//! Reading: a source is pulled, batch by batch.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{Batch, Result, Watermark};

/// An open read. Pulled by the engine until it has nothing more; a batch that comes back empty only moves the
/// watermark.
#[async_trait]
pub trait Source: Send {
    /// The next records, or `None` at the end. An error leaves the source where the last batch ended.
    async fn next(&mut self) -> Result<Option<Batch>>;
}

/// How a source is to be opened.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What to read.
    pub span: Span,
    /// Filters of this run alone (`run --filter k=v`), over those in the processflow file.
    pub filter: BTreeMap<String, String>,
    /// Pages that may be asked for and not yet settled. Bounds memory and what is asked again after a crash.
    pub pages_under_way: usize,
}

impl Reading {
    /// A reading of `span` without further filters.
    pub fn of(span: Span) -> Self {
        Self {
            span,
            filter: BTreeMap::new(),
            pages_under_way: 12,
        }
    }
}

/// What part of a source is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Everything there is, from the beginning.
    Whole,
    /// Go on where an earlier run came to.
    From(Watermark),
    /// What changed since an instant. Never moves the watermark.
    Since(Timestamp),
    /// These records by their ids. Never moves the watermark.
    Ids(Vec<String>),
}
