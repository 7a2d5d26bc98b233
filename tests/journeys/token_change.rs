//! A token is changed while the connection is in use.

use kit::{Ran, World};
use serde_json::json;

use crate::{ORDERS, requests, secrets, store_with_orders};

const NEW: &str = "second-token-55c1e0-of-a-new-account";

fn world() -> World {
    let world = World::with_orders_to_database(store_with_orders(600));
    accounts(&world, |scopes| scopes);
    world
}

/// A second API account with some of the first one's scopes.
fn accounts(world: &World, scopes: impl Fn(Vec<String>) -> Vec<String>) {
    world.store().store().configure(|settings| {
        let mine = scopes(settings.scopes.clone());
        settings.accounts.insert(NEW.to_owned(), mine);
    });
}

fn change(world: &World, token: &str) -> Ran {
    world.processflow_with(&["connections", "change-token", "shop"], &format!("{token}\n"))
}

/// The tokens that requests carried since the log was cleared, each once.
fn tokens(world: &World) -> Vec<String> {
    let mut tokens: Vec<String> = world
        .store()
        .store()
        .requests()
        .into_iter()
        .map(|seen| seen.token)
        .collect();
    tokens.dedup();
    tokens
}

/// C7
#[test]
fn a_second_token_is_tested_switched_and_the_first_one_forgotten() {
    let world = world();
    let said = change(&world, NEW)
        .ok()
        .says("The new token is in use")
        .says("can be deleted");
    world.store().store().clear_log();
    world.processflow(&["connections", "validate", "shop"]).ok();
    assert_eq!(tokens(&world), [NEW], "from now on the new one alone");
    world
        .store()
        .store()
        .configure(|settings| settings.revoked = true);
    assert_eq!(
        world.run(ORDERS)["status"],
        "Successful",
        "the old account may go"
    );
    secrets::is_nowhere(&world, &[said], NEW);
    secrets::is_nowhere(&world, &[], "sandbox-token");
}

#[test]
fn a_second_token_that_is_not_good_changes_nothing() {
    let world = world();
    let rows = || world.processflow(&["--json", "connections"]).ok().json();
    let before = rows();
    change(&world, "not-a-token-at-all")
        .code(3)
        .says("Nothing was changed")
        .says("no longer accepts");
    accounts(&world, |scopes| {
        scopes
            .into_iter()
            .filter(|scope| !scope.contains("orders"))
            .collect()
    });
    let lacking = change(&world, NEW).code(3).says("Nothing was changed");
    lacking.says(&format!("Orders: read-only ({ORDERS})"));
    change(&world, "sandbox-token")
        .code(3)
        .says("has this token already");
    change(&world, "").code(3).says("was not given");
    assert_eq!(rows(), before, "not even a date");
    world.store().store().clear_log();
    assert_eq!(world.run(ORDERS)["status"], "Successful", "the first one goes on");
    assert_eq!(tokens(&world), ["sandbox-token"]);
    world
        .processflow_with(&["connections", "change-token", "nobody"], "x\n")
        .code(3)
        .says("no connection `nobody`");
    world
        .processflow(&["connections", "change-token", "shop", "--secret", "token=x"])
        .code(2);
}

/// Never inside a run: it ends with the token it began with.
#[test]
fn a_run_under_way_ends_with_the_first_token() {
    let world = world();
    let store = world.store().store();
    store.configure(|settings| settings.held = Some("min_date_modified".to_owned()));
    store.clear_log();
    let running = world.start(&["--json", "run", ORDERS]);
    kit::until("the run has its token and asks", || store.has_held());
    let changed = change(&world, NEW).ok().says("end with the old token");
    changed.says(ORDERS);
    store.configure(|settings| settings.held = None);
    let run = running.wait().ok().json();
    assert_eq!(
        (&run["status"], &run["read"]),
        (&json!("Successful"), &json!(600)),
        "{run}"
    );
    let of_the_run = requests(&world, "GET", &["/v2/orders?include"]);
    assert!(
        of_the_run.len() > 1 && of_the_run.iter().all(|seen| seen.token == "sandbox-token"),
        "{of_the_run:?}"
    );
    store.clear_log();
    world.run(ORDERS);
    assert_eq!(tokens(&world), [NEW], "the next one has the other");
}
