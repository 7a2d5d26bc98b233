//! The named traps of changed-since reading.

use super::moving::{Fault, Moving, at, drain};
use crate::{Batch, Kind, Reading, Result, Span, paging::changed};

async fn read(store: &Moving, span: Span) -> (Vec<(u64, i64)>, Result<Option<Batch>>) {
    let mut versions = Vec::new();
    let mut source = changed(store.clone(), Reading::of(span)).unwrap();
    let last = drain(&mut *source, &mut versions).await;
    (versions, last)
}

#[tokio::test]
async fn records_that_share_the_last_second_are_read_once_each() {
    let store = Moving::new(10, [(1, 100)]);
    let (first, last) = read(&store, Span::Whole).await;
    assert_eq!(first, [(1, 100)]);
    store.state(|records, _| records.extend([(2, 100), (3, 100)]));
    let (second, _) = read(&store, Span::From(last.unwrap().unwrap().watermark)).await;
    assert_eq!(
        second,
        [(2, 100), (3, 100)],
        "one of three was exported: exactly two are left"
    );
}

#[tokio::test]
async fn nothing_new_costs_one_request_and_leaves_the_position() {
    let store = Moving::new(10, (1..=5).map(|id| (id, id as i64)));
    let (_, last) = read(&store, Span::Whole).await;
    store.requests();
    let (again, nothing) = read(&store, Span::From(last.unwrap().unwrap().watermark)).await;
    assert!(
        again.is_empty() && nothing.unwrap().is_none(),
        "no batch, so the watermark stays where it is"
    );
    assert_eq!(store.requests(), 1, "a quiet store is asked once");
}

#[tokio::test]
async fn an_empty_store_is_no_error_and_no_position() {
    let (versions, last) = read(&Moving::new(10, []), Span::Whole).await;
    assert!(
        versions.is_empty() && last.unwrap().is_none(),
        "there is no date to stand on"
    );
}

#[tokio::test]
async fn a_record_that_appears_late_is_still_found() {
    let store = Moving::new(10, [(1, 1_000)]);
    let (_, last) = read(&store, Span::Whole).await;
    store.state(|records, _| records.insert(2, 800));
    let (late, _) = read(&store, Span::From(last.unwrap().unwrap().watermark)).await;
    assert_eq!(
        late,
        [(2, 800)],
        "its date lies before the position, within the overlap of five minutes"
    );
}

#[tokio::test]
async fn a_bulk_edit_larger_than_a_page_is_read_whole() {
    let store = Moving::new(5, (1..=47).map(|id| (id, 9)).chain([(48, 10)]));
    let (mut versions, _) = read(&store, Span::Since(at(9))).await;
    versions.sort_unstable();
    let ids: Vec<u64> = versions.iter().map(|(id, _)| *id).collect();
    assert_eq!(
        ids,
        (1..=48).collect::<Vec<_>>(),
        "one second fills ten pages and none of it is lost or doubled"
    );
}

#[tokio::test]
async fn a_server_that_ignores_the_date_is_stopped_before_anything_is_imported() {
    let store = Moving::new(10, (1..=40).map(|id| (id, id as i64 * 100)));
    store.always(Fault::IgnoresDate);
    let (versions, end) = read(&store, Span::Since(at(3_000))).await;
    let error = end.unwrap_err();
    assert_eq!(
        (error.kind, versions.len()),
        (Kind::Config, 0),
        "a whole history must not come in"
    );
    assert!(
        error.message.contains("date filter was not applied"),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn a_server_that_always_sends_page_one_is_noticed() {
    let store = Moving::new(5, (1..=40).map(|id| (id, 9)));
    store.always(Fault::IgnoresPage);
    let (_, end) = read(&store, Span::Since(at(9))).await;
    assert!(
        end.unwrap_err().message.contains("same page"),
        "it must not go round for ever"
    );
    assert_eq!(store.requests(), 3, "the second repeat is enough to know");
}

#[tokio::test]
async fn a_server_that_ignores_the_sort_is_stopped() {
    let store = Moving::new(20, (1..=60).map(|id| (id, (id * 37 % 60) as i64)));
    store.always(Fault::IgnoresSort);
    let (_, end) = read(&store, Span::Since(at(0))).await;
    assert_eq!(
        end.unwrap_err().kind,
        Kind::Config,
        "going on from its last date would skip records"
    );
}

#[tokio::test]
async fn ids_that_lead_nowhere_are_named() {
    let store = Moving::new(10, [(7, 1)]);
    let mut source = changed(store, Reading::of(Span::Ids(vec!["7".into(), "8".into()]))).unwrap();
    let batch = source.next().await.unwrap().unwrap();
    let missing: Vec<bool> = batch
        .records
        .iter()
        .map(|record| record.unreadable.is_some())
        .collect();
    assert_eq!(
        missing,
        [false, true],
        "8 is set aside with its reason, not passed over"
    );
    assert!(source.next().await.unwrap().is_none());
}

#[test]
fn a_watermark_of_a_newer_program_is_refused() {
    let newer =
        crate::Watermark(serde_json::json!({ "version": 2, "changes": { "highest": null, "seen": {} } }));
    let refused = changed(Moving::new(10, []), Reading::of(Span::From(newer)));
    assert_eq!(
        refused.err().map(|error| error.kind),
        Some(Kind::Config),
        "reading it wrongly could skip records"
    );
}
