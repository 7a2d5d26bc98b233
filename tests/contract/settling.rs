//! Write actions over HTTP: what a refused, a broken and a lost answer mean.

use std::sync::Arc;

use connector_kit::{Error, Found, Guarantee, Kind, Outcome, SystemClock};
use sandbox_store::{Config, Fault, How, Match, When};

use crate::{
    exceptions::{Check, applies},
    fixtures::Write,
    world::{RESET, TOKEN, World},
    writes::{is_there, writes},
};

pub(crate) fn writes_over_http() -> impl Iterator<Item = (String, Write, Guarantee)> {
    writes()
        .into_iter()
        .filter(|(name, ..)| applies(Check::Http, name))
}

/// Every request that writes, up to `times` of them.
fn writing(fixture: &Write, times: Option<u64>) -> Match {
    let (method, path) = fixture.request;
    Match {
        method: Some(method.into()),
        path: Some(path.into()),
        times,
        ..Match::default()
    }
}

fn status(code: u16) -> How {
    let body = format!("{{\"status\":{code},\"title\":\"{TOKEN} is not welcome\"}}");
    How::Status {
        code,
        body,
        headers: Default::default(),
    }
}

/// The one error that a write of good rows meets, as `Err` or as the same outcome of every row.
async fn error_under(name: &str, fixture: &Write, how: How) -> (World, Error) {
    let world = World::small().await;
    (fixture.fill)(&world);
    let (step, rows) = world.step(name, &fixture.with, &(fixture.rows)(&world));
    world.sandbox.store().fault(Fault {
        on: writing(fixture, None),
        when: When::Before,
        how,
    });
    let mut to = world.destination(name).await;
    to.ready(&step).await.expect("only writes are disturbed");
    let error = match to.write(&step, &rows).await {
        Err(error) => error,
        Ok(outcomes) => match outcomes.into_iter().next() {
            Some(Outcome::Failed(error) | Outcome::Suspect(error) | Outcome::Unknown(error)) => error,
            other => panic!("{name}: it wrote what could not be written: {other:?}"),
        },
    };
    assert!(error.hint.is_some(), "{name}: the next step is said: {error}");
    world.assert_no_secret(name, Some(&error));
    (world, error)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_blames_no_row() {
    for (name, fixture, _) in writes_over_http() {
        for code in [401, 403] {
            let (world, error) = error_under(&name, &fixture, status(code)).await;
            assert_eq!(error.kind, Kind::Config, "{name}: a person must act: {error}");
            assert!(
                world.sandbox.store().ledger().is_empty(),
                "{name}: nothing was applied"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_in_place_of_an_answer_blames_no_row() {
    for (name, fixture, _) in writes_over_http() {
        for code in [200, 403, 503] {
            let (_, error) = error_under(&name, &fixture, How::Html { code }).await;
            assert!(error.is_unavailable(), "{name}: {code}: it passes: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_outcome_is_settled_by_what_is_there() {
    for (name, fixture, guarantee) in writes_over_http() {
        if guarantee == Guarantee::AtMostOnce {
            continue;
        }
        for when in [When::After, When::Before] {
            for how in [How::Close, How::Reset, How::HalfHead, How::HalfBody, status(502)] {
                // A deletion is answered without a body, so there is nothing to halve.
                if how == How::HalfBody && fixture.request.0 == "DELETE" {
                    continue;
                }
                settled(&name, &fixture, when, how).await;
            }
        }
    }
}

/// Every answer to a write is lost; then the store is asked what it has.
async fn settled(name: &str, fixture: &Write, when: When, how: How) {
    let case = format!("{name}, {when:?}, {how:?}");
    let world = World::small().await;
    (fixture.fill)(&world);
    let (step, rows) = world.step(name, &fixture.with, &(fixture.rows)(&world));
    let before = (fixture.look)(&world);
    world.sandbox.store().fault(Fault {
        on: writing(fixture, None),
        when,
        how,
    });
    let mut to = world.destination(name).await;
    to.ready(&step).await.expect("only writes are disturbed");
    let outcomes = to
        .write(&step, &rows)
        .await
        .unwrap_or_else(|error| panic!("{case}: it may have left: {error}"));
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, Outcome::Unknown(_))),
        "{case}: {outcomes:?}"
    );
    world.sandbox.store().clear_faults();
    let applied = (fixture.look)(&world) != before;
    assert_eq!(applied, when == When::After, "{case}: the fault did what it says");
    let found = to
        .find(&step, &rows)
        .await
        .unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!(found.len(), rows.len(), "{case}: one answer per row");
    for answer in &found {
        let truthful = match answer {
            Found::Yes { .. } => applied,
            Found::No => !applied,
            Found::Unclear(_) => false,
        };
        assert!(
            truthful,
            "{case}: applied is {applied}, and the look-up says {answer:?}"
        );
    }
    // What certainly is not there goes again, what is there does not change.
    let again = to.write(&step, &rows).await.expect("the store is well again");
    assert!(again.iter().all(is_there), "{case}: {again:?}");
    let after = (fixture.look)(&world);
    let once_more = to.write(&step, &rows).await.expect("the store is well again");
    assert!(
        once_more.iter().all(is_there) && (fixture.look)(&world) == after,
        "{case}: nothing is doubled"
    );
    world.assert_no_secret(&case, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_write_is_sent_before_the_quota_is_reset() {
    let mut waiting = tokio::task::JoinSet::new();
    for (name, fixture, _) in writes_over_http() {
        waiting.spawn(async move { waits(&name, &fixture).await });
    }
    while let Some(waited) = waiting.join_next().await {
        waited.expect("it waits as long as it was asked to");
    }
}

async fn waits(name: &str, fixture: &Write) {
    let config = Config {
        products: 20,
        customers: 12,
        orders: 12,
        ..Config::default()
    };
    let world = World::new(config, Arc::new(SystemClock)).await;
    (fixture.fill)(&world);
    let (step, rows) = world.step(name, &fixture.with, &(fixture.rows)(&world));
    let mut to = world.destination(name).await;
    to.ready(&step).await.expect("it can be written to");
    let how = How::Throttle {
        reset_ms: Some(RESET.as_millis() as u64),
    };
    world.sandbox.store().fault(Fault {
        on: writing(fixture, Some(1)),
        when: When::Before,
        how,
    });
    let outcomes = to
        .write(&step, &rows)
        .await
        .unwrap_or_else(|error| panic!("{name}: 429 passes: {error}"));
    assert!(
        outcomes.iter().all(is_there),
        "{name}: it goes on by itself: {outcomes:?}"
    );
    world.assert_waited(name, RESET);
}
