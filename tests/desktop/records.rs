//! What became of a record: searched, and mended where it failed.

use fantoccini::key::Key;
use kit::{
    World,
    desktop::{Screen, Window},
};
use sandbox_store::{Config, Kind, Patch};
use serde_json::{Value, json};

use crate::{ORDERS, START, answers::small_store};

const STOCK: &str = "stock-from-csv";

#[test]
fn the_one_search_box_leads_to_a_records_life_line() {
    let config = Config {
        orders: 60,
        ..small_store()
    };
    let (world, screen) = (World::with_orders_to_database(config), Screen::default());
    world.run(ORDERS);
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    window.press("Search");
    window.reads("Type at least two letters");
    window.fill("Search records and panels", "1042");
    window.reads("Everything known of “1042”");
    window.is_accessible();
    window.key(Key::Enter);
    window.reads("Life line: 1042");
    window.reads("Written");
    window.reads("run by hand");
    window.is_accessible();
    window.press("run by hand");
    window.reads("60 read");
    window.was_quiet();
}

/// Six lines of stock: two name what the store does not have, and two no number.
fn four_of_six_failed() -> World {
    let world = World::with_store(Config {
        products: 40,
        orders: 0,
        ..small_store()
    });
    world.add_files();
    world.deploy(STOCK, &["store=shop", "erp=files"]);
    let skus = world.stock_skus();
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| skus[at].as_str());
    world.put(
        "stock.csv",
        format!("SKU,QTY\n{a},17\n{b},18\nNEW-1,5\nNEW-2,6\n{c},many\n{d},few\n"),
    );
    let run = world.processflow(&["--json", "run", STOCK]).code(1).json();
    assert_eq!(run["failed"], 4, "{run}");
    world
}

/// Somebody makes in the store what it did not have.
fn make(world: &World, skus: [&str; 2]) {
    let store = world.store().store();
    let taken = world.stock_skus();
    let spare = store.ids(Kind::Variant).into_iter().filter(|id| {
        let sku = store
            .record(Kind::Variant, *id)
            .map(|variant| variant["sku"].clone());
        sku.is_some_and(|sku| taken[4..].iter().any(|taken| sku == *taken))
    });
    for (id, sku) in spare.collect::<Vec<_>>().into_iter().zip(skus) {
        let patch = Patch::set(Kind::Variant, id, json!({ "sku": sku }));
        store.patch(&patch).expect("it is there");
    }
}

/// What the store was told of a SKU's stock.
fn told(world: &World, sku: &str) -> Vec<Value> {
    let applied = world.store().store().applied("stock", sku);
    applied
        .into_iter()
        .map(|entry| entry.sent["quantity"].clone())
        .collect()
}

#[test]
fn failed_records_are_mended_by_cause_edited_and_let_go() {
    let (world, screen) = (four_of_six_failed(), Screen::default());
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads(START);
    window.press("4 records wait for you");
    window.reads("4 records wait from 2 causes");
    window.is_accessible();

    make(&world, ["NEW-1", "NEW-2"]);
    window.press_beside("The store has no stock item", "Resync all 2");
    window.reads("2 records went through, none failed.");
    window.reads("2 records wait from 1 cause");
    assert_eq!(
        (told(&world, "NEW-1"), told(&world, "NEW-2")),
        (vec![json!(5)], vec![json!(6)])
    );
    edit(&window, &world);
    let_go(&window, &world);
    window.was_quiet();
}

fn edit(window: &Window, world: &World) {
    window.press_beside("it needs a number", "Dismiss…");
    window.reads("Dismiss 2 records?");
    window.press("Cancel");
    window.press_part("it needs a number");
    window.press_row("stock.csv:6");
    window.press("Edit and resync…");
    window.is_accessible();
    let sku = world.stock_skus()[2].clone();
    window.fill("The record as JSON", "{ \"SKU\": ");
    window.reads("This is no JSON");
    window.fill(
        "The record as JSON",
        &json!({ "SKU": sku, "QTY": "12" }).to_string(),
    );
    window.reads("What changes");
    window.reads_no_more("This is no JSON");
    window.press("Save and resync");
    window.reads("1 record went through.");
    window.reads("1 record waits from 1 cause");
    assert_eq!(told(world, &sku), [json!(12)], "as it was entered");
}

fn let_go(window: &Window, world: &World) {
    window.press_beside("it needs a number", "Dismiss…");
    window.reads("Dismiss this record?");
    window.press("Dismiss");
    window.reads("Write why.");
    window.is_accessible();
    window.fill("Note", "counted by hand");
    window.press("Dismiss");
    window.reads("Nothing waits for you");
    window.is_accessible();
    let waits = world.processflow(&["--json", "failed"]).ok().json();
    assert_eq!(waits, json!([]), "none is left");
    window.look_at("#/runs/record/stock.csv%3A7");
    window.reads("Dismissed");
    window.reads("counted by hand");
}
