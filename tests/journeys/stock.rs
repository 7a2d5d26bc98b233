//! Stock from a file into the store: absolute, each change once, nothing repeated blindly.

use kit::World;
use sandbox_store::{Config, Fault, How, Kind, Match, When};
use serde_json::{Value, json};

use crate::{empty_store, requests};

const STOCK: &str = "stock-from-csv";
const ADJUST: &str = "/v3/inventory/adjustments/absolute";

fn store(products: u32) -> Config {
    Config {
        products,
        ..empty_store()
    }
}

fn shop(products: u32) -> World {
    let world = World::with_store(store(products));
    world.add_files();
    world.deploy(STOCK, &["store=shop", "erp=files"]);
    world
}

/// A stock file: of each SKU the number that `stock` says.
fn csv(skus: &[String], stock: impl Fn(usize) -> i64) -> String {
    let rows = skus
        .iter()
        .enumerate()
        .map(|(at, sku)| format!("{sku},{}\n", stock(at)));
    std::iter::once("SKU,QTY\n".to_owned()).chain(rows).collect()
}

fn run(world: &World) -> Value {
    world.processflow(&["--json", "run", STOCK]).ok().json()
}

/// SKU and number of what the store applied, in order.
fn applied(world: &World) -> Vec<(String, i64)> {
    let ledger = world.store().store().ledger();
    let stock = ledger.into_iter().filter(|entry| entry.kind == "stock");
    stock
        .map(|entry| (entry.key, entry.sent["quantity"].as_i64().unwrap_or(-1)))
        .collect()
}

#[test]
fn only_stock_that_changed_is_sent() {
    let world = shop(40);
    let skus = world.stock_skus();
    world.put("stock.csv", csv(&skus, |at| at as i64 + 100));
    let first = run(&world);
    assert_eq!(first["written"], json!(skus.len()), "all of it at first: {first}");
    world.store().store().clear_log();
    world.put(
        "stock.csv",
        csv(&skus, |at| at as i64 + if at == 7 { 900 } else { 100 }),
    );
    let second = run(&world);
    let unchanged = json!(skus.len() - 1);
    assert_eq!(
        (&second["written"], &second["unchanged"]),
        (&json!(1), &unchanged),
        "{second}"
    );
    assert_eq!(
        applied(&world),
        [(skus[7].clone(), 907)],
        "one number goes to the store, the one that is new"
    );
}

#[test]
fn a_negative_stock_is_none_and_a_missing_one_is_never_zero() {
    let world = shop(10);
    let skus = world.stock_skus();
    let file = format!("SKU,QTY\n{},-3\n{},\n,9\n{},12\n", skus[0], skus[1], skus[2]);
    world.put("stock.csv", file);
    let run = world.processflow(&["--json", "run", STOCK]).code(1).json();
    assert_eq!(
        (&run["read"], &run["written"], &run["failed"]),
        (&json!(4), &json!(2), &json!(1)),
        "{run}"
    );
    assert_eq!(
        run["skipped"],
        json!({ "no SKU": 1 }),
        "counted under its reason: {run}"
    );
    let mut applied = applied(&world);
    applied.sort();
    let mut expected = vec![(skus[0].clone(), 0), (skus[2].clone(), 12)];
    expected.sort();
    assert_eq!(applied, expected, "an empty cell would have emptied a shelf");
}

/// T38: 2,000 stock items in one adjustment.
#[test]
fn t38_two_thousand_and_one_stock_values_make_two_requests() {
    let world = shop(6000);
    let skus: Vec<String> = world.stock_skus().into_iter().take(2001).collect();
    assert_eq!(skus.len(), 2001, "the store is large enough");
    world.put("stock.csv", csv(&skus, |at| at as i64));
    let run = run(&world);
    assert_eq!(run["written"], 2001, "{run}");
    let sent: Vec<usize> = requests(&world, "PUT", &[ADJUST])
        .iter()
        .map(|seen| usize::from(seen.status == 200))
        .collect();
    assert_eq!(sent, [1, 1], "no more than the limit in one, and none refused");
}

/// T51: two writers never have two absolute numbers for one item in flight.
#[test]
fn t51_two_processflows_that_set_the_same_stock_take_turns() {
    let world = shop(20);
    let skus = world.stock_skus();
    world.put("stock.csv", csv(&skus, |_| 11));
    world.put("other.csv", csv(&skus, |_| 22));
    let text =
        std::fs::read_to_string(kit::ready_made(STOCK).join("processflow.yaml")).expect("it is ready-made");
    let other = text
        .replace("processflow: stock-from-csv", "processflow: other-stock")
        .replace("stock.csv", "other.csv");
    world.deploy_text(&other, &["store=shop", "erp=files"]);
    let slow = Match {
        method: Some("PUT".into()),
        path: Some(ADJUST.into()),
        times: None,
        ..Match::default()
    };
    world.store().store().fault(Fault {
        on: slow,
        when: When::After,
        how: How::Slow { ms: 300 },
    });
    let serving = world.start(&["serve"]);
    kit::until("the agent is there", || agent(&world));
    let (one, two) = (world.start(&["run", STOCK]), world.start(&["run", "other-stock"]));
    let began = std::time::Instant::now();
    one.wait().ok();
    two.wait().ok();
    assert!(
        began.elapsed().as_millis() >= 600,
        "one after the other: the second waited for the first's answer"
    );
    let applied: Vec<i64> = applied(&world)
        .into_iter()
        .map(|(_, quantity)| quantity)
        .collect();
    let turns = applied.chunk_by(|one, next| one == next).count();
    assert_eq!(
        (applied.len(), turns),
        (2 * skus.len(), 2),
        "all of one, then all of the other"
    );
    serving.signal("TERM");
    serving.wait().ok();
}

fn agent(world: &World) -> bool {
    !world.processflow(&["--json", "status"]).json()["agent"].is_null()
}

/// T51: an answer that is lost. The numbers are absolute, so they may go again; what counts is what is there.
#[test]
fn t51_a_lost_answer_over_stock_ends_with_the_numbers_of_the_file() {
    let world = shop(20);
    let skus = world.stock_skus();
    for (when, stock) in [(When::After, 31), (When::Before, 32)] {
        world.put("stock.csv", csv(&skus, |_| stock));
        world.store().store().clear_log();
        world
            .store()
            .store()
            .fault(Fault::once("PUT", ADJUST, when, How::Reset));
        let run = run(&world);
        assert_eq!(
            (&run["status"], &run["written"]),
            (&json!("Successful"), &json!(skus.len())),
            "{when:?}: {run}"
        );
        assert!(
            applied(&world).iter().all(|(_, quantity)| *quantity == stock),
            "{when:?}: never another number"
        );
        assert!(
            requests(&world, "PUT", &["relative"]).is_empty(),
            "{when:?}: and never a difference"
        );
        let store = world.store().store();
        let levels = store.ids(Kind::Variant).into_iter().filter_map(|id| {
            let sku = store.record(Kind::Variant, id)?["sku"].as_str()?.to_owned();
            skus.contains(&sku).then(|| store.level(id, 1))
        });
        assert!(levels.eq(skus.iter().map(|_| stock)), "{when:?}: it is there");
    }
}

/// T51, the same while the store lags behind: an absolute number that is not there yet may go again.
#[test]
fn t51_a_lost_answer_over_stock_that_lags_still_ends_right() {
    let world = shop(5);
    let skus = world.stock_skus();
    world
        .store()
        .store()
        .configure(|settings| settings.stock_lag_seconds = 2);
    world.put("stock.csv", csv(&skus, |_| 44));
    world
        .store()
        .store()
        .fault(Fault::once("PUT", ADJUST, When::After, How::Close));
    let run = run(&world);
    assert_eq!(
        (&run["status"], &run["failed"]),
        (&json!("Successful"), &json!(0)),
        "{run}"
    );
    assert!(
        applied(&world).iter().all(|(_, quantity)| *quantity == 44),
        "never a relative change, never another number"
    );
}

/// Two numbers for one SKU in one file.
#[test]
fn two_numbers_for_one_article_are_not_guessed_between() {
    let world = shop(10);
    let skus = world.stock_skus();
    world.put(
        "stock.csv",
        format!("SKU,QTY\n{0},1\n{1},5\n{0},2\n", skus[0], skus[1]),
    );
    world.processflow(&["--json", "run", STOCK]);
    let last = applied(&world).into_iter().rfind(|(sku, _)| *sku == skus[0]);
    let settled = last.is_none_or(|(_, quantity)| quantity == 2);
    assert!(
        settled,
        "either the later row counts or neither; the earlier one never wins"
    );
    assert!(
        applied(&world).contains(&(skus[1].clone(), 5)),
        "the other article is not kept back"
    );
}
