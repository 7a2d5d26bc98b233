//! F20: 207. What was done in part is never "done", and never done twice.

use sandbox_store::When;

use super::{Tally, Writing, all, ensure, is_chosen, looks, status, writes};
use crate::{fixtures::Write, world::World, writes::is_there};

/// The shapes in which the vendor says it (catalogue, category trees, metafields), and those of whoever may stand between.
const SHAPES: &[&str] = &[
    "",
    "{}",
    "[]",
    "null",
    r#"{"data":[],"meta":{}}"#,
    r#"{"data":{},"meta":{}}"#,
    r#"{"data":null,"meta":{"total":5,"success":0,"failed":5}}"#,
    r#"{"data":[],"errors":[{"status":422,"title":"Wrong","type":"x","errors":{}}],"meta":{"total":5,"success":0,"failed":5}}"#,
    r#"{"errors":{"status":207,"title":"In part","type":"x","errors":{"0":"wrong"}},"meta":{"total":5,"success":4,"failed":1}}"#,
    r#"{"errors":{"status":207,"title":"In part","type":"x"},"meta":{"total":5,"success":4,"failed":1}}"#,
    r#"{"status":207,"title":"Multi-Status","type":"x","errors":{"inventory_level":"could not be saved"}}"#,
    r#"{"status":207,"title":"The URL could not be saved","type":"x","errors":{}}"#,
    r#"{"batch_errors":[{"status":422,"title":"Item 3: wrong","errors":{}}]}"#,
    r#"[{"status":207,"message":"In part."}]"#,
    "<html>207</html>",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_in_part_is_not_done() {
    all(writes(), nothing_applied).await.ends_clean(180);
}

/// Nothing of it was done: no row is there.
async fn nothing_applied(name: String, fixture: Write) -> Tally {
    let mut tally = Tally::default();
    let world = World::small().await;
    (fixture.fill)(&world);
    for (at, shape) in SHAPES.iter().enumerate() {
        let case = format!("{name}, part {at} before");
        // It says of itself that the others are there.
        let vouches = fixture.request.1.ends_with("trees/categories") && matches!(at, 8..=10);
        if !is_chosen(&case, 2) || vouches {
            continue;
        }
        let mut to = Writing::of(&world, &name, &fixture).await;
        to.disturb(None, When::Before, status(207, "application/json", shape));
        let checked = match to.write().await {
            Err(error) => Err(format!("it may have been applied: {error}")),
            Ok(outcomes) => outcomes
                .iter()
                .try_for_each(|outcome| ensure(!is_there(outcome), || format!("{outcome:?} after {shape}"))),
        };
        tally.note(
            &case,
            checked.and(ensure(to.is_unchanged(), || "it changed the store".to_owned())),
        );
        to.undisturbed();
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_all_the_same_is_not_done_twice() {
    all(writes(), all_applied).await.ends_clean(180);
}

/// All of it was done: after the look-up it is there, once.
async fn all_applied(name: String, fixture: Write) -> Tally {
    let mut tally = Tally::default();
    let wanted = {
        let world = World::small().await;
        (fixture.fill)(&world);
        Writing::of(&world, &name, &fixture)
            .await
            .write()
            .await
            .expect("nothing is disturbed");
        looks(&world, &fixture)
    };
    for (at, shape) in SHAPES.iter().enumerate() {
        let case = format!("{name}, part {at} after");
        if !is_chosen(&case, 2) {
            continue;
        }
        let world = World::small().await;
        (fixture.fill)(&world);
        let mut to = Writing::of(&world, &name, &fixture).await;
        to.disturb(Some(1), When::After, status(207, "application/json", shape));
        let settled = to.settle().await;
        let checked = settled.map(drop).map_err(|error| error.to_string());
        tally.note(
            &case,
            checked.and(ensure(looks(&world, &fixture) == wanted, || {
                format!("the store looks otherwise after {shape}")
            })),
        );
    }
    tally
}
