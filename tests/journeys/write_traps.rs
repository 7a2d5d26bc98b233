//! What a store or a file does not take as it comes: stock counted elsewhere, words of another version, a call with a limit
//! of its own, letters that a code page does not have, texts that are too long.

use kit::World;
use sandbox_store::{Config, Fault, How, Kind, Match, When};
use serde_json::{Value, json};

use crate::{
    catalogue::shop,
    empty_store, requests,
    whole_api::{deploy, failures, send},
};

const ADJUST: &str = "/v3/inventory/adjustments/absolute";

fn products(count: u32) -> World {
    shop(Config {
        products: count,
        orders: 3,
        ..empty_store()
    })
}

/// Variants of products whose stock is counted as a whole: id and product.
fn counted_by_product(world: &World) -> Vec<(u64, u64)> {
    let store = world.store().store();
    let variants = store
        .ids(Kind::Variant)
        .into_iter()
        .filter_map(|id| store.record(Kind::Variant, id));
    let counted = variants.filter_map(|variant| {
        let (id, product) = (variant["id"].as_u64()?, variant["product_id"].as_u64()?);
        let product = store.record(Kind::Product, product)?;
        (product["inventory_tracking"] == "product").then_some((id, product["id"].as_u64()?))
    });
    counted.collect()
}

/// Status and items of the adjustments that were sent.
fn adjustments(world: &World) -> Vec<(u16, Value)> {
    let sent = requests(world, "PUT", &[ADJUST]);
    let one = |seen: &sandbox_store::Seen| {
        let body: Value = serde_json::from_str(&seen.body).expect("JSON");
        (seen.status, body["items"].clone())
    };
    sent.iter().map(one).collect()
}

/// T39: "tracked by product, please update stock by product id".
#[test]
fn t39_stock_that_is_counted_by_product_goes_to_the_product_and_that_is_remembered() {
    let world = products(8);
    let (variant, product) = counted_by_product(&world)[0];
    deploy(
        &world,
        "inventory.set",
        "key: [variant_id]",
        "variant_id: variant, quantity: stock",
    );
    let run = send(&world, &[json!({ "variant": variant, "stock": 31 })], 0);
    assert_eq!(run["written"], 1, "{run}");
    let sent = adjustments(&world);
    assert_eq!(
        sent.iter().map(|(status, _)| *status).collect::<Vec<_>>(),
        [422, 200],
        "refused once, as the store does not take it there: {sent:?}"
    );
    assert_eq!(
        sent[1].1,
        json!([{ "location_id": 1, "product_id": product, "quantity": 31 }]),
        "the same number, once, to the product"
    );
    world.store().store().clear_log();
    send(&world, &[json!({ "variant": variant, "stock": 32 })], 0);
    assert_eq!(
        adjustments(&world),
        [(
            200,
            json!([{ "location_id": 1, "product_id": product, "quantity": 32 }])
        )],
        "the next time it goes there at once"
    );
    assert!(
        requests(&world, "GET", &["/v3/"]).is_empty(),
        "without asking again how it is counted"
    );
}

/// T40: V2 and V3 have other words for the same.
#[test]
fn t40_words_of_v2_are_never_sent_and_both_values_are_told() {
    let world = products(3);
    deploy(
        &world,
        "product.update",
        "key: [id]",
        "id: product, inventory_tracking: counted, condition: condition",
    );
    let ids = world.store().store().ids(Kind::Product);
    let record =
        |at: usize, counted: &str| json!({ "product": ids[at], "counted": counted, "condition": "Used" });
    let run = send(
        &world,
        &[record(0, "simple"), record(1, "by shelf"), record(2, "none")],
        1,
    );
    assert_eq!((&run["written"], &run["failed"]), (&json!(1), &json!(2)), "{run}");
    let said = failures(&world);
    for part in [
        "`inventory_tracking` is `simple`, which was v2's word; the store says `product` now.",
        "`inventory_tracking` is `by shelf`, and the store takes none, product, variant",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let sent = requests(&world, "PUT", &["/v3/catalog/products"]);
    assert!(
        sent.len() == 1 && sent[0].status == 200 && !sent[0].body.contains("simple"),
        "{sent:?}"
    );
}

const READS_ORDERS: &str = "
processflow: orders
connections: { store: bigcommerce, erp: sql }
steps:
  - read: { action: store/orders.changed }
  - write: { action: erp/table.upsert, with: { table: O, key: [ID], create: { ID: integer } }, map: { ID: id } }
";

/// T43: creating customers has a limit of its own.
#[test]
fn t43_a_call_that_is_closed_for_an_hour_holds_up_no_other() {
    let world = products(1);
    world.add_erp();
    deploy(
        &world,
        "customer.create",
        "",
        "email: email, first_name: '\"Ada\"', last_name: '\"Lovelace\"'",
    );
    world.deploy_text(READS_ORDERS, &["store=shop", "erp=erp"]);
    let on = Match {
        method: Some("POST".into()),
        path: Some("/v3/customers".into()),
        times: None,
        ..Match::default()
    };
    let how = How::Status {
        code: 429,
        body: r#"{"status":429,"title":"Too many requests","type":"/api-docs","errors":{}}"#.to_owned(),
        headers: [("x-retry-after".to_owned(), "3600".to_owned())].into(),
    };
    let store = world.store().store();
    store.fault(Fault {
        on,
        when: When::Before,
        how,
    });
    let serving = world.start(&["serve"]);
    kit::until("the agent is there", || {
        !world.processflow(&["--json", "status"]).json()["agent"].is_null()
    });
    world.put("rows.jsonl", "{\"email\":\"ada@example.com\"}\n");
    let held = world.start(&["run", "to-store"]);
    kit::until("the run waits, and says for what", || {
        let logs = world.processflow(&["logs"]).ok();
        logs.out.contains("no more requests of this kind for 60 minutes")
    });
    let orders = world.processflow(&["--json", "run", "orders"]).ok().json();
    assert_eq!(
        (&orders["status"], &orders["written"]),
        (&json!("Successful"), &json!(3)),
        "others go on: {orders}"
    );
    assert_eq!(
        requests(&world, "POST", &["/v3/customers"]).len(),
        1,
        "and what is closed is not knocked at"
    );
    assert_eq!(
        world.processflow(&["--json", "failed"]).ok().json(),
        json!([]),
        "nothing failed"
    );
    held.kill();
    serving.signal("TERM");
    serving.wait().ok();
}

const NAME: &str = "Café \"N°5\" 😀";

/// A processflow from a file to a CSV file in a code page.
fn into_code_page(world: &World, rule: &str) {
    let text = format!(
        "
processflow: to-store
connections: {{ erp: files }}
steps:
  - read: {{ action: erp/jsonl.read, with: {{ file: rows.jsonl, settle: 0 s }} }}
  - write:
      action: erp/csv.write
      with: {{ file: names.csv, encoding: windows-1252{rule} }}
      map: {{ SKU: sku, NAME: name }}
"
    );
    world.deploy_text(&text, &["erp=files"]);
}

/// T44: a letter that the ERP's code page does not have.
#[test]
fn t44_a_letter_that_a_code_page_lacks_is_refused_or_replaced_by_a_rule() {
    let world = products(1);
    let file = world.path("files").join("names.csv");
    into_code_page(&world, "");
    let rows = [
        json!({ "sku": "A", "name": NAME }),
        json!({ "sku": "B", "name": "Müller" }),
    ];
    let run = send(&world, &rows, 1);
    assert_eq!((&run["written"], &run["failed"]), (&json!(1), &json!(1)), "{run}");
    assert!(
        failures(&world).contains("in column NAME does not exist in windows-1252"),
        "{}",
        failures(&world)
    );
    let written = std::fs::read(&file).expect("the file is there");
    assert_eq!(
        written, b"SKU,NAME\nB,M\xfcller\n",
        "the other row is there, to the letter"
    );
    into_code_page(&world, ", instead: _");
    let again = [json!({ "sku": "A", "name": NAME, "turn": 2 })];
    assert_eq!(send(&world, &again, 0)["written"], 1);
    let written = std::fs::read(&file).expect("the file is there");
    assert_eq!(
        written, b"SKU,NAME\nA,\"Caf\xe9 \"\"N\xb05\"\" _\"\n",
        "what was chosen, for the missing letter alone"
    );
}

/// T44: text limits of the store.
#[test]
fn t44_texts_arrive_to_the_letter_and_those_that_are_too_long_are_told_before_they_are_sent() {
    let world = products(3);
    let store = world.store().store();
    let ids = store.ids(Kind::Product);
    deploy(
        &world,
        "product.update",
        "key: [id]",
        "id: product, name: name, sku: sku",
    );
    let rows = [
        json!({ "product": ids[0], "name": NAME, "sku": "N5" }),
        json!({ "product": ids[1], "name": "é".repeat(251), "sku": "LONG" }),
        json!({ "product": ids[2], "name": "Short", "sku": "x".repeat(256) }),
    ];
    let run = send(&world, &rows, 1);
    assert_eq!((&run["written"], &run["failed"]), (&json!(1), &json!(2)), "{run}");
    for part in [
        "`name` has 251 characters and the store takes 250",
        "`sku` has 256 characters and the store takes 255",
        "`name | shorten(250)`",
    ] {
        assert!(failures(&world).contains(part), "{part}: {}", failures(&world));
    }
    assert_eq!(requests(&world, "PUT", &["/v3/catalog/products"]).len(), 1);
    let there = store.record(Kind::Product, ids[0]).expect("it is there");
    assert_eq!(there["name"], NAME, "four bytes, quotes and all");
    deploy(
        &world,
        "product.update",
        "key: [id]",
        "id: product, name: name | shorten(250)",
    );
    let cut = [json!({ "product": ids[1], "name": "é".repeat(251) })];
    assert_eq!(
        send(&world, &cut, 0)["written"],
        1,
        "cut where the processflow says so"
    );
}
