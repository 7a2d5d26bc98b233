//! F27: the source adds, removes and retypes fields. One record without a field is that record's matter; a fifth of a page is
//! the processflow's.

use kit::World;
use sandbox_store::{Config, Kind};
use serde_json::{Value, json};

use crate::{
    catalogue::shop,
    empty_store, requests,
    whole_api::{deploy, failures, run, send, writes},
};

const MAP: &str = "sku: sku, name: name, type: '\"physical\"', weight: 1, price: price | round(2)";

fn world() -> World {
    let world = shop(empty_store());
    deploy(&world, "product.upsert", "key: [sku]", MAP);
    world
}

/// So many products, every `nth` of them changed.
fn products(count: usize, nth: usize, change: impl Fn(&mut Value)) -> Vec<Value> {
    let product = |at: usize| {
        let mut product =
            json!({ "sku": format!("P-{at}"), "name": format!("Product {at}"), "price": at, "new": {} });
        if at.is_multiple_of(nth) {
            change(&mut product);
        }
        product
    };
    (0..count).map(product).collect()
}

fn without_price(product: &mut Value) {
    product.as_object_mut().expect("an object").remove("price");
}

#[test]
fn f27_a_page_without_a_mapped_field_stops_the_run_before_anything_is_sent() {
    let world = world();
    let run_once = send(&world, &products(90, 4, without_price), 3);
    assert_eq!(run_once["status"], "Waiting", "{run_once}");
    let message = run_once["problem"]["message"].as_str().unwrap_or_default();
    for part in [
        "schema drift: 23 of 90 records",
        "field `price`",
        "`price` is not in the record",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert_eq!(
        (
            requests(&world, "POST", &["/v3/catalog/products"]).len(),
            failures(&world)
        ),
        (0, String::new()),
        "nothing was sent, and nobody has to mend 23 records one by one"
    );

    // Once the file follows the source, all come: nothing of the page was passed over.
    let mended = writes(
        "product.upsert",
        "key: [sku]",
        &MAP.replace("price | round(2)", "price | default(1)"),
    );
    world.deploy_text(&mended, &["erp=files", "store=shop"]);
    assert_eq!(run(&world, "to-store", 0)["written"], 90);
    assert_eq!(world.store().store().ids(Kind::Product).len(), 90);
}

#[test]
fn f27_a_retyped_field_stops_it_too_and_few_records_do_not() {
    let world = world();
    let named = |product: &mut Value| product["price"] = json!({ "value": 7, "currency": "EUR" });
    let stopped = send(&world, &products(60, 2, named), 3);
    let message = stopped["problem"]["message"].as_str().unwrap_or_default();
    assert!(
        message.contains("30 of 60") && message.contains("needs a number, this is an object"),
        "{stopped}"
    );

    // Nineteen of nineteen are too few to say so; null is a value, whatever how many have it.
    let few = send(&world, &products(19, 1, without_price), 1);
    assert_eq!(few["failed"], 19, "{few}");
    let nothing = |product: &mut Value| product["price"] = Value::Null;
    let null = send(&world, &products(40, 1, nothing), 1);
    assert_eq!(null["failed"], 40, "{null}");
    // One in five is not more than a fifth.
    let fifth = send(&world, &products(100, 5, without_price), 1);
    assert_eq!(
        (&fifth["failed"], &fifth["written"]),
        (&json!(20), &json!(80)),
        "{fifth}"
    );
}

#[test]
fn f27_a_file_may_say_that_such_records_are_set_aside() {
    let world = shop(Config {
        products: 0,
        ..empty_store()
    });
    let text = writes("product.upsert", "key: [sku]", MAP) + "on_failure: { drift: set_aside }\n";
    world.deploy_text(&text, &["erp=files", "store=shop"]);
    let sent = send(&world, &products(60, 2, without_price), 1);
    assert_eq!(
        (&sent["failed"], &sent["written"]),
        (&json!(30), &json!(30)),
        "{sent}"
    );
    // Chosen records are read again whatever they lack.
    world.deploy_text(
        &writes("product.upsert", "key: [sku]", MAP),
        &["erp=files", "store=shop"],
    );
    let retried = world.processflow(&["--json", "retry", "to-store"]).said();
    assert!(!retried.contains("schema drift"), "{retried}");
}
