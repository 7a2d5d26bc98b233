//! The start: with an empty folder, a second time, without a display.

use kit::{
    World,
    desktop::{Screen, Window},
};
use serde_json::{Value, json};

use crate::START;

#[test]
fn it_opens_on_an_empty_folder_and_is_the_agent() {
    let (world, screen) = (World::empty(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    let status = window.call("status", &json!({})).expect("it answers");
    assert_eq!(status["processflows"], 0, "nothing is deployed: {status}");
    kit::until("it became the agent", || {
        let status = window.call("status", &json!({})).expect("it answers");
        status["agent"]["pid"].is_u64()
    });
    let told = world.processflow(&["--json", "status"]).ok().json();
    assert_eq!(
        told["agent"]["pid"],
        window.call("status", &json!({})).expect("it answers")["agent"]["pid"],
        "the command line sees the same agent"
    );
    window.was_quiet();
}

#[test]
fn a_second_start_brings_the_first_window_forward() {
    let (world, screen) = (World::empty(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    let mut second = screen.start_desktop(&world.data(), &[]);
    assert_eq!(second.code(), Some(0), "it leaves at once, and well");
    let open = screen.windows();
    let ours = open.iter().filter(|title| *title == "Processflow Agent").count();
    assert_eq!(ours, 1, "one window: {open:?}");
    window.was_quiet();
}

#[test]
fn without_a_display_it_names_the_program_that_needs_none() {
    let (world, screen) = (World::empty(), Screen::default());
    let mut command = screen.command(kit::desktop::Screen::program());
    let out = command
        .env_remove("DISPLAY")
        .arg("--data-dir")
        .arg(world.data())
        .output()
        .expect("it starts");
    assert_eq!(out.status.code(), Some(3), "a person must act");
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(said.contains("processflow serve"), "the way out: {said}");
    assert!(!said.contains("panicked"), "and no panic: {said}");
}

#[test]
fn with_a_display_that_does_not_answer_processflows_go_on() {
    let (world, screen) = (World::empty(), Screen::default());
    let mut command = screen.command(kit::desktop::Screen::program());
    command
        .env("DISPLAY", ":65000")
        .arg("--data-dir")
        .arg(world.data());
    let mut headless = kit::desktop::Owned::start(command, "nothing");
    let id = u64::from(headless.id());
    kit::until("it is the agent nevertheless", || {
        world.processflow(&["--json", "status"]).json()["agent"]["pid"] == json!(id)
    });
    headless.signal("TERM");
    assert_eq!(headless.code(), Some(0), "and ends at a safe point");
}

#[test]
fn the_page_can_ask_for_nothing_but_its_one_command() {
    let (world, screen) = (World::empty(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    let forbidden = [
        "plugin:opener|open_path",
        "plugin:autostart|enable",
        "plugin:window|close",
    ];
    for command in forbidden {
        let refused = window.invoke(command, &json!({ "path": "/etc/passwd" }));
        assert!(refused.is_err(), "{command}: {refused:?}");
    }
    let evaluated = window.script(
        "try { return String(new Function('return 1')()) } catch (error) { return error.name }",
        &[],
    );
    assert!(evaluated.is_string(), "{evaluated}");
    let unknown: Value = window
        .call("window.format_disk", &json!({}))
        .expect_err("no such thing");
    assert_eq!(unknown["kind"], "config", "a problem as everywhere: {unknown}");
}

#[test]
fn the_windows_size_is_kept_between_starts() {
    let (world, screen) = (World::empty(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    screen.resize("Processflow Agent", 1030, 700);
    let width = "return window.innerWidth";
    kit::until("it is of that size", || window.script(width, &[]) == json!(1030));
    // Its answer may come after the window's end.
    drop(window.script(
        "window.__TAURI_INTERNALS__.invoke('call', { name: 'window.quit', input: {} })",
        &[],
    ));
    kit::until("the program ended", || {
        !screen.windows().iter().any(|title| title == "Processflow Agent")
    });
    drop(window);
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    assert_eq!(window.script(width, &[]), json!(1030), "as it was left");
    window.was_quiet();
}
