//! All that the window shows, one place after the other.

use kit::{Order, World, desktop::Window};
use sandbox_store::Config;
use serde_json::json;

use crate::{ORDERS, answers::small_store};

/// A world in which every panel has something to show: connections that work and that do not, a processflow with two
/// versions and a draft, a draft alone, runs that ended well and not, a record that waits, and lines of the log.
pub(crate) fn lived_in() -> World {
    let world = World::with_orders_to_database(Config {
        orders: 8,
        ..small_store()
    });
    world.add_files();
    world.run(ORDERS);
    Order::new(2042)
        .line(1, "A", 1)
        .set("total_inc_tax", "ten")
        .put(&world);
    world.processflow(&["run", ORDERS]).code(1);
    world
        .store()
        .store()
        .configure(|settings| settings.revoked = true);
    world.processflow(&["run", ORDERS]).code(3);
    world
        .store()
        .store()
        .configure(|settings| settings.revoked = false);
    world
}

/// The sections of the settings, as addresses name them.
pub(crate) const SETTINGS: [&str; 9] = [
    "environment",
    "runs",
    "logs",
    "diagnosis",
    "network",
    "secrets",
    "cache",
    "appearance",
    "about",
];

/// A draft with steps of every kind, also within others.
pub(crate) const BY_WAY: &str = "processflow: orders-by-way
connections: { store: bigcommerce, erp: sql }
variables:
  last_number: { start: 0 }
  session: { encrypted: true }
steps:
  - read: { action: store/orders.changed, with: { include: [products] } }
  - merge: { by: { customer: customer_id }, as: orders }
  - fetch:
      action: store/api.get_customer
      map: { customer_id: customer }
      expect: one_or_none
      as: person
  - branch:
      - when: (orders | length) > 10 and person is not none
        steps:
          - skip: { when: customer == 0, reason: a guest }
          - set: { last_number: customer }
      - when: person is none
        steps:
          - for_each:
              in: orders
              as: order
              steps:
                - delay: 1 s
                - write:
                    action: erp/table.upsert
                    with: { table: LATE_ORDER, key: [ID], create: { ID: integer } }
                    map: { ID: id }
      - steps:
          - write:
              action: erp/table.upsert
              with: { table: CUSTOMER, key: [ID], create: { ID: integer, ORDERS: integer } }
              map: { ID: customer, ORDERS: orders | length }
";

/// Every place, by its address.
pub(crate) fn places(window: &Window) -> Vec<String> {
    for name in [ORDERS, "stock-from-csv"] {
        window
            .call("install_ready_made", &json!({ "name": name }))
            .expect("it comes with the program");
    }
    let draft = json!({ "name": "orders-by-way", "text": BY_WAY, "base": null });
    window.call("save_draft", &draft).expect("a draft is saved");
    let runs = window.call("runs", &json!({})).expect("it answers");
    let run = runs["runs"][1]["run"].as_str().unwrap_or_default().to_owned();
    let failed = window.call("failed", &json!({})).expect("it answers");
    let number = &failed[0]["number"];
    let mut all: Vec<String> = [
        "connections",
        "connections/new/bigcommerce",
        "connections/new/sql",
        "connections/new/files",
        "connections/shop",
        "processflows",
        "processflows?add=yes",
        "runs",
        "runs/records",
        "runs/failed",
        "runs/record",
        "runs/record/2042",
        "runs/nothing-like-this",
        "logs",
        "welcome",
        "nowhere",
    ]
    .map(|place| format!("#/{place}"))
    .into();
    for tab in ["", "/edit", "/runs", "/versions", "/log"] {
        all.push(format!("#/processflows/{ORDERS}{tab}"));
    }
    all.push("#/processflows/orders-by-way".to_owned());
    all.push("#/processflows/orders-by-way/edit".to_owned());
    for step in ["connections", "lookups", "schedule", "review"] {
        all.push(format!("#/processflows/{ORDERS}/deploy?step={step}"));
    }
    for section in SETTINGS {
        all.push(format!("#/settings/{section}"));
    }
    all.push(format!("#/runs/failed?number={number}"));
    all.push(format!("#/runs/{run}"));
    all.push(format!("#/runs/{run}?tab=steps"));
    all
}
