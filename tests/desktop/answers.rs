//! What the window answers to its page.

use kit::{
    World,
    desktop::{Screen, Window},
};
use sandbox_store::Config;
use serde_json::json;

use crate::START;

/// A store with a handful of orders.
pub(crate) fn small_store() -> Config {
    Config {
        products: 10,
        customers: 3,
        orders: 5,
        ..Config::default()
    }
}

#[test]
fn preferences_are_kept_between_starts() {
    let (world, screen) = (World::empty(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    let before = window.call("window.settings", &json!({})).expect("it answers");
    assert_eq!(before["theme"], "system", "as the desktop: {before}");
    window
        .call("window.set", &json!({ "key": "theme", "value": "dark" }))
        .expect("it takes that");
    let dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
    kit::until("the page is told that it is dark", || {
        window.script(dark, &[]) == json!(true)
    });
    let refused = window.call("window.set", &json!({ "key": "theme", "value": "pink" }));
    assert_eq!(refused.expect_err("no such theme")["kind"], "config");
    let autostart = window
        .call("window.set", &json!({ "key": "autostart", "value": true }))
        .expect("it starts with the session");
    assert_eq!(autostart["autostart"], true, "{autostart}");
    let entry = screen.path(".config/autostart");
    let entries = std::fs::read_dir(&entry).map(Iterator::count).unwrap_or_default();
    assert_eq!(entries, 1, "an entry in {}", entry.display());
    drop(window);
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    let after = window.call("window.settings", &json!({})).expect("it answers");
    assert_eq!(after["theme"], "dark", "{after}");
    window.was_quiet();
}
