//! Steps that ask for more, part ways, go through lists, bring records together, wait, and remember.

use kit::World;
use sandbox_store::{Config, Kind};
use serde_json::{Value, json};

use crate::{catalogue::shop, empty_store, requests};

/// A store with a few orders, a folder and a database.
fn world() -> World {
    let world = shop(Config {
        orders: 6,
        products: 6,
        customers: 3,
        ..empty_store()
    });
    world.add_erp();
    world
}

/// Deploys steps behind the reading of `rows.jsonl`.
fn deploy(world: &World, steps: &str) {
    let text = format!(
        "
processflow: steps
connections: {{ files: files, store: bigcommerce, erp: sql }}
steps:
  - read: {{ action: files/jsonl.read, with: {{ file: rows.jsonl, settle: 0 s }} }}
{steps}"
    );
    world.deploy_text(&text, &["files=files", "store=shop", "erp=erp"]);
}

fn run(world: &World, records: &[Value], code: i32) -> Value {
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    world.put("rows.jsonl", lines);
    world.processflow(&["--json", "run", "steps"]).code(code).json()
}

fn failures(world: &World) -> String {
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    let text = |one: &Value| format!("{} {}\n", one["message"], one["hint"]);
    failed.as_array().expect("a list").iter().map(text).collect()
}

const LINES: &str = "
  - fetch:
      action: store/api.get_order_products
      map: { order_id: order }
      as: lines
  - for_each:
      in: lines
      steps:
        - write:
            action: erp/table.upsert
            with: { table: LINE, key: [ORDER_ID, ID], create: { ORDER_ID: integer, ID: integer, SKU: text } }
            map: { ORDER_ID: record.order, ID: id, SKU: sku }
";

#[test]
fn more_is_asked_about_each_record_and_the_same_is_asked_once() {
    let world = world();
    deploy(&world, LINES);
    let store = world.store().store();
    let orders = store.ids(Kind::Order);
    store.clear_log();
    let records = [
        json!({"id": "a", "order": orders[0]}),
        json!({"id": "b", "order": orders[1]}),
        json!({"id": "c", "order": orders[0]}),
        json!({"id": "d", "order": 99_999}),
    ];
    let ran = run(&world, &records, 1);
    assert_eq!((&ran["read"], &ran["failed"]), (&json!(4), &json!(1)), "{ran}");
    let asked = requests(&world, "GET", &[&format!("/orders/{}/products", orders[0])]);
    assert_eq!(asked.len(), 1, "two records ask the same: {asked:?}");
    let lines = store.order_lines(orders[0]).len() + store.order_lines(orders[1]).len();
    assert_eq!(world.table("LINE").rows.len(), lines, "each line once");
    assert!(
        failures(&world).contains("`fetch` of `lines`"),
        "{}",
        failures(&world)
    );
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    assert_eq!(failed[0]["step"], "2", "and it is said where: {failed}");
}

#[test]
fn one_is_expected_and_none_comes() {
    let world = world();
    let order = world.store().store().ids(Kind::Order)[0];
    let steps = |expect: &str, then: &str| {
        format!(
            "  - fetch: {{ action: store/api.get_customers_v3, map: {{ 'id:in': customer }}, expect: {expect}, as: buyer }}
  - write:
      action: erp/table.upsert
      with: {{ table: BUYER, key: [ID], create: {{ ID: text, MAIL: text }} }}
      map: {{ ID: id, MAIL: {then} }}
"
        )
    };
    let customer = world.store().store().ids(Kind::Customer)[0];
    let records = [
        json!({"id": "a", "customer": customer, "order": order}),
        json!({"id": "b", "customer": 424_242}),
    ];
    deploy(&world, &steps("one", "buyer.email"));
    let ran = run(&world, &records, 1);
    assert_eq!((&ran["written"], &ran["failed"]), (&json!(1), &json!(1)), "{ran}");
    assert!(
        failures(&world).contains("found nothing for `buyer`"),
        "{}",
        failures(&world)
    );
    deploy(
        &world,
        &steps("one_or_none", "\"buyer.email if buyer is not none else 'guest'\""),
    );
    run(
        &world,
        &[json!({"id": "b", "customer": 424_242, "again": true})],
        0,
    );
    let table = world.table("BUYER");
    assert!(table.column("MAIL").contains(&"guest"), "{table:?}");
}

#[test]
fn each_record_goes_one_way_and_what_no_way_takes_is_told() {
    let world = world();
    deploy(
        &world,
        "
  - branch:
      - when: country == 'DE'
        steps:
          - set: { price: net * 1.19 }
          - write:
              action: erp/table.upsert
              with: { table: HOME, key: [ID], create: { ID: text, PRICE: decimal } }
              map: { ID: id, PRICE: price }
      - when: country == 'FR'
        steps:
          - skip: { when: net > 100, reason: too dear }
          - set: { price: net * 1.2 }
  - skip: { when: price is not defined, reason: no price }
  - write:
      action: erp/table.upsert
      with: { table: ALL, key: [ID], create: { ID: text, PRICE: decimal } }
      map: { ID: id, PRICE: price }
",
    );
    let records = [
        json!({"id": "a", "country": "DE", "net": 100}),
        json!({"id": "b", "country": "FR", "net": 10}),
        json!({"id": "c", "country": "FR", "net": 1000}),
        json!({"id": "d", "country": "XX", "net": 1}),
        json!({"id": "e", "country": "DE", "net": "many"}),
    ];
    let ran = run(&world, &records, 1);
    assert_eq!(
        (&ran["written"], &ran["failed"], &ran["skipped"]),
        (&json!(2), &json!(1), &json!({"too dear": 1, "no price": 1})),
        "{ran}"
    );
    assert_eq!(world.table("HOME").rows.len(), 1);
    assert_eq!(world.table("ALL").column("ID"), ["a", "b"]);
    let id = ran["run"].as_str().expect("an id");
    let graph = world.processflow(&[
        "--json",
        "call",
        "processflow_graph",
        &json!({"processflow": "steps", "run": id}).to_string(),
    ]);
    let graph = graph.ok().json();
    let edge = |name: &str| {
        let edges = graph["edges"].as_array().expect("edges");
        edges
            .iter()
            .find(|edge| edge["id"] == name)
            .map(|edge| edge["records"].clone())
    };
    let along: Vec<_> = ["1-2", "2-2.1.1", "2-2.2.1", "2-3"]
        .map(|name| edge(name).unwrap_or_default())
        .into();
    assert_eq!(along, [json!(5), json!(2), json!(2), json!(1)], "{graph:#}");
}

#[test]
fn a_record_of_which_nothing_was_made_is_not_a_success() {
    let world = world();
    deploy(
        &world,
        "
  - branch:
      - when: kind == 'new'
        steps:
          - write:
              action: erp/table.upsert
              with: { table: NEW, key: [ID], create: { ID: text } }
              map: { ID: id }
",
    );
    let ran = run(
        &world,
        &[
            json!({"id": "a", "kind": "new"}),
            json!({"id": "b", "kind": "odd"}),
        ],
        0,
    );
    assert_eq!(
        (&ran["written"], &ran["skipped"]),
        (&json!(1), &json!({"no way of the branch takes it": 1})),
        "{ran}"
    );
}

#[test]
fn an_element_may_be_left_out_and_twins_are_refused() {
    let world = world();
    deploy(
        &world,
        "
  - for_each:
      in: lines
      as: line
      steps:
        - skip: { when: quantity == 0, reason: none ordered }
        - for_each:
            in: options
            steps:
              - write:
                  action: erp/table.upsert
                  with: { table: OPTION, key: [ID, LINE, NAME], create: { ID: text, LINE: integer, NAME: text } }
                  map: { ID: record.id, LINE: line.no, NAME: name }
",
    );
    let line = |no: u64, quantity: u64, names: &[&str]| {
        let options: Vec<_> = names.iter().map(|name| json!({"name": name})).collect();
        json!({"no": no, "quantity": quantity, "options": options})
    };
    let records = [
        json!({"id": "a", "lines": [line(1, 2, &["red", "big"]), line(2, 0, &["blue"])]}),
        json!({"id": "b", "lines": [line(1, 1, &["red", "red"])]}),
        json!({"id": "c", "lines": [line(1, 0, &["red"])]}),
        json!({"id": "d", "lines": null}),
    ];
    let ran = run(&world, &records, 1);
    assert_eq!(
        (&ran["written"], &ran["failed"], &ran["skipped"]),
        (&json!(1), &json!(2), &json!({"none ordered": 1})),
        "{ran}"
    );
    let table = world.table("OPTION");
    assert_eq!(table.rows.len(), 2, "nothing of a record that failed: {table:?}");
    let failed = failures(&world);
    assert!(
        failed.contains("the same key") && failed.contains("`in: lines` is empty"),
        "{failed}"
    );
}

const MERGED: &str = "
processflow: merged
connections: { files: files, erp: sql }
steps:
  - read: { action: files/csv.read, with: { file: lines.csv, settle: 0 s } }
  - merge: { by: { order: ORDER_NO }, as: lines }
  - write:
      action: erp/table.upsert
      with: { table: HEAD, key: [NO], create: { NO: text, LINES: integer } }
      map:
        NO: order
        LINES: lines | length
";

#[test]
fn lines_that_lie_apart_become_one_order() {
    let world = world();
    world.deploy_text(MERGED, &["files=files", "erp=erp"]);
    let lines: String = (0..3_000).map(|n| format!("{},{n}\n", n % 7)).collect();
    world.put("lines.csv", format!("ORDER_NO,LINE\n{lines}"));
    let ran = world.processflow(&["--json", "run", "merged"]).ok().json();
    assert_eq!((&ran["read"], &ran["written"]), (&json!(7), &json!(7)), "{ran}");
    assert_eq!(
        world.table("HEAD").column("LINES"),
        ["429", "429", "429", "429", "428", "428", "428"],
        "all lines of each, though they came in several pages"
    );
    let refused = world.processflow(&["run", "merged", "--ids", "3"]).code(3).said();
    assert!(refused.contains("merges records"), "{refused}");
    world.put("lines.csv", "ORDER_NO,LINE\n8,1\n,2\n");
    let stopped = world.processflow(&["run", "merged"]).code(3).said();
    assert!(stopped.contains("not known with which"), "{stopped}");
    assert_eq!(world.table("HEAD").rows.len(), 7, "and nothing was written");
}

#[test]
fn what_was_merged_is_retried_as_it_was() {
    let world = world();
    world.deploy_text(
        &MERGED.replace("lines | length", "lines[0].LINE | int"),
        &["files=files", "erp=erp"],
    );
    world.put("lines.csv", "ORDER_NO,LINE\n5,first\n5,2\n");
    let ran = world.processflow(&["--json", "run", "merged"]).code(1).json();
    assert_eq!(ran["failed"], 1, "{ran}");
    let shown = world.processflow(&["failed", "--payload", "1"]).said();
    assert!(
        shown.contains("\"order\": \"5\"") && shown.contains("first"),
        "the whole order is kept: {shown}"
    );
    world.deploy_text(MERGED, &["files=files", "erp=erp"]);
    world.processflow(&["retry", "--all"]).ok();
    assert_eq!(world.table("HEAD").column("LINES"), ["2"], "both lines, once");
}

#[test]
fn a_delay_waits_once_for_all() {
    let world = world();
    deploy(
        &world,
        "
  - delay: 1 s
  - write:
      action: erp/table.upsert
      with: { table: LATE, key: [ID], create: { ID: text } }
      map: { ID: id }
",
    );
    let records: Vec<_> = (0..50).map(|id| json!({"id": id.to_string()})).collect();
    let seconds = run(&world, &records, 0)["seconds"].as_f64().expect("a number");
    assert!((1.0..20.0).contains(&seconds), "once, not for each: {seconds} s");
}

const NUMBERED: &str = "
processflow: numbered
connections: { files: files, erp: sql }
variables:
  last: { start: 100 }
  session: { encrypted: true }
steps:
  - read: { action: files/jsonl.read, with: { file: rows.jsonl, settle: 0 s } }
  - set: { last: last + 1 }
  - write:
      action: erp/table.upsert
      with: { table: NUMBERED, key: [ID], create: { ID: text, NO: integer, HAS: text } }
      map: { ID: id, NO: last, HAS: \"'yes' if session is not none else 'no'\" }
";

fn numbered(world: &World, ids: &[&str]) {
    let lines: String = ids.iter().map(|id| format!("{}\n", json!({"id": id}))).collect();
    world.put("rows.jsonl", lines);
    world.processflow(&["run", "numbered"]).ok();
}

#[test]
fn what_is_kept_goes_on_in_the_next_run_and_over_versions() {
    let world = world();
    world.deploy_text(NUMBERED, &["files=files", "erp=erp"]);
    numbered(&world, &["a", "b"]);
    numbered(&world, &["c"]);
    world.deploy_text(
        &format!("{NUMBERED}\n# another version\n"),
        &["files=files", "erp=erp"],
    );
    numbered(&world, &["d"]);
    assert_eq!(world.table("NUMBERED").column("NO"), ["101", "102", "103", "104"]);
    let listed = world
        .processflow(&["--json", "variables", "numbered"])
        .ok()
        .json();
    assert_eq!(
        (&listed[0]["name"], &listed[0]["value"]),
        (&json!("last"), &json!(104)),
        "{listed}"
    );
    world
        .processflow(&["variables", "numbered", "--set", "last=500"])
        .ok();
    numbered(&world, &["e"]);
    world
        .processflow(&["variables", "numbered", "--forget", "last"])
        .ok();
    numbered(&world, &["f"]);
    assert_eq!(
        world.table("NUMBERED").column("NO"),
        ["101", "102", "103", "104", "501", "101"]
    );
    let unknown = world
        .processflow(&["variables", "numbered", "--set", "lst=1"])
        .code(3)
        .said();
    assert!(unknown.contains("last"), "the nearest name: {unknown}");
}

#[test]
fn what_is_kept_encrypted_is_nowhere_to_be_read() {
    const SECRET: &str = "s3ssion-0f-the-erp";
    let world = world();
    world.deploy_text(NUMBERED, &["files=files", "erp=erp"]);
    let seen = world.processflow(&["variables", "numbered", "--set", &format!("session={SECRET}")]);
    assert!(seen.code(3).said().contains("--secret session"));
    world
        .processflow_with(
            &["variables", "numbered", "--secret", "session"],
            &format!("{SECRET}\n"),
        )
        .ok();
    numbered(&world, &["a"]);
    assert_eq!(world.table("NUMBERED").column("HAS"), ["yes"], "the run has it");
    let shown = world.processflow(&["variables", "numbered"]).ok().said();
    assert!(shown.contains("encrypted") && !shown.contains(SECRET), "{shown}");
    let json = world
        .processflow(&["--json", "variables", "numbered"])
        .ok()
        .json();
    assert_eq!(json[1]["value"], Value::Null, "{json}");
    for file in walk(&world.data()) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let found = bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
        assert!(!found, "it stands in {}", file.display());
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let below = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.expect("an entry").path();
        if path.is_dir() { walk(&path) } else { vec![path] }
    };
    entries.flat_map(below).collect()
}
