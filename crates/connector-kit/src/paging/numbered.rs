//! Small lists that offer page numbers and nothing else: read whole, forward and then backward.
//!
//! What is deleted while a list is read moves all behind it to lower pages: forward, a record slips past the reader,
//! backward none can. What is put in before the end moves them to higher pages: backward a record slips past, forward
//! none can. So one pass each way, and once more when the second brought something.

use std::collections::HashSet;

use async_trait::async_trait;
use smol_str::SmolStr;

use super::{Page, position::Position};
use crate::{Batch, Error, Reading, Record, Result, Source, Span};

/// A list that is asked for by page numbers.
#[async_trait]
pub trait Numbered: Send + Sync + 'static {
    /// What its records are called in messages, in the plural ("categories").
    fn noun(&self) -> &'static str;

    /// Page `page`, from 1. The pages of the first pass are asked for in their order; one that failed is asked for again.
    async fn page(&self, page: u32) -> Result<Page>;

    /// Whether records slip over the pages' edges when the list changes while it is read. One that goes on behind a
    /// record it names needs no second pass.
    fn slips(&self) -> bool {
        true
    }
}

/// Reads the whole list each time; records are told apart by [`Record::id`](crate::Record::id). `Span::Ids` delivers the named ones of it; a list without dates has no
/// `Span::Since`, which is Config.
pub fn numbered<N: Numbered>(list: N, reading: Reading) -> Result<Box<dyn Source>> {
    let noun = list.noun();
    let only = match reading.span {
        Span::Whole | Span::From(_) => None,
        Span::Ids(ids) => Some(ids.iter().map(|id| id.trim().to_owned()).collect()),
        Span::Since(_) => {
            return Err(Error::config(format!(
                "{noun} carry no change date, so `--since` cannot select them"
            ))
            .hint("Run without `--since`: the whole list is read and compared."));
        }
    };
    Ok(Box::new(Passes {
        list,
        only,
        page: 1,
        way: Way::Forward,
        seen: HashSet::new(),
        before: Vec::new(),
        news: false,
        repeats: 0,
        empty: 0,
        passes: 1,
        done: false,
    }))
}

/// A list that still moves after so many passes is read again next time anyway.
const PASSES: u8 = 3;

/// Where so many pages in a row hold nothing, the list is over, whatever its total says.
const EMPTY_PAGES: u8 = 10;

struct Passes<N> {
    list: N,
    only: Option<HashSet<String>>,
    page: u32,
    way: Way,
    seen: HashSet<SmolStr>,
    /// The records of the page before.
    before: Vec<SmolStr>,
    /// Whether this pass brought anything.
    news: bool,
    /// Pages in a row that were known already.
    repeats: u8,
    /// Pages in a row that held nothing at all.
    empty: u8,
    passes: u8,
    done: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Forward,
    Backward,
}

#[async_trait]
impl<N: Numbered> Source for Passes<N> {
    async fn next(&mut self) -> Result<Option<Batch>> {
        while !self.done {
            let page = self.list.page(self.page).await?;
            let records = self.take(page)?;
            if !records.is_empty() {
                return Ok(Some(Batch::new(records, Position::Done {}.watermark())));
            }
        }
        Ok(None)
    }
}

impl<N: Numbered> Passes<N> {
    fn take(&mut self, page: Page) -> Result<Vec<Record>> {
        let Page { entries, more, .. } = page;
        let ids: Vec<SmolStr> = entries.iter().map(|entry| entry.record.id.clone()).collect();
        let new: Vec<_> = entries
            .into_iter()
            .filter(|entry| self.seen.insert(entry.record.id.clone()))
            .collect();
        self.news |= !new.is_empty();
        let is_odd = self.is_odd(ids, new.is_empty(), more)?;
        match self.way {
            _ if is_odd => {}
            Way::Forward => self.forward(more),
            Way::Backward => self.backward(),
        }
        let wanted = |id: &str| self.only.as_ref().is_none_or(|only| only.contains(id));
        Ok(new
            .into_iter()
            .filter(|entry| wanted(&entry.record.id))
            .map(|entry| entry.record)
            .collect())
    }

    /// Whether the page has to be asked for once more: it came already, or is empty in the middle of the list. Known again
    /// and again in the first pass, the server sends one page for ever.
    fn is_odd(&mut self, ids: Vec<SmolStr>, nothing_new: bool, more: bool) -> Result<bool> {
        self.empty = if ids.is_empty() { self.empty + 1 } else { 0 };
        let is_known = match self.passes {
            1 => nothing_new,
            _ => ids == self.before,
        } && !ids.is_empty();
        self.before = ids;
        self.repeats = if is_known { self.repeats + 1 } else { 0 };
        if self.passes > 1 {
            return Ok(self.repeats == 1);
        }
        if self.repeats == 2 {
            let noun = self.list.noun();
            return Err(Error::unavailable(format!(
                "the store sent the same page of {noun} again and again although the next ones were asked for"
            ))
            .hint("Nothing is lost. If it stays, send a support bundle."));
        }
        Ok(is_known || (self.empty == 1 && more))
    }

    fn forward(&mut self, more: bool) {
        // A list whose total lies would never end.
        if more && self.empty < EMPTY_PAGES {
            self.page += 1;
            return;
        }
        let last = self.page;
        // One page is one look at the list; several may have shifted between.
        self.passed(last == 1 || !self.list.slips());
        // The last page was read already, and so counts as the first of the way back.
        (self.way, self.page) = (Way::Backward, last.saturating_sub(1));
    }

    fn backward(&mut self) {
        if self.page > 1 {
            self.page -= 1;
            return;
        }
        let nothing_new = !self.news;
        self.passed(nothing_new);
        self.way = Way::Forward;
    }

    fn passed(&mut self, enough: bool) {
        self.done = enough || self.passes == PASSES;
        (self.news, self.repeats, self.empty) = (false, 0, 0);
        self.before.clear();
        self.passes += 1;
    }
}
