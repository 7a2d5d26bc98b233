//! App Configurations: a store is connected, and each way it can go wrong has its own words.

use kit::{
    World,
    desktop::{Screen, Window},
};
use serde_json::json;

use crate::{START, answers::small_store};

/// A new connection to a store, filled in and tried; nothing of it is saved yet.
fn connect(window: &Window, path: &str, token: &str) {
    window.go("#/connections/new/bigcommerce");
    window.reads("Which store?");
    window.fill("API Path", path);
    window.fill("API Token", token);
    window.press("Validate");
}

fn save(window: &Window) {
    window.press("Save");
    window.reads("Connection Data Saved");
    // The words may still be those of the save before; what was added has a form of its own now.
    window.reads_no_more("Add a BigCommerce connection");
}

#[test]
fn a_store_is_connected_and_its_token_is_never_shown_again() {
    let (world, screen) = (World::empty(), Screen::default());
    let world = with_store(world);
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    window.go("#/connections/new/bigcommerce");
    window.reads("Which store?");
    window.fill("API Path", &world.store().api_path());
    window.reads("store hash sandbox1");
    window.is_accessible();
    window.fill("API Token", world.store().token());
    window.press("Validate");
    window.reads("Test Connection Successful");
    let saved = world.processflow(&["--json", "connections"]).ok().json();
    assert_eq!(saved, json!([]), "trying saves nothing");
    save(&window);
    window.is_accessible();
    assert!(!window.holds(world.store().token()), "the token stands nowhere");
    window.was_quiet();
}

fn with_store(mut world: World) -> World {
    world.start_store(small_store());
    world
}

#[test]
fn a_wrong_path_is_refused_while_typing_and_nothing_is_saved() {
    let (world, screen) = (World::empty(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    let elsewhere = "https://api.bigcommerce.com.evil.example/stores/abc123/v3/";
    connect(&window, elsewhere, "some-token");
    window.reads("not BigCommerce's host");
    window.is_accessible();
    let saved = world.processflow(&["--json", "connections"]).ok().json();
    assert_eq!(saved, json!([]), "nothing of it was saved");
    window.was_quiet();
}

#[test]
fn a_wrong_token_and_a_wrong_hash_have_words_of_their_own_and_are_remembered() {
    let (world, screen) = (with_store(World::empty()), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    connect(&window, &world.store().api_path(), "wrong-token");
    window.reads("no longer accepts our access token");
    window.is_accessible();
    save(&window);
    window.press("Validate");
    window.reads("Does not work");
    let other = world.store().api_path().replace("sandbox1", "sandbox2");
    window.go("#/connections");
    connect(&window, &other, world.store().token());
    window.reads("sandbox2");
    save(&window);
    // Whoever opens the window later sees it too.
    drop(window);
    let window = Window::open(&screen, &world.data(), &[]);
    window.go("#/connections");
    window.reads("Does not work");
    window.reads("no longer accepts our access token");
    window.was_quiet();
}

#[test]
fn a_missing_permission_is_named_and_a_store_without_network_could_not_be_checked() {
    let (world, screen) = (with_store(World::empty()), Screen::default());
    let store = world.store().store();
    store.configure(|settings| settings.scopes.retain(|scope| !scope.contains("orders")));
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    connect(&window, &world.store().api_path(), world.store().token());
    window.reads("Test Connection Successful");
    window.reads("Orders: read-only");
    window.is_accessible();
    save(&window);
    window.go("#/connections");
    connect(&window, "http://127.0.0.1:9/stores/sandbox1/v3/", "some-token");
    save(&window);
    window.press("Validate");
    window.reads("Could not check");
    window.is_accessible();
    let page = window.text();
    assert!(
        !page.contains("token was deleted"),
        "it says nothing of the token: {page}"
    );
    window.was_quiet();
}
