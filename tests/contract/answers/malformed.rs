//! F19: answers that are damaged. Nothing panics, nothing hangs, and what cannot be read is neither data nor "done".

use std::collections::BTreeSet;

use connector_kit::{Outcome, Result};
use sandbox_store::{Fault, Match, When};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    Tally, UNAVAILABLE, Writing, all,
    damage::{Damaged, damages},
    ensure, is_chosen, is_error, is_sent_again, is_told, read, reads, writes,
};
use crate::{
    fixtures::{Read, Write},
    world::{TOKEN, World},
    writes::is_there,
};

/// One of each kind: v2 and v3, lists, single things and what lies below them, creations, changes, batches, stock,
/// deletions.
pub(super) const READS: &[&str] = &[
    "orders.changed",
    "orders.list",
    "order.get",
    "order.products",
    "products.list",
    "product.get",
    "customers.changed",
    "categories.list",
    "inventory.list",
    "coupons.list",
    "store.get",
    "cart.get",
    "api.get_brands",
    "api.get_order",
];
const WRITES: &[&str] = &[
    "customer.create",
    "customer.update",
    "product.create",
    "product.update",
    "variants.update",
    "variants.upsert",
    "order.update",
    "shipment.create",
    "inventory.set",
    "inventory.adjust",
    "price_list_records.upsert",
    "product_metafields.upsert",
    "category.upsert",
    "webhook.create",
    "image.add",
    "api.create_brand",
    "api.update_brand",
];

/// What the store answers to this request, as it comes over the wire.
async fn answered(world: &World, method: &str, path: &str, body: &str) -> String {
    let address = world.sandbox.api_path().trim_start_matches("http://").to_owned();
    let (host, base) = address.split_once('/').expect("an API path has a path");
    let base = base.trim_end_matches("/v3/").trim_end_matches("/v3");
    let length = body.len();
    let request = format!(
        "{method} /{base}{path} HTTP/1.1\r\nHost: {host}\r\nX-Auth-Token: {TOKEN}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(host).await.expect("the store listens");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
    body.trim_end().to_owned()
}

pub(super) fn chosen<T>(all: Vec<(String, T)>, names: &[&str]) -> Vec<(String, T)> {
    let is = |name: &str| names.contains(&name.trim_start_matches("bigcommerce/"));
    all.into_iter().filter(|(name, _)| is(name)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_answer_is_never_data() {
    all(chosen(reads(), READS), reading).await.ends_clean(400);
}

/// The request whose answer holds the records, and that answer.
pub(super) async fn largest(world: &World) -> (String, String) {
    let paths: BTreeSet<String> = world
        .sandbox
        .store()
        .requests()
        .into_iter()
        .map(|seen| seen.path)
        .collect();
    let mut largest = (String::new(), String::new());
    for path in paths {
        let answer = answered(world, "GET", &path, "").await;
        if answer.len() > largest.1.len() {
            largest = (path, answer);
        }
    }
    largest
}

async fn reading(name: String, fixture: Read) -> Tally {
    let mut tally = Tally::default();
    let world = World::strict().await;
    (fixture.fill)(&world);
    let whole = read(&world, &name, &fixture).await.expect("nothing is disturbed");
    let (path, answer) = largest(&world).await;
    for Damaged {
        name: what,
        is_broken,
        how,
    } in damages(&answer)
    {
        let case = format!("{name}, {what}.");
        if !is_chosen(&case, 3) {
            continue;
        }
        let on = Match {
            path: Some(path.clone()),
            times: None,
            ..Match::default()
        };
        world.sandbox.store().fault(Fault {
            on,
            when: When::Before,
            how,
        });
        let checked = match read(&world, &name, &fixture).await {
            Ok(count) => ensure(!is_broken && count == whole, || {
                format!("it read {count} of {whole} records")
            }),
            Err(error) if is_broken => is_error(&world, &error, UNAVAILABLE),
            Err(error) => {
                is_told(&world, &error).and(Err(format!("it can be read: {error} {}", error.chain())))
            }
        };
        tally.note(&case, checked);
        world.sandbox.store().clear_faults();
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_answer_says_nothing_of_a_write() {
    all(chosen(writes(), WRITES), writing).await.ends_clean(400);
}

/// What the store answers to an action's first request that writes.
async fn answer_to(name: &str, fixture: &Write) -> String {
    let seen = {
        let world = World::small().await;
        (fixture.fill)(&world);
        Writing::of(&world, name, fixture)
            .await
            .write()
            .await
            .expect("nothing is disturbed");
        let seen = world.sandbox.store().requests();
        seen.into_iter()
            .find(|seen| seen.method == fixture.request.0)
            .expect("it was sent")
    };
    let world = World::small().await;
    (fixture.fill)(&world);
    answered(&world, &seen.method, &seen.path, &seen.body).await
}

async fn writing(name: String, fixture: Write) -> Tally {
    let mut tally = Tally::default();
    let answer = answer_to(&name, &fixture).await;
    let world = World::strict().await;
    (fixture.fill)(&world);
    for Damaged {
        name: what,
        is_broken,
        how,
    } in damages(&answer)
    {
        let case = format!("{name}, {what}.");
        if !is_chosen(&case, 3) {
            continue;
        }
        let mut to = Writing::of(&world, &name, &fixture).await;
        to.disturb(None, When::Before, how);
        // Of what the vendor answers without a body, an operation of the whole API knows nothing.
        let is_broken = is_broken && !(what == "nothing packed" && name.contains("/api."));
        let checked = taken_for(&world, to.write().await, is_broken);
        let sent = to.sent();
        let checked = checked
            .and(ensure(
                is_sent_again(&name, fixture.request.0) || sent == 1,
                || format!("sent {sent} times"),
            ))
            .and(ensure(to.is_unchanged(), || "it changed the store".to_owned()));
        tally.note(&case, checked);
        to.undisturbed();
    }
    tally
}

fn taken_for(
    world: &World,
    written: Result<Vec<Outcome>>,
    is_broken: bool,
) -> std::result::Result<(), String> {
    let outcomes = written.map_err(|error| format!("it may have been applied: {error}"))?;
    outcomes.iter().try_for_each(|outcome| match outcome {
        Outcome::Unknown(error) => is_error(world, error, UNAVAILABLE),
        outcome if is_there(outcome) && !is_broken => Ok(()),
        other => Err(format!("{other:?}")),
    })
}
