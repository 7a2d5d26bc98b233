//! Every bad answer against every kind of action: what it is taken for, what is sent again and what must not be.
//!
//! A case that fails prints the line that replays it alone; `ANSWER=` replays all of them, not only the sample.

mod damage;
mod fields;
mod malformed;
mod pages;
mod parts;
mod refusals;
mod scopes;
mod statuses;
mod token;

use std::{collections::BTreeMap, time::Duration};

use connector_kit::{
    Destination, Does, Error, Found, Guarantee, Kind, Outcome, Result, Row, Span, WriteStep,
};
use sandbox_store::{Fault, How, Match, When};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    few::{Brands, brand_titles, brands_named, five_brands, five_carts, many},
    fixtures::{Read, Write, store_write},
    looks::{carts, plain},
    reads::reads_over_http,
    settling::writes_over_http,
    world::{World, drain},
};

/// Replays cases: all whose names hold this text. Without it a sample of them is taken.
const CHOSEN: &str = "ANSWER";

/// No case takes longer than this; the limits of the client are shorter.
const HANGS: Duration = Duration::from_mins(1);

/// All read actions over HTTP, and of the whole API one of each kind.
fn reads() -> Vec<(String, Read)> {
    let read = |name: &str, with: Value, fill: fn(&World)| {
        let read = Read {
            with,
            fill,
            follows: false,
        };
        (format!("bigcommerce/api.{name}"), read)
    };
    let generic = [
        read("get_brands", json!({}), many::<Brands>),
        read("get_brand", json!({ "brand_id": 701 }), five_brands),
        read("get_orders", json!({}), |_| {}),
        read("get_order", json!({ "order_id": 1001 }), |_| {}),
    ];
    reads_over_http().chain(generic).collect()
}

/// All write actions over HTTP, and of the whole API one of each kind.
fn writes() -> Vec<(String, Write)> {
    fn brands(world: &World) -> Value {
        plain(world, "brand")
    }
    fn titles(world: &World) -> Vec<Value> {
        let mut rows = brand_titles(world);
        for row in &mut rows {
            row["brand_id"] = row["id"].take();
            row.as_object_mut().map(|row| row.remove("id"));
        }
        rows
    }
    fn gone(world: &World) -> Vec<Value> {
        let carts = world.sandbox.store().carts().into_iter().take(3);
        carts.map(|(cart, _)| json!({ "cartId": cart })).collect()
    }
    let generic = [
        (
            "create_brand",
            Write {
                with: json!({ "known_by": ["name"] }),
                ..store_write("POST", "/v3/catalog/brands", |_| brands_named(3), brands)
            },
        ),
        (
            "update_brand",
            Write {
                fill: five_brands,
                ..store_write("PUT", "/v3/catalog/brands/*", titles, brands)
            },
        ),
        (
            "delete_cart",
            Write {
                fill: five_carts,
                ..store_write("DELETE", "/v3/carts/*", gone, carts)
            },
        ),
    ];
    let generic = generic.map(|(name, write)| (format!("bigcommerce/api.{name}"), write));
    let named = writes_over_http().map(|(name, write, _)| (name, write));
    named.chain(generic).collect()
}

/// Whether the store is sent the same thing twice without a look between: never where that could make two things.
fn is_sent_again(name: &str, method: &str) -> bool {
    match name.trim_start_matches("bigcommerce/") {
        // The store passes over an address that is there.
        "customer_address.create" => true,
        // A PUT that creates.
        "variants.upsert" => false,
        _ => method != "POST",
    }
}

/// Cases that went wrong, and how many there were.
#[derive(Default)]
struct Tally {
    cases: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// Notes what came of a case.
    fn note(&mut self, case: &str, checked: std::result::Result<(), String>) {
        self.cases += 1;
        if let Err(wrong) = checked {
            self.wrong.push(format!(
                "{CHOSEN}='{case}' cargo test -p tests --test contract answers   # {wrong}"
            ));
        }
    }

    fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.wrong.extend(other.wrong);
    }

    #[track_caller]
    fn ends_clean(self, at_least: usize) {
        let Self { cases, wrong } = self;
        assert!(
            wrong.is_empty(),
            "{} of {cases} cases:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        assert!(
            cases >= at_least || std::env::var_os(CHOSEN).is_some(),
            "only {cases} cases"
        );
    }
}

/// Whether a case is to be looked at: one of so many, always the same ones; or what was chosen (`ANSWER=` takes all).
fn is_chosen(case: &str, one_of: u64) -> bool {
    if let Ok(chosen) = std::env::var(CHOSEN) {
        return case.contains(&chosen);
    }
    let mixed = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    (case.bytes().fold(0xcbf2_9ce4_8422_2325, mixed) >> 20).is_multiple_of(one_of)
}

/// Checks all actions, three at a time, and adds up.
async fn all<T: Send + 'static, F>(actions: Vec<(String, T)>, check: fn(String, T) -> F) -> Tally
where
    F: Future<Output = Tally> + Send + 'static,
{
    let (mut running, mut tally) = (JoinSet::new(), Tally::default());
    for (name, action) in actions {
        if running.len() == 3 {
            tally.add(running.join_next().await.expect("three are").expect("no panic"));
        }
        running.spawn(check(name, action));
    }
    while let Some(done) = running.join_next().await {
        tally.add(done.expect("no panic"));
    }
    tally
}

/// How many records come, or why none do.
async fn read(world: &World, name: &str, fixture: &Read) -> Result<usize> {
    let reading = async {
        let mut source = world.open(name, &fixture.with, Span::Whole).await?;
        let batches = drain(source.as_mut()).await?;
        Ok(batches.iter().map(|(records, _)| records.len()).sum())
    };
    within(reading).await
}

async fn within<T>(doing: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(HANGS, doing)
        .await
        .unwrap_or_else(|_| Err(Error::bug("it hangs")))
}

/// A write step of an action, its rows, and how the store looked before.
struct Writing<'w> {
    world: &'w World,
    fixture: &'w Write,
    step: WriteStep,
    rows: Vec<Row>,
    before: Value,
    /// What is unknown waits for a person.
    at_most_once: bool,
    to: Box<dyn Destination>,
}

impl<'w> Writing<'w> {
    async fn of(world: &'w World, name: &str, fixture: &'w Write) -> Self {
        let (step, rows) = world.step(name, &fixture.with, &(fixture.rows)(world));
        let mut to = world.destination(name).await;
        to.ready(&step).await.expect("nothing is disturbed yet");
        world.sandbox.store().clear_log();
        let at_most_once = match &world.action(name).1.does {
            Does::Write(write) => write.guarantee() == Guarantee::AtMostOnce,
            Does::Read(_) => false,
        };
        Self {
            world,
            fixture,
            step,
            rows,
            before: (fixture.look)(world),
            at_most_once,
            to,
        }
    }

    /// The requests that write, answered like this.
    fn disturb(&self, times: Option<u64>, when: When, how: How) {
        let (method, path) = self.fixture.request;
        let on = Match {
            method: Some(method.into()),
            path: Some(path.into()),
            times,
            ..Match::default()
        };
        self.world.sandbox.store().fault(Fault { on, when, how });
    }

    fn undisturbed(&self) {
        self.world.sandbox.store().clear_faults();
    }

    async fn write(&mut self) -> Result<Vec<Outcome>> {
        within(self.to.write(&self.step, &self.rows)).await
    }

    fn is_unchanged(&self) -> bool {
        (self.fixture.look)(self.world) == self.before
    }

    /// Writes as the engine does: what is unknown is looked up, what is not there is sent again. What certainly was not
    /// applied comes again as a whole.
    async fn settle(&mut self) -> Result<Vec<Outcome>> {
        let mut outcomes = match self.write().await {
            Err(error) if error.is_unavailable() => self.write().await?,
            written => written?,
        };
        let unsure: Vec<usize> = (0..outcomes.len())
            .filter(|&at| matches!(outcomes[at], Outcome::Unknown(_)))
            .collect();
        for at in unsure.into_iter().filter(|_| !self.at_most_once) {
            let row = std::slice::from_ref(&self.rows[at]);
            let found = within(self.to.find(&self.step, row)).await?.remove(0);
            outcomes[at] = match found {
                Found::Yes { id, answer } => Outcome::Written { id, answer },
                Found::No => within(self.to.write(&self.step, row)).await?.remove(0),
                Found::Unclear(error) => Outcome::Unknown(error),
            };
        }
        Ok(outcomes)
    }

    /// How often each request was sent that writes; the highest number counts.
    fn sent(&self) -> u64 {
        let (method, _) = self.fixture.request;
        let seen = self.world.sandbox.store().requests();
        most(
            seen.iter()
                .filter(|seen| seen.method == method && seen.fault.is_some())
                .map(|seen| format!("{} {}", seen.path, seen.body)),
        )
    }
}

/// How the store looks but for its times: two stores are compared that were written to at two of them.
fn looks(world: &World, fixture: &Write) -> Value {
    fn timeless(value: Value) -> Value {
        let is_time = |name: &str| name.contains("date_") || name.ends_with("_at") || name.contains("time");
        match value {
            Value::Object(members) => {
                let kept = members.into_iter().filter(|(name, _)| !is_time(name));
                kept.map(|(name, value)| (name, timeless(value))).collect()
            }
            Value::Array(items) => items.into_iter().map(timeless).collect(),
            value => value,
        }
    }
    timeless((fixture.look)(world))
}

/// How often what comes most often comes.
fn most(all: impl Iterator<Item = String>) -> u64 {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts.into_values().max().unwrap_or_default()
}

/// What a person is told keeps within bounds, names a way out, and holds no secret.
fn is_told(world: &World, error: &Error) -> std::result::Result<(), String> {
    world.assert_no_secret("an answer", Some(error));
    let whole = error.chain().len();
    if whole > 5 << 10 {
        return Err(format!("{whole} bytes are kept of a body"));
    }
    if error.hint.is_none() {
        return Err(format!("no way out: {error}"));
    }
    Ok(())
}

/// The error of a case is of this kind, and told as it should be.
fn is_error(world: &World, error: &Error, kind: Kind) -> std::result::Result<(), String> {
    is_told(world, error)?;
    let same = match kind {
        Kind::Unavailable { .. } => error.is_unavailable(),
        kind => error.kind == kind,
    };
    if same {
        Ok(())
    } else {
        Err(format!("{:?} in place of {kind:?}: {error}", error.kind))
    }
}

const UNAVAILABLE: Kind = Kind::Unavailable { retry_after: None };

/// An answer of this status, type and body.
fn status(code: u16, kind: &str, body: &str) -> How {
    let headers = [("content-type".to_owned(), kind.to_owned())];
    How::Status {
        code,
        body: body.to_owned(),
        headers: headers.into_iter().filter(|(_, kind)| !kind.is_empty()).collect(),
    }
}

/// Every request, answered like this.
fn everything(how: How) -> Fault {
    Fault {
        on: Match {
            times: None,
            ..Match::default()
        },
        when: When::Before,
        how,
    }
}

/// A condition of a case, and the sentence where it does not hold.
fn ensure(holds: bool, sentence: impl FnOnce() -> String) -> std::result::Result<(), String> {
    if holds { Ok(()) } else { Err(sentence()) }
}
