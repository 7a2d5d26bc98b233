//! Orders into a database: none missing, none twice, each as the store has it now.

use jiff::Timestamp;
use kit::{Order, World};
use sandbox_store::{Fault, How, Kind, When};
use serde_json::json;

use crate::{ORDERS, empty_store, store_with_orders};

fn shop() -> World {
    World::with_orders_to_database(empty_store())
}

/// T01: equal timestamps at the saved position.
#[test]
fn orders_of_the_same_second_arrive_in_the_next_run_and_only_they() {
    let world = shop();
    let second = "2026-11-20T10:00:00Z";
    Order::new(1).modified(second).put(&world);
    assert_eq!(world.run(ORDERS)["written"], 1, "the first of them is exported");
    Order::new(2).modified(second).put(&world);
    Order::new(3).modified(second).put(&world);
    let run = world.run(ORDERS);
    assert_eq!(run["written"], 2, "a position `after 10:00:00` would lose both: {run}");
    assert_eq!(run["read"], 2, "and one `from 10:00:00` without memory would take the first again: {run}");
    assert_eq!(world.table("WEB_ORDER").column("ORDER_ID"), ["1", "2", "3"], "all three, once");
}

/// T02: the local clock used as position. The store's clock is two hours behind this machine's, then right.
#[test]
fn a_clock_that_is_two_hours_ahead_loses_no_order() {
    let world = shop();
    let store = world.store().store();
    store.advance(-2 * 3600);
    let highest = store.time();
    Order::new(1).modified(&highest).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    let position = world.processflow(&["--json", "watermark", ORDERS]).ok().json();
    let position = position["watermark"].to_string();
    assert!(position.contains(&highest), "the position is the highest change date received: {position} not {highest}");
    store.advance(60);
    Order::new(2).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    store.advance(2 * 3600 - 60);
    Order::new(3).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    assert_eq!(world.table("WEB_ORDER").column("ORDER_ID"), ["1", "2", "3"], "the local clock is in no position");
}

/// T08: order lines come fifty per page.
#[test]
fn an_order_with_123_lines_has_123_lines_in_the_database() {
    let world = shop();
    let order = (1..=123).fold(Order::new(1), |order, line| order.line(line, &format!("S-{line}"), line % 3 + 1));
    order.put(&world);
    assert_eq!(world.run(ORDERS)["written"], 1, "one order");
    let lines = world.table("WEB_ORDER_LINE");
    assert_eq!(lines.rows.len(), 123, "a vendor's agent stopped at fifty");
    let sum: i64 = lines.column("QTY").iter().map(|quantity| quantity.parse::<i64>().expect("a number")).sum();
    let items = world.store().store().record(Kind::Order, 1).expect("it is there")["items_total"].clone();
    assert_eq!(items, json!(sum), "as many pieces as the order itself says");
}

/// The lines of an order become exactly those it has.
#[test]
fn an_order_that_goes_from_three_lines_to_two_has_two_rows() {
    let world = shop();
    let earlier = "2026-11-20T10:00:00Z";
    Order::new(1).line(11, "A", 1).line(12, "B", 2).line(13, "C", 3).modified(earlier).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    assert_eq!(world.table("WEB_ORDER_LINE").column("SKU"), ["A", "B", "C"], "three at first");
    Order::new(1).line(11, "A", 5).line(13, "C", 3).modified("2026-11-20T10:00:01Z").put(&world);
    let run = world.run(ORDERS);
    assert_eq!(run["written"], 1, "the change arrives: {run}");
    let lines = world.table("WEB_ORDER_LINE");
    assert_eq!(lines.column("LINE_ID"), ["11", "13"], "a line that was taken off the order is sent to nobody");
    assert_eq!(lines.column("QTY"), ["5", "3"], "and the others are as they are now");
    Order::new(1).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    assert!(world.table("WEB_ORDER_LINE").rows.is_empty(), "an order without lines has none");
}

/// The store keeps whole seconds, and apps change an order several times within one.
#[test]
fn a_second_change_within_the_same_second_is_not_lost() {
    let world = shop();
    Order::new(1).line(11, "A", 1).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    let read_at = world.store().store().record(Kind::Order, 1).expect("it is there")["date_modified"].clone();
    // As if the run had read it in the middle of that second.
    Order::new(1).line(11, "A", 2).set("date_modified", read_at).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    assert_eq!(world.table("WEB_ORDER_LINE").column("QTY"), ["2"], "the order is as the store has it");
}

const LOCAL_TIMES: &str = "
processflow: local-times
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/orders.changed }
  - write:
      action: erp/table.upsert
      with: { table: PLACED, key: [ID], create: { ID: integer, AT: text } }
      map: { ID: id, AT: \"date_created | date(zone='Europe/Berlin')\" }
";

/// T13: UTC in, local time in the ERP; the repeated hour in autumn.
#[test]
fn the_repeated_hour_in_autumn_keeps_two_orders_apart() {
    let world = World::with_store(empty_store());
    world.add_erp();
    Order::new(1).set("date_created", "Sun, 25 Oct 2026 00:30:00 +0000").put(&world);
    Order::new(2).set("date_created", "Sun, 25 Oct 2026 01:30:00 +0000").put(&world);
    world.deploy_text(LOCAL_TIMES, &["store=shop", "erp=erp"]);
    world.processflow(&["run", "local-times"]).ok();
    let placed = world.table("PLACED");
    let texts = placed.column("AT");
    assert_ne!(texts[0], texts[1], "both are at 02:30 on the clock on the wall");
    let back: Vec<Timestamp> = texts.iter().map(|text| text.parse().expect("an instant")).collect();
    let sent = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"].map(|text| text.parse().expect("an instant"));
    assert_eq!(back, sent, "read back they are the instants of the store, in their order: {texts:?}");
}

/// T14: an exception in the middle of a page.
#[test]
fn a_broken_order_in_the_middle_of_a_page_keeps_nobody_back() {
    let world = World::with_orders_to_database(store_with_orders(0));
    for id in 1..=50 {
        let order = Order::new(id).line(id * 10, "A", 1);
        if id == 17 { order.set("total_inc_tax", "ten") } else { order }.put(&world);
    }
    let run = world.processflow(&["--json", "run", ORDERS]).code(1).json();
    assert_eq!((&run["read"], &run["written"], &run["failed"]), (&json!(50), &json!(49), &json!(1)), "{run}");
    assert_eq!(run["status"], "Finished with problems", "nobody calls this Success");
    let orders = world.table("WEB_ORDER");
    let expected: Vec<String> = (1..=50).filter(|id| *id != 17).map(|id: u64| id.to_string()).collect();
    let mut there: Vec<&str> = orders.column("ORDER_ID");
    there.sort_by_key(|id| id.parse::<u64>().expect("a number"));
    assert_eq!(there, expected, "18 to 50 are there as well");
    assert_eq!(world.table("WEB_ORDER_LINE").rows.len(), 49, "order 17 does not stand there as lines alone");
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    assert_eq!(failed[0]["source"], "17", "it is kept: {failed}");
    assert!(failed[0]["message"].as_str().is_some_and(|text| text.contains("TOTAL")), "with its field: {failed}");
}

const OVER_25: &str = "
processflow: over-25
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/orders.changed }
  - skip: { when: (total_inc_tax | decimal) == 25, reason: just 25 }
  - skip: { when: (total_inc_tax | decimal) < 100, reason: small }
  - write:
      action: erp/table.upsert
      with: { table: LARGE, key: [ID], create: { ID: integer } }
      map: { ID: id }
";

/// T16: v2 sends amounts as text, v3 as numbers.
#[test]
fn an_amount_is_the_same_as_text_and_as_number() {
    let world = World::with_store(empty_store());
    world.add_erp();
    Order::new(1).set("total_inc_tax", "25.0000").put(&world);
    Order::new(2).set("total_inc_tax", 25).put(&world);
    Order::new(3).set("total_inc_tax", "9.5000").put(&world);
    Order::new(4).set("total_inc_tax", "110").put(&world);
    world.deploy_text(OVER_25, &["store=shop", "erp=erp"]);
    let run = world.run("over-25");
    assert_eq!(run["skipped"], json!({ "just 25": 2, "small": 1 }), "25.0000 is 25, and 9.5 is not above 110: {run}");
    assert_eq!(world.table("LARGE").column("ID"), ["4"], "{run}");
}

/// T16, errors: both shapes give the same sentence.
#[test]
fn an_error_reads_the_same_as_list_and_as_object() {
    let world = shop();
    Order::new(1).put(&world);
    let mut problems = Vec::new();
    for body in [
        r#"[{"status":400,"message":"The filter is odd."}]"#,
        r#"{"status":400,"title":"The filter is odd.","type":"/api-docs"}"#,
    ] {
        let how = How::Status { code: 400, body: body.to_owned(), headers: Default::default() };
        world.store().store().fault(Fault::once("GET", "/v2/orders", When::Before, how));
        let run = world.processflow(&["--json", "run", ORDERS]).code(3).json();
        problems.push(run["problem"].clone());
    }
    assert_eq!(problems[0], problems[1], "who reads it does not care for v2 and v3");
    let said = problems[0]["message"].as_str().expect("a sentence");
    assert!(said.contains("The filter is odd"), "what the store said is in it: {said}");
}

/// T18: incomplete orders appear in lists.
#[test]
fn an_unpaid_order_waits_until_it_is_paid() {
    let world = shop();
    Order::new(1).status_unpaid().modified("2026-11-20T10:00:00Z").put(&world);
    let run = world.run(ORDERS);
    assert_eq!(run["skipped"], json!({ "not paid yet": 1 }), "left out, with the reason, and counted: {run}");
    assert!(world.table("WEB_ORDER").rows.is_empty(), "at 10:00 it is not exported");
    world.processflow(&["find", "1"]).ok().says("Skipped").says("not paid yet");
    Order::new(1).modified("2026-11-20T13:05:00Z").put(&world);
    let run = world.run(ORDERS);
    assert_eq!(run["written"], 1, "once it is paid it comes: {run}");
    assert_eq!(world.table("WEB_ORDER").column("ORDER_ID"), ["1"], "and is there");
}
