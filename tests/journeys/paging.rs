//! Reading lists that move, end oddly, or answer something else than they were asked for.

use kit::{Order, World};
use sandbox_store::{Config, Kind, Match, Patch};
use serde_json::{Value, json};

use crate::{ORDERS, empty_store, requests, store_with_orders};

const ORDER_STATUS: &str = "
processflow: order-status
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/orders.changed }
  - write:
      action: erp/table.upsert
      with: { table: ORDERS, key: [ID], create: { ID: integer, STATUS: integer } }
      map: { ID: id, STATUS: status_id }
";

/// A world that follows the status of orders.
fn statuses(config: Config) -> World {
    let world = World::with_store(config);
    world.add_erp();
    world.deploy_text(ORDER_STATUS, &["store=shop", "erp=erp"]);
    world
}

/// Somebody changes order 1001 right after the third page was answered.
fn change_first_order_at_page_three(world: &World, pages: &str) {
    let on = Match {
        method: Some("GET".into()),
        path: Some(pages.into()),
        skip: 2,
        ..Match::default()
    };
    world
        .store()
        .store()
        .hook(on, Patch::set(Kind::Order, 1001, json!({ "status_id": 12 })));
}

fn status_of(world: &World, id: &str) -> String {
    let orders = world.table("ORDERS");
    let at = orders
        .column("ID")
        .iter()
        .position(|found| *found == id)
        .unwrap_or_else(|| panic!("{id} is missing"));
    orders.column("STATUS")[at].to_owned()
}

/// T03, the first read: while page 3 of 8 is read, an order of page 1 changes and moves to the end.
#[test]
fn t03_a_list_that_moves_while_it_is_read_whole_loses_nothing() {
    let world = statuses(store_with_orders(2000));
    change_first_order_at_page_three(&world, "/v2/orders?*min_id=*");
    let run = world.run("order-status");
    assert_eq!(run["status"], "Successful", "{run}");
    assert_eq!(
        world.table("ORDERS").rows.len(),
        2000,
        "a page number would have slipped past one of them"
    );
    assert_eq!(
        status_of(&world, "1001"),
        "12",
        "and the one that moved is as it is now"
    );
}

/// T03, the later reads: the same while changes are followed.
#[test]
fn t03_a_list_that_moves_while_its_changes_are_read_loses_nothing() {
    let world = statuses(store_with_orders(2000));
    world.processflow(&["run", "order-status"]).ok();
    for (at, id) in world.store().store().ids(Kind::Order).into_iter().enumerate() {
        let second = format!("2026-11-05T{:02}:{:02}:{:02}Z", at / 3600, at / 60 % 60, at % 60);
        let patch = Patch::set(Kind::Order, id, json!({ "status_id": 9 })).modified(second);
        world.store().store().patch(&patch).expect("it is there");
    }
    change_first_order_at_page_three(&world, "/v2/orders?*min_date_modified=*");
    let run = world.run("order-status");
    assert_eq!(run["status"], "Successful", "{run}");
    let wrong = world
        .table("ORDERS")
        .column("STATUS")
        .iter()
        .filter(|status| !["9", "12"].contains(*status))
        .count();
    assert_eq!(wrong, 0, "every change arrived");
    assert_eq!(
        status_of(&world, "1001"),
        "12",
        "the one that moved with its second change"
    );
}

/// T04: nothing found is 204 without a body.
#[test]
fn t04_nothing_found_is_no_error_and_moves_nothing() {
    let world = statuses(empty_store());
    let run = world.processflow(&["--json", "run", "order-status"]).ok().json();
    assert_eq!(
        (&run["status"], &run["read"]),
        (&json!("Successful"), &json!(0)),
        "an empty store is fine: {run}"
    );
    Order::new(1).modified("2026-11-20T10:00:00Z").put(&world);
    world.processflow(&["run", "order-status"]).ok();
    let before = world
        .processflow(&["--json", "watermark", "order-status"])
        .ok()
        .json();
    world
        .store()
        .store()
        .patch(&Patch::delete(Kind::Order, 1))
        .expect("it is there");
    let run = world.processflow(&["--json", "run", "order-status"]).ok().json();
    assert_eq!(
        (&run["status"], &run["read"]),
        (&json!("Successful"), &json!(0)),
        "0 records, green: {run}"
    );
    let after = world
        .processflow(&["--json", "watermark", "order-status"])
        .ok()
        .json();
    assert_eq!(
        after["watermark"], before["watermark"],
        "nothing was read, so the position stays"
    );
    assert!(
        requests(&world, "GET", &["/v2/orders?"])
            .iter()
            .any(|seen| seen.status == 204),
        "it was 204"
    );
}

/// T05: fifty is the default page, 250 the largest.
#[test]
fn t05_orders_are_read_250_at_a_time() {
    let world = World::with_store(store_with_orders(251));
    world.add_erp();
    world.deploy_text(
        &ORDER_STATUS.replace("orders.changed", "orders.list"),
        &["store=shop", "erp=erp"],
    );
    let run = world.run("order-status");
    assert_eq!(run["read"], 251, "{run}");
    let pages = requests(&world, "GET", &["/v2/orders?", "min_id="]);
    assert!(
        pages.iter().all(|page| page.path.contains("limit=250")),
        "at the largest page: {pages:?}"
    );
    assert_eq!(pages.len(), 2, "two requests are enough: {pages:?}");
}

const WITH_OPTIONS: &str = "
processflow: products
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/products.list, with: { include: [options] } }
  - write:
      action: erp/table.upsert
      with: { table: PRODUCT, key: [ID], create: { ID: integer, NAME: text } }
      map: { ID: id, NAME: name }
";

/// T06: asking for options caps pages at ten whatever limit is sent.
#[test]
fn t06_a_short_page_is_not_taken_for_the_last() {
    let world = World::with_store(Config {
        products: 35,
        ..empty_store()
    });
    world.add_erp();
    world.deploy_text(WITH_OPTIONS, &["store=shop", "erp=erp"]);
    let run = world.run("products");
    assert_eq!(run["read"], 35, "pages of ten go on: {run}");
    assert_eq!(world.table("PRODUCT").rows.len(), 35, "all are there");
}

fn problem(run: &Value) -> (String, String) {
    let text = |field: &str| run["problem"][field].as_str().unwrap_or_default().to_owned();
    (text("kind"), text("message"))
}

/// T07: an endless loop of pages.
#[test]
fn t07_a_store_that_sends_the_first_page_for_ever_is_noticed() {
    let world = statuses(store_with_orders(600));
    world.processflow(&["run", "order-status"]).ok();
    for id in world.store().store().ids(Kind::Order) {
        let patch = Patch::set(Kind::Order, id, json!({ "status_id": 9 })).modified("2026-11-05T10:00:00Z");
        world.store().store().patch(&patch).expect("it is there");
    }
    world
        .store()
        .store()
        .configure(|settings| settings.ignore_page = true);
    world.store().store().clear_log();
    let run = world
        .processflow(&["--json", "run", "order-status"])
        .code(4)
        .json();
    let (_, said) = problem(&run);
    assert!(
        said.contains("the same page of orders three times"),
        "with a clear reason: {said}"
    );
    let asked = requests(&world, "GET", &["min_date_modified"]).len();
    assert!(
        asked <= 8,
        "after the second repeat, not after a day: {asked} requests"
    );
    world
        .store()
        .store()
        .configure(|settings| settings.ignore_page = false);
    world.processflow(&["run", "order-status"]).ok();
    let done = world
        .table("ORDERS")
        .column("STATUS")
        .iter()
        .filter(|status| **status == "9")
        .count();
    assert_eq!(done, 600, "nothing was lost by it");
}

/// T10: a filter that the server ignores would bring the whole history.
#[test]
fn t10_a_date_filter_that_is_ignored_stops_the_run() {
    let world = World::with_orders_to_database(store_with_orders(300));
    world.processflow(&["run", ORDERS]).ok();
    let before = world.table("WEB_ORDER");
    let settle = |world: &World| world.processflow(&["--json", "watermark", ORDERS]).ok().json();
    let watermark = settle(&world);
    world
        .store()
        .store()
        .configure(|settings| settings.ignore_filters = vec!["min_date_modified".into()]);
    let patch = Patch::set(Kind::Order, 1001, json!({ "total_inc_tax": "1.0000" })).modified("keep");
    world.store().store().patch(&patch).expect("it is there");
    let run = world.processflow(&["--json", "run", ORDERS]).code(3).json();
    let (kind, said) = problem(&run);
    assert!(
        said.contains("the date filter was not applied"),
        "it is told: {said}"
    );
    assert_eq!(
        (run["status"].as_str(), kind.as_str()),
        (Some("Waiting"), "config"),
        "a person looks at it: {run}"
    );
    assert_eq!(run["read"], 0, "nothing of it was taken over: {run}");
    assert_eq!(world.table("WEB_ORDER"), before, "no import of the whole history");
    assert_eq!(settle(&world), watermark, "and the position stays");
}
