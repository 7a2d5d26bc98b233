//! What a person does when something went wrong, or should go otherwise.

use kit::{Order, World};
use sandbox_store::{Kind, Patch};
use serde_json::{Value, json};

use crate::{ORDERS, empty_store, store_with_orders};

/// Three orders; the total of the second is no number.
fn one_of_three_failed() -> World {
    let world = World::with_orders_to_database(empty_store());
    for id in 1..=3 {
        let order = Order::new(id).line(id * 10, "A", 1);
        if id == 2 {
            order.set("total_inc_tax", "ten")
        } else {
            order
        }
        .put(&world);
    }
    let run = world.processflow(&["--json", "run", ORDERS]).code(1).json();
    assert_eq!((&run["written"], &run["failed"]), (&json!(2), &json!(1)), "{run}");
    world
}

fn failed(world: &World) -> Vec<Value> {
    world
        .processflow(&["--json", "failed"])
        .ok()
        .json()
        .as_array()
        .cloned()
        .expect("a list")
}

/// Where the next run goes on.
fn position(world: &World) -> Value {
    world.processflow(&["--json", "watermark", ORDERS]).ok().json()["watermark"].clone()
}

fn ids(world: &World) -> Vec<String> {
    world
        .table("WEB_ORDER")
        .column("ORDER_ID")
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_failed_order_is_edited_retried_and_settled() {
    let world = one_of_three_failed();
    let number = failed(&world)[0]["number"].to_string();
    world.processflow(&["retry", &number]).code(1);
    assert_eq!(
        failed(&world)[0]["number"].to_string(),
        number,
        "sent again as it is it fails again, as the same one"
    );
    let mut payload = world
        .processflow(&["--json", "failed", "--payload", &number])
        .ok()
        .json()["payload"]
        .clone();
    assert_eq!(payload["id"], 2, "the payload is the whole order");
    payload["total_inc_tax"] = json!("10.50");
    let file = world
        .write("payload.json", payload.to_string())
        .display()
        .to_string();
    world.processflow(&["edit", &number, "--payload", &file]).ok();
    let retried = world.processflow(&["--json", "retry", &number]).ok().json();
    assert_eq!(
        (&retried[0]["status"], &retried[0]["written"]),
        (&json!("Successful"), &json!(1)),
        "{retried}"
    );
    assert_eq!(failed(&world), Vec::<Value>::new(), "nothing waits any more");
    assert_eq!(ids(&world), ["1", "2", "3"], "order 2 is there");
    assert_eq!(
        world.table("WEB_ORDER").column("TOTAL")[1],
        "10.50",
        "with the amount that was entered"
    );
    assert_eq!(world.table("WEB_ORDER_LINE").rows.len(), 3, "and its line");
    world.processflow(&["find", "2"]).ok().says("settled later");
    assert_eq!(
        world.run(ORDERS)["read"],
        0,
        "the watermark was never moved by it"
    );
}

#[test]
fn a_failed_order_is_read_again_once_the_store_has_it_right() {
    let world = one_of_three_failed();
    let patch = Patch::set(Kind::Order, 2, json!({ "total_inc_tax": "12.0000" })).modified("keep");
    world.store().store().patch(&patch).expect("it is there");
    let watermark = position(&world);
    let run = world
        .processflow(&["--json", "run", ORDERS, "--ids", "2"])
        .ok()
        .json();
    assert_eq!(
        (&run["read"], &run["written"]),
        (&json!(1), &json!(1)),
        "only that one: {run}"
    );
    assert_eq!(failed(&world), Vec::<Value>::new(), "reading it again settles it");
    assert_eq!(position(&world), watermark, "the watermark stays");
}

#[test]
fn a_failed_order_is_dismissed_with_a_note() {
    let world = one_of_three_failed();
    let number = failed(&world)[0]["number"].to_string();
    world.processflow(&["dismiss", &number]).code(2);
    world
        .processflow(&["dismiss", &number, "--note", " "])
        .code(3)
        .says("--note");
    world
        .processflow(&["dismiss", &number, "--note", "cancelled by phone"])
        .ok();
    assert_eq!(failed(&world), Vec::<Value>::new(), "it no longer waits");
    world
        .processflow(&["find", "2"])
        .ok()
        .says("dismissed")
        .says("cancelled by phone");
    assert_eq!(ids(&world), ["1", "3"], "and is nowhere else");
    world.processflow(&["retry", &number]).code(3);
    world.processflow(&["status"]).ok();
}

#[test]
fn since_reads_again_and_moves_nothing() {
    let world = World::with_orders_to_database(empty_store());
    Order::new(1).modified("2026-11-10T08:00:00Z").put(&world);
    Order::new(2).modified("2026-11-12T08:00:00Z").put(&world);
    world.processflow(&["run", ORDERS]).ok();
    let watermark = position(&world);
    let run = world
        .processflow(&["--json", "run", ORDERS, "--since", "2026-11-11"])
        .ok()
        .json();
    assert_eq!(
        (&run["read"], &run["unchanged"]),
        (&json!(1), &json!(1)),
        "order 2, which is there: {run}"
    );
    assert_eq!(position(&world), watermark, "the watermark stays");
}

#[test]
fn full_reads_everything_again_and_doubles_nothing() {
    let world = World::with_orders_to_database(store_with_orders(120));
    world.processflow(&["run", ORDERS]).ok();
    let (orders, lines) = (world.table("WEB_ORDER"), world.table("WEB_ORDER_LINE"));
    let run = world
        .processflow(&["--json", "run", ORDERS, "--full"])
        .ok()
        .json();
    assert_eq!(
        (&run["read"], &run["written"]),
        (&json!(120), &json!(0)),
        "all of it, and nothing is new: {run}"
    );
    assert_eq!(
        (world.table("WEB_ORDER"), world.table("WEB_ORDER_LINE")),
        (orders, lines),
        "nothing is doubled"
    );
    assert_eq!(
        world.run(ORDERS)["read"],
        0,
        "and the next run goes on from there"
    );
}

#[test]
fn a_watermark_moved_back_reads_from_there_once() {
    let world = World::with_orders_to_database(empty_store());
    for day in 10..=14 {
        Order::new(day)
            .modified(format!("2026-11-{day}T08:00:00Z"))
            .put(&world);
    }
    world.processflow(&["run", ORDERS]).ok();
    rusqlite::Connection::open(world.path("erp.db"))
        .and_then(|erp| erp.execute("DELETE FROM WEB_ORDER WHERE ORDER_ID > 12", []))
        .expect("the ERP was restored from a copy of the 12th");
    world
        .processflow(&["watermark", ORDERS, "--move", "2026-11-13"])
        .ok();
    let run = world.run(ORDERS);
    assert_eq!(
        (&run["read"], &run["written"]),
        (&json!(2), &json!(2)),
        "the 13th and the 14th: {run}"
    );
    assert_eq!(ids(&world), ["10", "11", "12", "13", "14"], "all are there again");
    let next = world.run(ORDERS);
    assert_eq!(next["read"], 0, "from there on as ever: {next}");
    Order::new(15).put(&world);
    assert_eq!(world.run(ORDERS)["written"], 1, "and what is new comes");
}

#[test]
fn a_version_is_rolled_back() {
    let world = World::with_orders_to_database(store_with_orders(10));
    world.processflow(&["run", ORDERS]).ok();
    let first =
        std::fs::read_to_string(kit::ready_made(ORDERS).join("processflow.yaml")).expect("it is ready-made");
    let second = first.replace(
        "words(billing_address.first_name, billing_address.last_name)",
        "\"'somebody'\"",
    );
    world.deploy_text(&second, &[]);
    Order::new(9001).line(1, "A", 1).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    let customer = |id: &str| {
        let orders = world.table("WEB_ORDER");
        let at = orders
            .column("ORDER_ID")
            .iter()
            .position(|found| *found == id)
            .expect("it is there");
        orders.column("CUSTOMER")[at].to_owned()
    };
    assert_eq!(customer("9001"), "somebody", "version 2 runs");
    world.processflow(&["rollback", ORDERS, "7"]).code(3);
    world.processflow(&["rollback", ORDERS, "1"]).ok();
    let versions = world.processflow(&["--json", "versions", ORDERS]).ok().json();
    let runs: Vec<(u64, bool)> = versions
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| (row["version"].as_u64().unwrap_or(0), row["runs"] == true))
        .collect();
    assert_eq!(
        runs,
        [(2, false), (1, true)],
        "both are kept, the first runs: {versions}"
    );
    Order::new(9002).line(2, "A", 1).put(&world);
    let run = world.run(ORDERS);
    assert_eq!(run["read"], 1, "the watermark stays where it was: {run}");
    assert_eq!(customer("9002"), "Ada Lovelace", "version 1 runs again");
}

#[test]
fn a_processflow_is_paused_resumed_and_taken_off() {
    let world = World::with_orders_to_database(store_with_orders(10));
    let row = || world.processflow(&["--json", "processflows"]).ok().json()[0].clone();
    assert_eq!(
        (row()["state"].as_str(), row()["next"].as_array().map(Vec::len)),
        (Some("active"), Some(5)),
        "scheduled"
    );
    world.processflow(&["pause", ORDERS, "--for", "2h"]).ok();
    assert_eq!(
        (row()["state"].as_str(), row()["next"].as_array().map(Vec::len)),
        (Some("paused"), Some(0)),
        "not any more"
    );
    assert!(row()["paused_until"].is_string(), "until then: {}", row());
    assert_eq!(world.run(ORDERS)["read"], 10, "by hand it still runs");
    world.processflow(&["resume", ORDERS]).ok();
    assert_eq!(
        (row()["state"].as_str(), &row()["paused_until"]),
        (Some("active"), &Value::Null),
        "as before"
    );
    world.processflow(&["undeploy", ORDERS]).ok();
    world.processflow(&["run", ORDERS]).code(3).says("hint: ");
    let runs = world.processflow(&["--json", "runs", ORDERS]).ok().json();
    assert_eq!(
        runs.as_array().map(Vec::len),
        Some(1),
        "its history stays: {runs}"
    );
    world.deploy(ORDERS, &[]);
    assert_eq!(
        world.run(ORDERS)["read"],
        0,
        "deployed again it goes on where it was"
    );
}
