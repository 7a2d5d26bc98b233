//! The agent as a service, and everybody else as its client.

use std::time::{Duration, Instant};

use kit::{Order, Running, World, until};
use sandbox_store::Config;
use serde_json::{Value, json};

use crate::{ORDERS, requests, store_with_orders};

fn serve(world: &World) -> Running {
    let serving = world.start(&["serve"]);
    let id = serving.id();
    until("it is the agent", || agent(world) == Some(u64::from(id)));
    serving
}

/// The process id of the agent.
fn agent(world: &World) -> Option<u64> {
    world.processflow(&["--json", "status"]).json()["agent"]["pid"].as_u64()
}

fn runs(world: &World) -> Vec<Value> {
    world
        .processflow(&["--json", "runs", ORDERS])
        .json()
        .as_array()
        .cloned()
        .unwrap_or_default()
}

/// Ends it as a system does that shuts down.
fn end(serving: Running) {
    let asked = Instant::now();
    serving.signal("TERM");
    serving.wait().code(0);
    assert!(
        asked.elapsed() < Duration::from_secs(6),
        "systems wait only so long: {:?}",
        asked.elapsed()
    );
}

/// A world whose store takes its time, so that a run is under way for some seconds: 3,000 orders, page by page.
fn slow_world() -> World {
    let world = World::with_orders_to_database(store_with_orders(3000));
    world.processflow(&["settings", "set", "pages_under_way=1"]).ok();
    world
        .store()
        .store()
        .configure(|settings| settings.latency_ms = 300);
    world
}

fn reading(world: &World) -> bool {
    requests(world, "GET", &["/v2/orders?", "min_id"]).len() >= 3
}

#[test]
fn a_schedule_of_one_second_runs_and_ends() {
    let world = World::with_store(store_with_orders(5));
    world.add_erp();
    let text =
        std::fs::read_to_string(kit::ready_made(ORDERS).join("processflow.yaml")).expect("it is ready-made");
    world.deploy_text(
        &text.replace("every: 15 min", "every: 1 s"),
        &["store=shop", "erp=erp"],
    );
    let serving = serve(&world);
    until("the schedule ran", || {
        runs(&world).iter().any(|run| run["status"] == "Successful")
    });
    Order::new(9001).line(1, "A", 1).put(&world);
    until("the next slot brings what is new", || {
        world.table("WEB_ORDER").column("ORDER_ID").contains(&"9001")
    });
    assert!(
        runs(&world).iter().all(|run| run["trigger"] == "schedule"),
        "nobody else started one"
    );
    world.processflow(&["pause", ORDERS]).ok();
    until("a run under way ended", || {
        runs(&world).iter().all(|run| run["status"] != "Running")
    });
    let before = runs(&world).len();
    world.processflow(&["status"]).ok();
    Order::new(9002).line(2, "A", 1).put(&world);
    pause(Duration::from_millis(1500));
    assert_eq!(runs(&world).len(), before, "paused is paused");
    end(serving);
}

#[test]
fn a_second_command_is_a_client_of_the_agent() {
    let world = slow_world();
    let serving = serve(&world);
    let started = world
        .processflow(&["call", "start_run", &json!({ "processflow": ORDERS }).to_string()])
        .ok()
        .json();
    let id = started["run"].as_str().expect("an id").to_owned();
    let ask = json!({ "run": id }).to_string();
    let progress = || world.processflow(&["call", "run_progress", &ask]).ok().json();
    until("it tells how far it is", || {
        progress()["read"].as_u64().is_some_and(|read| read > 0)
    });
    assert_eq!(progress()["expected"], 3000, "and how much there is");
    assert!(progress()["ended"].is_null(), "it is under way");
    world
        .processflow(&["run", ORDERS])
        .code(3)
        .says("running already")
        .says("processflow cancel");
    world.processflow(&["cancel", ORDERS]).ok();
    until("it ends at a safe point", || progress()["ended"] == "Cancelled");
    let run = runs(&world).remove(0);
    let rows = world.table("WEB_ORDER").rows.len() as u64;
    assert_eq!(
        run["written"].as_u64(),
        Some(rows),
        "what is told to be written is: {run}"
    );
    world
        .store()
        .store()
        .configure(|settings| settings.latency_ms = 0);
    let rest = world.processflow(&["--json", "run", ORDERS]).ok().json();
    assert!(
        rest["read"].as_u64().is_some_and(|read| read < 3000),
        "the next run goes on from there: {rest}"
    );
    assert_eq!(
        agent(&world),
        Some(u64::from(serving.id())),
        "and all of it was done by the one agent"
    );
    end(serving);
}

#[test]
fn told_to_end_it_ends_at_a_safe_point_and_goes_on_later() {
    let world = slow_world();
    let serving = serve(&world);
    let client = world.start(&["--json", "run", ORDERS]);
    until("the run is in the middle", || reading(&world));
    end(serving);
    world
        .store()
        .store()
        .configure(|settings| settings.latency_ms = 0);
    // The client lost its agent and takes the run up itself.
    let ran = client.wait();
    assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
    world.processflow(&["run", ORDERS]).ok();
    let unpaid = world.table("WEB_ORDER").rows.len();
    let whole = World::with_orders_to_database(store_with_orders(3000));
    whole.processflow(&["run", ORDERS]).ok();
    assert_eq!(
        unpaid,
        whole.table("WEB_ORDER").rows.len(),
        "as many as in a run that nobody disturbed"
    );
}

#[test]
fn a_killed_agent_leaves_its_run_to_the_next() {
    let world = slow_world();
    let serving = serve(&world);
    world
        .processflow(&["call", "start_run", &json!({ "processflow": ORDERS }).to_string()])
        .ok();
    until("the run is in the middle", || reading(&world));
    serving.kill();
    assert_eq!(runs(&world)[0]["status"], "Interrupted", "who looks is told");
    world
        .store()
        .store()
        .configure(|settings| settings.latency_ms = 0);
    let serving = serve(&world);
    until("the next agent takes it up", || {
        runs(&world)[0]["status"] == "Successful"
    });
    assert_eq!(runs(&world).len(), 1, "under its own id");
    assert_eq!(
        runs(&world)[0]["read"],
        3000,
        "every order is accounted for, once"
    );
    end(serving);
}

#[test]
fn of_two_services_exactly_one_is_the_agent() {
    let world = World::with_orders_to_database(store_with_orders(5));
    let (one, two) = (world.start(&["serve"]), world.start(&["serve"]));
    until("one of them is the agent", || agent(&world).is_some());
    let first = agent(&world);
    let ids = [u64::from(one.id()), u64::from(two.id())];
    assert!(
        first.is_some_and(|id| ids.contains(&id)),
        "one of the two: {first:?}"
    );
    world.processflow(&["run", ORDERS]).ok();
    assert_eq!(agent(&world), first, "and it stays so");
    let (agent_now, waiting) = if first == Some(ids[0]) {
        (one, two)
    } else {
        (two, one)
    };
    end(agent_now);
    until("the other takes over", || {
        agent(&world) == Some(u64::from(waiting.id()))
    });
    end(waiting);
    assert_eq!(agent(&world), None, "then nobody is");
}

/// Eight commands at once on one folder: each does what it is told, one after the other or through the agent.
#[test]
fn commands_at_once_do_not_disturb_each_other() {
    let world = World::with_store(Config {
        products: 5,
        ..store_with_orders(5)
    });
    let commands: Vec<Running> = (0..8)
        .map(|at| {
            world.start(&[
                "connections",
                "add",
                &format!("erp{at}"),
                "--connector",
                "sql",
                "--set",
                "url=sqlite:erp.db",
            ])
        })
        .collect();
    commands.into_iter().for_each(|command| drop(command.wait().ok()));
    let saved = world.processflow(&["--json", "connections"]).ok().json();
    assert_eq!(
        saved.as_array().map(Vec::len),
        Some(9),
        "all of them are saved: {saved}"
    );
}

#[expect(clippy::disallowed_methods, reason = "waits for something not to happen")]
fn pause(duration: Duration) {
    std::thread::sleep(duration);
}
