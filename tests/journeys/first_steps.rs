//! The first hour: the commands that the documents promise, word for word, and the demo.

use std::path::{Path, PathBuf};

use kit::{World, saving};
use sandbox_store::Kind;
use serde_json::{Value, json};

use crate::{ORDERS, store_with_orders};

/// The lines of the documents, run where the user is, with relative paths.
#[test]
fn the_documented_commands_work_word_for_word() {
    let mut world = World::empty();
    world.start_store(store_with_orders(60));
    let path = format!("api_path={}", world.store().api_path());
    let add = [
        "connections",
        "add",
        "shop",
        "--connector",
        "bigcommerce",
        "--set",
        &path,
        "--set",
        "username=ops",
        "--secret",
        "token",
    ];
    world
        .processflow_with(&add, &format!("{}\n", world.store().token()))
        .ok()
        .says("Connection Data Saved");
    world
        .processflow(&[
            "connections",
            "add",
            "erp",
            "--connector",
            "sql",
            "--set",
            "url=sqlite:erp.db",
        ])
        .ok();
    world
        .processflow(&[
            "connections",
            "add",
            "out",
            "--connector",
            "files",
            "--set",
            "folder=./out",
        ])
        .ok();
    world
        .processflow(&["connections", "validate", "shop"])
        .ok()
        .says("Test Connection Successful")
        .says("sandbox");
    world.processflow(&["connections", "validate", "erp"]).ok();
    let folder = kit::ready_made(ORDERS).display().to_string();
    let deploy = [
        "deploy",
        &*folder,
        "--connection",
        "store=shop",
        "--connection",
        "erp=erp",
    ];
    world.processflow(&deploy).ok().says("version 1");
    let ran = world.processflow(&["--json", "run", ORDERS]).ok();
    let run = ran.json();
    let keys: Vec<&str> = run
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    let promised = [
        "run",
        "processflow",
        "status",
        "read",
        "written",
        "unchanged",
        "skipped",
        "failed",
        "seconds",
    ];
    assert_eq!(keys, promised, "scripts rely on these words");
    assert_eq!(ran.out.lines().count(), 1, "on one line: {}", ran.out);
    let unpaid = run["skipped"]["not paid yet"].as_u64().unwrap_or(0);
    assert_eq!(
        run["written"].as_u64(),
        Some(60 - unpaid),
        "every order is accounted for: {run}"
    );
    assert_eq!(
        world.table("WEB_ORDER").rows.len() as u64,
        60 - unpaid,
        "the database lies where the user is"
    );
}

/// Every ready-made processflow passes its own check.
#[test]
fn ready_made_processflows_pass_their_cases() {
    let world = World::empty();
    for name in [
        "orders-to-database",
        "orders-and-refunds-to-database",
        "products-to-csv",
        "customers-to-jsonl",
        "stock-from-csv",
        "stock-from-database",
    ] {
        let folder = kit::ready_made(name).display().to_string();
        let checked = world.processflow(&["--json", "check", &folder]).ok().json();
        let cases = checked["cases"].as_array().map_or(0, Vec::len);
        assert!(cases > 0, "{name} has cases: {checked}");
        assert!(
            folder.ends_with(name) && kit::ready_made(name).join("README.md").exists(),
            "{name} is explained"
        );
    }
}

/// `processflow demo`, then what one looks at first.
#[test]
fn the_demo_leaves_a_folder_to_look_at() {
    let world = World::empty();
    let kept = world.path("kept");
    let demo = world
        .processflow(&["demo", "--keep", kept.to_str().expect("text")])
        .ok();
    for word in [
        "orders-to-database",
        "stock-from-csv",
        "Test Connection Successful",
        "read",
        "written",
    ] {
        assert!(demo.said().contains(word), "`{word}` is shown: {}", demo.said());
    }
    let data = data_folder(&kept);
    let look = |arguments: &[&str]| world.processflow_on(&data, arguments);
    let runs = look(&["--json", "runs"]).ok().json();
    assert_eq!(
        runs.as_array().map(Vec::len),
        Some(2),
        "two processflows ran: {runs}"
    );
    for run in runs.as_array().into_iter().flatten() {
        assert!(balances(run), "each run balances: {run}");
        look(&["show", run["run"].as_str().expect("an id")]).ok();
    }
    let found = look(&["--json", "find", "1042"]).ok().json();
    assert_eq!(
        found["entries"][0]["source"], "1042",
        "order 1042 has a life line: {found}"
    );
    look(&["failed"]).ok();
}

/// The data folder of a demo: the one with the state in it.
fn data_folder(kept: &Path) -> PathBuf {
    let folders = std::fs::read_dir(kept)
        .expect("the demo made it")
        .flatten()
        .map(|entry| entry.path());
    let mut holding = std::iter::once(kept.to_owned())
        .chain(folders)
        .filter(|path| path.join("agent.lock").exists());
    holding.next().expect("one of them is a data folder")
}

fn balances(run: &Value) -> bool {
    let count = |field: &str| run[field].as_u64().unwrap_or(0);
    let skipped: u64 = run["skipped"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, count)| count.as_u64())
        .sum();
    count("read") > 0 && count("read") == count("written") + count("unchanged") + skipped + count("failed")
}

/// `processflow sandbox` for scripts and a second terminal.
#[test]
fn a_sandbox_store_says_where_it_is_and_serves() {
    let world = World::empty();
    let said = world.path("said");
    let script = format!("exec \"$@\" > {}", said.display());
    let sandbox = [
        "--json",
        "sandbox",
        "--products",
        "5",
        "--customers",
        "2",
        "--orders",
        "7",
    ];
    let store = world.start_through(&["sh", "-c", &script, "sh"], &sandbox);
    let line = || {
        std::fs::read_to_string(&said)
            .ok()
            .and_then(|text| serde_json::from_str::<Value>(&text).ok())
    };
    kit::until("the store says where it is", || line().is_some());
    let told = line().expect("it was there");
    let path = format!("api_path={}", told["api_path"].as_str().expect("a path"));
    let add = [&saving("shop", &path)[..], &["--validate"]].concat();
    let token = told["token"].as_str().expect("a token");
    world
        .processflow_with(&add, &format!("{token}\n"))
        .ok()
        .says("Successful");
    store.signal("TERM");
    store.wait().ok();
}

/// A connection with `sandbox=true` needs no path: the agent starts the store itself.
#[test]
fn a_sandbox_connection_needs_nothing_but_its_name() {
    let world = World::empty();
    world.add_erp();
    world
        .processflow(&[
            "connections",
            "add",
            "shop",
            "--connector",
            "bigcommerce",
            "--set",
            "sandbox=true",
        ])
        .ok();
    world
        .processflow(&["connections", "validate", "shop"])
        .ok()
        .says("sandbox");
    world.deploy(ORDERS, &["store=shop", "erp=erp"]);
    let run = world.run(ORDERS);
    assert_eq!(
        (&run["status"], &run["read"]),
        (&json!("Successful"), &json!(500)),
        "{run}"
    );
}

/// The next run of what is there already.
#[test]
fn a_second_run_finds_nothing_to_do() {
    let world = World::with_orders_to_database(store_with_orders(80));
    let first = world.run(ORDERS);
    assert!(balances(&first), "{first}");
    let table = world.table("WEB_ORDER");
    world.store().store().clear_log();
    let second = world.run(ORDERS);
    assert_eq!(
        (&second["read"], &second["status"]),
        (&json!(0), &json!("Successful")),
        "{second}"
    );
    assert_eq!(world.table("WEB_ORDER"), table, "nothing was touched");
    assert!(
        world.store().store().requests().len() <= 3,
        "and hardly anything asked"
    );
    assert_eq!(
        world.store().store().ids(Kind::Order).len(),
        80,
        "the store is as it was"
    );
}

#[test]
fn completion_scripts_are_printed_for_every_shell() {
    let world = World::empty();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        world
            .processflow(&["completions", shell])
            .ok()
            .says("processflow");
    }
    world.processflow(&["--version"]).ok().says("processflow 0");
}
