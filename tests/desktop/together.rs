//! The window and a service on one data folder.

use kit::{
    Running, World,
    desktop::{Screen, Window},
};
use serde_json::{Value, json};

use crate::{ORDERS, START, answers::small_store, live};

/// A service that has become the agent, and its process.
fn serve(world: &World) -> (Running, u64) {
    let serving = world.start(&["serve"]);
    let service = u64::from(serving.id());
    kit::until("the service is the agent", || {
        world.processflow(&["--json", "status"]).json()["agent"]["pid"] == json!(service)
    });
    (serving, service)
}

fn agent(window: &Window) -> Option<u64> {
    let status = window.call("status", &json!({})).expect("it answers");
    status["agent"]["pid"].as_u64()
}

#[test]
fn a_window_is_the_services_client_and_takes_over_when_it_is_gone() {
    let (world, screen) = (World::empty(), Screen::default());
    let (serving, service) = serve(&world);
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    assert_eq!(agent(&window), Some(service), "the service stays the agent");
    let database = format!("sqlite:{}", world.path("erp.db").display());
    let save = json!({ "name": "erp", "connector": "sql", "settings": { "url": database } });
    window
        .call("save_connection", &save)
        .expect("the service saves it");
    let saved = world.processflow(&["--json", "connections"]).ok().json();
    assert_eq!(saved[0]["name"], "erp", "both see it: {saved}");
    serving.kill();
    kit::until("the window takes over", || {
        agent(&window).is_some_and(|agent| agent != service)
    });
    window
        .call("validate_connection", &json!({ "name": "erp" }))
        .expect("it acts as the agent now");
    window.was_quiet();
}

/// From now on the page keeps what it is told.
fn listen(window: &Window) {
    window.script(
        "window.heard = [];
         const heard = window.__TAURI_INTERNALS__.transformCallback((event) => window.heard.push(event.payload));
         window.__TAURI_INTERNALS__.invoke('plugin:event|listen', { event: 'changed', target: { kind: 'Any' }, handler: heard })
           .then(() => { window.listening = true; });",
        &[],
    );
    kit::until("the page listens", || {
        window.script("return window.listening === true", &[]) == json!(true)
    });
}

fn heard(window: &Window, change: &Value) -> bool {
    let heard = window.script("return window.heard", &[]);
    heard.as_array().is_some_and(|heard| heard.contains(change))
}

#[test]
fn the_page_hears_of_what_others_change() {
    let (world, screen) = (World::empty(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    kit::until("it became the agent", || agent(&window).is_some());
    listen(&window);
    world.add_erp();
    let saved = json!({ "topic": "connection", "id": "erp" });
    kit::until("it hears of a connection that the command line saved", || {
        heard(&window, &saved)
    });
    window.was_quiet();
}

#[test]
fn a_client_hears_of_what_happens_at_the_service() {
    let world = World::with_orders_to_database(small_store());
    let screen = Screen::default();
    let (serving, _) = serve(&world);
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    listen(&window);
    let started = window.call("start_run", &json!({ "processflow": ORDERS }));
    let run = started.expect("the service starts it")["run"].clone();
    kit::until("it hears of the run and of its records", || {
        heard(&window, &json!({ "topic": "run", "id": run })) && heard(&window, &json!({ "topic": "record" }))
    });
    serving.signal("TERM");
    kit::until("it hears that the agent is another one", || {
        heard(&window, &json!({ "topic": "agent" }))
    });
    serving.wait().code(0);
    window.was_quiet();
}

#[test]
fn a_run_that_is_started_in_the_window_runs_in_the_service_and_both_see_it() {
    let (world, screen) = (live::slow_world(), Screen::default());
    let (serving, service) = serve(&world);
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    window.reads("Running in the service");
    live::start(&window);
    let under_way = world.processflow(&["--json", "status"]).ok().json();
    assert_eq!(
        (
            &under_way["agent"]["pid"],
            &under_way["running"][0]["processflow"]
        ),
        (&json!(service), &json!(ORDERS)),
        "it runs in the service: {under_way}"
    );
    world
        .store()
        .store()
        .configure(|settings| settings.latency_ms = 0);
    window.reads("Successful");
    let run = world.processflow(&["--json", "runs"]).ok().json()[0].clone();
    assert_eq!(run["status"], "Successful", "{run}");
    assert!(live::balances(&run), "{run}");
    let id = run["run"].as_str().unwrap_or_default();
    assert_eq!(
        window.place(),
        format!("#/runs/{id}"),
        "both speak of the same run"
    );
    assert_eq!(agent(&window), Some(service), "the service stays the agent");
    serving.signal("TERM");
    serving.wait().code(0);
    window.was_quiet();
}
