//! F17, 507: the store's plan has no room for more. Nothing is sent over and over, and no record is to blame.

use kit::World;
use sandbox_store::{Config, Fault, How, Kind, Match, When};

use crate::CUSTOMERS_TO_STORE;

#[test]
fn a_plan_without_room_stops_the_run_with_its_reason_and_all_come_later() {
    let world = World::with_store(Config {
        customers: 0,
        orders: 0,
        products: 0,
        ..Config::default()
    });
    world.add_files();
    let rows: String = (0..25)
        .map(|at| format!("c{at}@example.com,Carla,Number {at}\n"))
        .collect();
    world.put("customers.csv", format!("EMAIL,FIRST,LAST\n{rows}"));
    world.deploy_text(CUSTOMERS_TO_STORE, &["store=shop", "crm=files"]);
    let store = world.store().store();
    // The first ten get in.
    let on = Match {
        method: Some("POST".into()),
        path: Some("/v3/customers".into()),
        skip: 1,
        times: None,
        ..Match::default()
    };
    let how = How::Status {
        code: 507,
        body: r#"{"status":507,"title":"Insufficient Storage"}"#.to_owned(),
        headers: Default::default(),
    };
    let when = When::Before;
    store.fault(Fault { on, when, how });
    let run = world
        .processflow(&["--json", "run", "customers-to-store"])
        .code(3)
        .json();
    let problem = run["problem"].to_string();
    assert!(problem.contains("limit of its plan is reached"), "{run}");
    assert!(
        problem.contains("See the limits of the store's plan"),
        "the way out: {run}"
    );
    assert_eq!(run["failed"], 0, "no record is to blame: {run}");
    let sent = |status: &str| {
        let seen = store.requests().into_iter();
        seen.filter(|seen| {
            seen.method == "POST" && seen.fault.as_deref().unwrap_or_default().contains(status)
        })
        .count()
    };
    assert_eq!(sent("507"), 1, "and it is not tried over and over");
    store.clear_faults();
    let run = world.run("customers-to-store");
    assert_eq!(run["status"], "Successful", "{run}");
    let customers = store.ids(Kind::Customer).len();
    assert_eq!((customers, store.ledger().len()), (25, 25), "each once: {run}");
}
