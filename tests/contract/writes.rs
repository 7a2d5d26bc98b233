//! Every write action: one outcome per row, a bad row alone, nothing twice.

use connector_kit::{Destination, Does, Guarantee, Outcome, Row, WriteStep};
use serde_json::Value;

use crate::{
    exceptions::{Check, applies},
    fixtures::{Fixture, Write, fixture},
    world::World,
};

/// Every write action with its fixture and its guarantee.
pub(crate) fn writes() -> Vec<(String, Write, Guarantee)> {
    let mut writes = Vec::new();
    for connector in connectors::all() {
        for action in &connector.actions {
            let Does::Write(declared) = &action.does else {
                continue;
            };
            let name = format!("{}/{}", connector.name, action.name);
            let Fixture::Write(write) = fixture(&name) else {
                panic!("{name}: its fixture writes")
            };
            writes.push((name, write, declared.guarantee()));
        }
    }
    writes
}

/// Delivers rows as the engine does: a group that was refused as a whole goes again one by one.
pub(crate) async fn deliver(to: &mut dyn Destination, step: &WriteStep, rows: &[Row]) -> Vec<Outcome> {
    let mut outcomes = to.write(step, rows).await.expect("nothing stands in the way");
    assert_eq!(outcomes.len(), rows.len(), "{step:?}: one outcome per row");
    for at in 0..rows.len() {
        if rows.len() > 1 && matches!(outcomes[at], Outcome::Suspect(_)) {
            let alone = to
                .write(step, &rows[at..=at])
                .await
                .expect("nothing stands in the way");
            outcomes.splice(at..=at, alone);
        }
    }
    outcomes
}

pub(crate) fn is_there(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Written { .. } | Outcome::Unchanged)
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_fine_are_written() {
    for (name, fixture, _) in writes() {
        let world = World::small().await;
        (fixture.fill)(&world);
        let (step, rows) = world.step(&name, &fixture.with, &(fixture.rows)(&world));
        let before = (fixture.look)(&world);
        let mut to = world.destination(&name).await;
        to.ready(&step)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let outcomes = deliver(to.as_mut(), &step, &rows).await;
        assert!(
            outcomes
                .iter()
                .all(|outcome| matches!(outcome, Outcome::Written { .. })),
            "{name}: {outcomes:?}"
        );
        publish(to.as_mut(), 1).await;
        assert_ne!(
            (fixture.look)(&world),
            before,
            "{name}: what is told to be written is there"
        );
        world.assert_no_secret(&name, None);
    }
}

/// Commits a batch and ends the run.
pub(crate) async fn publish(to: &mut dyn Destination, batch: u64) {
    let at = connector_kit::Checkpoint {
        deployment: "contract".into(),
        epoch: 1,
        batch,
    };
    to.commit(&at).await.expect("the disk has room");
    to.finish(&at).await.expect("the disk has room");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_written_twice_changes_nothing_the_second_time() {
    for (name, fixture, guarantee) in writes() {
        if guarantee == Guarantee::AtMostOnce || !applies(Check::WrittenTwice, &name) {
            continue;
        }
        let world = World::small().await;
        (fixture.fill)(&world);
        let (step, rows) = world.step(&name, &fixture.with, &(fixture.rows)(&world));
        for turn in 1..=2 {
            let before = (fixture.look)(&world);
            let mut to = world.destination(&name).await;
            to.ready(&step).await.expect("it can be written to");
            let outcomes = deliver(to.as_mut(), &step, &rows).await;
            assert!(outcomes.iter().all(is_there), "{name}: {outcomes:?}");
            publish(to.as_mut(), turn).await;
            let changed = (fixture.look)(&world) != before;
            assert_eq!(changed, turn == 1, "{name}: turn {turn}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_fails_alone_wherever_it_stands() {
    for (name, fixture, _) in writes() {
        if !applies(Check::BadRow, &name) {
            continue;
        }
        for place in [0, 2, 5] {
            let world = World::small().await;
            (fixture.fill)(&world);
            let mut rows: Vec<Value> = (fixture.rows)(&world);
            rows.insert(place, fixture.bad.clone());
            let (step, rows) = world.step(&name, &fixture.with, &rows);
            let mut to = world.destination(&name).await;
            to.ready(&step).await.expect("it can be written to");
            let outcomes = deliver(to.as_mut(), &step, &rows).await;
            for (at, outcome) in outcomes.iter().enumerate() {
                match outcome {
                    Outcome::Failed(error) | Outcome::Suspect(error) if at == place => {
                        assert_eq!(
                            error.kind,
                            connector_kit::Kind::Rejected,
                            "{name}: the row is to blame: {error}"
                        );
                        assert!(error.hint.is_some(), "{name}: the next step is said: {error}");
                        world.assert_no_secret(&name, Some(error));
                    }
                    outcome => assert!(
                        at != place && is_there(outcome),
                        "{name}: bad at {place}, row {at}: {outcome:?}"
                    ),
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rows_are_no_request_and_no_outcome() {
    for (name, fixture, _) in writes() {
        let world = World::small().await;
        (fixture.fill)(&world);
        let (step, _) = world.step(&name, &fixture.with, &(fixture.rows)(&world));
        let mut to = world.destination(&name).await;
        to.ready(&step).await.expect("it can be written to");
        world.sandbox.store().clear_log();
        let outcomes = to
            .write(&step, &[])
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(outcomes.is_empty(), "{name}: {outcomes:?}");
        assert!(
            world
                .sandbox
                .store()
                .requests()
                .iter()
                .all(|seen| seen.method == "GET"),
            "{name}: nothing is sent"
        );
    }
}
