//! What is wrong is told in a sentence with the next step, and stops nothing else.

use kit::{Order, Ran, World};
use sandbox_store::{Fault, How, Match, When};
use serde_json::{Value, json};

use crate::{ORDERS, empty_store, store_with_orders};

/// A sentence, the next step, no mistake of ours showing through.
#[track_caller]
fn told(ran: Ran, sentence: &str, next_step: &str) -> Ran {
    let ran = ran.says("error: ").says("hint: ").says(sentence).says(next_step);
    assert!(!ran.said().contains("panicked"), "{ran:?}");
    ran
}

const FLOW: &str = "
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
    let placed = problem["line"].as_u64().is_some_and(|line| line > 1) && problem["column"].as_u64().is_some();
    assert!(placed, "with its place in the file: {checked}");
    let versions = world.processflow(&["--json", "versions", ORDERS]).ok().json();
    assert_eq!(versions.as_array().map(Vec::len), Some(1), "nothing was deployed: {versions}");
    assert_eq!(world.run(ORDERS)["written"], 3, "and the one that is goes on");
}

#[test]
fn a_broken_file_is_refused_with_its_place() {
    refused(&FLOW.replace("map: { ID: id }", "map: { ID: id"), "wrong.yaml:", "Mend the file");
}

#[test]
fn an_unknown_word_in_a_file_is_refused_with_the_right_one() {
    refused(&FLOW.replace("  - read:", "  - reed:"), "reed", "read");
}

#[test]
fn an_unknown_action_is_refused_with_the_nearest() {
    refused(&FLOW.replace("orders.changed", "orders.chnaged"), "orders.chnaged", "orders.changed");
}

#[test]
fn an_expression_with_a_mistake_is_refused() {
    refused(&FLOW.replace("ID: id }\n", "ID: id | decimall }\n"), "decimall", "decimal");
}

#[test]
fn a_missing_connection_is_named() {
    let world = World::with_store(empty_store());
    let path = world.write("flow.yaml", FLOW).display().to_string();
    let ran = world.processflow(&["deploy", &path, "--connection", "store=shop", "--connection", "erp=ledger"]).code(3);
    told(ran, "Source Application Not Found", "processflow connections add").says("`ledger`");
    let ran = world.processflow(&["deploy", &path]).code(3);
    told(ran, "Source Application Not Found", "connections add erp --connector sql").says("`erp`");
}

/// E40: the connection went after the processflow was deployed.
#[test]
fn a_connection_that_was_removed_is_named() {
    let world = World::with_orders_to_database(store_with_orders(3));
    world.deploy_text(&FLOW.replace(ORDERS, "other").replace("table: ORDERS", "table: OTHER"), &["store=shop", "erp=erp"]);
    world.processflow(&["connections", "remove", "erp"]).ok().says(ORDERS).says("other");
    let ran = world.processflow(&["--json", "run", ORDERS]).code(3);
    let run = ran.json();
    let said = run["problem"]["message"].as_str().unwrap_or_default();
    assert!(said.contains("Source Application Not Found") && said.contains("`erp`"), "it is named: {}", ran.said());
    assert!(run["problem"]["hint"].as_str().is_some(), "with the next step: {}", ran.said());
    world.add_erp();
    assert_eq!(world.run(ORDERS)["written"], 3, "once it is back the run goes on");
}

#[test]
fn a_wrong_api_path_is_refused_before_the_token_goes_anywhere() {
    let world = World::empty();
    for (path, sentence) in [
        ("", "API Path"),
        ("https://api.bigcommerce.com.evil.example/stores/abc123/v3/", "not BigCommerce's host"),
        ("https://api.bigcommerce.com/shops/abc123", "does not name a store"),
        ("not a path", "has no place in it"),
    ] {
        let setting = format!("api_path={path}");
        let arguments =
            ["connections", "add", "shop", "--connector", "bigcommerce", "--set", &setting, "--secret", "token"];
        let ran = world.processflow_with(&arguments, "some-token\n").code(3);
        told(ran, sentence, "API Path");
    }
    let saved = world.processflow(&["--json", "connections"]).ok().json();
    assert_eq!(saved, json!([]), "nothing of it was saved");
}

#[test]
fn a_wrong_hash_and_a_wrong_token_are_told_apart_from_a_store_that_is_down() {
    let world = World::with_store(store_with_orders(3));
    let there = world.store().api_path();
    let add = |name: &str, path: &str, token: &str| {
        let path = format!("api_path={path}");
        let arguments =
            ["connections", "add", name, "--connector", "bigcommerce", "--set", &path, "--secret", "token"];
        world.processflow_with(&arguments, &format!("{token}\n")).ok();
        world.processflow(&["connections", "validate", name])
    };
    let token = world.store().token();
    told(add("hash", &there.replace("sandbox1", "sandbox2"), token).code(3), "sandbox2", "API Path");
    let ran = add("token", &there, "wrong-token").code(3);
    told(ran, "no longer accepts our access token", "Enter a new token");
    let nobody = "http://127.0.0.1:9/stores/sandbox1/v3/";
    let ran = add("down", nobody, token).code(4);
    assert!(!ran.said().contains("token was deleted"), "a store that is down says nothing of the token");
    world.processflow(&["connections", "validate", "shop"]).ok().says("Test Connection Successful");
}

#[test]
fn a_store_in_maintenance_is_not_a_wrong_connection() {
    let world = World::with_store(store_with_orders(3));
    let on = Match { times: None, ..Match::default() };
    world.store().store().fault(Fault { on, when: When::Before, how: How::Html { code: 200 } });
    let ran = world.processflow(&["connections", "validate", "shop"]).code(4);
    told(ran, "page instead of data", "proxy");
}

/// E03: the token goes while a processflow is deployed; another one, between files and databases, is not touched.
#[test]
fn a_revoked_token_keeps_orders_waiting_and_nobody_else() {
    let world = World::with_orders_to_database(store_with_orders(5));
    world.add_files();
    world.put("rows.csv", "ID\n1\n2\n");
    let other = FLOW
        .replace(ORDERS, "other")
        .replace("store: bigcommerce", "store: files")
        .replace("store/orders.changed }", "store/csv.read, with: { file: rows.csv } }")
        .replace("ID: id }\n", "ID: ID | int }\n");
    world.deploy_text(&other, &["store=files", "erp=erp"]);
    world.store().store().configure(|settings| settings.revoked = true);
    let run = world.processflow(&["--json", "run", ORDERS]).code(3).json();
    assert_eq!((&run["status"], &run["read"]), (&json!("Waiting"), &json!(0)), "orders wait, none are lost: {run}");
    assert_eq!(run["problem"]["kind"], "config", "a person must act: {run}");
    world.processflow(&["status"]).code(1).says("no longer accepts our access token");
    assert_eq!(world.run("other")["written"], 2, "the other processflow runs");
    world.store().store().configure(|settings| {
        settings.revoked = false;
        settings.token = "the-new-token".into();
    });
    world.processflow_with(&["connections", "edit", "shop", "--secret", "token"], "the-new-token\n").ok();
    assert_eq!(world.run(ORDERS)["written"], 5, "with the new token they come");
}

#[test]
fn a_missing_permission_is_named() {
    let world = World::with_orders_to_database(store_with_orders(5));
    world.store().store().configure(|settings| settings.scopes.retain(|scope| !scope.contains("orders")));
    world.processflow(&["connections", "validate", "shop"]).ok().says("Orders: read-only");
    let run = world.processflow(&["--json", "run", ORDERS]).code(3).json();
    let problem = run["problem"].to_string();
    assert!(problem.contains("may not read Orders") && problem.contains("Orders: read-only"), "{run}");
}

#[test]
fn a_bad_row_of_a_csv_file_is_set_aside_alone() {
    let world = World::empty();
    world.add_erp();
    world.add_files();
    world.put("rows.csv", "ID,NAME\n1,one\n2\n3,\"three, 3\"\n4,four,more\n5,five\n");
    let text = FLOW
        .replace("store: bigcommerce", "store: files")
        .replace("store/orders.changed }", "store/csv.read, with: { file: rows.csv } }")
        .replace("ID: id }\n", "ID: ID | int }\n");
    world.deploy_text(&text, &["store=files", "erp=erp"]);
    let run = world.processflow(&["--json", "run", ORDERS]).code(1).json();
    assert_eq!((&run["read"], &run["written"], &run["failed"]), (&json!(5), &json!(3), &json!(2)), "{run}");
    assert_eq!(world.table("ORDERS").column("ID"), ["1", "3", "5"], "the rows around it are there");
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    for (at, line) in [(0, "rows.csv line 3"), (1, "rows.csv line 5")] {
        let record: &Value = &failed[at];
        assert!(record["message"].as_str().is_some_and(|text| text.contains(line)), "with its place: {record}");
        assert!(record["hint"].as_str().is_some(), "and the next step: {record}");
    }
}

/// An order the database cannot take is set aside whole, the others are written.
#[test]
fn text_that_is_too_long_fails_its_row_with_the_lengths() {
    let world = World::with_store(empty_store());
    world.add_erp();
    let create = "CREATE TABLE ORDERS (ID INTEGER PRIMARY KEY, NAME VARCHAR(8));";
    rusqlite::Connection::open(world.path("erp.db")).expect("a database").execute_batch(create).expect("a table");
    Order::new(1).set("billing_address", json!({ "first_name": "Augusta Ada" })).put(&world);
    Order::new(2).set("billing_address", json!({ "first_name": "Ada" })).put(&world);
    let text = FLOW
        .replace(", create: { ID: integer }", "")
        .replace("map: { ID: id }", "map: { ID: id, NAME: billing_address.first_name }");
    world.deploy_text(&text, &["store=shop", "erp=erp"]);
    let run = world.processflow(&["--json", "run", ORDERS]).code(1).json();
    assert_eq!((&run["written"], &run["failed"]), (&json!(1), &json!(1)), "{run}");
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    let said = failed[0]["message"].as_str().unwrap_or_default();
    assert!(said.contains("11") && said.contains('8') && said.contains("NAME"), "column and lengths: {said}");
}
