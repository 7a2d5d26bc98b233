//! A store in memory whose records are edited, added and deleted between two requests.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use jiff::Timestamp;
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::{
    Batch, Raw, Record, Result, Source,
    paging::{Ask, Entry, Extent, Numbered, Page, Resource},
};

/// Shared between the reader and the test.
#[derive(Clone)]
pub(super) struct Moving(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    /// Requests answered.
    asked: AtomicU64,
    page_size: u64,
    by_id: bool,
}

struct State {
    records: BTreeMap<u64, i64>,
    /// No id is given twice.
    next_id: u64,
    now: i64,
    random: StdRng,
    /// Edits before each request, on average in tenths.
    unrest: u32,
    /// How many of twenty edits add a record, and as many delete one.
    churn: u32,
    /// Faults of the next requests.
    faults: VecDeque<Fault>,
    always: Option<Fault>,
    /// Which of a hundred answers are not what they should be.
    mischief: u32,
    /// Whether the answer before was not.
    pranked: bool,
    /// The answer before: its records, and whether more followed.
    before: Option<(Vec<(i64, u64)>, bool)>,
}

/// What the server does wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Unavailable,
    IgnoresPage,
    IgnoresDate,
    IgnoresSort,
    /// Some record comes twice.
    Twice,
    /// Two neighbours come in each other's place.
    Swapped,
    /// A record is changed between the server's sorting and its reading.
    Misplaced,
    /// The page before, once more, where a further one was asked for.
    Again,
    /// Nothing, and the word that more follows.
    Empty,
    SaysMore,
    /// The last page, by its own word, although it is full.
    SaysEnd,
    /// Another number of records than there are.
    TotalLies,
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

impl Moving {
    pub(super) fn new(page_size: u64, records: impl IntoIterator<Item = (u64, i64)>) -> Self {
        let records: BTreeMap<_, _> = records.into_iter().collect();
        let now = records.values().max().copied().unwrap_or(0) + 1;
        let random = StdRng::seed_from_u64(0);
        let state = State {
            next_id: records.keys().last().map_or(1, |last| last + 1),
            records,
            now,
            random,
            unrest: 0,
            churn: 1,
            faults: VecDeque::new(),
            always: None,
            mischief: 0,
            pranked: false,
            before: None,
        };
        Self(Arc::new(Inner {
            state: Mutex::new(state),
            asked: AtomicU64::new(0),
            page_size,
            by_id: true,
        }))
    }

    /// As above, moving: `unrest` tenths of an edit before each request.
    pub(super) fn restless(seed: u64, unrest: u32, by_id: bool) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let (page_size, count) = (random.random_range(3..9), random.random_range(0..40));
        let seconds = [1, 5, 400][random.random_range(0..3)];
        let records = (0..count).map(|_| (random.random_range(1..120), random.random_range(0..seconds)));
        let records: BTreeMap<_, _> = records.collect();
        let state = State {
            next_id: 121,
            records,
            now: seconds,
            churn: if random.random_bool(0.5) { 1 } else { 6 },
            random,
            unrest,
            faults: VecDeque::new(),
            always: None,
            mischief: 0,
            pranked: false,
            before: None,
        };
        Self(Arc::new(Inner {
            state: Mutex::new(state),
            asked: AtomicU64::new(0),
            page_size,
            by_id,
        }))
    }

    pub(super) fn state<T>(&self, look: impl FnOnce(&mut BTreeMap<u64, i64>, &mut i64) -> T) -> T {
        let mut state = self.0.state.lock().unwrap();
        let state = &mut *state;
        look(&mut state.records, &mut state.now)
    }

    /// Nobody edits any more, and nothing fails.
    pub(super) fn rest(&self) {
        let mut state = self.0.state.lock().unwrap();
        (state.unrest, state.mischief) = (0, 0);
        state.faults.clear();
    }

    pub(super) fn fault(&self, fault: Fault) {
        self.0.state.lock().unwrap().faults.push_back(fault);
    }

    pub(super) fn always(&self, fault: Fault) {
        self.0.state.lock().unwrap().always = Some(fault);
    }

    /// From now on so many of a hundred answers are not what they should be, each in another way.
    pub(super) fn mischief(&self, of_a_hundred: u32) {
        self.0.state.lock().unwrap().mischief = of_a_hundred;
    }

    /// Requests since the last time it was asked.
    pub(super) fn requests(&self) -> u64 {
        self.0.asked.swap(0, Ordering::SeqCst)
    }

    /// Every record with its present date.
    pub(super) fn records(&self) -> BTreeMap<u64, i64> {
        self.state(|records, _| records.clone())
    }

    fn answer<T>(&self, look: impl FnOnce(&mut State, Option<Fault>) -> T) -> Result<T> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        let mut state = self.0.state.lock().unwrap();
        state.live();
        let fault = state
            .faults
            .pop_front()
            .or(state.always)
            .or_else(|| state.prank());
        if fault == Some(Fault::Unavailable) {
            return Err(crate::Error::unavailable("the store is away"));
        }
        Ok(look(&mut state, fault))
    }
}

impl State {
    /// What people do between two requests.
    fn live(&mut self) {
        while self.unrest > 0 && self.random.random_range(0..self.unrest + 10) >= 10 {
            self.now += i64::from(self.random.random_bool(0.3));
            let ids: Vec<u64> = self.records.keys().copied().collect();
            match self.random.random_range(0..20) {
                kind if kind < self.churn => {
                    self.records.insert(self.next_id, self.now);
                    self.next_id += 1;
                }
                kind if kind < 2 * self.churn && !ids.is_empty() => {
                    self.records.remove(&ids[self.random.random_range(0..ids.len())]);
                }
                // A bulk edit gives many one date.
                19 => {
                    let from = self.random.random_range(0..=ids.len());
                    self.records.extend(ids[from..].iter().map(|id| (*id, self.now)));
                }
                _ if !ids.is_empty() => {
                    let id = ids[self.random.random_range(0..ids.len())];
                    self.records.insert(id, self.now);
                }
                _ => {}
            }
        }
    }

    fn prank(&mut self) -> Option<Fault> {
        const PRANKS: [Fault; 9] = [
            Fault::IgnoresPage,
            Fault::Twice,
            Fault::Swapped,
            Fault::Misplaced,
            Fault::Again,
            Fault::Empty,
            Fault::SaysMore,
            Fault::SaysEnd,
            Fault::TotalLies,
        ];
        // What is said twice in the same way nobody can tell from the truth.
        let happens = !self.pranked && self.mischief > 0 && self.random.random_range(0..100) < self.mischief;
        self.pranked = happens;
        happens.then(|| PRANKS[self.random.random_range(0..PRANKS.len())])
    }

    /// A page of `size` as it is sent.
    fn send(&mut self, fault: Option<Fault>, size: usize, mut page: Vec<(i64, u64)>, mut more: bool) -> Page {
        let one = |random: &mut StdRng, page: &[_]| random.random_range(0..page.len());
        match fault {
            Some(Fault::Again) => {
                if let Some(before) = &self.before {
                    (page, more) = before.clone();
                }
            }
            Some(Fault::Twice) if !page.is_empty() => {
                let at = one(&mut self.random, &page);
                page.insert(at, page[at]);
            }
            Some(Fault::Swapped) if page.len() > 1 => {
                let at = one(&mut self.random, &page[1..]);
                page.swap(at, at + 1);
            }
            Some(Fault::Misplaced) if !page.is_empty() => {
                let at = one(&mut self.random, &page);
                page[at].0 = self.now;
                self.records.insert(page[at].1, self.now);
            }
            Some(Fault::Empty) => {
                page.clear();
                more = true;
            }
            Some(Fault::SaysMore) => more = true,
            Some(Fault::SaysEnd) if page.len() == size => more = false,
            _ => {}
        }
        self.before = Some((page.clone(), more));
        Page {
            entries: page.into_iter().map(entry).collect(),
            more,
            server_time: Some(at(self.now)),
        }
    }

    fn entries(&self, mut keep: impl FnMut(u64, i64) -> bool) -> Vec<(i64, u64)> {
        self.records
            .iter()
            .filter(|(id, date)| keep(**id, **date))
            .map(|(id, date)| (*date, *id))
            .collect()
    }
}

fn entry((date, id): (i64, u64)) -> Entry {
    let body = Raw::of(&serde_json::json!({ "id": id, "date": date }));
    Entry {
        id,
        changed: Some(at(date)),
        record: Record::new(id.to_string(), body),
    }
}

#[async_trait]
impl Resource for Moving {
    fn noun(&self) -> &'static str {
        "orders"
    }

    fn page_size(&self) -> u64 {
        self.0.page_size
    }

    fn walks_by_id(&self) -> bool {
        self.0.by_id
    }

    async fn page(&self, ask: &Ask) -> Result<Page> {
        // Lets another request in between, as a network does.
        tokio::task::yield_now().await;
        let size = self.0.page_size as usize;
        self.answer(|state, fault| {
            let (mut found, page) = match *ask {
                Ask::Ids { from, to, .. } => {
                    let found = state.records.range(from..=to.unwrap_or(u64::MAX));
                    (found.map(|(id, date)| (*date, *id)).collect(), 1)
                }
                Ask::Changes { since, page } => {
                    let since = since.filter(|_| fault != Some(Fault::IgnoresDate));
                    let mut found = state.entries(|_, date| since.is_none_or(|since| since <= at(date)));
                    if fault != Some(Fault::IgnoresSort) {
                        found.sort_unstable();
                    }
                    (
                        found,
                        if fault == Some(Fault::IgnoresPage) {
                            1
                        } else {
                            page
                        },
                    )
                }
            };
            let skip = size * (page as usize - 1);
            let more = found.len() > skip + size;
            let found = found.drain(skip.min(found.len())..).take(size).collect();
            let fault = fault.filter(|fault| *fault != Fault::Again || page > 1);
            state.send(fault, size, found, more)
        })
    }

    async fn extent(&self) -> Result<Extent> {
        self.answer(|state, fault| Extent {
            total: Some(match fault {
                Some(Fault::TotalLies) => state.random.random_range(0..500),
                _ => state.records.len() as u64,
            }),
            highest_id: state.records.keys().last().copied(),
        })
    }

    async fn newest_change(&self) -> Result<Option<Timestamp>> {
        self.answer(|state, _| state.records.values().max().map(|date| at(*date)))
    }

    async fn these(&self, ids: &[u64]) -> Result<Vec<Entry>> {
        self.answer(|state, _| {
            state
                .entries(|id, _| ids.contains(&id))
                .into_iter()
                .map(entry)
                .collect()
        })
    }
}

/// The same store as a list in the order of ids, that is asked for by page numbers or goes on behind a cursor.
pub(super) struct Paged {
    store: Moving,
    by_cursor: bool,
    /// Behind which id each page begins, from the second on.
    cursors: Mutex<BTreeMap<u32, u64>>,
}

impl Paged {
    pub(super) fn by_number(store: Moving) -> Self {
        Self {
            store,
            by_cursor: false,
            cursors: Mutex::default(),
        }
    }

    pub(super) fn by_cursor(store: Moving) -> Self {
        Self {
            by_cursor: true,
            ..Self::by_number(store)
        }
    }
}

#[async_trait]
impl Numbered for Paged {
    fn noun(&self) -> &'static str {
        "categories"
    }

    fn slips(&self) -> bool {
        !self.by_cursor
    }

    async fn page(&self, page: u32) -> Result<Page> {
        let mut cursors = self.cursors.lock().unwrap();
        let after = cursors.get(&page).copied().filter(|_| self.by_cursor);
        let size = self.store.0.page_size as usize;
        self.store.answer(|state, fault| {
            let mut found = state.entries(|id, _| after.is_none_or(|after| after < id));
            let page_sent = if fault == Some(Fault::IgnoresPage) {
                1
            } else {
                page
            };
            let skip = if self.by_cursor {
                0
            } else {
                size * (page_sent as usize - 1)
            };
            let more = found.len() > skip + size;
            let found = found.drain(skip.min(found.len())..).take(size).collect();
            // What a list without bounds says of its end has to be believed.
            let fault = fault.filter(|fault| *fault != Fault::SaysEnd);
            let sent = state.send(fault, size, found, more);
            if let Some(last) = sent.entries.last() {
                cursors.insert(page + 1, last.id);
            } else if let Some(after) = after {
                cursors.insert(page + 1, after);
            }
            sent
        })
    }
}

/// Everything a source delivers: versions, as (id, date), and the last batch's watermark.
pub(super) async fn drain(source: &mut dyn Source, read: &mut Vec<(u64, i64)>) -> Result<Option<Batch>> {
    let mut last = None;
    while let Some(batch) = source.next().await? {
        read.extend(versions(&batch));
        last = Some(batch);
    }
    Ok(last)
}

pub(super) fn versions(batch: &Batch) -> Vec<(u64, i64)> {
    #[derive(serde::Deserialize)]
    struct Version {
        id: u64,
        date: i64,
    }
    let version = |record: &Record| record.body.read().map(|Version { id, date }| (id, date)).unwrap();
    batch.records.iter().map(version).collect()
}
