//! Small lists that offer page numbers and nothing else: read whole, and again until a pass brings nothing new.

use std::collections::HashSet;

use async_trait::async_trait;

use super::{Page, position::Position};
use crate::{Batch, Error, Reading, Record, Result, Source, Span};

/// A list that is asked for by page numbers.
#[async_trait]
pub trait Numbered: Send + Sync + 'static {
    /// What its records are called in messages, in the plural ("categories").
    fn noun(&self) -> &'static str;

    /// Page `page`, from 1. The pages of one pass are asked for in their order; one that failed is asked for again.
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
        seen: HashSet::new(),
        news: false,
        repeats: 0,
        passes: 1,
        done: false,
    }))
}

/// A list that still moves after so many passes is read again next time anyway.
const PASSES: u8 = 3;

struct Passes<N> {
    list: N,
    only: Option<HashSet<String>>,
    page: u32,
    seen: HashSet<String>,
    /// Whether this pass brought anything.
    news: bool,
    /// Pages in a row that brought nothing in the first pass.
    repeats: u8,
    passes: u8,
    done: bool,
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
        let sent = entries.len();
        let new: Vec<_> = entries
            .into_iter()
            .filter(|entry| self.seen.insert(entry.record.id.clone()))
            .collect();
        self.repeats = if new.is_empty() && sent > 0 {
            self.repeats + 1
        } else {
            0
        };
        if self.passes == 1 && self.repeats == 2 {
            let noun = self.list.noun();
            return Err(Error::unavailable(format!(
                "the store sent the same page of {noun} again and again although the next ones were asked for"
            ))
            .hint("Nothing is lost. If it stays, send a support bundle."));
        }
        self.news |= !new.is_empty();
        self.advance(more && sent > 0);
        let wanted = |id: &String| self.only.as_ref().is_none_or(|only| only.contains(id));
        Ok(new
            .into_iter()
            .filter(|entry| wanted(&entry.record.id))
            .map(|entry| entry.record)
            .collect())
    }

    fn advance(&mut self, more: bool) {
        if more {
            self.page += 1;
            return;
        }
        // One page is one look at the list; several may have shifted between.
        self.done = self.page == 1 || !self.list.slips() || !self.news || self.passes == PASSES;
        (self.page, self.news, self.repeats) = (1, false, 0);
        self.passes += 1;
    }
}
