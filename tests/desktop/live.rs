//! A run under way: it is seen to move, it is stopped, and what it did is whole.

use kit::{
    World,
    desktop::{Screen, Window},
};
use sandbox_store::Config;
use serde_json::Value;

use crate::{ORDERS, START, answers::small_store};

/// Enough for a run that goes on while other things are done.
const MANY: u32 = 3000;

/// Many orders in a store that takes its time.
pub(crate) fn slow_world() -> World {
    World::with_orders_to_database(Config {
        orders: MANY,
        latency_ms: 400,
        ..small_store()
    })
}

/// Starts a run in the window and goes to its page.
pub(crate) fn start(window: &Window) {
    window.look_at(&format!("#/processflows/{ORDERS}"));
    window.press("Run now");
    window.press("Show the run");
    window.reads("Cancel run");
}

/// The window with a run that has just begun.
fn under_way(world: &World, screen: &Screen) -> Window {
    let window = Window::open(screen, &world.data(), &[]);
    window.reads(START);
    start(&window);
    window
}

/// The whole of a run adds up.
pub(crate) fn balances(run: &Value) -> bool {
    let count = |name: &str| run[name].as_u64().unwrap_or_default();
    let skipped: u64 = run["skipped"]
        .as_object()
        .map_or(0, |reasons| reasons.values().filter_map(Value::as_u64).sum());
    count("read") == count("written") + count("unchanged") + count("failed") + skipped
}

#[test]
fn a_run_is_seen_to_move_and_is_stopped_at_a_safe_point() {
    let (world, screen) = (slow_world(), Screen::default());
    let window = under_way(&world, &screen);
    let mut before = 0;
    for more in ["it moves", "and on"] {
        window.until(more, || {
            let done = window
                .count_before(" records done")
                .or_else(|| window.count_before(" of "));
            let moved = done.is_some_and(|done| done > before);
            before = done.unwrap_or(before).max(before);
            moved
        });
    }
    // From here on it goes so slowly that it cannot end before it is cancelled.
    world
        .store()
        .store()
        .configure(|settings| settings.latency_ms = 5000);
    window.reads("a second");
    window.is_accessible();
    window.reads("at step");
    window.reads("last progress");
    window.press("Cancel run");
    window.reads("It ends at the next safe point.");
    window.is_accessible();
    window.press("Cancel the run");
    window.reads("Cancelled");
    window.reads_no_more("Cancelling…");
    window.is_accessible();
    let cancelled = world.processflow(&["--json", "runs"]).ok().json()[0].clone();
    assert_eq!(cancelled["status"], "Cancelled", "{cancelled}");
    assert!(balances(&cancelled), "{cancelled}");
    assert!(!window.text().contains("does not balance"), "{}", window.text());
    let read = cancelled["read"].as_u64().unwrap_or_default();
    assert!(
        0 < read && read < u64::from(MANY),
        "it was stopped under way: {cancelled}"
    );

    world
        .store()
        .store()
        .configure(|settings| settings.latency_ms = 0);
    window.press("Run again");
    window.reads("Successful");
    let runs = world.processflow(&["--json", "runs"]).ok().json();
    assert!(balances(&runs[0]), "{runs}");
    let all = world.store().store().ids(sandbox_store::Kind::Order);
    let paid = all.into_iter().filter(|id| {
        let order = world.store().store().record(sandbox_store::Kind::Order, *id);
        order.is_some_and(|order| order["status_id"] != 0)
    });
    assert_eq!(
        world.table("WEB_ORDER").rows.len(),
        paid.count(),
        "every paid order, each once"
    );
    window.was_quiet();
}

#[test]
fn temp_and_cache_are_cleared_during_a_run_that_ends_well() {
    let (world, screen) = (slow_world(), Screen::default());
    let window = under_way(&world, &screen);
    window.look_at("#/settings/cache");
    window.is_accessible();
    window.press("Clear Temp and Cache");
    window.reads("Processflows can be deployed and run again at once.");
    let running = world.processflow(&["--json", "runs"]).ok().json()[0].clone();
    assert_eq!(
        running["status"], "Running",
        "it was cleared during the run: {running}"
    );
    world
        .store()
        .store()
        .configure(|settings| settings.latency_ms = 0);
    kit::until("the run ends", || {
        world.processflow(&["--json", "runs"]).ok().json()[0]["status"] != "Running"
    });
    let run = world.processflow(&["--json", "runs"]).ok().json()[0].clone();
    assert_eq!(
        (&run["status"], &run["read"]),
        (&"Successful".into(), &MANY.into()),
        "{run}"
    );
    assert!(balances(&run), "{run}");
    // At once, as it says.
    world.deploy(ORDERS, &["store=shop", "erp=erp"]);
    window.look_at(&format!("#/processflows/{ORDERS}"));
    window.press("Run now");
    window.press("Show the run");
    window.reads("Successful");
    window.was_quiet();
}
