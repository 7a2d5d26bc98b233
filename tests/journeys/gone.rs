//! Records that are not there any more, or never belonged anywhere: found, told, and nothing deleted.

use kit::{Order, World};
use sandbox_store::{Config, Kind, Patch};
use serde_json::json;

use crate::{empty_store, requests};

const REFUNDS: &str = "orders-and-refunds-to-database";

/// The ready-made processflow with refunds and archived orders, comparing with the list in every run but the first.
fn orders(gone: &str) -> World {
    let world = World::with_store(empty_store());
    world.add_erp();
    deploy_orders(&world, gone);
    world
}

fn deploy_orders(world: &World, gone: &str) {
    let file = kit::ready_made(REFUNDS).join("processflow.yaml");
    let text = std::fs::read_to_string(file).expect("it comes with the program");
    let often = text.replace("gone: { keep: [id] }", gone);
    assert_ne!(often, text, "the file compares once a day");
    world.deploy_text(&often, &["store=shop", "erp=erp"]);
}

const OFTEN: &str = "gone: { keep: [id], every: 0 s }";

/// The numbers of the orders that are marked as archived.
fn archived(world: &World) -> Vec<String> {
    let table = world.table("WEB_ORDER");
    let marks = table.column("ARCHIVED");
    let ids = table.column("ORDER_ID").into_iter().zip(marks);
    ids.filter(|(_, mark)| *mark == "1")
        .map(|(id, _)| id.to_owned())
        .collect()
}

/// T20: an order archived after its export. No list returns it, and its change date does not tell.
#[test]
fn t20_an_order_that_is_archived_after_its_export_is_marked_and_stays() {
    let world = orders(OFTEN);
    for id in 1..=4 {
        Order::new(id)
            .line(id * 10, "A", 1)
            .modified("2026-11-20T10:00:00Z")
            .put(&world);
    }
    Order::new(5)
        .status_unpaid()
        .modified("2026-11-20T10:00:00Z")
        .put(&world);
    assert_eq!(world.run(REFUNDS)["written"], 4, "exported");
    let store = world.store().store();
    let archive = Patch::set(Kind::Order, 2, json!({ "is_deleted": true })).modified("keep");
    store.patch(&archive).expect("it is there");
    store.patch(&Patch::delete(Kind::Order, 3)).expect("it is there");
    store.patch(&Patch::delete(Kind::Order, 5)).expect("it is there");
    store.clear_log();
    let run = world.run(REFUNDS);
    assert_eq!(
        (&run["status"], &run["read"], &run["written"]),
        (&json!("Successful"), &json!(2), &json!(2)),
        "the archived one as it is now, the other as gone; what never was exported is of no concern: {run}"
    );
    assert_eq!(archived(&world), ["2", "3"], "both are marked");
    let table = world.table("WEB_ORDER");
    assert_eq!(
        table.column("ORDER_ID"),
        ["1", "2", "3", "4"],
        "and none is deleted"
    );
    assert_eq!(table.column("TOTAL"), ["10.0000"; 4], "nor changed otherwise");
    assert_eq!(world.table("WEB_ORDER_LINE").rows.len(), 4, "nor its lines");
    world.processflow(&["find", "3"]).ok().says("Success");
    store.clear_log();
    assert_eq!(world.run(REFUNDS)["read"], 0, "that is told once");
    let asked =
        requests(&world, "GET", &["/v2/orders/2?"]).len() + requests(&world, "GET", &["/v2/orders/3?"]).len();
    assert_eq!(asked, 0, "and not asked for again");
    Order::new(2)
        .modified("2026-11-21T10:00:00Z")
        .set("is_deleted", false)
        .put(&world);
    world.run(REFUNDS);
    assert_eq!(
        archived(&world),
        ["3"],
        "an order that was taken out of the archive is marked no longer"
    );
}

/// T49 on this side: a list that came back empty, or lacks a large share, marks nothing.
#[test]
fn t49_a_list_that_lacks_too_much_is_taken_for_a_mistake() {
    let world = orders(OFTEN);
    for id in 1..=30 {
        Order::new(id).modified("2026-11-20T10:00:00Z").put(&world);
    }
    assert_eq!(world.run(REFUNDS)["written"], 30, "exported");
    let store = world.store().store();
    for id in 1..=15 {
        store.patch(&Patch::delete(Kind::Order, id)).expect("it is there");
    }
    let run = world.processflow(&["--json", "run", REFUNDS]).code(3).json();
    assert_eq!(run["status"], "Waiting", "a person looks at it: {run}");
    let said = run["problem"]["message"].as_str().unwrap_or_default();
    assert!(said.contains("15 of 30 records"), "in numbers: {said}");
    assert!(archived(&world).is_empty(), "none is marked");
    for id in 16..=30 {
        store.patch(&Patch::delete(Kind::Order, id)).expect("it is there");
    }
    deploy_orders(&world, "gone: { keep: [id], every: 0 s, at_most: 100 }");
    world.processflow(&["--json", "run", REFUNDS]).code(3);
    assert!(
        archived(&world).is_empty(),
        "an empty list marks nothing, whatever the file allows"
    );
    Order::new(31).modified("2026-11-21T10:00:00Z").put(&world);
    let run = world.run(REFUNDS);
    assert_eq!(
        run["written"], 31,
        "the new one, and 30 that a person said may be gone: {run}"
    );
    assert_eq!(archived(&world).len(), 30, "now they are marked");
}

/// T21: an order refunded after its export.
#[test]
fn t21_a_refund_becomes_an_adjustment_beside_the_order() {
    let world = orders(OFTEN);
    let order = || {
        let order = Order::new(1).line(11, "A", 1).line(12, "B", 2);
        order.line(13, "C", 1).set("total_inc_tax", "106.4000")
    };
    order().modified("2026-11-20T10:00:00Z").put(&world);
    world.run(REFUNDS);
    let lines = world.table("WEB_ORDER_LINE");
    assert_eq!(lines.rows.len(), 3, "exported with its lines");
    let store = world.store().store();
    let item = json!({ "item_type": "PRODUCT", "item_id": 12, "quantity": 1, "requested_amount": 20.5 });
    let refund = json!({ "order_id": 1, "reason": "broken", "total_amount": 20.5, "items": [item] });
    let number = store.add("refund", refund);
    order()
        .set("status_id", 14)
        .set("refunded_amount", "20.5000")
        .modified("2026-11-21T10:00:00Z")
        .put(&world);
    store.clear_log();
    for _ in 0..2 {
        world.run(REFUNDS);
        let refunds = world.table("WEB_ORDER_REFUND");
        assert_eq!(
            refunds.column("REFUND_ID"),
            [number.to_string()],
            "one adjustment, once"
        );
        assert_eq!(refunds.column("ORDER_ID"), ["1"], "of the order");
        assert_eq!(refunds.column("ITEM_ID"), ["12"], "and its line");
        assert_eq!(refunds.column("AMOUNT"), ["20.5"], "with its amount");
    }
    assert_eq!(
        world.table("WEB_ORDER_LINE"),
        lines,
        "what was ordered stays as it was ordered"
    );
    assert_eq!(
        world.table("WEB_ORDER").column("TOTAL"),
        ["106.4000"],
        "and its total"
    );
    for method in ["POST", "PUT", "DELETE"] {
        assert!(requests(&world, method, &["/"]).is_empty(), "no stock is written");
    }
}

const VARIANTS: &str = "
processflow: variants
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/variants.list }
  - write:
      action: erp/table.upsert
      with: { table: VARIANT, key: [ID], create: { ID: integer, PRODUCT: integer, SKU: text } }
      map: { ID: id, PRODUCT: product_id, SKU: sku }
";

/// T17: variants that belong to no product.
#[test]
fn t17_orphan_variants_are_left_out_and_counted() {
    let world = World::with_store(Config {
        products: 6,
        orphan_variants: 3,
        ..empty_store()
    });
    world.add_erp();
    world.deploy_text(VARIANTS, &["store=shop", "erp=erp"]);
    let run = world.run("variants");
    assert_eq!(run["status"], "Successful", "nothing failed: {run}");
    assert_eq!(
        run["skipped"],
        json!({ "orphan variant": 3 }),
        "counted, with the reason: {run}"
    );
    let products = world.table("VARIANT");
    assert!(!products.rows.is_empty(), "the others are there");
    assert!(!products.column("PRODUCT").contains(&"0"), "and no orphan is");
}

const CATALOGUE: &str = "
processflow: catalogue
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/products.list, gone: { keep: [id, sku], every: 0 s } }
  - branch:
      - when: gone is not defined
        steps:
          - write:
              action: erp/table.upsert
              with: { table: ITEM, key: [SKU], create: { SKU: text, NAME: text, GONE: integer } }
              changes_only: true
              map: { SKU: sku, NAME: name, GONE: \"0\" }
      - steps:
          - write:
              action: erp/table.upsert
              with: { table: ITEM, key: [SKU] }
              map: { SKU: sku, GONE: \"1\" }
";

/// Deletions never show in filters; products vanish. They are found by their ids, and told by what was kept of them.
#[test]
fn a_product_that_is_deleted_is_told_by_its_sku() {
    let world = World::with_store(Config {
        products: 20,
        ..empty_store()
    });
    world.add_erp();
    world.deploy_text(CATALOGUE, &["store=shop", "erp=erp"]);
    assert_eq!(world.run("catalogue")["written"], 20);
    let store = world.store().store();
    let id = store.ids(Kind::Product)[7];
    let record = store.record(Kind::Product, id).expect("it is there");
    let sku = record["sku"].as_str().expect("it has one").to_owned();
    let part = world
        .processflow(&["--json", "run", "catalogue", "--ids", &id.to_string()])
        .ok();
    assert_eq!(
        part.json()["unchanged"],
        1,
        "a run over chosen records compares nothing"
    );
    store
        .patch(&Patch::delete(Kind::Product, id))
        .expect("it is there");
    let run = world.run("catalogue");
    assert_eq!((&run["read"], &run["written"]), (&json!(20), &json!(1)), "{run}");
    let items = world.table("ITEM");
    assert_eq!(items.rows.len(), 20, "nothing is deleted");
    let gone = items.column("SKU").into_iter().zip(items.column("GONE"));
    let gone: Vec<&str> = gone
        .filter(|(_, gone)| *gone == "1")
        .map(|(sku, _)| sku)
        .collect();
    assert_eq!(gone, [sku], "the one that vanished");
    assert_eq!(world.run("catalogue")["read"], 19, "which is told once");
}

/// What cannot be told is refused before anything runs.
#[test]
fn what_cannot_tell_what_is_gone_is_refused() {
    let world = World::with_store(empty_store());
    for (wrong, said) in [
        (
            "action: store/product.get, with: { product_id: 1 }",
            "does not bring everything there is",
        ),
        (
            "action: store/products.list, with: { filter: { is_visible: true } }",
            "what it leaves out would look gone",
        ),
    ] {
        let text = CATALOGUE.replace("action: store/products.list", wrong);
        let file = world.write("catalogue.yaml", text);
        let ran = world.processflow(&["check", &file.to_string_lossy()]).code(3);
        ran.says(said);
    }
}
