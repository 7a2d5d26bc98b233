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

/// Every place, by its address.
pub(crate) fn places(window: &Window) -> Vec<String> {
    for name in [ORDERS, "stock-from-csv"] {
        window
            .call("install_ready_made", &json!({ "name": name }))
            .expect("it comes with the program");
    }
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
