//! Whole reads by windows of ids.

use super::moving::{Fault, Moving, drain, versions};
use crate::{
    Reading, Span,
    paging::{changed, listed},
};

async fn ids(store: &Moving) -> Vec<u64> {
    let mut read = Vec::new();
    let mut source = listed(store.clone(), Reading::of(Span::Whole)).unwrap();
    drain(&mut *source, &mut read).await.unwrap();
    read.into_iter().map(|(id, _)| id).collect()
}

#[tokio::test]
async fn dense_ids_cost_exactly_a_request_a_page() {
    let store = Moving::new(250, (1..=100_000).map(|id| (id, id as i64)));
    assert_eq!(
        ids(&store).await,
        (1..=100_000).collect::<Vec<_>>(),
        "all, in the order of ids"
    );
    assert_eq!(
        store.requests(),
        401,
        "400 windows and one question for how far the list reaches"
    );
}

#[tokio::test]
async fn sparse_ids_take_wider_windows() {
    let store = Moving::new(250, (1..=5_000).map(|id| (id * 97, 1)));
    assert_eq!(ids(&store).await.len(), 5_000);
    let requests = store.requests();
    assert!(
        requests <= 27,
        "20 full pages would do; {requests} were asked for"
    );
}

#[tokio::test]
async fn uneven_ids_are_read_whole() {
    // A block, a desert, a block: the first guess of the density is wrong everywhere.
    let wanted: Vec<u64> = (1..=3_000).chain(900_000..=903_000).chain([5_000_000]).collect();
    let store = Moving::new(250, wanted.iter().map(|id| (*id, 1)));
    assert_eq!(ids(&store).await, wanted);
    let requests = store.requests();
    assert!(
        requests < 100,
        "25 full pages would do; {requests} were asked for"
    );
}

#[tokio::test]
async fn only_so_many_pages_are_under_way_at_a_time() {
    let store = Moving::new(10, (1..=1_000).map(|id| (id, 1)));
    let mut source = listed(store.clone(), Reading::of(Span::Whole)).unwrap();
    let mut kept = Vec::new();
    for _ in 0..12 {
        kept.push(source.next().await.unwrap().unwrap());
    }
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        store.requests(),
        13,
        "twelve pages are not durable yet, so no thirteenth is asked for"
    );
    kept.clear();
    assert_eq!(
        source.next().await.unwrap().unwrap().records.len(),
        10,
        "room came back"
    );
}

#[tokio::test]
async fn a_window_that_overflows_is_walked_on_before_any_other() {
    // All ids crowd at the end, so the first wide windows are empty and the last overflow by far.
    let store = Moving::new(10, (100_000..100_400).map(|id| (id, 1)));
    let mut source = listed(store.clone(), Reading::of(Span::Whole)).unwrap();
    let mut read = Vec::new();
    while let Some(batch) = source.next().await.unwrap() {
        read.extend(versions(&batch).into_iter().map(|(id, _)| id));
    }
    assert_eq!(
        read,
        (100_000..100_400).collect::<Vec<_>>(),
        "in order, none lost, none doubled, no deadlock"
    );
}

#[tokio::test]
async fn a_fault_leaves_the_source_where_the_last_batch_ended() {
    let store = Moving::new(10, (1..=95).map(|id| (id, 1)));
    let mut source = listed(store.clone(), Reading::of(Span::Whole)).unwrap();
    let mut read: Vec<u64> = Vec::new();
    let mut faults = 0;
    loop {
        if read.len() % 20 == 10 && faults < 4 {
            store.fault(Fault::Unavailable);
        }
        match source.next().await {
            Ok(Some(batch)) => read.extend(versions(&batch).into_iter().map(|(id, _)| id)),
            Ok(None) => break,
            Err(error) => {
                assert!(error.is_unavailable());
                faults += 1;
            }
        }
    }
    assert!(faults > 0, "the faults must have been met");
    assert_eq!(read, (1..=95).collect::<Vec<_>>(), "asking again goes on there");
}

#[tokio::test]
async fn a_first_run_that_was_killed_goes_on_inside_the_list() {
    let store = Moving::new(10, (1..=200).map(|id| (id, 2_000 - id as i64)));
    let mut source = changed(store.clone(), Reading::of(Span::Whole)).unwrap();
    let mut read = Vec::new();
    let mut watermark = None;
    for _ in 0..5 {
        let batch = source.next().await.unwrap().unwrap();
        assert_eq!(batch.expected, Some(200), "the whole is known before");
        read.extend(versions(&batch));
        watermark = Some(batch.watermark);
    }
    drop(source);
    store.state(|records, now| records.insert(3, *now + 500));
    let mut source = changed(store.clone(), Reading::of(Span::From(watermark.unwrap()))).unwrap();
    drain(&mut *source, &mut read).await.unwrap();
    let ids: Vec<u64> = read.iter().map(|(id, _)| *id).collect();
    assert_eq!(
        ids,
        (1..=200).chain([3]).collect::<Vec<_>>(),
        "nothing again but what changed meanwhile"
    );
}

#[tokio::test]
async fn a_whole_read_starts_anew_after_its_end() {
    let store = Moving::new(10, (1..=25).map(|id| (id, 1)));
    let mut read = Vec::new();
    let mut source = listed(store.clone(), Reading::of(Span::Whole)).unwrap();
    let last = drain(&mut *source, &mut read).await.unwrap().unwrap();
    let mut source = listed(store, Reading::of(Span::From(last.watermark))).unwrap();
    drain(&mut *source, &mut read).await.unwrap();
    assert_eq!(read.len(), 50, "twice the whole list");
}
