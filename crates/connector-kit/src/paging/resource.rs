//! What a connector says of a list: how one page of it is asked for.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{Error, Record, Result};

/// A list with growing whole-number ids, a change date on each record, or both.
#[async_trait]
pub trait Resource: Send + Sync + 'static {
    /// What its records are called in messages, in the plural ("orders").
    fn noun(&self) -> &'static str;

    /// Records one page can hold at most.
    fn page_size(&self) -> u64;

    /// Pages under way at a time, of those a run allows. Fewer where pages are large.
    fn pages_under_way(&self, allowed: usize) -> usize {
        allowed
    }

    /// Whether it can be asked for ids between two bounds. Where not, a whole read goes by change date.
    fn walks_by_id(&self) -> bool {
        true
    }

    /// One page of it.
    async fn page(&self, ask: &Ask) -> Result<Page>;

    /// How far it reaches now. Asked once, at the beginning of a walk by ids.
    async fn extent(&self) -> Result<Extent>;

    /// The newest change date in it now. Asked once, before the first read of all.
    async fn newest_change(&self) -> Result<Option<Timestamp>>;

    /// The records with these ids, in any order; those that do not exist are left out.
    async fn these(&self, ids: &[u64]) -> Result<Vec<Entry>>;
}

/// What one page is asked for. Both kinds are sorted ascending, by id or by change date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The first page of the records with `from <= id <= to`.
    Ids {
        /// Lowest id wanted.
        from: u64,
        /// Highest id wanted; without, there is no upper bound.
        to: Option<u64>,
        /// Whether change dates are wanted. Where not, nobody needs to look for them in the records.
        dated: bool,
    },
    /// Page `page` (from 1) of the records changed at `since` or later; of all records without `since`.
    Changes {
        /// A whole second.
        since: Option<Timestamp>,
        /// From 1.
        page: u32,
    },
}

/// One page.
#[derive(Debug, Default)]
pub struct Page {
    /// Its records in the order they were sent.
    pub entries: Vec<Entry>,
    /// Whether the list may go on behind this page. When in doubt, yes: a short page is not the last one.
    pub more: bool,
    /// The server's own clock, where it said.
    pub server_time: Option<Timestamp>,
}

impl Page {
    /// Whether it can be what was asked for: where a list goes on there is something. What should have been on the page
    /// would be passed over without a word.
    pub(super) fn check(&self, noun: &str) -> Result<()> {
        if !(self.more && self.entries.is_empty()) {
            return Ok(());
        }
        Err(Error::unavailable(format!(
            "the store sent an empty page of {noun} and said that more follow behind it"
        ))
        .hint("Nothing is lost: reading goes on from the same place next time. If it stays, send a support bundle."))
    }
}

/// A record with what paging needs to know of it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id.
    pub id: u64,
    /// When it was last changed, where that was asked for.
    pub changed: Option<Timestamp>,
    /// The record.
    pub record: Record,
}

/// How far a list reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// How many records it has, where it can tell.
    pub total: Option<u64>,
    /// Its highest id; `None` when it is empty.
    pub highest_id: Option<u64>,
}
