//! F25: the store says no while a run is under way (404, 409, 422 …). What is refused is refused, at once and for good.

use connector_kit::{Kind, Outcome};
use sandbox_store::When;

use super::{
    Tally, Writing, all, ensure, everything, is_chosen, is_error, is_told, most, read, reads, status, writes,
};
use crate::{
    fixtures::{Read, Write},
    world::{TOKEN, World},
};

const STATUSES: &[u16] = &[400, 404, 405, 409, 410, 413, 415, 422];

fn bodies(code: u16) -> [(&'static str, String); 6] {
    let json = "application/json";
    [
        (
            json,
            format!(
                "{{\"status\":{code},\"title\":\"No\",\"type\":\"x\",\"errors\":{{\"name\":\"{TOKEN}\"}}}}"
            ),
        ),
        (
            json,
            format!("[{{\"status\":{code},\"message\":\"The requested resource was not found.\"}}]"),
        ),
        (
            json,
            format!("{{\"errors\":[{{\"status\":{code},\"title\":\"No\",\"detail\":\"x\"}}]}}"),
        ),
        (
            json,
            "{\"batch_errors\":[{\"status\":404,\"title\":\"Item 0: gone\",\"errors\":{\"0\":\"gone\"}}]}"
                .to_owned(),
        ),
        ("text/plain", "The route is not found, check the URL".to_owned()),
        ("", String::new()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_question_is_not_asked_again() {
    all(reads(), reading).await.ends_clean(500);
}

async fn reading(name: String, fixture: Read) -> Tally {
    let mut tally = Tally::default();
    let world = World::small().await;
    (fixture.fill)(&world);
    for &code in STATUSES {
        for (at, (kind, body)) in bodies(code).iter().enumerate() {
            let case = format!("{name}, {code} refusal {at}");
            if !is_chosen(&case, 3) {
                continue;
            }
            let store = world.sandbox.store();
            store.clear_log();
            store.fault(everything(status(code, kind, body)));
            let checked = match read(&world, &name, &fixture).await {
                Ok(count) => Err(format!("it read {count} records where there was nothing")),
                Err(error) if error.is_unavailable() => Err(format!("nothing is gained by waiting: {error}")),
                Err(error) => is_told(&world, &error),
            };
            // What was read ahead in the case before may come in once more.
            let asked = most(store.requests().into_iter().map(|seen| seen.path));
            tally.note(
                &case,
                checked.and(ensure(asked <= 2, || format!("asked {asked} times"))),
            );
            store.clear_faults();
        }
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_write_is_the_rows_matter() {
    all(writes(), writing).await.ends_clean(400);
}

async fn writing(name: String, fixture: Write) -> Tally {
    let mut tally = Tally::default();
    let world = World::small().await;
    (fixture.fill)(&world);
    for &code in STATUSES {
        for (at, (kind, body)) in bodies(code).iter().enumerate() {
            let case = format!("{name}, {code} refusal {at}");
            if !is_chosen(&case, 3) {
                continue;
            }
            let mut to = Writing::of(&world, &name, &fixture).await;
            to.disturb(None, When::Before, status(code, kind, body));
            // What is to be deleted and is not there is as it should be.
            let gone = code == 404 && fixture.request.0 == "DELETE";
            let checked = match to.write().await {
                Err(error) => Err(format!("no row is blamed: {error}")),
                Ok(outcomes) => outcomes.iter().try_for_each(|outcome| match outcome {
                    Outcome::Unchanged if gone => Ok(()),
                    Outcome::Failed(error) | Outcome::Suspect(error) if !gone => {
                        is_error(&world, error, Kind::Rejected)
                    }
                    other => Err(format!("{other:?}")),
                }),
            };
            let sent = to.sent();
            // Stock is sent again without what the store does not know.
            let most = if name.ends_with("inventory.set") { 3 } else { 1 };
            let checked = checked
                .and(ensure((1..=most).contains(&sent), || {
                    format!("sent {sent} times")
                }))
                .and(ensure(to.is_unchanged(), || "it changed the store".to_owned()));
            tally.note(&case, checked);
            to.undisturbed();
        }
    }
    tally
}
