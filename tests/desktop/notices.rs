//! Notifications: the first failure and the recovery, on the desktop's own bus.

use kit::{
    World,
    desktop::{Notifications, Screen, Window},
};
use serde_json::json;

use crate::{START, answers::small_store};

#[test]
fn a_failure_and_its_recovery_are_told_once() {
    let world = World::with_orders_to_database(small_store());
    let screen = Screen::default();
    let notifications = Notifications::start(&screen);
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    kit::until("it became the agent", || {
        let status = window.call("status", &json!({})).expect("it answers");
        status["agent"]["who"] == "window"
    });
    let run = || world.processflow(&["--json", "run", "orders-to-database"]);
    run().ok();
    let revoked = |revoked| {
        let store = world.store().store();
        store.configure(|settings| settings.revoked = revoked);
    };
    revoked(true);
    run().code(3);
    let told = notifications.next();
    assert!(told.title.contains("orders-to-database"), "{told:?}");
    assert!(
        told.body.contains("no longer accepts our access token"),
        "{told:?}"
    );
    run().code(3);
    revoked(false);
    run().ok();
    let told = notifications.next();
    assert!(told.title.contains("orders-to-database"), "{told:?}");
    let rest = notifications.rest();
    assert!(rest.is_empty(), "the same cause is not told twice: {rest:?}");
    window.was_quiet();
}
