//! A disk that is full: a small file system of its own, mounted for one command alone. Nothing is lost, nothing is
//! half there, and once there is room all goes on.
//!
//! Mounting needs no root: the command gets name spaces of its own (`unshare`). Where the machine allows neither, these
//! tests fail.

use kit::{Ran, World};
use serde_json::json;

use crate::{ORDERS, empty_store, store_with_orders};

/// What a shell does on the small disk before and after the command; `$disk` is where it is.
struct Around<'s> {
    before: &'s str,
    after: &'s str,
}

/// A command with a file system of `size` over `folder`, for as long as it runs.
fn on_small_disk(world: &World, folder: &str, size: &str, around: &Around<'_>, arguments: &[&str]) -> Ran {
    let folder = world.path(folder);
    std::fs::create_dir_all(&folder).expect("a folder to mount over");
    let Around { before, after } = around;
    let script = format!(
        "disk=$0; mount -t tmpfs -o mode=700,size={size} tmpfs \"$disk\" || exit 99
         {before}
         \"$@\"
         code=$?
         {after}
         exit $code"
    );
    let folder = folder.display().to_string();
    let ran = world.processflow_through(&["unshare", "-Urm", "sh", "-c", &script, &folder], arguments, "");
    assert!(
        ran.code != Some(99) && !ran.err.contains("unshare:"),
        "the small disk must be there: {}",
        ran.err
    );
    ran
}

/// The ready-made processflow, which does not try for minutes.
fn impatient(name: &str) -> String {
    let text =
        std::fs::read_to_string(kit::ready_made(name).join("processflow.yaml")).expect("it is ready-made");
    let own: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("on_failure"))
        .collect();
    format!("{}\non_failure: {{ tries: 1 }}\n", own.join("\n"))
}

#[test]
fn a_full_disk_under_the_database_keeps_orders_waiting() {
    let world = World::with_store(store_with_orders(400));
    let erp = world.path("disk");
    std::fs::create_dir_all(&erp).expect("a folder");
    let url = format!("url=sqlite:{}", erp.join("erp.db").display());
    world
        .processflow(&["connections", "add", "erp", "--connector", "sql", "--set", &url])
        .ok();
    world.deploy_text(&impatient(ORDERS), &["store=shop", "erp=erp"]);
    std::fs::remove_file(erp.join("erp.db")).ok();
    let ran = on_small_disk(
        &world,
        "disk",
        "96k",
        &Around {
            before: "",
            after: "",
        },
        &["--json", "run", ORDERS],
    )
    .code(4);
    let run = ran.json();
    assert_eq!(run["status"], "Waiting", "{run}");
    assert!(
        run["problem"]["message"]
            .as_str()
            .is_some_and(|text| text.contains("full")),
        "it is told: {run}"
    );
    assert!(
        run["problem"]["hint"].as_str().is_some(),
        "with the next step: {run}"
    );
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    assert_eq!(failed, json!([]), "no record is to blame for the disk");
    world.processflow(&["run", ORDERS]).ok();
    let rows = kit::Table::query(&erp.join("erp.db"), "SELECT * FROM WEB_ORDER")
        .rows
        .len();
    let skipped = unpaid(&world);
    assert_eq!(rows, 400 - skipped, "with room again all orders are there");
}

/// How many of the store's orders are not paid.
fn unpaid(world: &World) -> usize {
    let store = world.store().store();
    let orders = store.ids(sandbox_store::Kind::Order);
    let order = |id: &u64| store.record(sandbox_store::Kind::Order, *id);
    orders
        .iter()
        .filter_map(order)
        .filter(|order| order["status_id"] == 0)
        .count()
}

#[test]
fn a_full_disk_under_the_agents_own_state_loses_and_doubles_nothing() {
    let world = World::with_store(store_with_orders(400));
    world.add_erp();
    world.deploy_text(&impatient(ORDERS), &["store=shop", "erp=erp"]);
    world.keep_as_template();
    let template = world.path("template").display().to_string();
    // All but 24 kB is taken: enough to begin, too little for the ledger of 400 orders.
    let before = format!(
        "cp -a {template}/. \"$disk\"
         free=$(df -k --output=avail \"$disk\" | tail -1)
         head -c $(( (free - 24) * 1024 )) /dev/zero > \"$disk/ballast\""
    );
    let ran = on_small_disk(
        &world,
        "data",
        "4m",
        &Around {
            before: &before,
            after: "",
        },
        &["run", ORDERS],
    );
    assert!(
        matches!(ran.code, Some(3 | 4)),
        "a person frees space, or waiting helps: {ran:?}"
    );
    assert!(ran.said().contains("full"), "it is told: {ran:?}");
    assert!(!ran.said().contains("panicked"), "in a sentence: {ran:?}");
    // What the small disk held is gone, as after a restore: the database is ahead of the agent.
    world.processflow(&["run", ORDERS]).ok();
    let orders = world.table("WEB_ORDER").rows.len();
    assert_eq!(orders, 400 - unpaid(&world), "every order once");
    let lines: usize = world
        .store()
        .store()
        .ids(sandbox_store::Kind::Order)
        .into_iter()
        .filter(|id| {
            world
                .store()
                .store()
                .record(sandbox_store::Kind::Order, *id)
                .is_some_and(|order| order["status_id"] != 0)
        })
        .map(|id| world.store().store().order_lines(id).len())
        .sum();
    assert_eq!(world.table("WEB_ORDER_LINE").rows.len(), lines, "and every line");
}

#[test]
fn a_full_disk_under_a_file_leaves_the_one_before() {
    let world = World::with_store(sandbox_store::Config {
        products: 800,
        ..empty_store()
    });
    world.add_files();
    world.deploy_text(&impatient("products-to-csv"), &["store=shop", "out=files"]);
    let folder = world.path("before");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("products.csv"), "ID\nthe one of last night\n").expect("a file");
    let shown = world.path("shown").display().to_string();
    std::fs::create_dir_all(&shown).expect("a folder");
    // What is in the folder afterwards is looked at from inside: outside the small disk does not exist.
    let before = format!("cp {}/products.csv \"$disk\"", folder.display());
    let around = Around {
        before: &before,
        after: &format!("cp \"$disk\"/* {shown}"),
    };
    let ran = on_small_disk(
        &world,
        "files",
        "16k",
        &around,
        &["--json", "run", "products-to-csv"],
    )
    .code(4);
    assert!(
        ran.says("full").json()["problem"]["hint"].as_str().is_some(),
        "with the next step"
    );
    let names: Vec<_> = std::fs::read_dir(&shown)
        .expect("a folder")
        .flatten()
        .map(|file| file.file_name())
        .collect();
    assert_eq!(names, ["products.csv"], "nothing half-written is visible");
    let left = std::fs::read_to_string(world.path("shown/products.csv")).expect("a file");
    assert!(
        left.contains("the one of last night"),
        "the one before stays: {left}"
    );
    assert_eq!(
        world.run("products-to-csv")["written"],
        800,
        "with room again it is written"
    );
}
