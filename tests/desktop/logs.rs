//! The log: it is followed as it is written, narrowed down, and taken along.

use kit::{
    World,
    desktop::{Screen, Window},
};
use serde_json::json;

use crate::{ORDERS, START, answers::small_store};

/// Lines that are drawn.
const LINES: &str =
    "document.querySelectorAll('[role=list][aria-label=\"Lines of the log\"] [role=listitem]').length";

/// What is logged as a warning.
const WARNING: &str = "A notification could not be shown";
/// What is logged as information.
const NO_WARNING: &str = "Run began.";

#[test]
fn the_log_is_followed_narrowed_down_and_exported() {
    let (world, screen) = (World::with_orders_to_database(small_store()), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    window.look_at("#/logs");
    window.reads("Following");
    window.is_accessible();
    let before = window.figure(LINES);
    world.run(ORDERS);
    window.reads("Run ended.");
    window.until("lines came while it was followed", || {
        window.figure(LINES) > before
    });
    window.reads("Following");

    revoked(&world, true);
    world.processflow(&["run", ORDERS]).code(3);
    window.reads("no longer accepts our access token");
    revoked(&world, false);
    // A run that waits for a person is a warning. Nobody shows notifications on this screen, and the log says so.
    window.choose("How serious", "Warnings and errors");
    window.reads_no_more(NO_WARNING);
    window.reads("status=Waiting");
    window.reads(WARNING);
    window.fill("Search in the log", "nobody wrote this");
    window.reads("No line matches");
    window.is_accessible();
    window.press("Clear filter");
    window.reads(NO_WARNING);
    export(&window, &world, &screen);
    window.was_quiet();
}

fn revoked(world: &World, revoked: bool) {
    let store = world.store().store();
    store.configure(|settings| settings.revoked = revoked);
}

/// Into a file that is chosen in the desktop's own dialog.
fn export(window: &Window, world: &World, screen: &Screen) {
    window.choose("How serious", "Warnings and errors");
    window.reads_no_more(NO_WARNING);
    window.press("Export…");
    let file = world.path("mine.jsonl");
    screen.answer("Export the log", &file.display().to_string());
    window.reads("written to the file");
    let text = std::fs::read_to_string(&file).expect("it was written");
    assert!(text.contains(WARNING), "{text}");
    assert!(!text.contains(NO_WARNING), "only what was shown: {text}");
    let shown = window
        .call("logs", &json!({ "filter": { "level": "warn" } }))
        .expect("it answers");
    let shown = shown["lines"].as_array().map_or(0, Vec::len);
    assert_eq!(text.lines().count(), shown, "every line of it");
}
