//! The tray: its words, its menu, and what closing the window means with and without one.

use kit::{
    World,
    desktop::{Screen, TrayHost, Window},
};
use serde_json::json;

use crate::START;

#[test]
fn the_tray_says_how_it_stands_and_its_menu_acts() {
    let (world, screen) = (
        World::with_orders_to_database(crate::answers::small_store()),
        Screen::default(),
    );
    let mut tray = TrayHost::start(&screen);
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    tray.wait_for_icon();
    kit::until("it says that all is well", || tray.line("All is well").is_some());
    let state = tray.line("All is well").expect("it is there");
    assert!(!state.enabled, "words, not a thing to choose");
    tray.choose("orders-to-database");
    kit::until("the run was started and ended", || {
        let runs = world.processflow(&["--json", "runs"]).json();
        runs[0]["status"] == "Successful"
    });
    tray.choose("For 4 hours");
    kit::until("everything is paused", || tray.line("Paused").is_some());
    let paused = world.processflow(&["--json", "processflows"]).ok().json();
    assert!(paused[0]["paused_until"].is_string(), "with an end: {paused}");
    tray.choose("Resume");
    kit::until("it goes on", || tray.line("All is well").is_some());
    window.was_quiet();
}

#[test]
fn quit_in_the_tray_ends_the_program_well() {
    let (world, screen) = (World::empty(), Screen::default());
    let mut tray = TrayHost::start(&screen);
    let mut program = screen.start_desktop(&world.data(), &["--hidden"]);
    tray.wait_for_icon();
    kit::until("it says that all is well", || tray.line("All is well").is_some());
    assert!(
        screen.windows().iter().all(|title| title != "Processflow Agent"),
        "it started hidden"
    );
    tray.choose("Open Processflow Agent");
    kit::until("the window is there", || is_seen(&screen));
    tray.choose("Quit");
    assert_eq!(program.code(), Some(0), "ended by itself, and well");
}

#[test]
fn closing_asks_and_what_was_answered_is_remembered() {
    let (world, screen) = (World::empty(), Screen::default());
    let mut tray = TrayHost::start(&screen);
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    tray.wait_for_icon();
    screen.close(TITLE);
    window.reads("Keep running?");
    assert_eq!(window.axe(), Vec::<String>::new(), "anybody can answer it");
    window.press("Keep running");
    kit::until("the window is hidden", || !is_seen(&screen));
    let settings = window.call("window.settings", &json!({})).expect("still running");
    assert_eq!(settings["close"], "keep", "remembered: {settings}");
    assert_eq!(settings["tray"], true, "there is a tray: {settings}");
    tray.choose("Open Processflow Agent");
    kit::until("it is back", || is_seen(&screen));
    screen.close(TITLE);
    kit::until("it is hidden without a question", || !is_seen(&screen));
    window.was_quiet();
}

#[test]
fn without_a_tray_a_closed_window_is_not_hidden_for_good() {
    let (world, screen) = (World::empty(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    screen.close(TITLE);
    window.reads("Keep running?");
    window.press("Keep running");
    let settings = window.call("window.settings", &json!({})).expect("still running");
    assert_eq!(settings["tray"], false, "nobody shows a tray here: {settings}");
    let mut second = screen.start_desktop(&world.data(), &[]);
    assert_eq!(second.code(), Some(0), "a second start brings it back");
    kit::until("it is back", || is_seen(&screen));
    window.was_quiet();
}

#[test]
fn a_page_that_does_not_answer_leaves_the_question_to_a_native_dialog() {
    let (world, screen) = (World::empty(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    // A page that hangs for longer than it is waited for.
    window.script(
        "setTimeout(() => { const end = Date.now() + 8000; while (Date.now() < end); }, 50)",
        &[],
    );
    screen.close(TITLE);
    kit::until("a native dialog asks", || {
        screen.windows().iter().any(|title| title == "Keep running?")
    });
}

/// The window's title.
const TITLE: &str = "Processflow Agent";

fn is_seen(screen: &Screen) -> bool {
    screen.windows().iter().any(|title| title == TITLE)
}
