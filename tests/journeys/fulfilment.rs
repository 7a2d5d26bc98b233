//! Orders go back to the store: their status, and what was shipped of them. Each change mails the customer, so none is made
//! twice; and nothing that was not meant changes with it.

use kit::World;
use sandbox_store::{Config, Fault, How, Kind, Patch, When};
use serde_json::{Value, json};

use crate::{catalogue::shop, empty_store, requests};

const STATUS: &str = "
processflow: into-store
connections: { erp: files, store: bigcommerce }
steps:
  - read: { action: erp/jsonl.read, with: { file: rows.jsonl, settle: 0 s } }
  - write:
      action: store/order.update
      map: { id: order, status_id: status }
";

const PARCELS: &str = "
processflow: into-store
connections: { erp: files, store: bigcommerce }
steps:
  - read: { action: erp/jsonl.read, with: { file: rows.jsonl, settle: 0 s } }
  - write:
      action: store/shipment.create
      map: { order_id: order, tracking_number: number, items: items }
";

/// A product's id, which is nobody's line.
const PRODUCT: u64 = 8250;

/// A line that nobody carries.
const DOWNLOAD: u64 = 110;

/// A line of four and one of one.
const LINES: &[(u64, u64)] = &[(108, 4), (109, 1)];

/// An order with lines of so many.
fn order(world: &World, lines: &[(u64, u64)]) -> u64 {
    let store = world.store().store();
    let order = store.ids(Kind::Order)[0];
    let shipped_to = store.order_lines(order)[0]["order_address_id"].clone();
    let line = |&(id, quantity): &(u64, u64)| {
        let address = if id == DOWNLOAD { &json!(0) } else { &shipped_to };
        let line = json!({
            "id": id, "product_id": PRODUCT, "sku": format!("SKU-{id}"), "quantity": quantity,
            "order_address_id": address, "applied_discounts": [{ "id": "coupon", "amount": "1.0000" }],
        });
        line.as_object().cloned().expect("an object")
    };
    let patch = Patch {
        lines: Some(lines.iter().map(line).collect()),
        ..Patch::set(Kind::Order, order, json!({ "status_id": 11 }))
    };
    store.patch(&patch).expect("it is there");
    order
}

fn world(text: &str, lines: &[(u64, u64)]) -> (World, u64) {
    let world = shop(Config {
        orders: 3,
        products: 3,
        customers: 3,
        ..empty_store()
    });
    let order = order(&world, lines);
    world.deploy_text(text, &["erp=files", "store=shop"]);
    (world, order)
}

fn run(world: &World, records: &[Value], code: i32) -> Value {
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    world.put("rows.jsonl", lines);
    world
        .processflow(&["--json", "run", "into-store"])
        .code(code)
        .json()
}

fn failures(world: &World) -> Vec<String> {
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    let text = |one: &Value| format!("{} {}", one["message"], one["hint"]);
    failed.as_array().expect("a list").iter().map(text).collect()
}

fn parcel(order: u64, number: &str, items: &[(u64, u64)]) -> Value {
    let item = |(line, quantity): &(u64, u64)| json!({ "order_product_id": line, "quantity": quantity });
    let items: Vec<Value> = items.iter().map(item).collect();
    json!({ "order": order, "number": number, "items": items })
}

fn status(world: &World, order: u64) -> Value {
    let order = world.store().store().record(Kind::Order, order);
    order.expect("it is there")["status_id"].clone()
}

/// T26: writing order lines clears discounts; missing fees are deleted.
#[test]
fn t26_a_status_changes_the_status_and_nothing_else() {
    let (world, order) = world(STATUS, LINES);
    let store = world.store().store();
    let (lines, before) = (store.order_lines(order), store.record(Kind::Order, order));
    store.clear_log();
    assert_eq!(
        run(&world, &[json!({ "order": order, "status": 9 })], 0)["written"],
        1
    );
    let puts = requests(&world, "PUT", &["/v2/orders/"]);
    assert_eq!(puts.len(), 1);
    assert_eq!(puts[0].body, r#"{"status_id":9}"#, "the body is the status alone");
    assert_eq!(store.order_lines(order), lines, "lines keep their discounts");
    let (before, after) = (before.expect("it is there"), store.record(Kind::Order, order));
    let after = after.expect("it is there");
    for same in [
        "total_inc_tax",
        "discount_amount",
        "fees",
        "products",
        "staff_notes",
    ] {
        assert_eq!(after[same], before[same], "{same} stays");
    }
}

/// v2 takes amounts as text; binary floats would round them.
#[test]
fn amounts_go_out_as_text_with_their_digits() {
    let text = STATUS.replace(
        "status_id: status",
        "shipping_cost_ex_tax: ex | decimal, shipping_cost_inc_tax: inc | decimal",
    );
    let (world, order) = world(&text, LINES);
    world.store().store().clear_log();
    let record = json!({ "order": order, "ex": "4.9990", "inc": "5.9488" });
    let other = json!({ "order": order, "ex": "4.999", "inc": "5.9488" });
    assert_eq!(run(&world, &[record], 0)["written"], 1);
    let puts = requests(&world, "PUT", &["/v2/orders/"]);
    assert_eq!(
        puts[0].body,
        r#"{"shipping_cost_ex_tax":"4.9990","shipping_cost_inc_tax":"5.9488"}"#
    );
    assert_eq!(run(&world, &[other], 0)["unchanged"], 1, "the same amount");
}

/// A status that is set mails the customer.
#[test]
fn a_status_that_an_order_has_already_is_not_set_again() {
    let (world, order) = world(STATUS, LINES);
    let shipped = json!({ "order": order, "status": 2 });
    assert_eq!(run(&world, std::slice::from_ref(&shipped), 0)["written"], 1);
    let gone = json!({ "order": 999_999, "status": 2 });
    world.store().store().clear_log();
    let second = run(&world, &[shipped, gone], 1);
    assert_eq!(
        (&second["unchanged"], &second["failed"]),
        (&json!(1), &json!(1)),
        "{second}"
    );
    assert!(
        requests(&world, "PUT", &["/v2/orders/"]).is_empty(),
        "nothing is sent, nobody is mailed"
    );
    assert!(
        failures(&world)[0].contains("no longer exists"),
        "the order that is gone is named"
    );
}

/// T29: overriding one of price with and without tax gives wrong totals. T26: lines and fees have to be meant.
#[test]
fn t29_t26_half_a_price_and_lists_that_were_not_meant_are_not_deployed() {
    let (world, _) = world(STATUS, LINES);
    for (map, says) in [
        ("total_ex_tax: total", "`total_inc_tax`"),
        ("shipping_cost_inc_tax: total", "`shipping_cost_ex_tax`"),
        ("products: lines", "replace: [products]"),
        ("fees: fees", "replace: [fees]"),
        ("status: status", "read-only"),
    ] {
        let text = STATUS.replace("status_id: status", map);
        let file = world.write("processflow.yaml", text);
        let refused = world
            .processflow(&["deploy", &file.display().to_string()])
            .code(3);
        refused.says(says);
    }
}

/// T24: the line's id, not the product's, is needed for shipments. T25: a shipment mails the customer.
#[test]
fn t24_t25_two_parcels_are_two_shipments_though_an_answer_was_lost() {
    let (world, order) = world(PARCELS, LINES);
    let store = world.store().store();
    let first = parcel(order, "1Z-A", &[(108, 2)]);
    let path = format!("/v2/orders/{order}/shipments");
    store.fault(Fault::once("POST", &path, When::After, How::Close));
    assert_eq!(run(&world, std::slice::from_ref(&first), 0)["failed"], 0);
    assert_eq!(
        store.applied("shipment", "1Z-A").len(),
        1,
        "it is found, not made again"
    );
    assert_eq!(status(&world, order), 3, "partially shipped");
    let second = parcel(order, "1Z-B", &[(108, 2), (109, 1)]);
    let run_2 = run(&world, &[first, second], 0);
    assert_eq!(
        (&run_2["written"], &run_2["unchanged"]),
        (&json!(1), &json!(1)),
        "{run_2}"
    );
    assert_eq!(status(&world, order), 2, "shipped");
    let sent = &store.applied("shipment", "1Z-B")[0].sent;
    let lines: Vec<&Value> = sent["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| &item["order_product_id"])
        .collect();
    assert_eq!(lines, [&json!(108), &json!(109)], "lines, not products");
    assert_eq!(store.ledger().len(), 2, "two parcels, two mails");
}

/// What is not there to be shipped is not sent to the store at all.
#[test]
fn more_than_is_left_and_a_product_in_place_of_a_line_are_refused_before_sending() {
    let (world, order) = world(PARCELS, &[(108, 4), (109, 1), (DOWNLOAD, 1)]);
    run(&world, &[parcel(order, "1Z-A", &[(108, 4)])], 0);
    world.store().store().clear_log();
    let wrong = [
        parcel(order, "1Z-C", &[(108, 1)]),
        parcel(order, "1Z-D", &[(PRODUCT, 1)]),
        parcel(order, "1Z-A", &[(109, 1)]),
        parcel(order, "1Z-E", &[]),
        parcel(order, "1Z-F", &[(DOWNLOAD, 1)]),
    ];
    assert_eq!(run(&world, &wrong, 1)["failed"], 5);
    assert!(
        requests(&world, "POST", &["/shipments"]).is_empty(),
        "nothing is sent"
    );
    let failures = failures(&world);
    for (failure, says) in failures.iter().zip([
        "only 0 left to ship of line 108",
        "8250 is a product; its line is 108",
        "has a shipment `1Z-A` already, with other lines",
        "names no line of the order",
        "has no shipping address",
    ]) {
        assert!(failure.contains(says), "{says}: {failure}");
    }
}
