//! Following what changed, oldest change first, in a list that moves meanwhile.
//!
//! Each request asks for page 1 from the date that was reached, so nothing can slip over a page's edge: records
//! that are changed meanwhile go to the end and come again. Dates are whole seconds and a bulk edit gives thousands
//! of records one date; when the second stood on fills a page, its pages are read forward and then backward. Records
//! leave a past second but never enter it, so those behind move to lower pages: backward they cannot slip past.
//! It ends when a pass brings nothing new.
//!
//! A server sorts first and reads then: what changes in between carries a date that is later than its place, and at the
//! end of a page such a date would lead past what was not read yet ([`reached`]).

use std::{collections::BTreeSet, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::{
    Ask, Entry, Page, Resource,
    position::{Mark, earlier, whole_second},
};
use crate::{Error, Record, Result};

/// Reads changes from a mark on.
pub(super) struct Changes<R> {
    resource: Arc<R>,
    /// What is asked for next: changes from here on. Ahead of the mark once a crowded second is behind us.
    at: Option<Timestamp>,
    mark: Mark,
    crowd: Option<Crowd>,
    /// The server's clock at the first answer: what changes later may wait for the next run.
    started: Option<Timestamp>,
    /// Pages read of such changes.
    late: u32,
    done: bool,
}

/// A store that never rests would keep a run for ever: after so many pages of what changed since it began, the next
/// run goes on. It loses nothing by that, whatever the server's clock says.
const LATE_PAGES: u32 = 100;

/// A second that fills more than a page, while its pages are read.
enum Crowd {
    /// Towards its end. `ids` are those of the pages before, to notice a server that ignores page numbers.
    Forward {
        page: u32,
        ids: BTreeSet<u64>,
        repeats: u8,
    },
    /// Back to its first page; `news` when this pass brought something. `ids` are those of the page before: one that comes
    /// twice is asked for once more (`again`).
    Backward {
        page: u32,
        last: u32,
        news: bool,
        ids: Vec<u64>,
        again: bool,
    },
}

impl Crowd {
    fn page(&self) -> u32 {
        match self {
            Self::Forward { page, .. } | Self::Backward { page, .. } => *page,
        }
    }
}

impl<R: Resource> Changes<R> {
    /// From a saved mark, the overlap before it included.
    pub(super) fn new(resource: Arc<R>, mark: Mark) -> Self {
        Self {
            resource,
            at: mark.from(),
            mark,
            crowd: None,
            started: None,
            late: 0,
            done: false,
        }
    }

    /// From an instant that a person named.
    pub(super) fn since(resource: Arc<R>, since: Timestamp) -> Self {
        let at = Some(whole_second(since));
        Self {
            resource,
            at,
            mark: Mark::default(),
            crowd: None,
            started: None,
            late: 0,
            done: false,
        }
    }

    /// How far it has come.
    pub(super) fn mark(&self) -> &Mark {
        &self.mark
    }

    /// The next records that are new, at most a page of them; `None` when nothing is left.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Record>>> {
        while !self.done {
            let ask = Ask::Changes {
                since: self.at,
                page: self.crowd.as_ref().map_or(1, Crowd::page),
            };
            let page = self.resource.page(&ask).await?;
            self.check(&page)?;
            let records = self.take(page)?;
            if !records.is_empty() {
                return Ok(Some(records));
            }
        }
        Ok(None)
    }

    /// Keeps what is new of a page and decides what is asked for next.
    fn take(&mut self, page: Page) -> Result<Vec<Record>> {
        self.started = self.started.or(page.server_time);
        let is_late = matches!((self.at, self.started), (Some(at), Some(started)) if at > started);
        self.late += u32::from(is_late);
        self.done = self.late > LATE_PAGES;
        let Page {
            entries,
            more,
            server_time: now,
        } = page;
        // A full page may go on, whatever the server's totals say.
        let more = more || entries.len() as u64 >= self.resource.page_size();
        let ids: Vec<u64> = entries.iter().map(|entry| entry.id).collect();
        let last = reached(&entries, more, now);
        let crowd_goes_on = more && last.map(whole_second) == self.at;
        match self.crowd.take() {
            None => {
                let records = self.fresh(entries, now);
                self.after_first_page(last, more, ids, records.is_empty());
                Ok(records)
            }
            Some(Crowd::Forward {
                page,
                ids: mut known,
                repeats,
            }) => {
                let before = known.len();
                known.extend(&ids);
                let brings_none = known.len() == before;
                let repeats = if brings_none { repeats + 1 } else { 0 };
                if repeats == 2 && !ids.is_empty() {
                    return Err(self.endless());
                }
                let ids = known;
                self.crowd = Some(if repeats > 0 && more {
                    // Pages before once more: this one is asked for again.
                    Crowd::Forward { page, ids, repeats }
                } else if crowd_goes_on {
                    Crowd::Forward {
                        page: page + 1,
                        ids,
                        repeats,
                    }
                } else {
                    Crowd::Backward {
                        page,
                        last: page,
                        news: false,
                        ids: Vec::new(),
                        again: false,
                    }
                });
                Ok(self.fresh(entries, now))
            }
            Some(Crowd::Backward {
                page,
                last,
                news,
                ids: before,
                again,
            }) => {
                let records = self.fresh(entries, now);
                let news = news || !records.is_empty();
                if !again && !ids.is_empty() && ids == before {
                    self.crowd = Some(Crowd::Backward {
                        page,
                        last,
                        news,
                        ids,
                        again: true,
                    });
                } else {
                    self.step_back(page, last, news, ids);
                }
                Ok(records)
            }
        }
    }

    /// Most reading happens here: page 1 from `at`, and on from its last date.
    fn after_first_page(&mut self, last: Option<Timestamp>, more: bool, ids: Vec<u64>, nothing_new: bool) {
        let Some(last) = last else {
            self.done = true;
            return;
        };
        self.mark.reach(last);
        let moved = self.at.is_none_or(|at| at < whole_second(last));
        self.at = Some(whole_second(last));
        if more && !moved {
            self.crowd = Some(Crowd::Forward {
                page: 2,
                ids: ids.into_iter().collect(),
                repeats: 0,
            });
        }
        let past_our_start = self.started.is_some_and(|started| last > started);
        self.done |= !more && (nothing_new || past_our_start);
    }

    /// One page further back; from page 1 either once more from the end, or on to the next second.
    fn step_back(&mut self, page: u32, last: u32, news: bool, ids: Vec<u64>) {
        let (page, news, ids) = match page {
            1 if !news => {
                let second = SignedDuration::from_secs(1);
                self.at = self.at.map(|at| at.checked_add(second).unwrap_or(Timestamp::MAX));
                return;
            }
            1 => (last, false, Vec::new()),
            _ => (page - 1, news, ids),
        };
        self.crowd = Some(Crowd::Backward {
            page,
            last,
            news,
            ids,
            again: false,
        });
    }

    /// The records whose version was not delivered yet.
    fn fresh(&mut self, entries: Vec<Entry>, now: Option<Timestamp>) -> Vec<Record> {
        let mut date = self.at.unwrap_or(Timestamp::UNIX_EPOCH);
        let is_fresh = |entry: &Entry| {
            // A record without a date counts with its neighbour before.
            date = entry.changed.unwrap_or(date);
            self.mark.remember(entry, date, now)
        };
        entries
            .into_iter()
            .filter(is_fresh)
            .map(|entry| entry.record)
            .collect()
    }

    /// Whether the server did what it was asked: filter and sort.
    fn check(&self, page: &Page) -> Result<()> {
        page.check(self.resource.noun())?;
        let dates = || page.entries.iter().filter_map(|entry| entry.changed);
        if let (Some(at), Some(oldest)) = (self.at, dates().min())
            && oldest < at
        {
            return Err(self.filter_ignored(at, oldest));
        }
        // A few may be out of place, see `reached`.
        let descents = dates()
            .zip(dates().skip(1))
            .filter(|(one, next)| next < one)
            .count();
        let undated = !page.entries.is_empty() && dates().next().is_none();
        if page.more && (undated || descents > misplaced(page.entries.len())) {
            return Err(self.unsorted());
        }
        Ok(())
    }

    fn filter_ignored(&self, at: Timestamp, oldest: Timestamp) -> Error {
        let noun = self.resource.noun();
        Error::config(format!(
            "the date filter was not applied: {noun} changed since {at} were asked for, and one of {oldest} came; nothing of it was taken over"
        ))
        .hint("Validate the connection; if the store answers like this again, send a support bundle.")
    }

    fn unsorted(&self) -> Error {
        let noun = self.resource.noun();
        Error::config(format!(
            "the store did not sort {noun} by change date, so changes cannot be read completely"
        ))
        .hint("Validate the connection; if the store answers like this again, send a support bundle.")
    }

    fn endless(&self) -> Error {
        let noun = self.resource.noun();
        Error::unavailable(format!(
            "the store sent the same page of {noun} three times although the next ones were asked for; reading stopped before it went round for ever"
        ))
        .hint("Nothing is lost: reading goes on from the same place next time. If it stays, send a support bundle.")
    }
}

/// How many of a page's records may have changed between the server's sorting and its reading.
fn misplaced(records: usize) -> usize {
    records / 10 + 1
}

/// The date up to which a page is whole. Behind a page that is not the last, and whose end is of just now, the lowest date
/// of its last records counts: some of them may be out of place, but not all.
fn reached(entries: &[Entry], more: bool, now: Option<Timestamp>) -> Option<Timestamp> {
    let dates = || entries.iter().rev().filter_map(|entry| entry.changed);
    let last = dates().next()?;
    let is_of_just_now = now.is_none_or(|now| last > earlier(now));
    if !(more && is_of_just_now) {
        return Some(last);
    }
    dates().take(misplaced(entries.len()) + 1).min()
}
