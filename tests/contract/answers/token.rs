//! F23: the token is taken back, at each request of an action. It is not used again, and afterwards everything is there once.

use connector_kit::{Kind, Outcome};
use sandbox_store::{Fault, Match, When};

use super::{Tally, Writing, all, ensure, is_chosen, is_error, looks, read, reads, status, writes};
use crate::{
    fixtures::{Read, Write},
    world::World,
    writes::is_there,
};

/// Requests that may be on their way when the store says no: pages that are read ahead, and what is asked beside them.
const UNDER_WAY: usize = 4;

/// From the request behind the first `skip` on, the token is no longer good.
fn revoked(skip: u64) -> Fault {
    let on = Match {
        skip,
        times: None,
        ..Match::default()
    };
    let body = r#"{"status":401,"title":"Unauthorized","type":"x","errors":{}}"#;
    Fault {
        on,
        when: When::Before,
        how: status(401, "application/json", body),
    }
}

/// Requests that came with the dead token.
fn refused(world: &World) -> usize {
    world
        .sandbox
        .store()
        .requests()
        .iter()
        .filter(|seen| seen.fault.is_some())
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_stops_where_the_token_is_refused() {
    all(reads(), reading).await.ends_clean(100);
}

async fn reading(name: String, fixture: Read) -> Tally {
    let mut tally = Tally::default();
    let world = World::small().await;
    (fixture.fill)(&world);
    for skip in 0..12 {
        let case = format!("{name}, refused from request {skip}");
        if !is_chosen(&case, 1) {
            continue;
        }
        let store = world.sandbox.store();
        store.clear_log();
        store.fault(revoked(skip));
        let done = read(&world, &name, &fixture).await;
        store.clear_faults();
        let refused = refused(&world);
        let checked = match done {
            Ok(_) if refused == 0 => break,
            Ok(count) => Err(format!("{count} records were read all the same")),
            Err(error) => is_error(&world, &error, Kind::Config),
        };
        let few = ensure(refused <= UNDER_WAY, || {
            format!("{refused} requests with a dead token")
        });
        tally.note(&case, checked.and(few));
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_stops_where_the_token_is_refused_and_goes_on_there() {
    all(writes(), writing).await.ends_clean(100);
}

async fn writing(name: String, fixture: Write) -> Tally {
    let mut tally = Tally::default();
    let mut wanted = None;
    for skip in 0..16 {
        let case = format!("{name}, refused from request {skip}");
        let world = World::small().await;
        (fixture.fill)(&world);
        let mut to = Writing::of(&world, &name, &fixture).await;
        if wanted.is_none() {
            to.write().await.expect("nothing is disturbed");
            wanted = Some(looks(&world, &fixture));
            continue;
        }
        if !is_chosen(&case, 1) {
            continue;
        }
        world.sandbox.store().fault(revoked(skip - 1));
        let written = to.write().await;
        to.undisturbed();
        let (refused, applied) = (refused(&world), !world.sandbox.store().ledger().is_empty());
        if refused == 0 {
            break;
        }
        let outcomes = written.as_ref().map(Vec::len).unwrap_or_default();
        let checked = match &written {
            Err(error) if !applied => is_error(&world, error, Kind::Config),
            Err(error) => Err(format!("what was applied is forgotten: {error}")),
            Ok(outcomes) => outcomes.iter().try_for_each(|outcome| match outcome {
                Outcome::Failed(error) => is_error(&world, error, Kind::Config),
                outcome if is_there(outcome) && applied => Ok(()),
                other => Err(format!("{other:?}")),
            }),
        };
        let few = ensure(refused <= UNDER_WAY, || {
            format!("{refused} requests with a dead token")
        });
        // With a new token the rows that were left over go out.
        let mut rows = std::mem::take(&mut to.rows);
        if let Ok(outcomes) = &written {
            let mut there = outcomes.iter().map(is_there);
            rows.retain(|_| !there.next().unwrap_or_default());
        }
        let mut again = Writing::of(&world, &name, &fixture).await;
        again.rows = rows;
        let rest = if again.rows.is_empty() {
            Ok(())
        } else {
            again.settle().await.map(drop)
        };
        let whole = Some(looks(&world, &fixture)) == wanted;
        let checked = checked
            .and(few)
            .and(rest.map_err(|error| error.to_string()))
            .and(ensure(whole, || {
                format!("the store looks otherwise afterwards ({outcomes} outcomes)")
            }));
        tally.note(&case, checked);
    }
    tally
}
