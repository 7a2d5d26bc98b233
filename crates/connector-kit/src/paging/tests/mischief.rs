//! F22: pages that come twice, out of order, empty in the middle, lead to themselves, or lie about how many there are, in
//! two thousand random scripts. Reading ends or stops with a reason, never goes round for ever, and what it says it read
//! it has read; where it stopped, nothing is lost for the next run.
//!
//! A script that fails prints the line that replays it.

use std::collections::BTreeMap;

use super::moving::{Moving, Paged, versions};
use crate::{
    Reading, Source, Span, Watermark,
    paging::{changed, listed, numbered},
};

const SCRIPTS: u64 = 2_000;

/// Requests of one run at most: a store here has 40 records.
const MOST: u64 = 2_000;

#[tokio::test]
async fn odd_pages_of_changes_lose_nothing() {
    all("odd_pages_of_changes", &|store, span| {
        changed(store, Reading::of(span)).unwrap()
    })
    .await;
}

#[tokio::test]
async fn odd_pages_of_a_walk_lose_nothing() {
    all("odd_pages_of_a_walk", &|store, span| {
        listed(store, Reading::of(span)).unwrap()
    })
    .await;
}

#[tokio::test]
async fn odd_pages_by_number_lose_nothing() {
    all("odd_pages_by_number", &|store, span| {
        numbered(Paged::by_number(store), Reading::of(span)).unwrap()
    })
    .await;
}

#[tokio::test]
async fn odd_pages_behind_cursors_lose_nothing() {
    all("odd_pages_behind_cursors", &|store, span| {
        numbered(Paged::by_cursor(store), Reading::of(span)).unwrap()
    })
    .await;
}

type Open = dyn Fn(Moving, Span) -> Box<dyn Source>;

async fn all(test: &str, open: &Open) {
    let one = std::env::var("SCRIPT").ok().and_then(|seed| seed.parse().ok());
    for seed in one.map_or(0..SCRIPTS, |one| one..one + 1) {
        if let Err(lost) = script(seed, open).await {
            panic!("{lost}\nSCRIPT={seed} cargo test -p connector-kit --lib {test}");
        }
    }
}

/// Four runs against a store that stands still and answers oddly; then one that answers as it should.
async fn script(seed: u64, open: &Open) -> Result<(), String> {
    let store = Moving::restless(seed, 0, seed.is_multiple_of(2));
    store.mischief([5, 20, 60][(seed % 3) as usize]);
    let (mut destination, mut watermark) = (BTreeMap::new(), None);
    for run in 0..5 {
        if run == 4 {
            store.rest();
        }
        let before = store.records();
        let span = watermark.clone().map_or(Span::Whole, Span::From);
        let finished = read(
            &store,
            &mut *open(store.clone(), span),
            &mut destination,
            &mut watermark,
        )
        .await?;
        if !finished && run == 4 {
            return Err("with right answers a run comes to its end".to_owned());
        }
        let after = store.records();
        let mut still = before.iter().filter(|(id, date)| after.get(id) == Some(date));
        if finished && let Some((id, _)) = still.find(|(id, date)| destination.get(id) != Some(date)) {
            return Err(format!("run {run}: {id} stood still and is missing"));
        }
    }
    match store
        .records()
        .into_iter()
        .find(|(id, date)| destination.get(id) != Some(date))
    {
        Some((id, _)) => Err(format!("the last version of {id} has not arrived")),
        None => Ok(()),
    }
}

/// True when it came to its end, false when it stopped with a reason.
async fn read(
    store: &Moving,
    source: &mut dyn Source,
    destination: &mut BTreeMap<u64, i64>,
    watermark: &mut Option<Watermark>,
) -> Result<bool, String> {
    store.requests();
    let mut asked = 0;
    loop {
        match source.next().await {
            Ok(Some(batch)) => {
                destination.extend(versions(&batch));
                *watermark = Some(batch.watermark);
            }
            Ok(None) => return Ok(true),
            Err(_) => return Ok(false),
        }
        asked += store.requests();
        if asked > MOST {
            return Err("it goes round for ever".to_owned());
        }
    }
}
