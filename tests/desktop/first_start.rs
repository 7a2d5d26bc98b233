//! First start to first result: an empty folder, the offer, and a minute later orders in a table and a plot.

use std::time::{Duration, Instant};

use kit::{
    Table, World,
    desktop::{Screen, Window},
};
use serde_json::json;

/// What is promised to a newcomer.
const A_MINUTE: Duration = Duration::from_mins(1);

#[test]
fn a_newcomer_sees_orders_land_in_a_table_and_a_plot_without_typing() {
    let (world, screen) = (World::empty(), Screen::default());
    let began = Instant::now();
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads("Try it with a sandbox store");
    window.is_accessible();
    window.press("Try it now");
    window.reads("Orders in the table");
    window.until("rows are shown", || window.figure(ROWS) > 5);
    let took = began.elapsed();
    assert!(took < A_MINUTE, "it took {took:?}");
    assert!(window.figure(BARS) > 1, "a bar for each day of orders");
    window.is_accessible();
    let there = Table::query(
        &world.data().join("sandbox-erp.db"),
        "SELECT COUNT(*) FROM WEB_ORDER",
    );
    let shown =
        window.figure("Number(document.querySelector('[role=grid]').getAttribute('aria-rowcount'))") - 1;
    assert_eq!(there.rows[0][0], shown.to_string(), "as many as there are");
    window.press("Look at the run");
    window.reads("500 read");
    window.reads("Successful");
    remove_what_was_made(&window, &world);
    window.was_quiet();
}

/// Rows of the table that are drawn, without its head.
const ROWS: &str = "document.querySelectorAll('[role=grid] [role=rowgroup] [role=row]').length";
/// Bars of the plot that stand up.
const BARS: &str = "[...document.querySelectorAll('main svg[role=img] rect')].filter((bar) => bar.getBBox().height > 0).length";

/// All of it can be taken away again; what happened stays in the history.
fn remove_what_was_made(window: &Window, world: &World) {
    window.look_at("#/welcome");
    window.press("Remove the sandbox");
    window.reads("Remove what was made for trying?");
    window.is_accessible();
    window.press("Remove");
    window.reads("The sandbox was removed.");
    let saved = world.processflow(&["--json", "connections"]).ok().json();
    assert_eq!(saved, json!([]), "the connections are forgotten");
    let runs = world.processflow(&["--json", "runs"]).ok().json();
    assert_eq!(runs[0]["status"], "Successful", "the history stays: {runs}");
}

#[test]
fn the_way_to_a_real_store_is_one_click_away() {
    let (world, screen) = (World::empty(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads("Connect your BigCommerce store");
    window.press("Connect a store");
    window.reads("API Token");
    window.is_accessible();
    window.was_quiet();
}
