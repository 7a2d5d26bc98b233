//! Times, amounts and errors, whichever way the store writes them.

use jiff::Timestamp;
use kit::{Order, World};
use sandbox_store::{Fault, How, When};
use serde_json::json;

use crate::{ORDERS, empty_store};

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
fn t13_the_repeated_hour_in_autumn_keeps_two_orders_apart() {
    let world = World::with_store(empty_store());
    world.add_erp();
    Order::new(1)
        .set("date_created", "Sun, 25 Oct 2026 00:30:00 +0000")
        .put(&world);
    Order::new(2)
        .set("date_created", "Sun, 25 Oct 2026 01:30:00 +0000")
        .put(&world);
    world.deploy_text(LOCAL_TIMES, &["store=shop", "erp=erp"]);
    world.processflow(&["run", "local-times"]).ok();
    let placed = world.table("PLACED");
    let texts = placed.column("AT");
    assert_ne!(texts[0], texts[1], "both are at 02:30 on the clock on the wall");
    let back: Vec<Timestamp> = texts
        .iter()
        .map(|text| text.parse().expect("an instant"))
        .collect();
    let sent = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"].map(|text| text.parse().expect("an instant"));
    assert_eq!(
        back, sent,
        "read back they are the instants of the store, in their order: {texts:?}"
    );
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
fn t16_an_amount_is_the_same_as_text_and_as_number() {
    let world = World::with_store(empty_store());
    world.add_erp();
    Order::new(1).set("total_inc_tax", "25.0000").put(&world);
    Order::new(2).set("total_inc_tax", 25).put(&world);
    Order::new(3).set("total_inc_tax", "9.5000").put(&world);
    Order::new(4).set("total_inc_tax", "110").put(&world);
    world.deploy_text(OVER_25, &["store=shop", "erp=erp"]);
    let run = world.run("over-25");
    assert_eq!(
        run["skipped"],
        json!({ "just 25": 2, "small": 1 }),
        "25.0000 is 25, and 9.5 is not above 110: {run}"
    );
    assert_eq!(world.table("LARGE").column("ID"), ["4"], "{run}");
}

/// T16, errors: both shapes give the same sentence.
#[test]
fn t16_an_error_reads_the_same_as_list_and_as_object() {
    let world = World::with_orders_to_database(empty_store());
    Order::new(1).put(&world);
    let mut problems = Vec::new();
    for body in [
        r#"[{"status":400,"message":"The filter is odd."}]"#,
        r#"{"status":400,"title":"The filter is odd.","type":"/api-docs"}"#,
    ] {
        let how = How::Status {
            code: 400,
            body: body.to_owned(),
            headers: Default::default(),
        };
        world
            .store()
            .store()
            .fault(Fault::once("GET", "/v2/orders", When::Before, how));
        let run = world.processflow(&["--json", "run", ORDERS]).code(3).json();
        problems.push(run["problem"].clone());
    }
    assert_eq!(
        problems[0], problems[1],
        "who reads it does not care for v2 and v3"
    );
    let said = problems[0]["message"].as_str().expect("a sentence");
    assert!(
        said.contains("The filter is odd"),
        "what the store said is in it: {said}"
    );
}
