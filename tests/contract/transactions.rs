//! Write actions that promise transactions: data and checkpoint are there together, or neither is.

use connector_kit::{Checkpoint, Guarantee, OpenFor};
use serde_json::Value;

use crate::{
    fixtures::Write,
    world::World,
    writes::{deliver, is_there, publish, writes},
};

fn transactional() -> impl Iterator<Item = (String, Write)> {
    let all = writes()
        .into_iter()
        .filter(|(.., guarantee)| *guarantee == Guarantee::Transactional);
    all.map(|(name, fixture, _)| (name, fixture))
}

fn at(batch: u64) -> Checkpoint {
    Checkpoint {
        deployment: "contract".into(),
        epoch: 1,
        batch,
    }
}

/// Two halves of the fixture's rows.
fn halves(world: &World, fixture: &Write) -> (Vec<Value>, Vec<Value>) {
    let mut first = (fixture.rows)(world);
    let second = first.split_off(2);
    (first, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_is_known_to_the_next_run() {
    for (name, fixture) in transactional() {
        let world = World::small().await;
        (fixture.fill)(&world);
        let (first, second) = halves(&world, &fixture);
        let mut to = world.destination(&name).await;
        assert_eq!(
            to.resume().await.expect("it tells"),
            None,
            "{name}: at first it has nothing"
        );
        let (step, rows) = world.step(&name, &fixture.with, &first);
        to.ready(&step).await.expect("it can be written to");
        assert!(
            deliver(to.as_mut(), &step, &rows).await.iter().all(is_there),
            "{name}"
        );
        to.commit(&at(1)).await.expect("the disk has room");
        let (_, rows) = world.step(&name, &fixture.with, &second);
        assert!(
            deliver(to.as_mut(), &step, &rows).await.iter().all(is_there),
            "{name}"
        );
        // The process dies with the second batch written and not committed.
        drop(to);
        let mut to = world.destination(&name).await;
        assert_eq!(
            to.resume().await.expect("it tells"),
            Some(at(1)),
            "{name}: the first batch is there"
        );
        to.ready(&step).await.expect("it can be written to");
        assert!(
            deliver(to.as_mut(), &step, &rows).await.iter().all(is_there),
            "{name}: the second comes again"
        );
        publish(to.as_mut(), 2).await;
        assert_eq!(
            (fixture.look)(&world),
            undisturbed(&name, &fixture).await,
            "{name}: as if nobody had died"
        );
    }
}

/// How it looks when both halves are written without trouble.
async fn undisturbed(name: &str, fixture: &Write) -> Value {
    let world = World::small().await;
    (fixture.fill)(&world);
    let (first, second) = halves(&world, fixture);
    let mut to = world.destination(name).await;
    to.resume().await.expect("it tells");
    let (step, rows) = world.step(name, &fixture.with, &first);
    to.ready(&step).await.expect("it can be written to");
    deliver(to.as_mut(), &step, &rows).await;
    to.commit(&at(1)).await.expect("the disk has room");
    let (_, rows) = world.step(name, &fixture.with, &second);
    deliver(to.as_mut(), &step, &rows).await;
    publish(to.as_mut(), 2).await;
    (fixture.look)(&world)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_undone_leaves_nothing() {
    for (name, fixture) in transactional() {
        let world = World::small().await;
        (fixture.fill)(&world);
        let before = (fixture.look)(&world);
        let (step, rows) = world.step(&name, &fixture.with, &(fixture.rows)(&world));
        let mut to = world.destination(&name).await;
        to.resume().await.expect("it tells");
        to.ready(&step).await.expect("it can be written to");
        deliver(to.as_mut(), &step, &rows).await;
        to.undo().await.expect("it forgets");
        assert_eq!((fixture.look)(&world), before, "{name}: nothing of it is there");
        assert!(
            deliver(to.as_mut(), &step, &rows).await.iter().all(is_there),
            "{name}: written again it is written"
        );
        publish(to.as_mut(), 1).await;
        let again = World::small().await;
        (fixture.fill)(&again);
        let mut other = again.destination(&name).await;
        other.resume().await.expect("it tells");
        other.ready(&step).await.expect("it can be written to");
        deliver(other.as_mut(), &step, &rows).await;
        publish(other.as_mut(), 1).await;
        assert_eq!(
            (fixture.look)(&world),
            (fixture.look)(&again),
            "{name}: as if it had been written once"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deployments_do_not_see_each_others_checkpoints() {
    for (name, fixture) in transactional() {
        let world = World::small().await;
        (fixture.fill)(&world);
        let (step, rows) = world.step(&name, &fixture.with, &(fixture.rows)(&world));
        let mut to = world.destination(&name).await;
        to.resume().await.expect("it tells");
        to.ready(&step).await.expect("it can be written to");
        deliver(to.as_mut(), &step, &rows).await;
        publish(to.as_mut(), 7).await;
        let purpose = OpenFor {
            deployment: "another".to_owned(),
            epoch: 1,
        };
        let connector = name.split('/').next().unwrap_or_default();
        let mut other = world.live(connector).open(purpose).await.expect("it opens");
        assert_eq!(
            other.resume().await.expect("it tells"),
            None,
            "{name}: it would think it had written all that"
        );
    }
}
