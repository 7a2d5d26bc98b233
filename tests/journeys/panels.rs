//! What the desktop's panels ask for, through the same operations: records page by page, causes, life lines, snapshots,
//! plots, the log, the agent in one line.

use connector_kit::{Clock, SystemClock};
use kit::{Order, World};
use serde_json::{Value, json};

use crate::{ORDERS, empty_store, store_with_orders};

const STOCK: &str = "stock-from-csv";

#[expect(clippy::needless_pass_by_value, reason = "tests make it in place")]
fn call(world: &World, operation: &str, input: Value) -> Value {
    world
        .processflow(&["call", operation, &input.to_string()])
        .ok()
        .json()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Five orders; the totals of the second and the fourth are no numbers.
fn two_of_five_failed() -> World {
    let world = World::with_orders_to_database(empty_store());
    for id in 1..=5 {
        let order = Order::new(id).line(id * 10, "A", 1);
        let order = if id % 2 == 0 {
            order.set("total_inc_tax", "ten")
        } else {
            order
        };
        order.put(&world);
    }
    world.processflow(&["run", ORDERS]).code(1);
    world
}

#[test]
fn records_are_paged_both_ways_and_counted() {
    let world = two_of_five_failed();
    let sources = |page: &Value| -> Vec<String> {
        let records = list(&page["records"]).iter();
        records
            .map(|record| record["source"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    let first = call(&world, "records", json!({ "limit": 2 }));
    assert_eq!(first["total"], 5, "by the run's balance: {first}");
    let second = call(&world, "records", json!({ "limit": 2, "after": first["next"] }));
    let third = call(&world, "records", json!({ "limit": 2, "after": second["next"] }));
    assert_eq!(third["next"], Value::Null, "the end: {third}");
    let mut all = [sources(&first), sources(&second), sources(&third)].concat();
    assert_eq!(
        sources(&call(
            &world,
            "records",
            json!({ "limit": 2, "before": third["previous"] })
        )),
        sources(&second),
        "back again"
    );
    all.sort();
    assert_eq!(all, ["1", "2", "3", "4", "5"], "each once");
    let failed = call(
        &world,
        "records",
        json!({ "processflow": ORDERS, "outcomes": ["failed"] }),
    );
    assert_eq!(failed["total"], 2, "{failed}");
    let record = &failed["records"][0];
    assert_eq!(record["tries"], 1, "{record}");
    assert!(
        record["set_aside"].is_i64(),
        "it leads to the failed record: {record}"
    );
    let found = call(&world, "records", json!({ "text": "TEN" }));
    assert_eq!(
        list(&found["records"]).len(),
        2,
        "by a part of the cause, in capitals too: {found}"
    );
}

#[test]
fn failures_of_one_cause_are_one_group_that_is_let_go_at_once() {
    let world = two_of_five_failed();
    let groups = call(&world, "failed_groups", json!({}));
    assert_eq!(list(&groups).len(), 1, "{groups}");
    let group = &groups[0];
    assert_eq!(
        (&group["count"], &group["processflow"]),
        (&json!(2), &json!(ORDERS))
    );
    assert!(group["step"].is_string(), "the step is told: {group}");
    let of = json!({ "group": group["group"], "limit": 1 });
    let page = call(&world, "failed", of);
    let rest = json!({ "group": group["group"], "after": page[0]["number"] });
    assert_eq!(list(&call(&world, "failed", rest)).len(), 1, "the page after it");
    let retried = call(&world, "retry_failed", json!({ "group": group["group"] }));
    assert_eq!(
        list(&retried["runs"]).len(),
        1,
        "one run for all of it: {retried}"
    );
    kit::until("the retry ended", || {
        call(&world, "runs", json!({ "statuses": ["Finished with problems"] }))["runs"][1].is_object()
    });
    call(
        &world,
        "dismiss_failed",
        json!({ "group": group["group"], "note": "entered by hand" }),
    );
    assert_eq!(
        call(&world, "failed_groups", json!({})),
        json!([]),
        "nothing waits"
    );
    let life = call(&world, "find", json!({ "text": "2" }));
    let what: Vec<&str> = list(&life["events"])
        .iter()
        .filter(|event| event["source"] == "2")
        .filter_map(|event| event["what"].as_str())
        .collect();
    assert_eq!(what.first(), Some(&"failed"), "{life}");
    assert_eq!(what.last(), Some(&"dismissed"), "in the order of time: {life}");
    assert!(what.contains(&"retried"), "what people did is there: {life}");
}

#[test]
fn diagnosis_mode_tells_what_was_asked_and_answered_without_the_token() {
    let world = World::with_store(sandbox_store::Config {
        products: 40,
        ..empty_store()
    });
    world.add_files();
    world.deploy(STOCK, &["store=shop", "erp=files"]);
    let sku = world.stock_skus().remove(0);
    call(&world, "diagnose", json!({ "processflow": STOCK, "minutes": 5 }));
    world.put("stock.csv", format!("SKU,QTY\n{sku},17\nNOWHERE,3\n"));
    let run = world.processflow(&["--json", "run", STOCK]).code(1).json();
    let shown = call(&world, "show_snapshot", json!({ "run": run["run"] }));
    assert_eq!(list(&shown["records"]).len(), 2, "both records: {shown}");
    let token = world.store().token().to_owned();
    let mut asked = false;
    for record in list(&shown["records"]) {
        let shown = call(
            &world,
            "show_snapshot",
            json!({ "run": run["run"], "record": record }),
        );
        let record = &shown["record"];
        assert!(record["input"].is_object(), "what was read: {shown}");
        let step = &record["steps"][0];
        asked |= list(&step["exchanges"]).iter().any(|exchange| {
            exchange["request"]
                .as_str()
                .is_some_and(|request| request.starts_with("PUT"))
                && exchange["status"] == 200
        });
        assert!(!shown.to_string().contains(&token), "never the token");
    }
    assert!(asked, "what was sent and answered is there");
    call(&world, "diagnose", json!({ "processflow": STOCK, "minutes": 0 }));
    world.processflow(&["cache", "clear", "diagnosis"]).ok();
    let shown = call(
        &world,
        "show_snapshot",
        json!({ "run": run["run"], "record": "NOWHERE" }),
    );
    assert_eq!(shown["whole"], false, "the snapshot was cleared: {shown}");
    let left = list(&call(&world, "failed", json!({}))).to_vec();
    let kept = call(&world, "show_failed", json!({ "number": left[0]["number"] }));
    assert!(
        kept["payload"].is_object(),
        "a failed record keeps its input: {kept}"
    );
    assert_eq!(
        kept["trace"]["rows"].as_array().map(Vec::len),
        Some(1),
        "and what was made of it: {kept}"
    );
}

#[test]
fn plots_and_series_tell_the_same_as_the_runs() {
    let world = World::with_orders_to_database(store_with_orders(30));
    let run = world.run(ORDERS);
    let since = SystemClock.now() - std::time::Duration::from_hours(2);
    for by in ["hour", "day"] {
        let plot = call(
            &world,
            "run_plot",
            json!({ "since": since.to_string(), "by": by, "zone": "Europe/Berlin" }),
        );
        let written: u64 = list(&plot)
            .iter()
            .filter_map(|point| point["written"].as_u64())
            .sum();
        assert_eq!(Some(written), run["written"].as_u64(), "{by}: {plot}");
    }
    let series = call(&world, "run_series", json!({}));
    assert_eq!(series[0]["runs"][0]["written"], run["written"], "{series}");
    let status = world.processflow(&["--json", "status"]).ok().json();
    assert_eq!(
        status["next"]["processflow"], ORDERS,
        "its schedule says when: {status}"
    );
}

#[test]
fn a_connection_tells_what_came_of_trying_it() {
    let world = World::with_store(empty_store());
    world.processflow(&["connections", "validate", "shop"]).ok();
    let row = |world: &World| call(world, "connections", json!({}))[0].clone();
    assert_eq!(
        row(&world)["checked"]["found"]["sandbox"],
        true,
        "{}",
        row(&world)
    );
    let arguments = ["connections", "edit", "shop", "--secret", "token"];
    world.processflow_with(&arguments, "wrong\n").ok();
    world.processflow(&["connections", "validate", "shop"]).code(3);
    let checked = row(&world)["checked"].clone();
    assert_eq!(
        checked["problem"]["kind"], "config",
        "a bad outcome is kept as well: {checked}"
    );
    let understood = call(
        &world,
        "understand_connection",
        json!({ "connector": "bigcommerce", "settings": { "api_path": "stores/abc123" } }),
    );
    assert_eq!(
        understood["facts"][0]["value"], "abc123",
        "while typing: {understood}"
    );
    let forms = call(&world, "connectors", json!({}));
    assert!(
        list(&forms)
            .iter()
            .all(|form| form["settings"]["type"] == "object"),
        "{forms}"
    );
}

#[test]
fn the_log_is_paged_and_exported() {
    let world = World::with_orders_to_database(store_with_orders(5));
    world.processflow(&["settings", "set", "log_level=debug"]).ok();
    world.run(ORDERS);
    let page = call(
        &world,
        "logs",
        json!({ "filter": { "limit": 1, "processflow": ORDERS } }),
    );
    assert_eq!(page["lines"][0]["message"], "Run ended.", "{page}");
    let before = json!({ "filter": { "limit": 50 }, "before": page["begin"] });
    let earlier = call(&world, "logs", before);
    let has_end = list(&earlier["lines"])
        .iter()
        .any(|line| line["message"] == "Run ended.");
    assert!(!has_end, "what was shown is not shown again: {earlier}");
    let later = call(&world, "logs", json!({ "after": page["end"] }));
    assert_eq!(later["lines"], json!([]), "nothing came after it: {later}");
    let file = world.path("mine.jsonl");
    let exported = call(&world, "export_logs", json!({ "file": file }));
    let text = std::fs::read_to_string(&file).expect("it was written");
    assert_eq!(exported["lines"], text.lines().count(), "every line");
}
