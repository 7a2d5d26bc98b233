//! Processflows from a file to what runs: a file with a mistake, its correction, and the way back to a version before.

use fantoccini::key::Key;
use kit::{
    Order, World,
    desktop::{Screen, Window},
    ready_made,
};
use sandbox_store::Config;
use serde_json::json;

use crate::{ORDERS, START, answers::small_store};

/// The text of the ready-made processflow.
fn text() -> String {
    std::fs::read_to_string(ready_made(ORDERS).join("processflow.yaml")).expect("it comes with the program")
}

fn with_connections(config: Config) -> World {
    let world = World::with_store(config);
    world.add_erp();
    world
}

#[test]
fn a_broken_file_says_where_and_is_corrected_and_deployed() {
    let (world, screen) = (with_connections(small_store()), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    window.look_at("#/processflows");
    let broken = text().replace("status_id == 0", "status_id = 0");
    let place = place_of(&broken, " = 0", 1);
    window.drop_file("processflow.yaml", &broken);
    window.reads("was imported as a draft");
    window.reads("File is broken");
    window.is_accessible();
    assert_eq!(deployed(&world), json!([]), "nothing of it runs");

    window.press("Deploy…");
    window.reads("The file is not right yet");
    window.reads(&place);
    window.is_accessible();
    assert_eq!(deployed(&world), json!([]), "nor can it be deployed");

    window.press("Edit");
    window.press("Text");
    window.reads(&place);
    // A click on the problem shows its place; what is typed there takes the place of what is marked.
    correct(&window, "status_id = 0", "status_id == 0");
    window.reads("No problems found");
    window.is_accessible();
    window.press("Deploy…");
    through_the_wizard(&window);
    let deployed = deployed(&world);
    assert_eq!(deployed[0]["processflow"], ORDERS, "{deployed}");
    assert_eq!(world.run(ORDERS)["status"], "Successful", "and it works");
    window.was_quiet();
}

/// How the window names a place of a text: `skip` letters behind where this begins.
fn place_of(text: &str, begins: &str, skip: usize) -> String {
    let before = &text[..text.find(begins).expect(begins) + skip];
    let column = before.len() - before.rfind('\n').map_or(0, |end| end + 1) + 1;
    format!("Line {}, column {column}", before.lines().count())
}

/// Replaces text by the editor's own search.
fn correct(window: &Window, wrong: &str, right: &str) {
    window.script(
        "document.querySelector('[contenteditable=true][role=textbox]').focus()",
        &[],
    );
    window.key_with(Key::Control, 'f');
    window.fill("Find", wrong);
    window.fill("Replace", right);
    window.press("replace all");
    window.key(Key::Escape);
}

/// Through all steps with what is proposed.
fn through_the_wizard(window: &Window) {
    window.reads("Connection behind store");
    window.is_accessible();
    window.press("Next");
    window.reads("Tables of the file that turn a value");
    window.is_accessible();
    window.press("Next");
    window.reads("When does it run by itself?");
    window.is_accessible();
    window.press("Next");
    window.reads("What it does");
    window.is_accessible();
    window.press("I agree to what it does");
    window.press("Deploy");
    window.reads("runs from now on");
    window.is_accessible();
}

fn deployed(world: &World) -> serde_json::Value {
    world.processflow(&["--json", "processflows"]).ok().json()
}

#[test]
fn a_file_that_is_no_processflow_is_refused_with_a_way_out() {
    let (world, screen) = (World::empty(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    window.look_at("#/processflows");
    window.drop_file("notes.txt", "remember the milk");
    window.reads("It could not be imported");
    window.reads("Choose one processflow.yaml");
    window.is_accessible();
    window.press("Close");
    window.reads_no_more("It could not be imported");
    window.drop_file("processflow.yaml", "steps: [unclosed\n  - read: {");
    window.reads("it has no line");
    window.reads("Choose a processflow file");
    window.is_accessible();
    window.was_quiet();
}

#[test]
fn one_click_goes_back_to_the_version_before() {
    let (world, screen) = (
        World::with_orders_to_database(Config {
            orders: 0,
            ..small_store()
        }),
        Screen::default(),
    );
    let names = "words(billing_address.first_name, billing_address.last_name)";
    world.deploy_text(
        &text().replace(names, "billing_address.last_name"),
        &["store=shop", "erp=erp"],
    );
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    window.look_at(&format!("#/processflows/{ORDERS}/versions"));
    window.reads("CUSTOMER: billing_address.last_name");
    window.reads(&format!("CUSTOMER: {names}"));
    window.is_accessible();
    window.press("Go back, Version 1");
    window.reads("Go back to version 1?");
    window.is_accessible();
    window.press("Go back to version 1");
    window.reads("Version 1 runs again.");
    Order::new(9001).line(1, "A", 1).put(&world);
    window.press("Run now");
    window.press("Show the run");
    window.reads("Version 1");
    window.reads("Successful");
    let customers = world.table("WEB_ORDER");
    assert_eq!(
        customers.column("CUSTOMER"),
        ["Ada Lovelace"],
        "as version 1 writes it"
    );
    window.was_quiet();
}
