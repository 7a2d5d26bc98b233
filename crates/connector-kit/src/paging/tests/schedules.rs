//! F21: whatever is added, edited and deleted between two requests, in more than ten thousand random schedules over all kinds of
//! reading: what stood still is delivered, what was changed comes with this run or the next, and after a run in peace the
//! destination is the source. A reader that goes by page numbers loses records under the same schedules.
//!
//! A schedule that fails prints the line that replays it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::moving::{Fault, Moving, Paged, at, versions};
use crate::{
    Batch, Reading, Result, Source, Span, Watermark,
    paging::{Ask, Resource, changed, listed, numbered},
};

/// Stores of each of five kinds of reading, six runs each.
const SCHEDULES: u64 = 2_500;

/// How a store is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// What changed; the first run walks by ids, or by dates where the store knows no ids.
    Changes,
    /// All of it each time, by windows of ids.
    Ids,
    /// All of it each time, by page numbers, there and back.
    Pages,
    /// All of it each time, on from a cursor.
    Cursor,
    /// What changed, by page numbers: as others do it, and as nothing here does.
    PlainPages,
}

#[tokio::test]
async fn changes_after_a_walk_by_ids_lose_nothing() {
    all("changes_after_a_walk_by_ids", By::Changes, true).await;
}

#[tokio::test]
async fn changes_by_dates_alone_lose_nothing() {
    all("changes_by_dates_alone", By::Changes, false).await;
}

#[tokio::test]
async fn a_walk_by_ids_loses_nothing() {
    all("a_walk_by_ids", By::Ids, true).await;
}

#[tokio::test]
async fn pages_there_and_back_lose_nothing() {
    all("pages_there_and_back", By::Pages, false).await;
}

#[tokio::test]
async fn a_cursor_loses_nothing() {
    all("a_cursor", By::Cursor, false).await;
}

#[tokio::test]
async fn plain_page_numbers_lose_records_under_the_same_schedules() {
    let mut lost = 0;
    for seed in 0..SCHEDULES / 5 {
        lost += u64::from(Follower::new(seed, By::PlainPages, false).follow().await.is_err());
    }
    assert!(
        lost > SCHEDULES / 50,
        "the schedules must be able to tell: records were lost in {lost} of {} of them",
        SCHEDULES / 5
    );
}

async fn all(test: &str, by: By, walks_by_id: bool) {
    let one = std::env::var("SCHEDULE").ok().and_then(|seed| seed.parse().ok());
    for seed in one.map_or(0..SCHEDULES, |one| one..one + 1) {
        if let Err(lost) = Follower::new(seed, by, walks_by_id).follow().await {
            panic!("{lost}\nSCHEDULE={seed} cargo test -p connector-kit --lib {test}");
        }
    }
}

/// A destination that follows a store.
struct Follower {
    by: By,
    store: Moving,
    random: StdRng,
    watermark: Option<Watermark>,
    /// The last version that arrived, by id; of lists that are read whole each time, in this reading.
    destination: BTreeMap<u64, i64>,
    /// What the store held when this reading began.
    before: BTreeMap<u64, i64>,
}

impl Follower {
    fn new(seed: u64, by: By, walks_by_id: bool) -> Self {
        Self {
            by,
            store: Moving::restless(seed, [1, 2, 4][(seed % 3) as usize], walks_by_id),
            random: StdRng::seed_from_u64(seed),
            watermark: None,
            destination: BTreeMap::new(),
            before: BTreeMap::new(),
        }
    }

    /// Four runs, some killed between two batches or cut by a fault, while the store moves; then two in peace, as the
    /// first may only bring to its end what was begun before. What was lost, if anything was.
    async fn follow(mut self) -> Result<(), String> {
        let mut goes_on = false;
        for run in 0..6 {
            if run >= 4 {
                self.store.rest();
            } else if self.random.random_bool(0.3) {
                self.store.fault(Fault::Unavailable);
            }
            if !goes_on {
                self.before = self.store.records();
            }
            if !goes_on && self.by != By::Changes && self.by != By::PlainPages {
                self.destination.clear();
            }
            let killed_after =
                (run < 4 && self.random.random_bool(0.4)).then(|| self.random.random_range(0..6));
            let finished = self.run(killed_after).await;
            if !finished && run >= 4 {
                return Err("in peace a run comes to its end".to_owned());
            }
            // A walk goes on where it was killed; pages begin anew.
            goes_on = !finished && self.by == By::Ids;
            if finished {
                self.stood_still(run)?;
            }
        }
        match self
            .store
            .records()
            .into_iter()
            .find(|(id, date)| self.destination.get(id) != Some(date))
        {
            Some((id, _)) => Err(format!("the last version of {id} has not arrived")),
            None => Ok(()),
        }
    }

    fn stood_still(&self, run: u32) -> Result<(), String> {
        let after = self.store.records();
        let mut still = self
            .before
            .iter()
            .filter(|(id, date)| after.get(id) == Some(date));
        match still.find(|(id, date)| self.destination.get(id) != Some(date)) {
            Some((id, _)) => Err(format!("run {run}: {id} stood still and is missing")),
            None => Ok(()),
        }
    }

    /// True when it came to its end.
    async fn run(&mut self, killed_after: Option<usize>) -> bool {
        let span = self.watermark.clone().map_or(Span::Whole, Span::From);
        let store = self.store.clone();
        let mut source = match self.by {
            By::Changes => changed(store, Reading::of(span)).unwrap(),
            By::Ids => listed(store, Reading::of(span)).unwrap(),
            By::Pages => numbered(Paged::by_number(store), Reading::of(span)).unwrap(),
            By::Cursor => numbered(Paged::by_cursor(store), Reading::of(span)).unwrap(),
            By::PlainPages => Box::new(PlainPages::from(store, self.watermark.clone())),
        };
        let mut batches = 0;
        while killed_after != Some(batches) {
            match source.next().await {
                Ok(Some(batch)) => {
                    self.destination.extend(versions(&batch));
                    self.watermark = Some(batch.watermark);
                }
                Ok(None) => return true,
                Err(_) => return false,
            }
            batches += 1;
        }
        false
    }
}

/// The contestant: pages 1, 2, 3 of what changed since the highest date seen.
struct PlainPages {
    store: Moving,
    since: Option<i64>,
    highest: Option<i64>,
    page: u32,
    done: bool,
}

impl PlainPages {
    fn from(store: Moving, watermark: Option<Watermark>) -> Self {
        let since = watermark.and_then(|watermark| watermark.0.as_i64());
        Self {
            store,
            since,
            highest: since,
            page: 1,
            done: false,
        }
    }
}

#[async_trait]
impl Source for PlainPages {
    async fn next(&mut self) -> Result<Option<Batch>> {
        if self.done {
            return Ok(None);
        }
        let ask = Ask::Changes {
            since: self.since.map(at),
            page: self.page,
        };
        let page = self.store.page(&ask).await?;
        self.page += 1;
        self.done = !page.more;
        let records = page.entries.into_iter().map(|entry| entry.record).collect();
        let mut batch = Batch::new(records, Watermark(serde_json::Value::Null));
        self.highest = self
            .highest
            .max(versions(&batch).into_iter().map(|(_, date)| date).max());
        // It counts once everything was read.
        let reached = if self.done { self.highest } else { self.since };
        batch.watermark = Watermark(reached.into());
        Ok(Some(batch))
    }
}
