//! Every read action: stopped anywhere it goes on without loss, and it names every trouble rightly.

use std::sync::Arc;

use connector_kit::{Does, Error, Kind, Result, Span, SystemClock};
use sandbox_store::{Config, Fault, How, Match, When};

use crate::{
    exceptions::{Check, applies},
    fixtures::{Fixture, Read, fixture},
    world::{Hurried, RESET, TOKEN, World, drain},
};

/// Every read action with its fixture.
fn reads() -> Vec<(String, Read)> {
    let mut reads = Vec::new();
    for connector in connectors::all() {
        for action in connector
            .actions
            .iter()
            .filter(|action| matches!(action.does, Does::Read(_)))
        {
            let name = format!("{}/{}", connector.name, action.name);
            let Fixture::Read(read) = fixture(&name) else {
                panic!("{name}: its fixture reads")
            };
            reads.push((name, read));
        }
    }
    reads
}

/// Reads over HTTP.
pub(crate) fn reads_over_http() -> impl Iterator<Item = (String, Read)> {
    reads().into_iter().filter(|(name, _)| applies(Check::Http, name))
}

/// A store of several pages of everything.
fn large() -> Config {
    Config {
        products: 600,
        customers: 600,
        orders: 600,
        ..Config::default()
    }
}

type Batches = Vec<(Vec<String>, connector_kit::Watermark)>;

async fn read(world: &World, name: &str, with: &serde_json::Value, span: Span) -> Result<Batches> {
    let mut source = world.open(name, with, span).await?;
    let batches = drain(source.as_mut()).await?;
    Ok(batches
        .into_iter()
        .map(|(records, at)| {
            (
                records.into_iter().map(|record| record.id.to_string()).collect(),
                at,
            )
        })
        .collect())
}

fn ids(batches: &[(Vec<String>, connector_kit::Watermark)]) -> Vec<String> {
    batches.iter().flat_map(|(ids, _)| ids.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_after_any_batch_it_goes_on_without_loss_or_repetition() {
    for (name, fixture) in reads() {
        let world = World::new(large(), Arc::new(Hurried::default())).await;
        (fixture.fill)(&world);
        let undisturbed = read(&world, &name, &fixture.with, Span::Whole)
            .await
            .expect("the store is well");
        let all = ids(&undisturbed);
        let mut once = all.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), all.len(), "{name}: a reading brings each record once");
        let filled = undisturbed.iter().filter(|(ids, _)| !ids.is_empty()).count();
        assert!(
            filled >= 2 || !applies(Check::SeveralBatches, &name),
            "{name}: the fixture has several batches, else nothing is stopped: {filled}"
        );
        let last = undisturbed.len() - 1;
        for (stop, (_, watermark)) in undisturbed.iter().enumerate().take(last) {
            // What a process that died had settled, and what the next one reads.
            let mut both = ids(&undisturbed[..=stop]);
            let rest = read(&world, &name, &fixture.with, Span::From(watermark.clone()))
                .await
                .expect("it goes on");
            both.extend(ids(&rest));
            both.sort();
            if !applies(Check::GoesOn, &name) {
                both.dedup();
            }
            assert_eq!(both, once, "{name}: stopped after batch {stop} of {last}");
        }
        let (_, end) = &undisturbed[last];
        let after = ids(&read(&world, &name, &fixture.with, Span::From(end.clone()))
            .await
            .expect("it goes on"));
        let expected = if fixture.follows { 0 } else { all.len() };
        assert_eq!(
            after.len(),
            expected,
            "{name}: behind the end it follows what is new, or reads everything again"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_carry_ids_and_readable_bodies() {
    for (name, fixture) in reads() {
        let world = World::small().await;
        (fixture.fill)(&world);
        let mut source = world
            .open(&name, &fixture.with, Span::Whole)
            .await
            .expect("it opens");
        let batch = source
            .next()
            .await
            .expect("it reads")
            .expect("there is something");
        for record in batch.records {
            assert!(
                !record.id.is_empty() && record.unreadable.is_none(),
                "{name}: a record has an id"
            );
            assert!(record.body.fields().names().count() > 1, "{name}: and fields");
        }
    }
}

/// The error an action meets while the store does this to every request.
async fn error_under(name: &str, fixture: &Read, how: How) -> (World, Error) {
    let world = World::small().await;
    (fixture.fill)(&world);
    let on = Match {
        times: None,
        ..Match::default()
    };
    world.sandbox.store().fault(Fault {
        on,
        when: When::Before,
        how,
    });
    let error = read(&world, name, &fixture.with, Span::Whole).await.err();
    let error = error.unwrap_or_else(|| panic!("{name}: it read something where there was nothing"));
    assert!(error.hint.is_some(), "{name}: the next step is said: {error}");
    world.assert_no_secret(name, Some(&error));
    (world, error)
}

/// An answer that repeats the token, as some gateways do.
fn status(code: u16) -> How {
    let body = format!("{{\"status\":{code},\"title\":\"{TOKEN} is not welcome\"}}");
    How::Status {
        code,
        body,
        headers: Default::default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_a_persons_matter() {
    for (name, fixture) in reads_over_http() {
        let (world, error) = error_under(&name, &fixture, status(401)).await;
        assert_eq!(error.kind, Kind::Config, "{name}: waiting does not help: {error}");
        let asked = world.sandbox.store().requests().len();
        assert!(
            asked <= 4,
            "{name}: nobody hammers with a refused token: {asked} requests"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_is_a_persons_matter() {
    for (name, fixture) in reads_over_http() {
        let (_, error) = error_under(&name, &fixture, status(403)).await;
        assert_eq!(error.kind, Kind::Config, "{name}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_is_never_data() {
    for (name, fixture) in reads_over_http() {
        for code in [200, 403, 502] {
            let (_, error) = error_under(&name, &fixture, How::Html { code }).await;
            assert!(
                error.is_unavailable(),
                "{name}: {code} with a page is a proxy's word, not the store's: {error}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_is_waited_for() {
    for (name, fixture) in reads_over_http() {
        for how in [How::Reset, How::Close, How::HalfBody, How::HalfHead, status(503)] {
            let words = format!("{how:?}");
            let (_, error) = error_under(&name, &fixture, how).await;
            assert!(error.is_unavailable(), "{name}: {words} passes: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_is_sent_before_the_quota_is_reset() {
    let mut waiting = tokio::task::JoinSet::new();
    for (name, fixture) in reads_over_http() {
        waiting.spawn(async move { waits(&name, &fixture).await });
    }
    while let Some(waited) = waiting.join_next().await {
        waited.expect("it waits as long as it was asked to");
    }
}

async fn waits(name: &str, fixture: &Read) {
    let config = Config {
        products: 20,
        customers: 12,
        orders: 12,
        ..Config::default()
    };
    let world = World::new(config, Arc::new(SystemClock)).await;
    (fixture.fill)(&world);
    let how = How::Throttle {
        reset_ms: Some(RESET.as_millis() as u64),
    };
    world.sandbox.store().fault(Fault {
        on: Match::default(),
        when: When::Before,
        how,
    });
    let batches = read(&world, name, &fixture.with, Span::Whole).await;
    let batches = batches.unwrap_or_else(|error| panic!("{name}: 429 passes: {error}"));
    assert!(!ids(&batches).is_empty(), "{name}: it goes on by itself");
    world.assert_waited(name, RESET);
    world.assert_no_secret(name, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_and_is_not_empty() {
    for (name, fixture) in reads()
        .into_iter()
        .filter(|(name, _)| !applies(Check::Http, name))
    {
        let world = World::small().await;
        let error = read(&world, &name, &fixture.with, Span::Whole).await.err();
        let error = error.unwrap_or_else(|| panic!("{name}: nothing was there, and it read"));
        let fits = error.kind == Kind::Config || error.is_unavailable();
        assert!(
            fits && error.hint.is_some(),
            "{name}: a sentence and the next step: {error:?}"
        );
    }
}
