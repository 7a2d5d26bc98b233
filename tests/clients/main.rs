//! A client of the store's API that others wrote, on the sandbox store: what programs for the real store are used to works
//! here too. It comes from npm as the lock file beside this file says; `cargo xtask test` installs it.
//!
//! Its host is fixed, so it is redirected to loopback (`redirect.cjs`). What it does stands in `work.cjs`, in its own words.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

use kit::{Running, World};
use sandbox_store::{Config, Kind, Seen};
use serde_json::{Value, json};

/// More of everything than a page has.
const MANY: u32 = 260;

fn world() -> World {
    let mut world = World::empty();
    world.start_store(Config {
        products: MANY,
        customers: MANY,
        orders: MANY,
        ..Config::default()
    });
    world
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// What the client got of one of its tasks.
fn client(world: &World, task: &str) -> Value {
    assert!(
        folder().join("node_modules").is_dir(),
        "the client is not installed: `cargo xtask test --only clients` does that"
    );
    let store = world.store();
    let mut node = Command::new("node");
    node.args(["--require", "./redirect.cjs", "work.cjs", task])
        .current_dir(folder())
        .env("STORE", store.api_path())
        .env("TOKEN", store.token());
    Running::program(node).wait().json()
}

fn ids(list: &Value) -> BTreeSet<u64> {
    let list = list.as_array().map_or(&[][..], Vec::as_slice);
    let ids = list.iter().map(|one| one.as_u64().expect("ids are numbers"));
    let found: BTreeSet<u64> = ids.collect();
    assert_eq!(found.len(), list.len(), "each once");
    found
}

fn all(world: &World, kind: Kind) -> BTreeSet<u64> {
    world.store().store().ids(kind).into_iter().collect()
}

fn asked(world: &World, method: &str, path: &str) -> Vec<Seen> {
    let seen = world.store().store().requests();
    seen.into_iter()
        .filter(|seen| seen.method == method && seen.path.split('?').next() == Some(path))
        .collect()
}

#[test]
fn a_foreign_client_lists_creates_and_updates_products() {
    let world = world();
    let before = all(&world, Kind::Product);
    let got = client(&world, "products");
    assert_eq!(ids(&got["ids"]), before, "page after page, nothing is left out");
    assert_eq!(got["total"], json!(MANY));
    assert_eq!(got["dated"], true, "it reads all dates");

    let id = got["made"]["id"].as_u64().expect("a new id");
    let kept = world
        .store()
        .store()
        .record(Kind::Product, id)
        .expect("it is in the store");
    for (name, value) in [
        ("name", json!("Fremde Kanne")),
        ("sku", json!("FREMD-1")),
        ("price", json!(21.5)),
        ("inventory_level", json!(7)),
    ] {
        assert_eq!(kept[name], value, "{name}: {kept}");
        assert_eq!(got["changed"][name], value, "{name} in the answer");
        assert_eq!(got["read"][name], value, "{name} when read by id");
    }
    assert_eq!(
        got["read"]["variants"][0]["sku"], "FREMD-1",
        "include: {}",
        got["read"]
    );
    assert_eq!(got["found"][0]["id"], json!(id), "found by its SKU");
    assert_eq!(got["found"].as_array().map(Vec::len), Some(1));

    let with_warranty = |id: &&u64| {
        let record = world.store().store().record(Kind::Product, **id);
        record.is_some_and(|record| record["warranty"] == "ein Jahr")
    };
    assert_eq!(before.iter().filter(with_warranty).count(), 12, "ten at a time");
    assert_eq!(asked(&world, "PUT", "/v3/catalog/products").len(), 2);
    let written = world.store().store().applied("product", "FREMD-1");
    let methods: Vec<&str> = written.iter().map(|write| write.method.as_str()).collect();
    assert_eq!(methods, ["POST", "PUT"], "each write once: {written:?}");
}

#[test]
fn a_foreign_client_creates_and_reads_customers() {
    let world = world();
    let before = all(&world, Kind::Customer);
    let got = client(&world, "customers");
    assert_eq!(ids(&got["ids"]), before, "page after page, nothing is left out");

    let id = got["made"][0]["id"].as_u64().expect("a new id");
    let kept = world
        .store()
        .store()
        .record(Kind::Customer, id)
        .expect("it is in the store");
    for (name, value) in [
        ("email", "fremd@example.com"),
        ("first_name", "Änne"),
        ("company", "Weiß & Söhne"),
    ] {
        assert_eq!(kept[name], value, "{name}: {kept}");
        assert_eq!(got["changed"][0][name], value, "{name} in the answer");
        assert_eq!(got["read"][0][name], value, "{name} when found by e-mail");
    }
    assert_eq!(
        all(&world, Kind::Customer).len(),
        before.len() + 2,
        "both are there"
    );
}

#[test]
fn a_foreign_client_creates_ships_and_reads_orders() {
    let world = world();
    let before = all(&world, Kind::Order);
    let got = client(&world, "orders");
    assert_eq!(
        ids(&got["ids"]),
        before,
        "v2 has no totals: it reads until nothing comes"
    );

    let id = got["made"]["id"].as_u64().expect("a new id");
    let kept = world
        .store()
        .store()
        .record(Kind::Order, id)
        .expect("it is in the store");
    for (name, value) in [
        ("external_order_id", json!("FREMD-7")),
        ("staff_notes", json!("aus dem ERP")),
        ("subtotal_inc_tax", json!("10.0000")),
        ("items_shipped", json!(2)),
        ("status_id", json!(2)),
    ] {
        assert_eq!(kept[name], value, "{name}: {kept}");
        assert_eq!(got["read"][name], value, "{name} when read by id");
    }
    assert_eq!(got["lines"][0]["name"], "Fracht");
    assert_eq!(got["to"]["city"], "Düren");
    assert_eq!(got["shipment"]["tracking_number"], "JD014600003");
    assert_eq!(got["store"], "Sandbox Store");
    assert_eq!(asked(&world, "POST", "/v2/orders").len(), 1);
}

#[test]
fn a_foreign_client_hears_why_it_is_refused() {
    let world = world();
    let got = client(&world, "refused");
    assert_eq!(
        got,
        json!({ "token": 401, "body": 422, "twice": 409, "absent": 404 })
    );
}
