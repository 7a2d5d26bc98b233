//! A connection tried from its form: with what was typed, and nothing saved.

use kit::World;
use sandbox_store::{Fault, How, Match, When};
use serde_json::{Value, json};

use crate::{ORDERS, store_with_orders};

fn world() -> World {
    let mut world = World::empty();
    world.start_store(store_with_orders(1));
    world
}

fn trial(world: &World, input: &Value) -> kit::Ran {
    world.processflow_with(&["call", "try_connection", &input.to_string()], "")
}

fn typed(world: &World, token: &str) -> Value {
    json!({
        "connector": "bigcommerce",
        "settings": { "api_path": world.store().api_path() },
        "secrets": { "token": token },
    })
}

#[test]
fn what_is_typed_is_tried_and_nothing_is_saved() {
    let world = world();
    let good = trial(&world, &typed(&world, world.store().token())).ok().json();
    assert!(
        good["facts"].as_array().is_some_and(|facts| !facts.is_empty()),
        "{good}"
    );
    trial(&world, &typed(&world, "wrong-token")).code(3);
    let saved = world.processflow(&["--json", "connections"]).ok().json();
    assert_eq!(saved, json!([]), "nothing is saved");
}

#[test]
fn a_saved_token_is_used_for_the_place_it_was_entered_for_alone() {
    let world = World::with_store(store_with_orders(1));
    let before = world.processflow(&["--json", "connections"]).ok().json();
    trial(&world, &json!({ "name": "shop" })).ok();
    let other = self::world();
    let elsewhere = json!({ "name": "shop", "settings": { "api_path": other.store().api_path() } });
    trial(&world, &elsewhere).code(3);
    assert!(
        crate::requests(&other, "GET", &[]).is_empty(),
        "the token of one store goes to no other"
    );
    let wrong = json!({ "name": "shop", "secrets": { "token": "wrong-token" } });
    trial(&world, &wrong).code(3);
    trial(&world, &json!({ "name": "shop", "secrets": { "tokn": "x" } }))
        .code(3)
        .says("no secret `tokn`");
    let after = world.processflow(&["--json", "connections"]).ok().json();
    assert_eq!(after, before, "not even when it was tried");
    world.processflow(&["connections", "validate", "shop"]).ok();
}

#[test]
fn a_trial_that_is_called_off_ends_at_once() {
    let world = world();
    let serving = world.start(&["serve"]);
    kit::until("the agent serves", || {
        world.processflow(&["--json", "status"]).ok().json()["agent"].is_object()
    });
    let on = Match {
        times: None,
        ..Match::default()
    };
    let how = How::Stall { ms: 60_000 };
    world.store().store().fault(Fault {
        on,
        when: When::Before,
        how,
    });
    let mut input = typed(&world, world.store().token());
    input["ticket"] = json!("t1");
    let trying = world.start(&["call", "try_connection", &input.to_string()]);
    kit::until("it asks the store", || {
        !crate::requests(&world, "GET", &[]).is_empty()
    });
    world
        .processflow(&["call", "cancel_try", r#"{"ticket":"t1"}"#])
        .ok();
    trying.wait().code(3).says("cancelled");
    serving.kill();
}

/// The panel asks what the first write step has in its table.
#[test]
fn what_a_processflow_wrote_can_be_looked_at() {
    let world = World::with_orders_to_database(store_with_orders(30));
    let look = |input: Value| world.processflow(&["call", "show_target", &input.to_string()]);
    let target = look(json!({ "processflow": ORDERS })).ok().json();
    assert_eq!(target["total"], 0, "nothing yet: {target}");
    let written = world.run(ORDERS)["written"].clone();
    let target = look(json!({ "processflow": ORDERS, "limit": 5 })).ok().json();
    assert_eq!(
        (&target["connection"], &target["table"], &target["total"]),
        (&json!("erp"), &json!("WEB_ORDER"), &written)
    );
    let columns = json!(["STORE", "ORDER_ID", "ORDERED_AT", "CUSTOMER", "TOTAL"]);
    let first = target["columns"].as_array().expect("columns").get(..5);
    assert_eq!(json!(first), columns, "in the table's order");
    let rows = target["rows"].as_array().expect("rows");
    let ids: Vec<i64> = rows.iter().filter_map(|row| row[1].as_i64()).collect();
    assert!(
        ids.len() == 5 && ids.is_sorted_by(|one, next| one > next),
        "the largest first: {ids:?}"
    );
    assert!(
        rows[0][2].is_string() && rows[0][4].is_string(),
        "instants and decimals are text: {}",
        rows[0]
    );
    let lines = look(json!({ "processflow": ORDERS, "step": "4" })).ok().json();
    assert_eq!(lines["table"], "WEB_ORDER_LINE", "the other write step");
    look(json!({ "processflow": ORDERS, "step": "2" }))
        .code(3)
        .says("no write step 2");
    look(json!({ "processflow": "other" }))
        .code(3)
        .says("not deployed");
}
