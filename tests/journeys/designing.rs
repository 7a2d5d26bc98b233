//! From an idea to a deployed processflow, through the operations the desktop uses.

use kit::{Order, World};
use sandbox_store::Config;
use serde_json::{Value, json};

use crate::{ORDERS, store_with_orders};

/// Calls an operation by name.
fn call(world: &World, name: &str, input: &Value) -> Value {
    world.processflow(&["call", name, &input.to_string()]).ok().json()
}

fn world() -> World {
    let world = World::with_store(store_with_orders(12));
    world.add_erp();
    world
}

/// A ready-made processflow becomes a draft, is looked at, deployed with a note, changed, and taken back.
#[test]
fn a_ready_made_processflow_is_installed_tried_and_deployed() {
    let world = world();
    let ready = call(&world, "ready_made", &json!({}));
    assert!(ready.as_array().is_some_and(|all| all.len() >= 4), "{ready}");
    call(&world, "install_ready_made", &json!({ "name": ORDERS }));
    let list = call(&world, "list_processflows", &json!({}));
    assert_eq!(
        list[0]["standing"]["state"], "not_deployed",
        "a draft never runs by itself: {list}"
    );
    assert_eq!(list[0]["schedule"]["next"], json!([]), "{list}");

    let prepared = call(&world, "prepare_deployment", &json!({ "name": ORDERS }));
    let proposed: Vec<_> = prepared["connections"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|wanted| wanted["proposed"].as_str())
        .collect();
    assert_eq!(
        proposed,
        [Some("erp"), Some("shop")],
        "the only ones that fit: {prepared}"
    );
    assert!(
        prepared["does"][1]["creates"]["ORDER_ID"] == "integer",
        "tables it would make: {prepared}"
    );
    assert!(
        prepared["changes"].is_null(),
        "nothing is deployed yet: {prepared}"
    );

    let text = prepared["text"].as_str().expect("a text");
    let wanted = json!({ "text": text, "file": ORDERS, "note": "first try", "draft": ORDERS });
    call(&world, "deploy", &wanted);
    let log = call(&world, "deployments", &json!({ "processflow": ORDERS }));
    assert_eq!(
        (&log[0]["state"], &log[0]["version"]),
        (&json!("Successful"), &json!(1)),
        "{log}"
    );
    let about: Vec<_> = log[0]["checks"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|check| check["about"].as_str().expect("a word"))
        .collect();
    for part in ["file", "cases", "connection", "destination", "version"] {
        assert!(about.contains(&part), "{part} is told of: {log}");
    }

    let draft = call(&world, "read_draft", &json!({ "name": ORDERS }));
    let changed = text.replace("not paid yet", "unpaid");
    let save = json!({ "name": ORDERS, "text": changed, "base": draft["base"] });
    assert_eq!(call(&world, "save_draft", &save)["outcome"], "saved");
    assert_eq!(
        call(
            &world,
            "save_draft",
            &json!({ "name": ORDERS, "text": "x", "base": draft["base"] })
        )["outcome"],
        "conflict",
        "an older state does not overwrite a newer one"
    );
    let list = call(&world, "list_processflows", &json!({}));
    assert_eq!(
        (&list[0]["standing"]["state"], &list[0]["changed"]),
        (&json!("deployed"), &json!(true)),
        "{list}"
    );
    assert_eq!(
        list[0]["schedule"]["next"].as_array().map(Vec::len),
        Some(5),
        "{list}"
    );
    let difference = call(&world, "diff_versions", &json!({ "processflow": ORDERS, "a": 1 }));
    assert_eq!(
        (&difference["added"], &difference["removed"]),
        (&json!(1), &json!(1)),
        "{difference}"
    );
    call(&world, "deploy", &json!({ "text": changed, "file": ORDERS }));
    call(
        &world,
        "rollback",
        &json!({ "processflow": ORDERS, "version": 1 }),
    );
    let versions = call(&world, "versions", &json!({ "processflow": ORDERS }));
    assert_eq!(
        (&versions[1]["runs"], &versions[1]["note"]),
        (&json!(true), &json!("first try")),
        "{versions}"
    );
    let log = call(&world, "deployments", &json!({ "processflow": ORDERS }));
    assert_eq!(
        (&log[0]["kind"], &log[0]["before"]),
        (&json!("rollback"), &json!(2)),
        "{log}"
    );
}

/// What cannot be put in place leaves what was there, and the log says so.
#[test]
fn a_deployment_that_fails_leaves_the_version_before() {
    let world = world();
    world.deploy(ORDERS, &["store=shop", "erp=erp"]);
    let text = std::fs::read_to_string(kit::ready_made(ORDERS).join("processflow.yaml")).expect("reads");
    let cases = [
        ("a mistake", text.replace("steps:", "stepz:"), "file"),
        // The table is missing, and nothing says that it may be made.
        ("a missing table", without_create(&text), "destination"),
    ];
    for (what, text, about) in cases {
        let input = json!({ "text": text, "file": ORDERS }).to_string();
        world.processflow(&["call", "deploy", &input]).code(3);
        let log = call(&world, "deployments", &json!({ "processflow": ORDERS }));
        assert_eq!(log[0]["state"], "Unsuccessful", "{what}: {log}");
        let checks = log[0]["checks"].as_array().expect("a list");
        assert!(
            checks
                .iter()
                .any(|check| check["outcome"] == "bad" && check["about"] == about),
            "{what}: {log}"
        );
        let last = checks.last().expect("a line")["message"]
            .as_str()
            .expect("a sentence");
        assert!(last.contains("version 1 stays"), "{what}: {last}");
        let list = call(&world, "list_processflows", &json!({}));
        assert_eq!(list[0]["deployed"]["version"], 1, "{what}: {list}");
    }
}

fn without_create(text: &str) -> String {
    let mut left = String::new();
    let mut below = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        if below.is_some_and(|create| indent > create) {
            continue;
        }
        below = line.trim_start().starts_with("create:").then_some(indent);
        if below.is_none() {
            left.push_str(&format!("{}\n", line.replace("WEB_ORDER", "NOT_THERE")));
        }
    }
    left
}

/// A run's counts stand at the steps: what went in, what was left out, what was written.
#[test]
fn the_counts_of_a_run_stand_at_its_steps() {
    let world = World::with_orders_to_database(store_with_orders(40));
    Order::new(7).set("total_inc_tax", "ten").put(&world);
    world.processflow(&["run", ORDERS]).code(1);
    let run = world
        .processflow(&["--json", "show", "last", "--limit", "1"])
        .ok()
        .json();
    let steps = run["steps"].as_array().expect("steps");
    let number = |step: usize, what: &str| steps[step]["counts"][what].as_u64().expect("a number");
    let skipped: u64 = run["skipped"]
        .as_object()
        .expect("reasons")
        .values()
        .filter_map(Value::as_u64)
        .sum();
    assert_eq!(
        number(0, "records"),
        run["read"].as_u64().expect("a number"),
        "{run}"
    );
    assert_eq!(number(1, "skipped"), skipped, "{run}");
    let failed: u64 = (0..steps.len()).map(|step| number(step, "failed")).sum();
    assert_eq!(
        failed,
        run["failed"].as_u64().expect("a number"),
        "a failed record is counted once: {run}"
    );
    assert_eq!(
        number(2, "written"),
        run["written"].as_u64().expect("a number"),
        "a row for each order: {run}"
    );
    assert!(number(3, "written") > 0, "and its lines: {run}");
    let graph = call(
        &world,
        "processflow_graph",
        &json!({ "run": format!("last:{ORDERS}") }),
    );
    assert_eq!(
        graph["edges"][1]["records"],
        json!(number(1, "records") - number(1, "skipped")),
        "{graph}"
    );
    world.processflow(&["show", "last"]).ok().says("rows written");
}

/// A sample shows real records and what would become of them; nothing is written and no watermark moves.
#[test]
fn a_sample_is_read_and_tried_without_a_trace() {
    let world = world();
    let text = std::fs::read_to_string(kit::ready_made(ORDERS).join("processflow.yaml")).expect("reads");
    // Only the first step needs to be right.
    let unfinished = text.replace("STORE: connections.store.hash", "STORE: ???");
    let sample = call(&world, "sample", &json!({ "text": unfinished, "count": 3 }));
    let records = sample["records"].as_array().expect("records");
    assert_eq!(
        (records.len(), &sample["connection"]),
        (3, &json!("shop")),
        "{sample}"
    );
    let asked = world.store().store().requests().len();
    call(&world, "sample", &json!({ "text": unfinished, "count": 2 }));
    assert_eq!(
        world.store().store().requests().len(),
        asked,
        "what is kept is not asked for again"
    );
    let tried = call(
        &world,
        "try_mapping",
        &json!({ "text": text, "record": records[0]["body"] }),
    );
    let order = &tried["steps"][1];
    assert_eq!(order["rows"][0][1]["name"], "ORDER_ID", "{tried}");
    assert_eq!(order["rows"][0][1]["value"], records[0]["id"], "{tried}");
    let broken = text.replace("ORDER_ID: id\n", "ORDER_ID: nothing_like_it\n");
    let tried = call(
        &world,
        "try_mapping",
        &json!({ "text": broken, "record": records[0]["body"] }),
    );
    let fields = tried["steps"][1]["rows"][0].as_array().expect("fields");
    assert!(
        fields[1]["problem"]["message"]
            .as_str()
            .is_some_and(|said| said.contains("nothing_like_it")),
        "{tried}"
    );
    assert!(
        !fields[3]["value"].is_null(),
        "the other fields are worked out all the same: {tried}"
    );
    assert_eq!(
        call(&world, "processflows", &json!({})),
        json!([]),
        "nothing was deployed"
    );
    assert!(!world.path("erp.db").exists() || world.path("erp.db").metadata().expect("is there").len() == 0);
}

/// A dropped folder becomes a draft under a name of its own, and nothing else.
#[test]
fn an_import_is_a_draft_and_nothing_more() {
    let world = World::with_store(Config::default());
    let folder = kit::ready_made(ORDERS);
    let made = call(
        &world,
        "import_processflow",
        &json!({ "path": folder, "as": "from-elsewhere" }),
    );
    let cases = std::fs::read_dir(folder.join("cases"))
        .expect("it has cases")
        .count();
    assert_eq!(
        (&made["name"], &made["cases"]),
        (&json!("from-elsewhere"), &json!(cases)),
        "{made}"
    );
    let drafts = call(&world, "list_drafts", &json!({}));
    assert_eq!(
        drafts[0]["origin"]["kind"], "imported",
        "a person has not agreed to it: {drafts}"
    );
    assert_eq!(
        call(&world, "processflows", &json!({})),
        json!([]),
        "it is not deployed"
    );
    let again = json!({ "path": folder, "as": "from-elsewhere" }).to_string();
    world.processflow(&["call", "import_processflow", &again]).code(3);
    let nothing = json!({ "path": world.path("") }).to_string();
    world
        .processflow(&["call", "import_processflow", &nothing])
        .code(3)
        .says("processflow.yaml");
}

/// While one expression is half typed, all the others keep their results, and the steps their numbers.
#[test]
fn a_half_typed_expression_takes_nothing_else_away() {
    let world = world();
    let text = std::fs::read_to_string(kit::ready_made(ORDERS).join("processflow.yaml")).expect("reads");
    let record = json!({
        "id": 5, "status_id": 11, "date_created": "Sat, 21 Nov 2026 09:30:00 +0000", "total_inc_tax": "9.90",
        "shipping_cost_inc_tax": "0", "handling_cost_inc_tax": "0", "wrapping_cost_inc_tax": "0", "discount_amount": "0",
        "coupon_discount": "0", "default_currency_code": "EUR", "store_default_currency_code": "EUR", "channel_id": 1,
        "customer_id": 7, "billing_address": { "first_name": "Ada", "last_name": "" }, "products": [],
    });
    let tried = |text: String| {
        call(
            &world,
            "try_mapping",
            &json!({ "text": text, "record": record.to_string() }),
        )
    };
    let customer = "words(billing_address.first_name, billing_address.last_name)";
    for typed in ["words(billing_ad", "", "billing_address.", "nope(1)"] {
        let half = tried(text.replace(customer, typed));
        assert_eq!(
            half["problems"].as_array().map(Vec::len),
            Some(1),
            "{typed}: {half}"
        );
        let fields = half["steps"][1]["rows"][0].as_array().expect("a row");
        for field in fields {
            let broken = field["name"] == "CUSTOMER";
            assert_eq!(field["value"].is_null(), broken, "{typed}: {field}");
            assert_eq!(
                field["problem"]["message"].is_string(),
                broken,
                "{typed}: {field}"
            );
        }
        assert_eq!(
            (fields.len(), &half["ends_at"]),
            (13, &json!("3")),
            "{typed}: a run would stop there"
        );
        assert_eq!(half["steps"][2]["step"], "4", "{typed}: {half}");
    }
    let other = tried(text.replace("erp/table.upsert", "erp/table.ups"));
    let numbers: Vec<_> = other["steps"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|step| &step["step"])
        .collect();
    assert_eq!(
        numbers,
        ["2", "4"],
        "a step that is not understood is left out, the others keep their numbers"
    );
    let rule = tried(text.replace("when: status_id == 0", "when: "));
    assert!(rule["steps"][0]["problem"]["message"].is_string(), "{rule}");
    assert_eq!(rule["steps"][1]["rows"][0][3]["value"], "\"Ada\"", "{rule}");
}
