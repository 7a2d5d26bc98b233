//! Without a pointer: from an empty folder to a look at the first run, by keys alone, with the focus always in sight.

use fantoccini::key::Key;
use kit::{
    World,
    desktop::{Screen, Window},
};
use serde_json::json;

use crate::{ORDERS, answers::small_store};

/// Goes there by Tab and presses Enter.
fn enter(window: &Window, name: &str) {
    window.tab_to(name);
    window.key(Key::Enter);
}

/// Goes there by Tab and types.
fn fill(window: &Window, name: &str, text: &str) {
    window.tab_to(name);
    window.keys(text);
}

#[test]
fn from_nothing_to_a_run_by_keys_alone() {
    let (mut world, screen) = (World::empty(), Screen::default());
    world.start_store(small_store());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads("Try it with a sandbox store");
    connect(&window, &world);
    install(&window);
    deploy(&window);
    look_at_the_run(&window);
    let runs = world.processflow(&["--json", "runs"]).ok().json();
    assert_eq!(runs[0]["status"], "Successful", "{runs}");
    assert_eq!(window.unseen_stops(), json!([]), "the focus is always seen");
    window.was_quiet();
}

fn connect(window: &Window, world: &World) {
    enter(window, "App Configurations");
    enter(window, "Add a BigCommerce connection");
    window.reads("Which store?");
    fill(window, "API Path", &world.store().api_path());
    fill(window, "API Token", world.store().token());
    enter(window, "Validate");
    window.reads("Test Connection Successful");
    enter(window, "Save");
    close_sheet(window);
    enter(window, "Add a SQL database connection");
    window.reads("beside the agent's data folder");
    let database = format!("sqlite:{}", world.path("erp.db").display());
    fill(window, "Database", &database);
    enter(window, "Save");
    close_sheet(window);
}

/// What was saved is shown; Escape leads back to the list.
fn close_sheet(window: &Window) {
    window.reads("Connection Data Saved");
    window.reads("Remove");
    window.key(Key::Escape);
    window.until("the sheet is closed", || {
        window.figure("document.querySelectorAll('[role=dialog]').length") == 0
    });
    window.reads_no_more("Connection Data Saved");
}

fn install(window: &Window) {
    enter(window, "Processflows");
    enter(window, "Choose a ready-made processflow");
    window.reads("It becomes a draft.");
    until_chosen(window);
    window.tab_to("Install");
    // Back and forth again: Shift and Tab lead the other way.
    window.tab_back_to("Name");
    enter(window, "Install");
    window.reads("was installed as a draft");
}

/// By the arrow keys, among what comes with the program.
fn until_chosen(window: &Window) {
    const NAME: &str = "return [...document.querySelectorAll('[role=dialog] input:not([type=radio])')].map(({ value }) => value)[0] ?? ''";
    const ON_A_CHOICE: &str = "return document.activeElement.type === 'radio'";
    window.until("the choices have the focus", || {
        window.key(Key::Tab);
        window.script(ON_A_CHOICE, &[]) == json!(true)
    });
    let chosen = || window.script(NAME, &[]) == json!(ORDERS);
    for _ in 0..20 {
        if chosen() {
            return;
        }
        window.key(Key::Down);
    }
    panic!("`{ORDERS}` is not among: {}", window.text());
}

fn deploy(window: &Window) {
    enter(window, "Deploy…");
    window.reads("Connection behind store");
    enter(window, "Next");
    window.reads("Tables of the file that turn a value");
    enter(window, "Next");
    window.reads("When does it run by itself?");
    enter(window, "Next");
    window.reads("What it does");
    window.tab_to("I agree to what it does");
    window.keys(" ");
    enter(window, "Deploy");
    window.reads("runs from now on");
}

fn look_at_the_run(window: &Window) {
    enter(window, "Run now");
    window.reads("was started");
    enter(window, "Show the run");
    window.reads("Successful");
    window.reads("5 read");
    // Tabs are one stop; the arrow keys lead from one to the next.
    window.tab_to("Records");
    window.key(Key::Right);
    window.until("the steps are shown", || window.place().ends_with("tab=steps"));
}
