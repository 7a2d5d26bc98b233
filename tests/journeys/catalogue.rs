//! Products, variants and customers into the store: what is not mapped stays, one bad record fails alone, limits are kept.

use kit::World;
use sandbox_store::{Config, Kind, Patch};
use serde_json::{Value, json};

use crate::empty_store;

pub(crate) fn shop(config: Config) -> World {
    let world = World::with_store(config);
    world.add_files();
    world
}

/// Deploys a processflow from a CSV file to one write action of the store.
pub(crate) fn into_store(world: &World, action: &str, with: &str, map: &str) {
    let text = format!(
        "
processflow: into-store
connections: {{ erp: files, store: bigcommerce }}
steps:
  - read: {{ action: erp/csv.read, with: {{ file: rows.csv }} }}
  - write:
      action: store/{action}
      with: {{ {with} }}
      map: {{ {map} }}
"
    );
    world.deploy_text(&text, &["erp=files", "store=shop"]);
}

pub(crate) fn run(world: &World, code: i32) -> Value {
    world
        .processflow(&["--json", "run", "into-store"])
        .code(code)
        .json()
}

/// T31: sending `categories` replaces all.
#[test]
fn t31_a_price_leaves_the_categories_alone() {
    let world = shop(Config {
        products: 3,
        ..empty_store()
    });
    let id = world.store().store().ids(Kind::Product)[0];
    let four = Patch::set(Kind::Product, id, json!({ "categories": [23, 24, 25, 26] }));
    world.store().store().patch(&four).expect("it is there");
    into_store(
        &world,
        "product.update",
        "key: [id]",
        "id: ID, price: PRICE | decimal",
    );
    world.put("rows.csv", format!("ID,PRICE,CATEGORY\n{id},12.50,23\n"));
    run(&world, 0);
    let product = world
        .store()
        .store()
        .record(Kind::Product, id)
        .expect("it is there");
    assert_eq!(product["price"], json!(12.5), "the price is the new one");
    assert_eq!(
        product["categories"],
        json!([23, 24, 25, 26]),
        "four categories are still four"
    );
}

/// T31: a list that would be replaced has to be meant.
#[test]
fn t31_mapping_categories_has_to_be_meant() {
    let world = shop(Config {
        products: 3,
        ..empty_store()
    });
    let text = "
processflow: into-store
connections: { erp: files, store: bigcommerce }
steps:
  - read: { action: erp/csv.read, with: { file: rows.csv } }
  - write:
      action: store/product.update
      with: { key: [id] REPLACE }
      map: { id: ID, categories: '[CATEGORY | int]' }
";
    let file = world.write("processflow.yaml", text.replace("REPLACE", ""));
    let path = file.display().to_string();
    let refused = world.processflow(&["deploy", &path]).code(3);
    let refused = refused
        .says("replaces all categories")
        .says("replace: [categories]");
    assert!(!refused.said().contains("panicked"), "in a sentence");
    let id = world.store().store().ids(Kind::Product)[0];
    let category = world.store().store().ids(Kind::Category)[0];
    world.deploy_text(
        &text.replace("REPLACE", ", replace: [categories]"),
        &["erp=files", "store=shop"],
    );
    world.put("rows.csv", format!("ID,CATEGORY\n{id},{category}\n"));
    run(&world, 0);
    let product = world
        .store()
        .store()
        .record(Kind::Product, id)
        .expect("it is there");
    assert_eq!(
        product["categories"],
        json!([category]),
        "who says so replaces the list"
    );
}

/// T37: one bad item fails the whole batch without saying which.
#[test]
fn t37_one_bad_product_of_ten_fails_alone() {
    let world = shop(Config {
        products: 10,
        ..empty_store()
    });
    let ids = world.store().store().ids(Kind::Product);
    into_store(
        &world,
        "product.update",
        "key: [id]",
        "id: ID, price: PRICE | decimal, weight: WEIGHT | decimal",
    );
    let row = |(at, id): (usize, &u64)| format!("{id},{}.50,{}\n", at + 20, if at == 6 { "-1" } else { "2" });
    let rows: String = ids.iter().enumerate().map(row).collect();
    world.put("rows.csv", format!("ID,PRICE,WEIGHT\n{rows}"));
    let run = run(&world, 1);
    assert_eq!(
        (&run["written"], &run["failed"]),
        (&json!(9), &json!(1)),
        "nine are saved: {run}"
    );
    let sent = crate::requests(&world, "PUT", &["/v3/catalog/products"]);
    assert!(
        sent[0].status == 422 && sent.len() > 2,
        "the store refused all ten, which were sent again in parts: {sent:?}"
    );
    for (at, id) in ids.iter().enumerate() {
        let product = world
            .store()
            .store()
            .record(Kind::Product, *id)
            .expect("it is there");
        assert_eq!(
            product["price"] == json!(at as f64 + 20.5),
            at != 6,
            "product {id}: {}",
            product["price"]
        );
    }
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    assert_eq!(
        failed[0]["source"], "rows.csv:8",
        "the bad one is named: {failed}"
    );
    assert!(
        failed[0]["message"]
            .as_str()
            .is_some_and(|text| text.contains("weight")),
        "with its field: {failed}"
    );
}

/// A product that is sent again as it is changes nothing.
#[test]
fn what_is_there_already_is_found_and_not_doubled() {
    let world = shop(Config {
        customers: 0,
        ..empty_store()
    });
    into_store(
        &world,
        "customer.create",
        "",
        "email: EMAIL, first_name: FIRST, last_name: LAST",
    );
    world.put("rows.csv", "EMAIL,FIRST,LAST\nada@example.com,Ada,Byron\n");
    assert_eq!(run(&world, 0)["written"], 1, "created");
    world.put(
        "rows.csv",
        "EMAIL,FIRST,LAST\nADA@example.com,Ada,Byron\nbob@example.com,Bob,Byron\n",
    );
    let second = run(&world, 0);
    assert_eq!(
        (&second["unchanged"], &second["written"]),
        (&json!(1), &json!(1)),
        "whatever the case: {second}"
    );
    assert_eq!(world.store().store().ids(Kind::Customer).len(), 2, "each once");
}
