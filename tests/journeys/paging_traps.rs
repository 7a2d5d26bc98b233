//! Dates on the wire, and answers that are no data.

use kit::{Order, World};
use sandbox_store::{Config, Fault, How, Kind, Patch, When};
use serde_json::{Value, json};

use crate::{ORDERS, empty_store, requests, store_with_orders};

/// T11: a `+` in an offset that is not encoded is a space to the server.
#[test]
fn t11_an_offset_in_a_date_reaches_the_store_whole() {
    let world = World::with_orders_to_database(empty_store());
    Order::new(1).modified("2026-01-15T07:59:00Z").put(&world);
    Order::new(2).modified("2026-01-15T08:01:00Z").put(&world);
    let run = world
        .processflow(&["--json", "run", ORDERS, "--since", "2026-01-15T10:00:00+02:00"])
        .ok()
        .json();
    assert_eq!(run["read"], 1, "10:00+02:00 is 08:00Z: {run}");
    assert_eq!(
        world.table("WEB_ORDER").column("ORDER_ID"),
        ["2"],
        "the one after that instant"
    );
    assert_encoded(&world, "min_date_modified=");
}

const CREATED_SINCE: &str = "
processflow: created-since
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/orders.list, with: { filter: { min_date_created: \"2026-01-15T10:00:00+02:00\" } } }
  - write:
      action: erp/table.upsert
      with: { table: ORDERS, key: [ID], create: { ID: integer, STATUS: integer } }
      map: { ID: id, STATUS: status_id }
";

/// T11, in a file's own filter.
#[test]
fn t11_an_offset_in_a_filter_reaches_the_store_whole() {
    let world = World::with_store(empty_store());
    world.add_erp();
    Order::new(1)
        .set("date_created", "Thu, 15 Jan 2026 07:59:00 +0000")
        .put(&world);
    Order::new(2)
        .set("date_created", "Thu, 15 Jan 2026 08:01:00 +0000")
        .put(&world);
    world.deploy_text(CREATED_SINCE, &["store=shop", "erp=erp"]);
    let run = world.processflow(&["--json", "run", "created-since"]).ok().json();
    assert_eq!(run["read"], 1, "the same instant on the other side: {run}");
    assert_eq!(world.table("ORDERS").column("ID"), ["2"], "the one after it");
    assert_encoded(&world, "min_date_created=");
}

#[track_caller]
fn assert_encoded(world: &World, parameter: &str) {
    let asked = requests(world, "GET", &[parameter]);
    assert!(!asked.is_empty(), "`{parameter}` was asked for");
    for seen in asked {
        let value = seen
            .path
            .split(parameter)
            .nth(1)
            .and_then(|rest| rest.split('&').next())
            .unwrap_or_default();
        let whole = value.ends_with('Z') || value.contains("%2B") || value.ends_with("%2B00:00");
        assert!(whole && !value.contains('+'), "{}", seen.path);
    }
}

const PRODUCTS_SINCE: &str = "
processflow: products
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/products.changed }
  - write:
      action: erp/table.upsert
      with: { table: PRODUCT, key: [ID], create: { ID: integer, NAME: text } }
      map: { ID: id, NAME: name }
";

/// T12: a v3 date filter without a time gets the time of day added by the store.
#[test]
fn t12_since_a_day_means_from_its_first_minute_on() {
    let world = World::with_store(Config {
        products: 3,
        ..empty_store()
    });
    world.add_erp();
    let store = world.store().store();
    let ids = store.ids(Kind::Product);
    for (id, at) in ids.iter().zip([
        "2026-01-14T23:00:00Z",
        "2026-01-15T09:00:00Z",
        "2026-01-16T09:00:00Z",
    ]) {
        store
            .patch(&Patch::set(Kind::Product, *id, json!({})).modified(at))
            .expect("it is there");
    }
    world
        .control()
        .post("clock", &json!({ "at": "2026-01-17T14:00:00Z" }));
    world.deploy_text(PRODUCTS_SINCE, &["store=shop", "erp=erp"]);
    let run = world
        .processflow(&["--json", "run", "products", "--since", "2026-01-15"])
        .ok()
        .json();
    assert_eq!(run["read"], 2, "09:00 of that day is included at 14:00: {run}");
    let filtered = PRODUCTS_SINCE
        .replace("processflow: products", "processflow: filtered")
        .replace(
            "store/products.changed }",
            "store/products.list, with: { filter: { \"date_modified:min\": \"2026-01-15\" } } }",
        );
    world.deploy_text(&filtered, &["store=shop", "erp=erp"]);
    let run = world.processflow(&["--json", "run", "filtered"]).ok().json();
    assert_eq!(run["read"], 2, "in a file's filter as well: {run}");
}

/// T15: 200 with a page of HTML, from a captive portal or a proxy: tried again, and never "0 records".
#[test]
fn t15_a_web_page_in_place_of_data_is_tried_again() {
    let world = World::with_orders_to_database(store_with_orders(30));
    world.store().store().fault(Fault::once(
        "GET",
        "/v2/orders",
        When::Before,
        How::Html { code: 200 },
    ));
    let run = world.processflow(&["--json", "run", ORDERS]).ok().json();
    assert_eq!(
        (&run["status"], &run["read"]),
        (&json!("Successful"), &json!(30)),
        "one page of it is a hiccup: {run}"
    );
}

/// T15, for good.
#[test]
fn t15_a_store_that_sends_nothing_but_web_pages_is_not_an_empty_store() {
    let world = World::with_orders_to_database(store_with_orders(30));
    let on = sandbox_store::Match {
        times: None,
        ..Default::default()
    };
    let number = world.store().store().fault(Fault {
        on,
        when: When::Before,
        how: How::Html { code: 200 },
    });
    assert!(number > 0, "faults are numbered from 1");
    let ran = world.processflow(&["--json", "run", ORDERS]).code(4);
    let run: Value = ran.json();
    assert_eq!(run["status"], "Waiting", "never Successful with 0 records: {run}");
    let problem = &run["problem"];
    let said = problem["message"].as_str().unwrap_or_default();
    assert!(
        said.starts_with("We received a page instead of data"),
        "a sentence: {run}"
    );
    assert!(
        problem["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("proxy")),
        "and the next step: {run}"
    );
    world.store().store().clear_faults();
    assert_eq!(world.run(ORDERS)["read"], 30, "nothing was lost by it");
}
