//! F24: the token lacks the permission that an action needs, or may only read. The permission is named, nothing is tried
//! twice, and nothing changes.

use connector_kit::{Kind, Result};

use super::{Tally, Writing, all, ensure, is_error, read, reads, writes};
use crate::{
    fixtures::{Read, Write},
    world::World,
};

/// Permissions in the control panel's words, and what the sandbox store's tokens call them (BigCommerce reference, API
/// accounts).
const NAMES: &[(&str, &str)] = &[
    ("Orders", "store_v2_orders"),
    ("Order Transactions", "store_v2_transactions"),
    ("Products", "store_v2_products"),
    ("Customers", "store_v2_customers"),
    ("Store Inventory", "store_inventory"),
    ("Store Locations", "store_locations"),
    ("Information & Settings", "store_v2_information"),
    ("Marketing", "store_v2_marketing"),
    ("Carts", "store_cart"),
    ("Checkouts", "store_checkout"),
];

/// The permission that an action says it needs; none where every token has it.
fn needed(world: &World, action: &str) -> Option<(&'static str, &'static str)> {
    // What was paid back is shown with the orders, too.
    if action.contains("refund") {
        return None;
    }
    let scope = world.action(action).1.scope?;
    let (title, _) = scope.split_once(':')?;
    NAMES.iter().find(|(known, _)| *known == title).copied()
}

/// The token loses a permission, but for reading where that is left.
fn without(world: &World, name: &str, reads: bool) {
    world.sandbox.store().configure(|settings| {
        settings
            .scopes
            .retain(|scope| scope.trim_end_matches("_read_only") != name);
        settings.scopes.extend(reads.then(|| format!("{name}_read_only")));
    });
    world.sandbox.store().clear_log();
}

/// A person must act, and is told which permission it is about.
fn is_named<T>(world: &World, done: Result<T>, title: &str) -> std::result::Result<(), String> {
    let Err(error) = done else {
        return Err("it did what it may not".to_owned());
    };
    is_error(world, &error, Kind::Config)?;
    let said = format!("{error} {:?}", error.hint);
    ensure(said.contains(title), || format!("`{title}` is not named: {said}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_without_its_permission_names_it() {
    all(reads(), reading).await.ends_clean(30);
}

async fn reading(name: String, fixture: Read) -> Tally {
    let mut tally = Tally::default();
    let world = World::small().await;
    (fixture.fill)(&world);
    let Some((title, scope)) = needed(&world, &name) else {
        return tally;
    };
    without(&world, scope, false);
    let done = read(&world, &name, &fixture).await;
    tally.note(&format!("{name}, without {title}"), is_named(&world, done, title));
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_without_its_permission_names_it() {
    all(writes(), writing).await.ends_clean(50);
}

async fn writing(name: String, fixture: Write) -> Tally {
    let mut tally = Tally::default();
    for reads in [false, true] {
        let world = World::small().await;
        (fixture.fill)(&world);
        let Some((title, scope)) = needed(&world, &name) else {
            return tally;
        };
        let mut to = Writing::of(&world, &name, &fixture).await;
        without(&world, scope, reads);
        let checked = is_named(&world, to.write().await, title);
        let unchanged = ensure(to.is_unchanged(), || "it changed the store".to_owned());
        let level = if reads { "read-only" } else { "without" };
        tally.note(&format!("{name}, {level} {title}"), checked.and(unchanged));
    }
    tally
}
