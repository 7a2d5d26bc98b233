//! A whole list by disjoint windows of ids, several asked for at a time, delivered in the order of ids.
//!
//! A page takes its room before it is asked for and hands it on with its records; the room comes back when they are
//! durable. So memory, and what is asked for again after a crash, have one bound. The first page is asked for beside
//! the list's extent, and alone: it tells where ids begin and how dense they are. From there on a window has as many
//! ids as a page has room for where ids are dense, and grows where they are sparse; one that holds more than a page is
//! walked on inside, before any other.

use std::{collections::VecDeque, sync::Arc};

use jiff::Timestamp;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinHandle,
};

use super::{Ask, Entry, Page, Resource};
use crate::{Error, Result};

/// Walks a list from an id to its highest.
pub(super) struct Windows<R> {
    resource: Arc<R>,
    room: Arc<Semaphore>,
    /// The first id no window covers yet.
    next: u64,
    highest: u64,
    total: Option<u64>,
    /// Whether change dates are wanted.
    dated: bool,
    /// `None` until the first page came.
    width: Option<Width>,
    under_way: VecDeque<Fetch>,
    /// What is left of the window delivered last: it comes before all others.
    rest: Option<Fetch>,
}

/// The end of the first window, before it is known how far the list reaches.
const NO_BOUND: u64 = u64::MAX;

/// Ids from..=to; up to [`NO_BOUND`] whatever there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    from: u64,
    to: u64,
}

/// A window that is being asked for. Its room stays with it when the asking fails, so that asking again needs none.
struct Fetch {
    window: Window,
    room: Option<OwnedSemaphorePermit>,
    task: Option<Task>,
}

/// Records of one page; ids up to `through` are now delivered.
pub(super) struct Delivered {
    pub(super) entries: Vec<Entry>,
    pub(super) through: u64,
    /// The server's clock, where it said.
    pub(super) server_time: Option<Timestamp>,
    pub(super) room: Option<OwnedSemaphorePermit>,
}

impl<R: Resource> Windows<R> {
    /// The ids above `after`, as far as the list reaches now; and how many records it has, where it can tell.
    pub(super) async fn begin(
        resource: Arc<R>,
        after: u64,
        pages_under_way: usize,
        dated: bool,
    ) -> Result<(Self, Option<u64>)> {
        let mut windows = Self {
            room: Arc::new(Semaphore::new(pages_under_way.max(1))),
            next: after + 1,
            highest: NO_BOUND,
            total: None,
            dated,
            width: None,
            under_way: VecDeque::new(),
            rest: None,
            resource: resource.clone(),
        };
        let room = windows.room.clone().try_acquire_owned();
        windows.spawn(room.expect("nobody else has taken any"));
        let extent = resource.extent().await?;
        windows.highest = extent.highest_id.unwrap_or(0);
        windows.total = extent.total.filter(|_| after == 0);
        Ok((windows, extent.total))
    }

    /// The next page in the order of ids; `None` behind the last.
    pub(super) async fn next(&mut self) -> Result<Option<Delivered>> {
        if let Some(page) = self.rest().await {
            let fetch = self.rest.take().expect("its page was just awaited");
            return self.deliver(fetch, page, false).map(Some);
        }
        self.fill();
        let Some(page) = self.front().await else {
            return Ok(None);
        };
        let fetch = self.under_way.pop_front().expect("its page was just awaited");
        self.deliver(fetch, page, true).map(Some)
    }

    /// Waits for the first window under way, and asks for further ones as room comes back meanwhile.
    async fn front(&mut self) -> Option<Result<Page>> {
        loop {
            let more = self.next <= self.highest && (self.width.is_some() || self.under_way.is_empty());
            let Some(front) = self.under_way.front_mut() else {
                if !more {
                    return None;
                }
                let room = self
                    .room
                    .clone()
                    .acquire_owned()
                    .await
                    .expect("the semaphore is never closed");
                self.spawn(room);
                continue;
            };
            let task = front
                .task
                .get_or_insert_with(|| Task::start(&self.resource, front.window, self.dated));
            tokio::select! {
                biased;
                page = task.join() => return Some(page),
                room = self.room.clone().acquire_owned(), if more => {
                    self.spawn(room.expect("the semaphore is never closed"));
                }
            }
        }
    }

    /// Asks for as many windows as there is room.
    fn fill(&mut self) {
        while self.width.is_some()
            && self.next <= self.highest
            && let Ok(room) = self.room.clone().try_acquire_owned()
        {
            self.spawn(room);
        }
    }

    fn spawn(&mut self, room: OwnedSemaphorePermit) {
        let ids = self.width.as_ref().map_or(u64::MAX, Width::ids);
        let to = self.next.saturating_add(ids - 1).min(self.highest);
        let window = Window { from: self.next, to };
        self.next = to.saturating_add(1);
        let task = Some(Task::start(&self.resource, window, self.dated));
        self.under_way.push_back(Fetch {
            window,
            room: Some(room),
            task,
        });
    }

    /// Asks for what is left of a window. It takes room before any further window can.
    async fn rest(&mut self) -> Option<Result<Page>> {
        let rest = self.rest.as_mut()?;
        if rest.room.is_none() {
            let room = self.room.clone().acquire_owned().await;
            rest.room = Some(room.expect("the semaphore is never closed"));
        }
        let task = rest
            .task
            .get_or_insert_with(|| Task::start(&self.resource, rest.window, self.dated));
        Some(task.join().await)
    }

    /// Checks a page and takes it apart. When it failed, its window stays first in line.
    fn deliver(&mut self, fetch: Fetch, page: Result<Page>, first: bool) -> Result<Delivered> {
        let window = fetch.window;
        let server_time = page.as_ref().ok().and_then(|page| page.server_time);
        let checked = page.and_then(|page| self.checked(window, page));
        let (entries, more) = match checked {
            Ok(checked) => checked,
            Err(error) => {
                let again = Fetch { task: None, ..fetch };
                if first {
                    self.under_way.push_front(again);
                } else {
                    self.rest = Some(again);
                }
                return Err(error);
            }
        };
        let last = entries.last().map(|entry| entry.id);
        let Some(width) = &mut self.width else {
            // It has no bound of its own, and may hold what came into the list after its extent was told.
            self.highest = self.highest.max(last.unwrap_or(0));
            let through = last.filter(|_| more).unwrap_or(self.highest);
            self.width = Some(self.width_after(&entries, through));
            self.next = through + 1;
            return Ok(Delivered {
                entries,
                through,
                server_time,
                room: fetch.room,
            });
        };
        let through = last.filter(|_| more).unwrap_or(window.to);
        if first {
            width.learn(window.to - window.from + 1, entries.len() as u64, more);
        }
        if through < window.to {
            let left = Window {
                from: through + 1,
                to: window.to,
            };
            self.rest = Some(Fetch {
                window: left,
                room: None,
                task: None,
            });
        }
        Ok(Delivered {
            entries,
            through,
            server_time,
            room: fetch.room,
        })
    }

    /// What the first page tells of the ids behind it: by the total where it is known, else by its own.
    fn width_after(&self, entries: &[Entry], through: u64) -> Width {
        let found = entries.len() as u64;
        let span = entries.first().map_or(1, |first| through - first.id + 1);
        let density = match self.total {
            Some(total) if through < self.highest => {
                total.saturating_sub(found) as f64 / (self.highest - through) as f64
            }
            _ => found as f64 / span as f64,
        };
        Width::new(self.resource.page_size(), density)
    }

    /// A page's records in the order of ids, and whether its window goes on behind them.
    fn checked(&self, window: Window, page: Page) -> Result<(Vec<Entry>, bool)> {
        let noun = self.resource.noun();
        page.check(noun)?;
        let Page {
            mut entries, more, ..
        } = page;
        if let Some(stray) = entries
            .iter()
            .find(|entry| entry.id < window.from || entry.id > window.to)
        {
            let Window { from, to } = window;
            return Err(Error::config(format!(
                "the id filter was not applied: {noun} {from} to {to} were asked for, and {} came; nothing of it was taken over",
                stray.id
            ))
            .hint("Validate the connection; if the store answers like this again, send a support bundle."));
        }
        // A full page may go on, whatever the server's totals say.
        let more = more || entries.len() as u64 >= self.resource.page_size();
        let sorted = entries.is_sorted_by_key(|entry| entry.id);
        if more && !sorted {
            return Err(Error::config(format!(
                "the store did not sort {noun} by id, so they cannot be read completely"
            ))
            .hint("Validate the connection; if the store answers like this again, send a support bundle."));
        }
        entries.sort_by_key(|entry| entry.id);
        entries.dedup_by_key(|entry| entry.id);
        let ended = entries.last().is_none_or(|last| last.id == window.to);
        Ok((entries, more && !ended))
    }
}

/// A page being fetched; given up when nobody waits for it any more.
struct Task(JoinHandle<Result<Page>>);

impl Task {
    fn start<R: Resource>(resource: &Arc<R>, Window { from, to }: Window, dated: bool) -> Self {
        let resource = resource.clone();
        let to = (to < NO_BOUND).then_some(to);
        Self(tokio::spawn(async move {
            resource.page(&Ask::Ids { from, to, dated }).await
        }))
    }

    async fn join(&mut self) -> Result<Page> {
        (&mut self.0)
            .await
            .unwrap_or_else(|error| Err(Error::bug("fetching a page ended badly").source(error)))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// How many ids a window should have to fill a page.
struct Width {
    page: u64,
    /// Records per id, as far as is known.
    density: f64,
}

impl Width {
    fn new(page: u64, density: f64) -> Self {
        Self {
            page: page.max(1),
            density: density.clamp(f64::MIN_POSITIVE, 1.0),
        }
    }

    /// Dense ids get exactly a page, which cannot overflow; sparse ones some reserve, as an overflow costs a request.
    fn ids(&self) -> u64 {
        const DENSE: f64 = 0.9;
        const RESERVE: f64 = 0.85;
        if self.density > DENSE {
            return self.page;
        }
        ((self.page as f64 * RESERVE / self.density) as u64).max(self.page)
    }

    /// Takes over what a window held.
    fn learn(&mut self, ids: u64, found: u64, more: bool) {
        let density = found as f64 / ids as f64;
        self.density = match found {
            0 => self.density / 2.0,
            _ if more => (density * 2.0).min(1.0).max(self.density),
            _ if ids < self.page => self.density,
            _ => f64::midpoint(self.density, density),
        }
        .max(f64::MIN_POSITIVE);
    }
}
