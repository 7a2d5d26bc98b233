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
    paging::{Ask, Entry, Extent, Page, Resource},
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
    now: i64,
    random: StdRng,
    /// Edits before each request, on average in tenths.
    unrest: u32,
    /// Faults of the next requests.
    faults: VecDeque<Fault>,
    always: Option<Fault>,
}

/// What the server does wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Unavailable,
    IgnoresPage,
    IgnoresDate,
    IgnoresSort,
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
            records,
            now,
            random,
            unrest: 0,
            faults: VecDeque::new(),
            always: None,
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
            records,
            now: seconds,
            random,
            unrest,
            faults: VecDeque::new(),
            always: None,
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
        state.unrest = 0;
        state.faults.clear();
    }

    pub(super) fn fault(&self, fault: Fault) {
        self.0.state.lock().unwrap().faults.push_back(fault);
    }

    pub(super) fn always(&self, fault: Fault) {
        self.0.state.lock().unwrap().always = Some(fault);
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
        let fault = state.faults.pop_front().or(state.always);
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
                0 => self
                    .records
                    .extend([(ids.last().map_or(1, |last| last + 1), self.now)]),
                1 if !ids.is_empty() => {
                    self.records.remove(&ids[self.random.random_range(0..ids.len())]);
                }
                // A bulk edit gives many one date.
                2 => {
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
                Ask::Ids { from, to, .. } => (
                    state.entries(|id, _| from <= id && to.is_none_or(|to| id <= to)),
                    1,
                ),
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
            let entries = found
                .drain(skip.min(found.len())..)
                .take(size)
                .map(entry)
                .collect();
            Page {
                entries,
                more,
                server_time: Some(at(state.now)),
            }
        })
    }

    async fn extent(&self) -> Result<Extent> {
        self.answer(|state, _| Extent {
            total: Some(state.records.len() as u64),
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
