//! What each action is checked with: parameters, what there is to read, rows to write, and how to look at the result.

use std::fmt::Write as _;

use sandbox_store::{Kind, Patch};
use serde_json::{Value, json};

use crate::{
    looks::{customers, levels, orders, products, table, variants, visible_files},
    world::World,
};

/// What an action is checked with.
pub(crate) enum Fixture {
    Read(Read),
    Write(Write),
}

/// A read action: its `with`, and several batches of something to read.
pub(crate) struct Read {
    pub(crate) with: Value,
    /// Fills the world.
    pub(crate) fill: fn(&World),
    /// True when a reading that goes on behind the end brings nothing; others read everything anew.
    pub(crate) follows: bool,
}

/// A write action.
pub(crate) struct Write {
    pub(crate) with: Value,
    /// Makes what the rows are about.
    pub(crate) fill: fn(&World),
    /// Rows that are fine.
    pub(crate) rows: fn(&World) -> Vec<Value>,
    /// A row that must be refused; none where [`crate::exceptions`] says why.
    pub(crate) bad: Value,
    /// How the destination looks, without what every write changes (dates).
    pub(crate) look: fn(&World) -> Value,
    /// Method and path of the request that writes, for actions over HTTP.
    pub(crate) request: (&'static str, &'static str),
}

/// The fixture of an action (`sql/query`). A new action needs one.
pub(crate) fn fixture(action: &str) -> Fixture {
    match action {
        "bigcommerce/orders.changed" => read(json!({ "include": ["products"] }), nothing, true),
        "bigcommerce/orders.list" => read(json!({}), nothing, false),
        "bigcommerce/products.changed" => read(json!({ "include": ["variants"] }), nothing, true),
        "bigcommerce/products.list" => read(json!({}), nothing, false),
        "bigcommerce/customers.changed" => read(json!({}), nothing, true),
        "bigcommerce/customers.list" => read(json!({}), nothing, false),
        "bigcommerce/categories.list" => read(json!({}), many_categories, false),
        "sql/query" => read(
            json!({ "sql": "SELECT ID, TEXT FROM ITEM", "key": ["ID"], "after": "ID" }),
            items,
            true,
        ),
        "files/csv.read" => read(json!({ "file": "items.csv", "settle": "0 s" }), csv_file, true),
        "files/jsonl.read" => read(
            json!({ "file": "items.jsonl", "settle": "0 s" }),
            jsonl_file,
            true,
        ),
        "bigcommerce/product.update" => write(store_write(
            "PUT",
            "/v3/catalog/products",
            by_id(Kind::Product),
            products,
        )),
        "bigcommerce/variants.update" => write(store_write(
            "PUT",
            "/v3/catalog/variants",
            by_id(Kind::Variant),
            variants,
        )),
        "bigcommerce/inventory.set" => write(Write {
            bad: json!({ "sku": "GONE", "quantity": 3 }),
            ..store_write("PUT", "/v3/inventory/adjustments/absolute", stock_rows, levels)
        }),
        "bigcommerce/customer.create" => write(Write {
            bad: bad_customer(),
            ..store_write("POST", "/v3/customers", new_customers, customers)
        }),
        "bigcommerce/customer.upsert" => write(Write {
            bad: bad_customer(),
            ..store_write("POST", "/v3/customers", new_customers, customers)
        }),
        "bigcommerce/customer.update" => write(Write {
            bad: json!({ "id": 999_999, "company": "Gone" }),
            ..store_write("PUT", "/v3/customers", customer_changes, customers)
        }),
        "bigcommerce/order.update" => write(Write {
            bad: json!({ "id": 999_999, "staff_notes": "Gone" }),
            ..store_write("PUT", "/v2/orders/*", order_notes, orders)
        }),
        "bigcommerce/shipment.create" => write(Write {
            bad: json!({
                "order_id": 999_999, "tracking_number": "1Z-GONE",
                "items": [{ "order_product_id": 1, "quantity": 1 }],
            }),
            ..store_write("POST", "/v2/orders/*/shipments", parcels, orders)
        }),
        "sql/table.upsert" => write(table_write(json!({ "table": "ITEM", "key": ["ID"] }))),
        "sql/table.insert" => write(table_write(json!({ "table": "ITEM" }))),
        "sql/table.replace" => write(table_write(
            json!({ "table": "ITEM", "within": ["SCOPE"], "key": ["ID"] }),
        )),
        "files/csv.write" => write(Write {
            bad: json!({ "ID": 9, "TEXT": "漢" }),
            ..file_write(json!({ "file": "out.csv", "encoding": "windows-1252" }))
        }),
        "files/jsonl.write" => write(file_write(json!({ "file": "out.jsonl" }))),
        other => panic!("`{other}` has no fixture: the contract suite checks every action, add one here"),
    }
}

fn read(with: Value, fill: fn(&World), follows: bool) -> Fixture {
    Fixture::Read(Read { with, fill, follows })
}

fn write(write: Write) -> Fixture {
    Fixture::Write(write)
}

/// A write to the store, found by id; a record that is not there is a bad row.
fn store_write(
    method: &'static str,
    path: &'static str,
    rows: fn(&World) -> Vec<Value>,
    look: fn(&World) -> Value,
) -> Write {
    let bad = json!({ "id": 999_999, "price": 7.5 });
    Write {
        with: json!({}),
        fill: nothing,
        rows,
        bad,
        look,
        request: (method, path),
    }
    .for_path(path)
}

impl Write {
    /// Variants are found by SKU where nothing else is said.
    fn for_path(mut self, path: &str) -> Self {
        if path.ends_with("variants") {
            self.with = json!({ "key": ["id"] });
        }
        self
    }
}

/// A write to a table that is there; text where a number belongs is a bad row.
fn table_write(with: Value) -> Write {
    let bad = json!({ "SCOPE": 9, "ID": 9, "TEXT": "nine", "COUNT": "not a number" });
    Write {
        with,
        fill: item_table,
        rows: table_rows,
        bad,
        look: table,
        request: ("", ""),
    }
}

fn file_write(with: Value) -> Write {
    Write {
        with,
        fill: nothing,
        rows: file_rows,
        bad: Value::Null,
        look: visible_files,
        request: ("", ""),
    }
}

fn nothing(_: &World) {}

fn many_categories(world: &World) {
    for at in 0..600 {
        let name = json!({ "name": format!("Category {at}") });
        let set = name.as_object().cloned().expect("an object");
        let patch = Patch {
            id: None,
            set,
            ..Patch::set(Kind::Category, 0, Value::Null)
        };
        world
            .sandbox
            .store()
            .patch(&patch)
            .expect("the control panel takes it");
    }
}

fn items(world: &World) {
    world.execute(
        "CREATE TABLE ITEM (ID INTEGER PRIMARY KEY, TEXT TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
         INSERT INTO ITEM SELECT i, 'text ' || i FROM n;",
    );
}

fn csv_file(world: &World) {
    let mut text = String::from("ID,TEXT\n");
    (1..=2500).for_each(|id| writeln!(text, "{id},text {id}").expect("writing to a String does not fail"));
    std::fs::write(world.folder.path().join("files/items.csv"), text).expect("a file");
}

fn jsonl_file(world: &World) {
    let lines: String = (1..=2500)
        .map(|id| format!("{{\"ID\":{id},\"TEXT\":\"text {id}\"}}\n"))
        .collect();
    std::fs::write(world.folder.path().join("files/items.jsonl"), lines).expect("a file");
}

/// A row about each of the first five records.
fn five(world: &World, kind: Kind, row: impl Fn(u64, i32) -> Value) -> Vec<Value> {
    let ids = world.sandbox.store().ids(kind).into_iter().take(5);
    ids.zip(1..).map(|(id, at)| row(id, at)).collect()
}

/// A new price for each.
fn by_id(kind: Kind) -> fn(&World) -> Vec<Value> {
    fn of(world: &World, kind: Kind) -> Vec<Value> {
        five(
            world,
            kind,
            |id, at| json!({ "id": id, "price": f64::from(at) + 20.25 }),
        )
    }
    match kind {
        Kind::Product => |world| of(world, Kind::Product),
        _ => |world| of(world, Kind::Variant),
    }
}

/// Stock for five variants of products that count by variant.
fn stock_rows(world: &World) -> Vec<Value> {
    let skus = kit::stock_skus(world.sandbox.store()).into_iter().take(5);
    skus.zip(1..)
        .map(|(sku, at)| json!({ "sku": sku, "quantity": 1000 + at }))
        .collect()
}

fn new_customers(_: &World) -> Vec<Value> {
    let new = |at| json!({ "email": format!("new{at}@example.com"), "first_name": "Ada", "last_name": format!("No. {at}") });
    (1..=5).map(new).collect()
}

fn customer_changes(world: &World) -> Vec<Value> {
    let change = |id, at| json!({ "id": id, "company": format!("Company {at}") });
    five(world, Kind::Customer, change)
}

fn order_notes(world: &World) -> Vec<Value> {
    let note = |id, at| json!({ "id": id, "staff_notes": format!("Note {at}") });
    five(world, Kind::Order, note)
}

/// One piece of each of five orders of which something is left to ship.
fn parcels(world: &World) -> Vec<Value> {
    let store = world.sandbox.store();
    let parcel = |order: u64| {
        let lines = store.order_lines(order);
        let number = |line: &Value, name: &str| line[name].as_u64().unwrap_or_default();
        let line = lines
            .iter()
            .find(|line| number(line, "quantity") > number(line, "quantity_shipped"))?;
        Some(json!({
            "order_id": order, "tracking_number": format!("1Z-{order}"),
            "items": [{ "order_product_id": line["id"], "quantity": 1 }],
        }))
    };
    store
        .ids(Kind::Order)
        .into_iter()
        .filter_map(parcel)
        .take(5)
        .collect()
}

fn bad_customer() -> Value {
    json!({ "email": "no-address", "first_name": "Ada", "last_name": "Byron" })
}

fn item_table(world: &World) {
    world.execute(
        "CREATE TABLE ITEM (SCOPE INTEGER NOT NULL, ID INTEGER NOT NULL UNIQUE, TEXT TEXT, COUNT INTEGER);",
    );
}

fn table_rows(_: &World) -> Vec<Value> {
    (1..=5)
        .map(|id| json!({ "SCOPE": id, "ID": id, "TEXT": format!("text {id}"), "COUNT": id * 10 }))
        .collect()
}

fn file_rows(_: &World) -> Vec<Value> {
    (1..=5)
        .map(|id| json!({ "ID": id, "TEXT": format!("text {id}") }))
        .collect()
}
