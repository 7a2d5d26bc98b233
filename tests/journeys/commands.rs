//! The command line as scripts rely on it: JSON, exit codes, hints that lead somewhere.

use std::collections::BTreeSet;

use kit::{Order, World};
use sandbox_store::{Config, Fault, How, Match, When};
use serde_json::{Value, json};

use crate::{ORDERS, empty_store, store_with_orders};

/// A world in which a run went well but for one order.
fn after_a_run() -> World {
    let world = World::with_orders_to_database(store_with_orders(60));
    Order::new(7).set("total_inc_tax", "ten").put(&world);
    world.processflow(&["run", ORDERS]).code(1);
    world
}

/// Where is order 1042?
#[test]
fn a_record_is_found_by_its_number_and_by_its_mail() {
    let world = after_a_run();
    Order::new(1042).line(1, "A", 1).put(&world);
    world.processflow(&["run", ORDERS]).ok();
    let found = world.processflow(&["--json", "find", "1042"]).ok().json();
    let entries = found["entries"].as_array().expect("a list");
    assert_eq!(entries.len(), 2, "once for each run that met it: {found}");
    assert!(
        entries.iter().all(|entry| entry["source"] == "1042"),
        "and nobody else: {found}"
    );
    assert_eq!(entries[1]["status"], "Success", "{found}");
    let by_mail = world
        .processflow(&["--json", "find", "ADA@example.com"])
        .ok()
        .json();
    let sources: BTreeSet<&str> = by_mail["entries"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|entry| entry["source"].as_str())
        .collect();
    assert_eq!(sources, ["1042", "7"].into(), "whatever the case: {by_mail}");
    assert_eq!(
        by_mail["set_aside"][0]["source"], "7",
        "and where it waits: {by_mail}"
    );
    world
        .processflow(&["find", "nobody"])
        .ok()
        .says("Nothing is known");
}

/// Who starts every run from a timetable of the machine has no service that forgets old history in between.
#[test]
fn a_run_from_a_timetable_leaves_history_within_its_limits() {
    let world = World::with_store(Config {
        customers: 5_500,
        ..empty_store()
    });
    world.add_files();
    world.deploy("customers-to-jsonl", &["store=shop", "out=files"]);
    world
        .processflow(&["settings", "set", "history_records=1000"])
        .ok();
    world.run("customers-to-jsonl");
    let path = world.path("files/customers.jsonl");
    let lines = std::fs::read_to_string(&path).expect("the run's file");
    let ids: Vec<u64> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["id"].as_u64())
        .map(|id| id.expect("a number"))
        .collect();
    assert_eq!(ids.len(), 5_500);
    let found = |at: usize| {
        let found = world
            .processflow(&["--json", "find", &ids[at].to_string()])
            .ok()
            .json();
        found["entries"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(
        (found(4_499), found(4_500), found(5_499)),
        (0, 1, 1),
        "the last 1,000 are there and no more"
    );
}

#[test]
fn a_run_is_listed_and_shown_with_its_balance() {
    let world = after_a_run();
    let runs = world.processflow(&["--json", "runs"]).ok().json();
    let id = runs[0]["run"].as_str().expect("an id").to_owned();
    for which in [id.as_str(), &id[..13], "last"] {
        let shown = world
            .processflow(&["--json", "show", which, "--limit", "1000"])
            .ok()
            .json();
        assert_eq!(
            shown["records"].as_array().map(Vec::len),
            Some(61),
            "every record is told of: {which}"
        );
        assert_eq!(
            (&shown["read"], &shown["failed"]),
            (&json!(61), &json!(1)),
            "with its balance"
        );
    }
    let failed = world
        .processflow(&["--json", "show", "last", "--outcome", "failed"])
        .ok()
        .json();
    assert_eq!(
        failed["records"][0]["source"], "7",
        "those of one outcome alone: {failed}"
    );
    world
        .processflow(&["show", "last"])
        .ok()
        .says("not paid yet")
        .says("set aside");
}

/// Every command with `--json` prints JSON and nothing else on standard output, also when it fails.
#[test]
fn json_is_json_everywhere() {
    let world = after_a_run();
    let folder = kit::ready_made(ORDERS).display().to_string();
    let lines: &[(&[&str], i32)] = &[
        (&["connections"], 0),
        (&["connections", "validate", "shop"], 0),
        (&["connections", "validate", "nobody"], 3),
        (&["connections", "edit", "erp", "--set", "url=sqlite:erp.db"], 0),
        (&["actions"], 0),
        (&["actions", "sql"], 0),
        (&["actions", "--search", "orders"], 0),
        (&["actions", "nothing"], 3),
        (&["check", &folder], 0),
        (&["deploy", &folder], 0),
        (&["processflows"], 0),
        (&["versions", ORDERS], 0),
        (&["versions", "nobody"], 3),
        (&["runs"], 0),
        (&["runs", ORDERS, "--limit", "1"], 0),
        (&["show", "last"], 0),
        (&["show", "nobody"], 3),
        (&["find", "1042"], 0),
        (&["watermark", ORDERS], 0),
        (&["watermark", ORDERS, "--move", "2026-11-01T08:00:00Z"], 0),
        (&["failed"], 0),
        (&["failed", ORDERS], 0),
        (&["failed", "--payload", "1"], 0),
        (&["retry", "1"], 1),
        (&["dismiss", "1", "--note", "by phone"], 0),
        (&["retry", "--all"], 3),
        (&["pause", ORDERS, "--for", "90 min"], 0),
        (&["resume", ORDERS], 0),
        (&["cancel", "nobody"], 3),
        (&["run", ORDERS], 1), // the watermark was moved back before order 7
        (&["run", "nobody"], 3),
        (&["rollback", ORDERS, "1"], 0),
        (&["status"], 1), // order 7 waits
        (&["cache"], 0),
        (&["cache", "clear"], 0),
        (&["cache", "clear", "temp"], 0),
        (&["settings"], 0),
        (&["settings", "set", "log_days=7"], 0),
        (&["settings", "set", "nothing=7"], 3),
        (&["schema"], 0),
        (&["schema", "--functions"], 0),
        (&["call", "status"], 0),
        (&["call", "runs", "{\"limit\": 2}"], 0),
        (&["call", "nothing"], 3),
        (&["undeploy", ORDERS], 0),
        (&["connections", "remove", "erp"], 0),
    ];
    for (arguments, code) in lines {
        let ran = world.processflow(&[&["--json"], *arguments].concat()).code(*code);
        let value = ran.json();
        if *code > 1 {
            let error = &value["error"];
            assert!(
                error["kind"].is_string() && error["message"].is_string(),
                "{arguments:?}: {value}"
            );
            assert!(
                error["hint"].is_string(),
                "{arguments:?} says the next step: {value}"
            );
        }
        assert!(!ran.out.contains('\u{1b}'), "{arguments:?}: no colours");
    }
    for line in world.processflow(&["--json", "logs"]).ok().out.lines() {
        assert!(
            serde_json::from_str::<Value>(line).is_ok(),
            "each line of the log is JSON: {line}"
        );
    }
}

/// 0 done, 1 problems, 2 usage, 3 a person, 4 not now, 5 a mistake of ours.
#[test]
fn exit_codes_are_what_scripts_rely_on() {
    let world = World::with_orders_to_database(store_with_orders(5));
    world.processflow(&["run", ORDERS]).code(0);
    Order::new(7).set("total_inc_tax", "ten").put(&world);
    world.processflow(&["run", ORDERS]).code(1);
    for wrong in [
        &["run"][..],
        &["retry"],
        &["nothing"],
        &["run", ORDERS, "--full", "--ids", "1"],
        &["--nothing"],
    ] {
        world.processflow(wrong).code(2).says("Usage");
    }
    world
        .processflow(&["connections", "edit", "shop", "--set", "token=abc"])
        .code(2);
    world.processflow(&["run", "nobody"]).code(3);
    let always = || Match {
        times: None,
        ..Match::default()
    };
    let store = world.store().store();
    store.fault(Fault {
        on: always(),
        when: When::Before,
        how: How::Html { code: 200 },
    });
    world.processflow(&["run", ORDERS]).code(4);
    store.clear_faults();
    let body =
        r#"{"title":"You are authorized but your scope does not include this resource.","status":403}"#
            .to_owned();
    let how = How::Status {
        code: 403,
        body,
        headers: Default::default(),
    };
    store.fault(Fault {
        on: always(),
        when: When::Before,
        how,
    });
    world.processflow(&["run", ORDERS]).code(5).says("our mistake");
    store.clear_faults();
    world.processflow(&["run", ORDERS]).code(0);
}

/// Every command that a message names is one that this program has.
#[test]
fn hints_name_commands_that_are_there() {
    let world = after_a_run();
    let mut said = String::new();
    let mut hear = |ran: kit::Ran| said.push_str(&ran.said());
    hear(world.processflow(&["show", "nobody"]));
    hear(world.processflow(&["run", "nobody"]));
    hear(world.processflow(&["connections", "validate", "nobody"]));
    hear(world.processflow(&["failed"]));
    hear(world.processflow(&["retry", "99"]));
    for code in [401, 403, 404, 409, 422, 503, 507] {
        let on = Match {
            times: None,
            ..Match::default()
        };
        let (body, headers) = (r#"{"title":"no"}"#.to_owned(), Default::default());
        world.store().store().fault(Fault {
            on,
            when: When::Before,
            how: How::Status { code, body, headers },
        });
        if code != 503 {
            hear(world.processflow(&["run", ORDERS]));
        }
        hear(world.processflow(&["connections", "validate", "shop"]));
        world.store().store().clear_faults();
    }
    let named = said
        .split("`processflow ")
        .skip(1)
        .filter_map(|rest| rest.split('`').next());
    let named: BTreeSet<&str> = named.collect();
    assert!(named.len() >= 5, "there are such hints: {named:?}");
    for command in named {
        let words = command
            .split(' ')
            .take_while(|word| word.starts_with(|letter: char| letter.is_ascii_lowercase()));
        let command_words: Vec<&str> = words.take(2).collect();
        let (group, inner) = (command_words[0], command_words.get(1));
        let nested = ["connections", "cache", "settings"].contains(&group);
        let known = match inner {
            Some(inner) if nested => world.processflow(&[group, inner, "--help"]),
            _ => world.processflow(&[group, "--help"]),
        };
        assert_eq!(
            known.code,
            Some(0),
            "`processflow {command}` is in a message and is no command"
        );
    }
}

/// Reading commands take no lock and make nothing, also where nothing is.
#[test]
fn looking_at_an_empty_folder_leaves_no_state() {
    let world = World::empty();
    let nowhere = world.path("nowhere");
    for arguments in [
        &["runs"][..],
        &["status"],
        &["connections"],
        &["processflows"],
        &["failed"],
        &["find", "x"],
    ] {
        world.processflow_on(&nowhere, arguments).ok();
        assert!(
            !world.path("nowhere/agent.lock").exists(),
            "{arguments:?} took the lock"
        );
    }
}
