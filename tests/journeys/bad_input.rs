//! What is wrong is told in a sentence with the next step, and stops nothing else.

use kit::{Order, Ran, World};
use serde_json::{Value, json};

use crate::{ORDERS, empty_store, store_with_orders};

/// A sentence, the next step, no mistake of ours showing through.
#[track_caller]
pub(crate) fn told(ran: Ran, sentence: &str, next_step: &str) -> Ran {
    let ran = ran.says("error: ").says("hint: ").says(sentence).says(next_step);
    assert!(!ran.said().contains("panicked"), "{ran:?}");
    ran
}

pub(crate) const FLOW: &str = "
processflow: orders-to-database
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/orders.changed }
  - write:
      action: erp/table.upsert
      with: { table: ORDERS, key: [ID], create: { ID: integer } }
      map: { ID: id }
";

/// Deploys a file that is wrong: refused, and the version before stays as it is.
#[track_caller]
fn refused(text: &str, sentence: &str, next_step: &str) {
    let world = World::with_orders_to_database(store_with_orders(3));
    let path = world.write("wrong.yaml", text).display().to_string();
    let deployed = world.processflow(&["deploy", &path]).code(3);
    told(deployed, sentence, next_step);
    let checked = world.processflow(&["--json", "check", &path]).code(3).json();
    let problem = &checked["problems"][0];
    let placed =
        problem["line"].as_u64().is_some_and(|line| line > 1) && problem["column"].as_u64().is_some();
    assert!(placed, "with its place in the file: {checked}");
    let versions = world.processflow(&["--json", "versions", ORDERS]).ok().json();
    assert_eq!(
        versions.as_array().map(Vec::len),
        Some(1),
        "nothing was deployed: {versions}"
    );
    assert_eq!(world.run(ORDERS)["written"], 3, "and the one that is goes on");
}

#[test]
fn a_broken_file_is_refused_with_its_place() {
    refused(
        &FLOW.replace("map: { ID: id }", "map: { ID: id"),
        "wrong.yaml:",
        "Mend the file",
    );
}

#[test]
fn an_unknown_word_in_a_file_is_refused_with_the_right_one() {
    refused(&FLOW.replace("  - read:", "  - reed:"), "reed", "read");
}

#[test]
fn an_unknown_action_is_refused_with_the_nearest() {
    refused(
        &FLOW.replace("orders.changed", "orders.chnaged"),
        "orders.chnaged",
        "orders.changed",
    );
}

#[test]
fn an_expression_with_a_mistake_is_refused() {
    refused(
        &FLOW.replace("ID: id }\n", "ID: id | decimall }\n"),
        "decimall",
        "decimal",
    );
}

#[test]
fn a_bad_row_of_a_csv_file_is_set_aside_alone() {
    let world = World::empty();
    world.add_erp();
    world.add_files();
    world.put(
        "rows.csv",
        "ID,NAME\n1,one\n2\n3,\"three, 3\"\n4,four,more\n5,five\n",
    );
    let text = FLOW
        .replace("store: bigcommerce", "store: files")
        .replace(
            "store/orders.changed }",
            "store/csv.read, with: { file: rows.csv } }",
        )
        .replace("ID: id }\n", "ID: ID | int }\n");
    world.deploy_text(&text, &["store=files", "erp=erp"]);
    let run = world.processflow(&["--json", "run", ORDERS]).code(1).json();
    assert_eq!(
        (&run["read"], &run["written"], &run["failed"]),
        (&json!(5), &json!(3), &json!(2)),
        "{run}"
    );
    assert_eq!(
        world.table("ORDERS").column("ID"),
        ["1", "3", "5"],
        "the rows around it are there"
    );
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    for (at, line) in [(0, "rows.csv line 3"), (1, "rows.csv line 5")] {
        let record: &Value = &failed[at];
        assert!(
            record["message"].as_str().is_some_and(|text| text.contains(line)),
            "with its place: {record}"
        );
        assert!(record["hint"].as_str().is_some(), "and the next step: {record}");
    }
}

/// An order the database cannot take is set aside whole, the others are written.
#[test]
fn text_that_is_too_long_fails_its_row_with_the_lengths() {
    let world = World::with_store(empty_store());
    world.add_erp();
    let create = "CREATE TABLE ORDERS (ID INTEGER PRIMARY KEY, NAME VARCHAR(8));";
    rusqlite::Connection::open(world.path("erp.db"))
        .expect("a database")
        .execute_batch(create)
        .expect("a table");
    Order::new(1)
        .set("billing_address", json!({ "first_name": "Augusta Ada" }))
        .put(&world);
    Order::new(2)
        .set("billing_address", json!({ "first_name": "Ada" }))
        .put(&world);
    let text = FLOW.replace(", create: { ID: integer }", "").replace(
        "map: { ID: id }",
        "map: { ID: id, NAME: billing_address.first_name }",
    );
    world.deploy_text(&text, &["store=shop", "erp=erp"]);
    let run = world.processflow(&["--json", "run", ORDERS]).code(1).json();
    assert_eq!((&run["written"], &run["failed"]), (&json!(1), &json!(1)), "{run}");
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    let said = failed[0]["message"].as_str().unwrap_or_default();
    assert!(
        said.contains("11") && said.contains('8') && said.contains("NAME"),
        "column and lengths: {said}"
    );
}
