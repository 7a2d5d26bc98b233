//! Orders into a database: none missing, none twice, each as the store has it now.

use kit::{Order, World};
use sandbox_store::Kind;
use serde_json::json;

use crate::{ORDERS, empty_store, store_with_orders};

fn shop() -> World {
    World::with_orders_to_database(empty_store())
}

/// T01: equal timestamps at the saved position.
#[test]
fn t01_orders_of_the_same_second_arrive_in_the_next_run_and_only_they() {
    let world = shop();
    let second = "2026-11-20T10:00:00Z";
    Order::new(1).modified(second).put(&world);
    assert_eq!(world.run(ORDERS)["written"], 1, "the first of them is exported");
    Order::new(2).modified(second).put(&world);
    Order::new(3).modified(second).put(&world);
    let run = world.run(ORDERS);
    assert_eq!(
        run["written"], 2,
        "a position `after 10:00:00` would lose both: {run}"
    );
    assert_eq!(
        run["read"], 2,
        "and one `from 10:00:00` without memory would take the first again: {run}"
    );
    assert_eq!(
        world.table("WEB_ORDER").column("ORDER_ID"),
        ["1", "2", "3"],
        "all three, once"
    );
}

/// T02: the local clock used as position. The store's clock is two hours behind this machine's, then right.
#[test]
fn t02_a_clock_that_is_two_hours_ahead_loses_no_order() {
    let world = shop();
    let store = world.store().store();
    store.advance(-2 * 3600);
    let highest = store.time();
    Order::new(1).modified(&highest).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    let position = world.processflow(&["--json", "watermark", ORDERS]).ok().json();
    let position = position["watermark"].to_string();
    assert!(
        position.contains(&highest),
        "the position is the highest change date received: {position} not {highest}"
    );
    store.advance(60);
    Order::new(2).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    store.advance(2 * 3600 - 60);
    Order::new(3).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    assert_eq!(
        world.table("WEB_ORDER").column("ORDER_ID"),
        ["1", "2", "3"],
        "the local clock is in no position"
    );
}

/// T08: order lines come fifty per page.
#[test]
fn t08_an_order_with_123_lines_has_123_lines_in_the_database() {
    let world = shop();
    let order = (1..=123).fold(Order::new(1), |order, line| {
        order.line(line, &format!("S-{line}"), line % 3 + 1)
    });
    order.put(&world);
    assert_eq!(world.run(ORDERS)["written"], 1, "one order");
    let lines = world.table("WEB_ORDER_LINE");
    assert_eq!(lines.rows.len(), 123, "a vendor's agent stopped at fifty");
    let sum: i64 = lines
        .column("QTY")
        .iter()
        .map(|quantity| quantity.parse::<i64>().expect("a number"))
        .sum();
    let items = world.store().store().record(Kind::Order, 1).expect("it is there")["items_total"].clone();
    assert_eq!(items, json!(sum), "as many pieces as the order itself says");
}

/// The lines of an order become exactly those it has.
#[test]
fn an_order_that_goes_from_three_lines_to_two_has_two_rows() {
    let world = shop();
    let earlier = "2026-11-20T10:00:00Z";
    Order::new(1)
        .line(11, "A", 1)
        .line(12, "B", 2)
        .line(13, "C", 3)
        .modified(earlier)
        .put(&world);
    world.processflow(&["run", ORDERS]).ok();
    assert_eq!(
        world.table("WEB_ORDER_LINE").column("SKU"),
        ["A", "B", "C"],
        "three at first"
    );
    Order::new(1)
        .line(11, "A", 5)
        .line(13, "C", 3)
        .modified("2026-11-20T10:00:01Z")
        .put(&world);
    let run = world.run(ORDERS);
    assert_eq!(run["written"], 1, "the change arrives: {run}");
    let lines = world.table("WEB_ORDER_LINE");
    assert_eq!(
        lines.column("LINE_ID"),
        ["11", "13"],
        "a line that was taken off the order is sent to nobody"
    );
    assert_eq!(
        lines.column("QTY"),
        ["5", "3"],
        "and the others are as they are now"
    );
    Order::new(1).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    assert!(
        world.table("WEB_ORDER_LINE").rows.is_empty(),
        "an order without lines has none"
    );
}

/// The store keeps whole seconds, and apps change an order several times within one.
#[test]
fn a_second_change_within_the_same_second_is_not_lost() {
    let world = shop();
    Order::new(1).line(11, "A", 1).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    let read_at = world.store().store().record(Kind::Order, 1).expect("it is there")["date_modified"].clone();
    // As if the run had read it in the middle of that second.
    Order::new(1)
        .line(11, "A", 2)
        .set("date_modified", read_at)
        .put(&world);
    world.processflow(&["run", ORDERS]).ok();
    assert_eq!(
        world.table("WEB_ORDER_LINE").column("QTY"),
        ["2"],
        "the order is as the store has it"
    );
}

/// T14: an exception in the middle of a page.
#[test]
fn t14_a_broken_order_in_the_middle_of_a_page_keeps_nobody_back() {
    let world = World::with_orders_to_database(store_with_orders(0));
    for id in 1..=50 {
        let order = Order::new(id).line(id * 10, "A", 1);
        if id == 17 {
            order.set("total_inc_tax", "ten")
        } else {
            order
        }
        .put(&world);
    }
    let run = world.processflow(&["--json", "run", ORDERS]).code(1).json();
    assert_eq!(
        (&run["read"], &run["written"], &run["failed"]),
        (&json!(50), &json!(49), &json!(1)),
        "{run}"
    );
    assert_eq!(
        run["status"], "Finished with problems",
        "nobody calls this Success"
    );
    let orders = world.table("WEB_ORDER");
    let expected: Vec<String> = (1..=50)
        .filter(|id| *id != 17)
        .map(|id: u64| id.to_string())
        .collect();
    let mut there: Vec<&str> = orders.column("ORDER_ID");
    there.sort_by_key(|id| id.parse::<u64>().expect("a number"));
    assert_eq!(there, expected, "18 to 50 are there as well");
    assert_eq!(
        world.table("WEB_ORDER_LINE").rows.len(),
        49,
        "order 17 does not stand there as lines alone"
    );
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    assert_eq!(failed[0]["source"], "17", "it is kept: {failed}");
    assert!(
        failed[0]["message"]
            .as_str()
            .is_some_and(|text| text.contains("TOTAL")),
        "with its field: {failed}"
    );
}

/// T18: incomplete orders appear in lists.
#[test]
fn t18_an_unpaid_order_waits_until_it_is_paid() {
    let world = shop();
    Order::new(1)
        .status_unpaid()
        .modified("2026-11-20T10:00:00Z")
        .put(&world);
    let run = world.run(ORDERS);
    assert_eq!(
        run["skipped"],
        json!({ "not paid yet": 1 }),
        "left out, with the reason, and counted: {run}"
    );
    assert!(
        world.table("WEB_ORDER").rows.is_empty(),
        "at 10:00 it is not exported"
    );
    world
        .processflow(&["find", "1"])
        .ok()
        .says("Skipped")
        .says("not paid yet");
    Order::new(1).modified("2026-11-20T13:05:00Z").put(&world);
    let run = world.run(ORDERS);
    assert_eq!(run["written"], 1, "once it is paid it comes: {run}");
    assert_eq!(world.table("WEB_ORDER").column("ORDER_ID"), ["1"], "and is there");
}
