//! F17: the store has an error of its own. Reads are asked again, writes that may be repeated are sent again, all others are
//! looked up.

use connector_kit::{Kind, Outcome};
use sandbox_store::When;

use super::{
    Tally, UNAVAILABLE, Writing, all, ensure, everything, is_chosen, is_error, is_sent_again, looks, most,
    read, reads, status, writes,
};
use crate::{
    fixtures::{Read, Write},
    world::{TOKEN, World},
};

const STATUSES: &[u16] = &[500, 501, 502, 503, 504, 507, 423, 499, 509, 408];

/// Tries of one request: the first, and those after four waits.
const TRIES: u64 = 5;

/// Bodies as they come with such a status: of the store, of the edge, none, and one that is large; 5 MB for some actions.
fn bodies(name: &str, code: u16) -> [(&'static str, &'static str, String); 5] {
    let page =
        |words: &str| format!("<html><head><title>{code}</title></head><body>{words} {TOKEN}</body></html>");
    let large = if is_chosen(&format!("{name}, {code} large, 5 MB"), 12) {
        5 << 20
    } else {
        128 << 10
    };
    let json = |title: &str| format!("{{\"status\":{code},\"title\":\"{title}\",\"errors\":{{}}}}");
    [
        (
            "json",
            "application/json",
            json(&format!("{TOKEN} is not welcome")),
        ),
        (
            "html",
            "text/html; charset=utf-8",
            page("We will be back shortly"),
        ),
        ("maintenance", "text/html", page("Down for Maintenance")),
        ("empty", "", String::new()),
        ("large", "application/json", json(&"x".repeat(large))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_is_asked_again_and_then_waits() {
    all(reads(), reading).await.ends_clean(700);
}

async fn reading(name: String, fixture: Read) -> Tally {
    let mut tally = Tally::default();
    let world = World::small().await;
    (fixture.fill)(&world);
    let whole = read(&world, &name, &fixture).await;
    for &code in STATUSES {
        for (what, kind, body) in bodies(&name, code) {
            let case = format!("{name}, {code} {what}");
            if is_chosen(&case, 3) {
                let store = world.sandbox.store();
                store.clear_log();
                store.fault(everything(status(code, kind, &body)));
                let checked = match read(&world, &name, &fixture).await {
                    Ok(count) => Err(format!("it read {count} records where there was nothing")),
                    Err(error) => is_error(
                        &world,
                        &error,
                        if code == 507 { Kind::Config } else { UNAVAILABLE },
                    ),
                };
                let asked = most(store.requests().into_iter().map(|seen| seen.path));
                // Nothing is gained by asking again for what the store cannot do.
                let tries = if matches!(code, 501 | 507) { 1 } else { TRIES };
                // What was read ahead in the case before may come in once more.
                let checked = checked.and(ensure((tries..=tries + 1).contains(&asked), || {
                    format!("asked {asked} times")
                }));
                tally.note(&case, checked);
                store.clear_faults();
            }
        }
        let case = format!("{name}, {code} once");
        if !matches!(code, 501 | 507) && is_chosen(&case, 3) {
            let mut fault = everything(status(code, "application/json", "{}"));
            fault.on.times = Some(1);
            world.sandbox.store().fault(fault);
            let again = read(&world, &name, &fixture).await;
            let same = matches!((&again, &whole), (Ok(again), Ok(whole)) if again == whole);
            tally.note(&case, ensure(same, || format!("{again:?} in place of {whole:?}")));
            world.sandbox.store().clear_faults();
        }
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_sent_again_where_that_does_no_harm() {
    all(writes(), writing).await.ends_clean(450);
}

async fn writing(name: String, fixture: Write) -> Tally {
    let mut tally = Tally::default();
    let world = World::small().await;
    (fixture.fill)(&world);
    for &code in STATUSES {
        for (what, kind, body) in bodies(&name, code) {
            let case = format!("{name}, {code} {what}");
            if !is_chosen(&case, 3) {
                continue;
            }
            let mut to = Writing::of(&world, &name, &fixture).await;
            to.disturb(None, When::Before, status(code, kind, &body));
            let written = to.write().await;
            let again = is_sent_again(&name, fixture.request.0);
            let not_applied = code == 423 || (code == 503 && what == "maintenance");
            let tries = match code {
                _ if not_applied => TRIES,
                501 | 507 => 1,
                _ if again => TRIES,
                _ => 1,
            };
            let sent = to.sent();
            let checked = match &written {
                // Certainly not applied: the batch comes again as it is.
                Err(error) if not_applied || (again && code == 501) => is_error(&world, error, UNAVAILABLE),
                Err(error) if again && code == 507 => is_error(&world, error, Kind::Config),
                Ok(outcomes) if !not_applied => outcomes.iter().try_for_each(|outcome| match outcome {
                    // Sent once, it is looked up before a person is told.
                    Outcome::Unknown(error) if code == 507 => is_error(&world, error, Kind::Config),
                    Outcome::Unknown(error) => is_error(&world, error, UNAVAILABLE),
                    other => Err(format!("{other:?}")),
                }),
                other => Err(format!("{other:?}")),
            };
            let checked = checked
                .and(ensure(sent == tries, || {
                    format!("sent {sent} times, not {tries}")
                }))
                .and(ensure(to.is_unchanged(), || "it changed the store".to_owned()));
            tally.note(&case, checked);
            to.undisturbed();
        }
    }
    tally
}

/// The store did the work, and says that it had an error.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_applied_all_the_same_is_there_once() {
    all(writes(), applied).await.ends_clean(40);
}

async fn applied(name: String, fixture: Write) -> Tally {
    let mut tally = Tally::default();
    let wanted = {
        let world = World::small().await;
        (fixture.fill)(&world);
        let mut to = Writing::of(&world, &name, &fixture).await;
        to.write().await.expect("nothing is disturbed");
        (looks(&world, &fixture), world.sandbox.store().ledger().len())
    };
    for code in [500, 502, 504, 509, 408] {
        let case = format!("{name}, {code} after it was applied");
        if !is_chosen(&case, 3) {
            continue;
        }
        let world = World::small().await;
        (fixture.fill)(&world);
        let mut to = Writing::of(&world, &name, &fixture).await;
        to.disturb(Some(1), When::After, status(code, "application/json", "{}"));
        let left_to_a_person = |outcome: &Outcome| matches!(outcome, Outcome::Unknown(_));
        let checked = match to.settle().await {
            Ok(outcomes) => ensure(
                outcomes
                    .iter()
                    .all(|outcome| crate::writes::is_there(outcome) || left_to_a_person(outcome)),
                || format!("{outcomes:?}"),
            ),
            Err(error) => Err(error.to_string()),
        };
        let once =
            is_sent_again(&name, fixture.request.0) || world.sandbox.store().ledger().len() == wanted.1;
        let checked = checked
            .and(ensure(looks(&world, &fixture) == wanted.0, || {
                "the store looks otherwise".to_owned()
            }))
            .and(ensure(once, || "it was applied twice".to_owned()));
        tally.note(&case, checked);
    }
    tally
}
