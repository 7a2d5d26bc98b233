//! Any operation of the store's API is a step, by its own name: with paging, refusals and look-ups as the named actions
//! have them.

use kit::World;
use sandbox_store::{Config, Fault, How, Kind, When};
use serde_json::{Value, json};

use crate::{catalogue::shop, empty_store, requests};

/// Deploys a processflow that reads with an operation of the store, into a file.
pub(crate) fn reads(world: &World, action: &str, with: &str) {
    let text = format!(
        "
processflow: from-store
connections: {{ store: bigcommerce, out: files }}
steps:
  - read: {{ action: store/{action}, with: {{ {with} }} }}
  - write: {{ action: out/jsonl.write, with: {{ file: out.jsonl }} }}
"
    );
    world.deploy_text(&text, &["store=shop", "out=files"]);
}

/// A processflow from a file to an operation of the store.
pub(crate) fn writes(action: &str, with: &str, map: &str) -> String {
    format!(
        "
processflow: to-store
connections: {{ erp: files, store: bigcommerce }}
steps:
  - read: {{ action: erp/jsonl.read, with: {{ file: rows.jsonl, settle: 0 s }} }}
  - write:
      action: store/{action}
      with: {{ {with} }}
      map: {{ {map} }}
"
    )
}

pub(crate) fn deploy(world: &World, action: &str, with: &str, map: &str) {
    world.deploy_text(&writes(action, with, map), &["erp=files", "store=shop"]);
}

pub(crate) fn refused(world: &World, text: &str) -> String {
    let file = world.write("processflow.yaml", text);
    let path = file.display().to_string();
    world.processflow(&["deploy", &path]).code(3).said()
}

pub(crate) fn run(world: &World, name: &str, code: i32) -> Value {
    world.processflow(&["--json", "run", name]).code(code).json()
}

pub(crate) fn send(world: &World, records: &[Value], code: i32) -> Value {
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    world.put("rows.jsonl", lines);
    run(world, "to-store", code)
}

pub(crate) fn failures(world: &World) -> String {
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    let text = |one: &Value| format!("{} {}\n", one["message"], one["hint"]);
    failed.as_array().expect("a list").iter().map(text).collect()
}

fn small() -> World {
    shop(Config {
        products: 30,
        customers: 30,
        orders: 6,
        ..empty_store()
    })
}

#[test]
fn a_list_is_read_whole_page_by_page_every_time() {
    let world = shop(Config {
        products: 230,
        customers: 120,
        ..empty_store()
    });
    for (action, path, most) in [
        ("api.get_products", "/v3/catalog/products", 230),
        ("api.get_customers_v3", "/v3/customers", 120),
    ] {
        reads(&world, action, "limit: 50");
        for turn in 1..=2 {
            world.store().store().clear_log();
            let run = run(&world, "from-store", 0);
            assert_eq!(
                run["read"],
                json!(most),
                "{action}, turn {turn}: nothing is left out: {run}"
            );
            let pages = requests(&world, "GET", &[path, "limit=50"]);
            assert!(pages.len() >= most / 50, "{action}: {} pages", pages.len());
            let behind = pages.iter().filter(|page| page.path.contains("after=")).count();
            let by_cursor = path == "/v3/customers";
            assert_eq!(
                behind > 0,
                by_cursor,
                "{action}: behind a record where the store names one"
            );
            assert!(
                !by_cursor || pages.len() <= 4,
                "{action}: one pass, for nothing slips: {pages:?}"
            );
        }
    }
}

/// The vendor's file has the id of one subscriber required for the list of all.
#[test]
fn a_filter_that_is_only_said_to_be_required_is_not_asked_for() {
    let world = small();
    world
        .store()
        .store()
        .add("subscriber", json!({ "id": 7, "email": "neu@example.com" }));
    reads(&world, "api.get_subscribers", "limit: 50");
    let there = world.store().store().plain("subscriber").len();
    assert_eq!(run(&world, "from-store", 0)["read"], json!(there), "all of them");
}

#[test]
fn one_record_is_read_by_the_ids_of_its_path() {
    let world = small();
    let order = world.store().store().ids(Kind::Order)[0];
    reads(&world, "api.get_order", &format!("order_id: {order}"));
    assert_eq!(run(&world, "from-store", 0)["read"], 1);
    let lines = world.store().store().order_lines(order).len();
    reads(&world, "api.get_order_products", &format!("order_id: {order}"));
    assert_eq!(
        run(&world, "from-store", 0)["read"],
        json!(lines),
        "a list below it"
    );
    reads(&world, "api.get_order", "order_id: 999999999");
    let said = world.processflow(&["run", "from-store"]).code(3).said();
    assert!(said.contains("nothing at `GET /v2/orders/{order_id}`"), "{said}");
}

#[test]
fn records_are_created_changed_and_deleted() {
    let world = small();
    deploy(
        &world,
        "api.create_product",
        "known_by: [sku]",
        "name: name, sku: sku, type: '\"physical\"', weight: 1, price: price, categories: '[]'",
    );
    let sent = send(
        &world,
        &[json!({ "name": "A lamp", "sku": "LAMP-1", "price": 12.5 })],
        0,
    );
    assert_eq!(sent["written"], 1, "{sent}");
    let store = world.store().store();
    let named = |sku: &str| {
        let ids = store.ids(Kind::Product);
        ids.into_iter().find(|id| {
            store
                .record(Kind::Product, *id)
                .is_some_and(|product| product["sku"] == sku)
        })
    };
    let id = named("LAMP-1").expect("it was created");

    deploy(&world, "api.update_product", "", "product_id: id, price: price");
    store.clear_log();
    assert_eq!(
        send(&world, &[json!({ "id": id, "price": 14.5 })], 0)["written"],
        1
    );
    let puts = requests(&world, "PUT", &[&format!("/v3/catalog/products/{id}")]);
    assert_eq!(
        puts[0].body, r#"{"price":14.5}"#,
        "the id is in the path, and the body is the rest"
    );

    deploy(&world, "api.delete_product", "", "product_id: id");
    assert_eq!(send(&world, &[json!({ "id": id })], 0)["written"], 1);
    assert_eq!(named("LAMP-1"), None, "it is gone");
    let again = send(&world, &[json!({ "id": id, "again": 1 })], 0);
    assert_eq!(again["unchanged"], 1, "what is gone is gone: {again}");
}

#[test]
fn a_list_as_body_has_one_record_and_a_bad_one_fails_alone() {
    let world = small();
    deploy(
        &world,
        "api.create_customers",
        "known_by: [email]",
        "email: email, first_name: first, last_name: last",
    );
    let people = [
        json!({ "email": "ann@example.com", "first": "Ann", "last": "Lee" }),
        json!({ "email": "no address", "first": "Bob", "last": "Lee" }),
        json!({ "email": "cy@example.com", "first": "Cy", "last": "Lee" }),
    ];
    let sent = send(&world, &people, 1);
    assert_eq!(
        (&sent["written"], &sent["failed"]),
        (&json!(2), &json!(1)),
        "{sent}"
    );
    let posts = requests(&world, "POST", &["/v3/customers"]);
    assert!(
        posts
            .iter()
            .all(|post| post.body.starts_with("[{") && post.body.matches("email").count() == 1)
    );
}

#[test]
fn a_misspelt_name_is_refused_with_the_nearest() {
    let world = small();
    for (action, with, nearest) in [
        ("api.get_ordrs", "", "`api.get_orders`"),
        ("api.get_orders", "statuss_id: 11", "`status_id`"),
        ("api.get_orders", "status_id: eleven", "not a whole number"),
        ("api.get_orders", "page: 2", "set by the reading itself"),
        ("api.get_order", "", "order_id"),
        ("api.get_products_channel_assignments", "", "known_by"),
    ] {
        let text = format!(
            "
processflow: from-store
connections: {{ store: bigcommerce, out: files }}
steps:
  - read: {{ action: store/{action}, with: {{ {with} }} }}
  - write: {{ action: out/jsonl.write, with: {{ file: out.jsonl }} }}
"
        );
        let said = refused(&world, &text);
        assert!(said.contains(nearest), "{action} {with}: {said}");
    }
    let said = refused(
        &world,
        &writes("api.delete_product", "", "product_id: id, prize: price"),
    );
    assert!(said.contains("prize"), "there is no body: {said}");
}

#[test]
fn a_deletion_of_everything_is_never_sent() {
    let world = small();
    for (action, map) in [
        ("api.delete_orders", "limit: id"),
        ("api.delete_products", "name: name"),
        ("api.delete_tree_categories", "'tree_id:in': id"),
        ("api.delete_customers_metafields", "id: id"),
    ] {
        let said = refused(&world, &writes(action, "", map));
        assert!(said.contains("never sent"), "{action}: {said}");
    }
    deploy(&world, "api.delete_products", "", "'id:in': ids");
    let store = world.store().store();
    let before = store.ids(Kind::Product);
    let nothing = [
        json!({ "n": 1, "ids": [] }),
        json!({ "n": 2, "ids": "" }),
        json!({ "n": 3, "ids": null }),
    ];
    assert_eq!(
        send(&world, &nothing, 1)["failed"],
        3,
        "a row that names nothing fails"
    );
    assert!(requests(&world, "DELETE", &["/"]).is_empty(), "and is not sent");
    assert!(
        failures(&world).contains("nothing was sent"),
        "{}",
        failures(&world)
    );
    deploy(&world, "api.delete_order", "", "order_id: ids");
    assert_eq!(send(&world, &[json!({ "n": 4, "ids": "" })], 1)["failed"], 1);
    assert!(
        requests(&world, "DELETE", &["/"]).is_empty(),
        "an empty id would be the address of all orders"
    );
    deploy(&world, "api.delete_products", "", "'id:in': ids");
    assert_eq!(
        send(&world, &[json!({ "n": 5, "ids": [before[0], before[1]] })], 0)["written"],
        1
    );
    assert_eq!(
        store.ids(Kind::Product),
        before[2..],
        "two are gone, the others are not"
    );
}

#[test]
fn a_lost_answer_makes_nothing_twice() {
    let world = small();
    deploy(
        &world,
        "api.create_product",
        "known_by: [sku]",
        "name: name, sku: sku, type: '\"physical\"', weight: 1, price: price, categories: '[]'",
    );
    let store = world.store().store();
    store.fault(Fault::once(
        "POST",
        "/v3/catalog/products",
        When::After,
        How::Close,
    ));
    let lamp = json!({ "name": "A lamp", "sku": "LAMP-2", "price": 12.5 });
    send(&world, std::slice::from_ref(&lamp), 1);
    let said = failures(&world);
    assert!(said.contains("Look in the store"), "a person is asked: {said}");
    send(&world, &[lamp], 0);
    let posts = || requests(&world, "POST", &["/v3/catalog/products"]).len();
    assert_eq!(posts(), 1, "it is not sent again by itself");
    let failed = world.processflow(&["--json", "failed"]).ok().json();
    let number = failed[0]["number"].to_string();
    world.processflow(&["retry", &number]).code(1);
    assert_eq!(
        posts(),
        2,
        "a person who looked says so, and the store knows the SKU"
    );
    assert!(
        failures(&world).contains("already in the store"),
        "{}",
        failures(&world)
    );
}

#[test]
fn a_lost_answer_to_a_change_is_looked_up() {
    let world = small();
    let store = world.store().store();
    let id = store.ids(Kind::Product)[0];
    deploy(&world, "api.update_product", "", "product_id: id, price: price");
    let path = format!("/v3/catalog/products/{id}");
    store.fault(Fault::once("PUT", &path, When::After, How::Close));
    let run = send(&world, &[json!({ "id": id, "price": 77.5 })], 0);
    assert_eq!(run["written"], 1, "{run}");
    let product = store.record(Kind::Product, id).expect("it is there");
    assert_eq!(product["price"], json!(77.5));
}

#[test]
fn what_is_sent_and_asked_stays_out_of_the_log() {
    let world = small();
    let person = "private-person@example.com";
    world.processflow(&["settings", "set", "log_level=trace"]).ok();
    deploy(
        &world,
        "api.create_customers",
        "known_by: [email]",
        "email: email, first_name: first, last_name: last",
    );
    send(
        &world,
        &[json!({ "email": person, "first": "Ann", "last": "Lee" })],
        0,
    );
    reads(&world, "api.get_customers_v3", &format!("'email:in': {person}"));
    assert_eq!(run(&world, "from-store", 0)["read"], 1);
    let logs = world.processflow(&["logs", "--level", "trace"]).ok().out;
    assert!(
        !logs.contains("private-person"),
        "nobody's address is in it: {logs}"
    );
    assert!(!logs.contains(world.store().token()), "nor is the token");
}

#[test]
fn the_whole_api_is_found_by_search_and_never_listed() {
    let world = World::empty();
    let listed = world.processflow(&["actions"]).ok().out;
    assert!(!listed.contains("/api."), "the named actions alone: {listed}");
    for (search, found) in [
        ("get_order_coupons", "bigcommerce/api.get_order_coupons"),
        (
            "/v2/orders/{order_id}/coupons",
            "bigcommerce/api.get_order_coupons",
        ),
        ("DELETE /v3/hooks", "bigcommerce/api.delete_"),
        ("api.get_order_coupons", "order_id *"),
    ] {
        let said = world.processflow(&["actions", "--search", search]).ok().out;
        assert!(said.contains(found), "{search}: {said}");
    }
    let all = world
        .processflow(&["--json", "actions", "bigcommerce"])
        .ok()
        .json();
    let api = |row: &&Value| {
        row["action"]
            .as_str()
            .is_some_and(|name| name.starts_with("api."))
    };
    assert_eq!(all.as_array().expect("a list").iter().filter(api).count(), 655);
}
