//! Connections that are wrong, missing, refused or down.

use kit::{World, saving};
use sandbox_store::{Fault, How, Match, When};
use serde_json::json;

use crate::{
    ORDERS,
    bad_input::{FLOW, told},
    empty_store, store_with_orders,
};

#[test]
fn a_missing_connection_is_named() {
    let world = World::with_store(empty_store());
    let path = world.write("flow.yaml", FLOW).display().to_string();
    let ran = world
        .processflow(&[
            "deploy",
            &path,
            "--connection",
            "store=shop",
            "--connection",
            "erp=ledger",
        ])
        .code(3);
    told(ran, "Source Application Not Found", "processflow connections add").says("`ledger`");
    let ran = world.processflow(&["deploy", &path]).code(3);
    told(
        ran,
        "Source Application Not Found",
        "connections add erp --connector sql",
    )
    .says("`erp`");
}

/// E40: the connection went after the processflow was deployed.
#[test]
fn a_connection_that_was_removed_is_named() {
    let world = World::with_orders_to_database(store_with_orders(3));
    world.deploy_text(
        &FLOW
            .replace(ORDERS, "other")
            .replace("table: ORDERS", "table: OTHER"),
        &["store=shop", "erp=erp"],
    );
    world
        .processflow(&["connections", "remove", "erp"])
        .ok()
        .says(ORDERS)
        .says("other");
    let ran = world.processflow(&["--json", "run", ORDERS]).code(3);
    let run = ran.json();
    let said = run["problem"]["message"].as_str().unwrap_or_default();
    assert!(
        said.contains("Source Application Not Found") && said.contains("`erp`"),
        "it is named: {}",
        ran.said()
    );
    assert!(
        run["problem"]["hint"].as_str().is_some(),
        "with the next step: {}",
        ran.said()
    );
    world.add_erp();
    assert_eq!(world.run(ORDERS)["written"], 3, "once it is back the run goes on");
}

#[test]
fn a_wrong_api_path_is_refused_before_the_token_goes_anywhere() {
    let world = World::empty();
    for (path, sentence) in [
        ("", "API Path"),
        (
            "https://api.bigcommerce.com.evil.example/stores/abc123/v3/",
            "not BigCommerce's host",
        ),
        (
            "https://api.bigcommerce.com/shops/abc123",
            "does not name a store",
        ),
        ("not a path", "has no place in it"),
    ] {
        let setting = format!("api_path={path}");
        let ran = world
            .processflow_with(&saving("shop", &setting), "some-token\n")
            .code(3);
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
        world
            .processflow_with(&saving(name, &path), &format!("{token}\n"))
            .ok();
        world.processflow(&["connections", "validate", name])
    };
    let token = world.store().token();
    told(
        add("hash", &there.replace("sandbox1", "sandbox2"), token).code(3),
        "sandbox2",
        "API Path",
    );
    let ran = add("token", &there, "wrong-token").code(3);
    told(ran, "no longer accepts our access token", "Enter a new token");
    let nobody = "http://127.0.0.1:9/stores/sandbox1/v3/";
    let ran = add("down", nobody, token).code(4);
    assert!(
        !ran.said().contains("token was deleted"),
        "a store that is down says nothing of the token"
    );
    world
        .processflow(&["connections", "validate", "shop"])
        .ok()
        .says("Test Connection Successful");
}

#[test]
fn a_store_in_maintenance_is_not_a_wrong_connection() {
    let world = World::with_store(store_with_orders(3));
    let on = Match {
        times: None,
        ..Match::default()
    };
    world.store().store().fault(Fault {
        on,
        when: When::Before,
        how: How::Html { code: 200 },
    });
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
        .replace(
            "store/orders.changed }",
            "store/csv.read, with: { file: rows.csv } }",
        )
        .replace("ID: id }\n", "ID: ID | int }\n");
    world.deploy_text(&other, &["store=files", "erp=erp"]);
    world
        .store()
        .store()
        .configure(|settings| settings.revoked = true);
    let run = world.processflow(&["--json", "run", ORDERS]).code(3).json();
    assert_eq!(
        (&run["status"], &run["read"]),
        (&json!("Waiting"), &json!(0)),
        "orders wait, none are lost: {run}"
    );
    assert_eq!(run["problem"]["kind"], "config", "a person must act: {run}");
    world
        .processflow(&["status"])
        .code(1)
        .says("no longer accepts our access token");
    assert_eq!(world.run("other")["written"], 2, "the other processflow runs");
    world.store().store().configure(|settings| {
        settings.revoked = false;
        settings.token = "the-new-token".into();
    });
    world
        .processflow_with(
            &["connections", "edit", "shop", "--secret", "token"],
            "the-new-token\n",
        )
        .ok();
    assert_eq!(world.run(ORDERS)["written"], 5, "with the new token they come");
}

#[test]
fn a_missing_permission_is_named() {
    let world = World::with_orders_to_database(store_with_orders(5));
    world
        .store()
        .store()
        .configure(|settings| settings.scopes.retain(|scope| !scope.contains("orders")));
    world
        .processflow(&["connections", "validate", "shop"])
        .ok()
        .says("Orders: read-only");
    let run = world.processflow(&["--json", "run", ORDERS]).code(3).json();
    let problem = run["problem"].to_string();
    assert!(
        problem.contains("may not read Orders") && problem.contains("Orders: read-only"),
        "{run}"
    );
}
