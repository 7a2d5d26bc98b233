//! Files that grow, come again, are not there; and the ready-made processflows that write files.

use std::{io::Write, time::Duration};

use kit::{Order, World, kill, until};
use sandbox_store::Config;
use serde_json::{Value, json};

use crate::{empty_store, store_with_orders};

const INBOX: &str = "
processflow: inbox
connections: { crm: files, erp: sql }
steps:
  - read: { action: crm/csv.read, with: { file: inbox.csv, settle: SETTLE } }
  - write:
      action: erp/table.insert # not repeatable by itself: what comes twice stands there twice
      with: { table: INBOX, create: { ID: integer, TEXT: text } }
      map: { ID: ID, TEXT: TEXT }
";

fn inbox(settle: &str) -> World {
    let world = World::empty();
    world.add_erp();
    world.add_files();
    world.deploy_text(&INBOX.replace("SETTLE", settle), &["crm=files", "erp=erp"]);
    world
}

fn rows(from: u64, to: u64) -> String {
    (from..to).map(|id| format!("{id},text {id}\n")).collect()
}

/// T48: a file that is still being written is taken once, complete.
#[test]
fn t48_a_file_that_grows_is_taken_once_and_whole() {
    let world = inbox("1 s");
    let path = world.path("files/inbox.csv");
    let mut file = std::fs::File::create(&path).expect("a file");
    file.write_all(format!("ID,TEXT\n{}", rows(0, 100)).as_bytes())
        .expect("the first part");
    let running = world.start(&["--json", "run", "inbox"]);
    // The program that writes it is slow: a part each third of a second, while the agent is looking already.
    for part in 1..=5 {
        pause(Duration::from_millis(300));
        file.write_all(rows(part * 100, part * 100 + 100).as_bytes())
            .expect("a further part");
    }
    let run = running.wait().ok().json();
    assert_eq!(run["written"], 600, "all of it, in this run: {run}");
    assert_eq!(world.table("INBOX").rows.len(), 600, "and once");
    let run = world.run("inbox");
    assert_eq!(run["read"], 0, "the same content is not taken again: {run}");
}

/// T48: what was imported before a crash is not imported twice.
#[test]
fn t48_a_crash_around_the_import_does_not_import_a_file_twice() {
    let world = inbox("0 s");
    world.put("inbox.csv", format!("ID,TEXT\n{}", rows(0, 300)));
    world.keep_as_template();
    let calls = world.path("calls");
    let counting = [
        ("LD_PRELOAD", kill::shim()),
        ("KILL_COUNT", calls.to_str().expect("text")),
    ];
    world.start_in(&["run", "inbox"], &counting).wait().ok();
    let places: u64 = std::fs::read_to_string(&calls)
        .expect("a count")
        .trim()
        .parse()
        .expect("a number");
    // The last calls of a run are those around commit and settle.
    for place in (0..12).map(|back| places - 1 - back * 2) {
        world.back_to_template();
        let killing = [("LD_PRELOAD", kill::shim()), ("KILL_AT", &*place.to_string())];
        world.start_in(&["run", "inbox"], &killing).wait();
        world.processflow(&["run", "inbox"]).ok();
        let count = world.table("INBOX").rows.len();
        assert_eq!(count, 300, "killed at call {place} of {places}: every row once");
    }
}

/// T48: a new content under the old name is new.
#[test]
fn t48_the_next_file_of_the_same_name_is_taken() {
    let world = inbox("0 s");
    world.put("inbox.csv", "ID,TEXT\n1,one\n");
    assert_eq!(world.run("inbox")["written"], 1, "the first");
    world.put("inbox.csv", "ID,TEXT\n2,two\n");
    assert_eq!(
        world.run("inbox")["written"],
        1,
        "of the same size and date, but another"
    );
    assert_eq!(world.table("INBOX").column("ID"), ["1", "2"], "each once");
}

/// T49: a share that is not mounted is no empty folder.
#[test]
fn t49_a_missing_share_writes_nothing_and_says_so() {
    let world = inbox("0 s");
    world.put("inbox.csv", "ID,TEXT\n1,one\n");
    world.processflow(&["run", "inbox"]).ok();
    std::fs::rename(world.path("files"), world.path("unmounted")).expect("it is ours");
    let run = world.processflow(&["--json", "run", "inbox"]).code(4).json();
    assert_eq!(
        (&run["status"], &run["read"]),
        (&json!("Waiting"), &json!(0)),
        "not reachable is not empty: {run}"
    );
    assert!(
        run["problem"]["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("mounted")),
        "with the next step: {run}"
    );
    assert!(!world.path("files").exists(), "and nothing is made in its place");
    std::fs::rename(world.path("unmounted"), world.path("files")).expect("it is ours");
    assert_eq!(
        world.processflow(&["--json", "run", "inbox"]).ok().json()["read"],
        0,
        "back as it was"
    );
}

/// The whole catalogue as a file that appears when it is complete.
#[test]
fn the_catalogue_becomes_a_csv_file() {
    let world = World::with_store(Config {
        products: 300,
        ..empty_store()
    });
    world.add_files();
    world.deploy("products-to-csv", &["store=shop", "out=files"]);
    let run = world.run("products-to-csv");
    assert_eq!(
        (&run["read"], &run["written"]),
        (&json!(300), &json!(300)),
        "{run}"
    );
    let text = std::fs::read_to_string(world.path("files/products.csv")).expect("it was written");
    assert_eq!(
        text.lines().next(),
        Some("ID,SKU,NAME,PRICE,STOCK,VISIBLE"),
        "columns in the order of the map"
    );
    assert_eq!(text.lines().count(), 301, "a line for each");
    world.store().store().fault(broken_pages());
    world.processflow(&["run", "products-to-csv"]).code(4);
    let after = std::fs::read_to_string(world.path("files/products.csv")).expect("it is still there");
    assert_eq!(
        after, text,
        "while the next one is not whole, the one before stays"
    );
}

fn broken_pages() -> sandbox_store::Fault {
    let on = sandbox_store::Match {
        path: Some("/v3/catalog/products".into()),
        times: None,
        ..Default::default()
    };
    sandbox_store::Fault {
        on,
        when: sandbox_store::When::Before,
        how: sandbox_store::How::Html { code: 200 },
    }
}

/// Customers that are new or changed, appended.
#[test]
fn changed_customers_are_appended_to_a_file() {
    let world = World::with_store(Config {
        customers: 20,
        ..empty_store()
    });
    world.add_files();
    world.deploy("customers-to-jsonl", &["store=shop", "out=files"]);
    world.processflow(&["run", "customers-to-jsonl"]).ok();
    let id = world.store().store().ids(sandbox_store::Kind::Customer)[3];
    let patch = sandbox_store::Patch::set(
        sandbox_store::Kind::Customer,
        id,
        json!({ "company": "Analytical" }),
    );
    world.store().store().patch(&patch).expect("it is there");
    world.processflow(&["run", "customers-to-jsonl"]).ok();
    let text = std::fs::read_to_string(world.path("files/customers.jsonl")).expect("it was written");
    let last: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
    assert_eq!(
        text.lines().count(),
        21,
        "twenty, and the one that changed once more"
    );
    assert_eq!(
        (&last["id"], &last["company"]),
        (&json!(id), &json!("Analytical")),
        "as the store has it now"
    );
}

/// Reading and clearing at once.
#[test]
fn clearing_the_cache_while_a_run_is_under_way_loses_nothing() {
    let world = World::with_orders_to_database(store_with_orders(400));
    world
        .store()
        .store()
        .configure(|settings| settings.latency_ms = 40);
    Order::new(5000).line(1, "A", 1).put(&world);
    let running = world.start(&["--json", "run", crate::ORDERS]);
    until("the run has begun", || {
        !crate::requests(&world, "GET", &["/v2/orders"]).is_empty()
    });
    world.processflow(&["cache", "clear"]).ok().says("Never touched");
    let run = running.wait().ok().json();
    assert_eq!(run["read"], 401, "{run}");
}

#[expect(clippy::disallowed_methods, reason = "plays a program that writes slowly")]
fn pause(duration: Duration) {
    std::thread::sleep(duration);
}
