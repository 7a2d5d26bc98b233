//! Killed at some 200 places of a run, started again: as if nothing had happened.
//!
//! The place is the k-th call that leaves a trace outside the process (a write, a sync, a send, a rename), counted
//! by a shim. A failing case prints the line that replays it.

use std::path::Path;

use kit::{World, kill};
use sandbox_store::{Applied, Config, Kind, Patch};
use serde_json::{Value, json};

/// Places per processflow.
const PLACES: u64 = 200;

#[test]
fn orders_to_database_killed_anywhere_ends_as_undisturbed() {
    let mut world = World::with_store(Config {
        orders: 90,
        products: 40,
        customers: 30,
        ..Config::default()
    });
    world.add_erp();
    for order in [1010, 1050, 1090] {
        let broken = json!({"total_inc_tax": "ten"});
        world
            .store()
            .store()
            .patch(&Patch::set(Kind::Order, order, broken).modified("keep"))
            .expect("it is there");
    }
    world.deploy("orders-to-database", &["store=shop", "erp=erp"]);
    let end = |world: &World| {
        let (orders, lines) = (world.table("WEB_ORDER"), world.table("WEB_ORDER_LINE"));
        json!({"orders": orders.rows, "lines": lines.rows, "failed": set_aside(world), "settled": settled(world)})
    };
    kill_everywhere(&mut world, "orders-to-database", |_| {}, end);
}

/// The one action that a repeated batch would double in plain sight.
#[test]
fn orders_into_an_inbox_killed_anywhere_are_inserted_once() {
    const INBOX: &str = "
processflow: orders-into-an-inbox
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/orders.changed }
  - write:
      action: erp/table.insert
      with: { table: WEB_INBOX, create: { ORDER_ID: integer, TOTAL: decimal } }
      map: { ORDER_ID: id, TOTAL: total_inc_tax | decimal }
";
    let mut world = World::with_store(Config {
        orders: 300,
        products: 40,
        customers: 30,
        ..Config::default()
    });
    world.add_erp();
    let broken = Patch::set(Kind::Order, 1100, json!({"total_inc_tax": "ten"})).modified("keep");
    world.store().store().patch(&broken).expect("it is there");
    world.deploy_text(INBOX, &["store=shop", "erp=erp"]);
    let end = |world: &World| json!({"inbox": world.table("WEB_INBOX").rows, "failed": set_aside(world), "settled": settled(world)});
    kill_everywhere(&mut world, "orders-into-an-inbox", |_| {}, end);
}

/// Steps inside of steps, and a value that is kept: each order gets its number once, and no number is lost.
#[test]
fn numbered_orders_killed_anywhere_have_the_numbers_they_had() {
    const NUMBERED: &str = "
processflow: numbered-orders
connections: { store: bigcommerce, erp: sql }
variables: { last: { start: 0 } }
steps:
  - read: { action: store/orders.changed, with: { include: [products] } }
  - set: { last: last + 1 }
  - branch:
      - when: id % 2 == 0
        steps:
          - for_each:
              in: products
              steps:
                - write:
                    action: erp/table.insert
                    with: { table: WEB_LINE, create: { NO: integer, SKU: text } }
                    map: { NO: last, SKU: sku }
  - write:
      action: erp/table.insert
      with: { table: WEB_NUMBERED, create: { ORDER_ID: integer, NO: integer, TOTAL: decimal } }
      map: { ORDER_ID: id, NO: last, TOTAL: total_inc_tax | decimal }
";
    let mut world = World::with_store(Config {
        orders: 300,
        products: 40,
        customers: 30,
        ..Config::default()
    });
    world.add_erp();
    let broken = Patch::set(Kind::Order, 1100, json!({"total_inc_tax": "ten"})).modified("keep");
    world.store().store().patch(&broken).expect("it is there");
    world.deploy_text(NUMBERED, &["store=shop", "erp=erp"]);
    let end = |world: &World| {
        let kept = world
            .processflow(&["--json", "variables", "numbered-orders"])
            .ok()
            .json();
        json!({"orders": world.table("WEB_NUMBERED").rows, "lines": world.table("WEB_LINE").rows,
            "last": kept[0]["value"], "failed": set_aside(world), "settled": settled(world)})
    };
    kill_everywhere(&mut world, "numbered-orders", |_| {}, end);
}

#[test]
fn stock_from_csv_killed_anywhere_ends_as_undisturbed() {
    let config = Config {
        products: 150,
        orders: 0,
        customers: 0,
        ..Config::default()
    };
    let mut world = World::with_store(config.clone());
    let files = world.add_files();
    std::fs::write(files.join("stock.csv"), stock_csv(&world)).expect("a file");
    world.deploy("stock-from-csv", &["store=shop", "erp=files"]);
    let port = world.store().address().port();
    let begin = move |world: &mut World| {
        world.start_store(Config {
            port,
            ..config.clone()
        });
    };
    let end = |world: &World| json!({"ledger": ledger(world), "failed": set_aside(world), "settled": settled(world)});
    kill_everywhere(&mut world, "stock-from-csv", begin, end);
}

/// Runs undisturbed once, then killed at places drawn by seed, each time from the same beginning.
fn kill_everywhere(
    world: &mut World,
    processflow: &str,
    mut begin: impl FnMut(&mut World),
    end: impl Fn(&World) -> Value,
) {
    world.keep_as_template();
    begin(world);
    let calls = world.path("calls");
    let counting = [
        ("LD_PRELOAD", kill::shim()),
        ("KILL_COUNT", calls.to_str().expect("text")),
    ];
    world.start_in(&["run", processflow], &counting).wait().code(1);
    let undisturbed = end(world);
    let places = calls_in(&calls);
    assert!(places > 100, "the shim counts the run's calls: {places}");

    let one = std::env::var("KILLED_AT")
        .ok()
        .and_then(|place| place.parse().ok());
    let chosen: Vec<u64> = one.map_or_else(|| draw(PLACES, places), |place| vec![place]);
    let mut killed = 0;
    for place in chosen {
        world.back_to_template();
        begin(world);
        let at = place.to_string();
        let ran = world
            .start_in(
                &["run", processflow],
                &[("LD_PRELOAD", kill::shim()), ("KILL_AT", &at)],
            )
            .wait();
        killed += u32::from(ran.code.is_none());
        let again = world.processflow(&["--json", "run", processflow]);
        let replay = format!(
            "KILLED_AT={place} cargo test -p tests --test faults {}",
            processflow.replace('-', "_")
        );
        assert!(matches!(again.code, Some(0 | 1)), "{replay}\n{}", again.said());
        assert_eq!(
            end(world),
            undisturbed,
            "killed at call {place} of {places}; replay with\n{replay}"
        );
    }
    assert!(
        one.is_some() || killed > 150,
        "most places lie inside the run: {killed}"
    );
}

/// `count` places below `end`, spread evenly, each drawn within its part.
fn draw(count: u64, end: u64) -> Vec<u64> {
    use rand::{Rng, SeedableRng};
    let mut random = rand::rngs::StdRng::seed_from_u64(1042);
    (0..count)
        .map(|part| {
            random.random_range(part * end / count..((part + 1) * end / count).max(part * end / count + 1))
        })
        .collect()
}

fn calls_in(file: &Path) -> u64 {
    std::fs::read_to_string(file)
        .expect("the shim wrote its count")
        .trim()
        .parse()
        .expect("a number")
}

/// What waits set aside: the record and the cause, not when.
fn set_aside(world: &World) -> Value {
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    let row = |record: &Value| json!([record["source"], record["class"], record["message"]]);
    failed.as_array().expect("a list").iter().map(row).collect()
}

/// What became of each record, over all runs: a record that was written and then found to be there already would
/// show that it was taken twice.
fn settled(world: &World) -> Value {
    let runs = world.processflow(&["--json", "runs"]).ok().json();
    let mut rows = Vec::new();
    for run in runs.as_array().expect("a list") {
        let id = run["run"].as_str().expect("an id");
        let shown = world
            .processflow(&["--json", "show", id, "--limit", "100000"])
            .ok()
            .json();
        let row = |record: &Value| json!([record["source"], record["outcome"], record["detail"]]).to_string();
        rows.extend(shown["records"].as_array().expect("a list").iter().map(row));
    }
    rows.sort();
    rows.into()
}

/// What the store applied: how often for which SKU, and the value.
fn ledger(world: &World) -> Value {
    let ledger = world.store().store().ledger();
    let row = |entry: &Applied| json!([entry.kind, entry.key, entry.sent["quantity"]]).to_string();
    let mut rows: Vec<String> = ledger.iter().map(row).collect();
    rows.sort();
    rows.into()
}

/// A stock file over the store's SKUs, with three that the store does not know and a ragged row.
fn stock_csv(world: &World) -> String {
    let mut csv = String::from("SKU,QTY\n");
    for (at, sku) in world.skus().iter().enumerate() {
        csv.push_str(&format!("{sku},{}\n", at + 5));
    }
    csv.push_str("GONE-1,1\nGONE-2,2\nGONE-3,3\nRAGGED\n");
    csv
}

/// C7: whoever is killed while a token is changed has the one or the other afterwards, never none.
#[test]
fn a_token_change_killed_anywhere_leaves_one_of_the_two() {
    const NEW: &str = "second-token";
    let world = World::with_store(Config {
        orders: 3,
        products: 3,
        customers: 3,
        ..Config::default()
    });
    world.store().store().configure(|settings| {
        let scopes = settings.scopes.clone();
        settings.accounts.insert(NEW.to_owned(), scopes);
    });
    world.keep_as_template();
    let calls = world.path("calls");
    let counting = [
        ("LD_PRELOAD", kill::shim()),
        ("KILL_COUNT", calls.to_str().expect("text")),
    ];
    let change = ["connections", "change-token", "shop"];
    let input = format!("{NEW}\n");
    world.processflow_in(&change, &counting, &input).ok();
    let places = calls_in(&calls);
    assert!(places > 20, "the shim counts the calls: {places}");
    let (mut kept, mut changed) = (0, 0);
    for place in (1..=places).step_by(usize::try_from(places / 60).unwrap_or(1).max(1)) {
        world.back_to_template();
        let at = place.to_string();
        world.processflow_in(&change, &[("LD_PRELOAD", kill::shim()), ("KILL_AT", &at)], &input);
        world.store().store().clear_log();
        world.processflow(&["connections", "validate", "shop"]).ok();
        let token = world.store().store().requests()[0].token.clone();
        match token.as_str() {
            "sandbox-token" => kept += 1,
            NEW => changed += 1,
            other => panic!("KILLED_AT={place}: neither of the two, but `{other}`"),
        }
    }
    assert!(
        kept > 0 && changed > 0,
        "both sides of the switch were met: {kept}, {changed}"
    );
}
