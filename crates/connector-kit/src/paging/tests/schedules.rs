//! No record is lost, whatever moves between two requests: thousands of random schedules.

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::moving::{Fault, Moving, versions};
use crate::{Reading, Span, Watermark, paging::changed};

/// Stores of each kind, five runs each; seeded, so that a failure names the one to look at.
const STORES: u64 = 2_000;

#[tokio::test]
async fn no_record_is_lost_in_a_store_that_walks_by_id() {
    for seed in 0..STORES {
        follow(seed, true).await;
    }
}

#[tokio::test]
async fn no_record_is_lost_in_a_store_that_only_knows_dates() {
    for seed in 0..STORES {
        follow(seed, false).await;
    }
}

/// Four runs, some killed between two batches or cut by a fault, while the store moves; then one in peace.
async fn follow(seed: u64, by_id: bool) {
    let store = Moving::restless(seed, [1, 2, 4][(seed % 3) as usize], by_id);
    let mut random = StdRng::seed_from_u64(seed);
    let mut destination = BTreeMap::new();
    let mut watermark = None;
    for run in 0..5 {
        if run == 4 {
            store.rest();
        } else if random.random_bool(0.3) {
            store.fault(Fault::Unavailable);
        }
        let before = store.records();
        let killed_after = (run < 4 && random.random_bool(0.4)).then(|| random.random_range(0..6));
        let finished = run_once(&store, &mut watermark, &mut destination, killed_after).await;
        assert!(
            finished || run < 4,
            "seed {seed}: in peace a run comes to its end"
        );
        if finished {
            let after = store.records();
            for (id, date) in before.iter().filter(|(id, date)| after.get(id) == Some(date)) {
                assert_eq!(
                    destination.get(id),
                    Some(date),
                    "seed {seed}, run {run}: {id} stood still and is missing"
                );
            }
        }
    }
    for (id, date) in store.records() {
        assert_eq!(
            destination.get(&id),
            Some(&date),
            "seed {seed}: the last version of {id} must have arrived"
        );
    }
}

/// True when it came to its end.
async fn run_once(
    store: &Moving,
    watermark: &mut Option<Watermark>,
    destination: &mut BTreeMap<u64, i64>,
    killed_after: Option<usize>,
) -> bool {
    let span = watermark.clone().map_or(Span::Whole, Span::From);
    let mut source = changed(store.clone(), Reading::of(span)).unwrap();
    let mut batches = 0;
    while killed_after != Some(batches) {
        match source.next().await {
            Ok(Some(batch)) => {
                destination.extend(versions(&batch));
                *watermark = Some(batch.watermark);
            }
            Ok(None) => return true,
            Err(_) => return false,
        }
        batches += 1;
    }
    false
}
