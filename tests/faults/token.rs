//! F23: the token is taken back at each request of a run. It is not used again, nothing is lost or doubled, and with a good
//! token the run goes on at the same record.

use kit::World;
use sandbox_store::{Config, Fault, How, Kind, Match, When};
use serde_json::{Value, json};

use crate::CUSTOMERS_TO_STORE;

const PARCELS: &str = "
processflow: parcels-to-store
connections: { crm: files, store: bigcommerce }
steps:
  - read: { action: crm/csv.read, with: { file: parcels.csv } }
  - fetch: { action: store/api.get_order_products, map: { order_id: ORDER }, as: lines }
  - write: { action: store/order.update, map: { id: ORDER, staff_notes: NOTE } }
";

/// Requests that may be on their way when the store says no: pages that are read ahead, questions for several records.
const UNDER_WAY: usize = 4;

fn world() -> World {
    let world = World::with_store(Config {
        orders: 12,
        products: 5,
        customers: 0,
        ..Config::default()
    });
    world.add_files();
    world.add_erp();
    world
}

/// From the request behind the first `skip` on, the token is no longer good.
fn revoke(world: &World, skip: u64) {
    let on = Match {
        skip,
        times: None,
        ..Match::default()
    };
    let how = How::Status {
        code: 401,
        body: r#"{"status":401,"title":"Unauthorized","type":"x","errors":{}}"#.to_owned(),
        headers: Default::default(),
    };
    world.store().store().fault(Fault {
        on,
        when: When::Before,
        how,
    });
}

/// Runs with a token that dies at each request in turn, and again with a good one, until it lives to the end. `again` puts
/// everything back to where the next run starts; `end` is what has to be the same each time.
fn at_each_request(world: &World, name: &str, again: impl Fn(&World, u64), end: impl Fn(&World) -> Value) {
    let mut wanted = None;
    for skip in 0..40 {
        again(world, skip);
        let store = world.store().store();
        store.clear_log();
        if wanted.is_some() {
            revoke(world, skip - 1);
            let stopped = world.processflow(&["--json", "run", name]);
            let refused = store
                .requests()
                .iter()
                .filter(|seen| seen.fault.is_some())
                .count();
            store.clear_faults();
            if refused == 0 {
                assert!(skip > 2, "{name}: it makes several requests");
                return;
            }
            let stopped = stopped.code(3).json();
            assert_eq!(
                stopped["status"], "Waiting",
                "{name}, {skip}: records wait: {stopped}"
            );
            assert_eq!(
                stopped["failed"], 0,
                "{name}, {skip}: no record is to blame: {stopped}"
            );
            assert!(
                refused <= UNDER_WAY,
                "{name}, {skip}: {refused} requests with a dead token"
            );
        }
        let run = world.run(name);
        assert_eq!(run["status"], "Successful", "{name}, {skip}: {run}");
        let end = end(world);
        assert_eq!(
            wanted.get_or_insert_with(|| end.clone()),
            &end,
            "{name}, {skip}: as if nothing had happened"
        );
    }
    panic!("{name}: it makes more requests than were looked for");
}

#[test]
fn a_token_that_dies_while_customers_are_created() {
    let world = world();
    world.deploy_text(CUSTOMERS_TO_STORE, &["store=shop", "crm=files"]);
    let again = |world: &World, turn: u64| {
        let row = |at: u64| format!("c{at}-{turn}@example.com,Carla,Number {at}\n");
        let rows: String = (0..35).map(row).collect();
        world.put("customers.csv", format!("EMAIL,FIRST,LAST\n{rows}"));
    };
    let end = |world: &World| {
        let ledger = world.store().store().ledger();
        let mut emails: Vec<&str> = ledger.iter().map(|applied| &*applied.key).collect();
        emails.sort_unstable();
        emails.dedup();
        json!([ledger.len(), emails.len()])
    };
    at_each_request(&world, "customers-to-store", again, end);
}

#[test]
fn a_token_that_dies_while_orders_are_asked_for_and_changed() {
    let world = world();
    world.deploy_text(PARCELS, &["store=shop", "crm=files"]);
    let again = |world: &World, turn: u64| {
        let rows: String = (0..6).map(|at| format!("{},Note {turn}\n", 1001 + at)).collect();
        world.put("parcels.csv", format!("ORDER,NOTE\n{rows}"));
    };
    let end = |world: &World| json!(world.store().store().ledger().len());
    at_each_request(&world, "parcels-to-store", again, end);
}

#[test]
fn a_token_that_dies_while_orders_are_read() {
    let world = world();
    world.deploy("orders-to-database", &["store=shop", "erp=erp"]);
    let again = |world: &World, turn: u64| {
        for id in world.store().store().ids(Kind::Order) {
            let note =
                sandbox_store::Patch::set(Kind::Order, id, json!({ "staff_notes": format!("turn {turn}") }));
            world.store().store().patch(&note).expect("it is there");
        }
    };
    let end = |world: &World| json!(world.table("WEB_ORDER").rows.len());
    at_each_request(&world, "orders-to-database", again, end);
}
