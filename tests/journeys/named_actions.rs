//! Actions with names of their own, beyond those the ready-made processflows use: what they know that an operation of the
//! API does not.

use kit::World;
use sandbox_store::{Config, Fault, How, Kind, Patch, When};
use serde_json::{Value, json};

use crate::{
    catalogue::shop,
    empty_store, requests,
    whole_api::{deploy, failures, reads, refused, run, send, writes},
};

const PRODUCTS: &str = "/v3/catalog/products";

fn products(count: u32) -> World {
    shop(Config {
        products: count,
        customers: 3,
        orders: 3,
        ..empty_store()
    })
}

/// A product as a record, with what else a test wants of it.
fn product(sku: &str, name: &str, more: &Value) -> Value {
    let mut product = json!({ "sku": sku, "name": name, "price": 12.5 });
    let more = more.as_object().cloned().unwrap_or_default();
    product.as_object_mut().expect("an object").extend(more);
    product
}

const PRODUCT: &str = "sku: sku, name: name, type: '\"physical\"', weight: 1, price: price";

fn posted(world: &World, path: &str) -> usize {
    requests(world, "POST", &[path]).len()
}

/// T41: images appended each run; private URL; more than 8 MB.
#[test]
fn t41_an_image_is_uploaded_once() {
    let world = products(2);
    let folder = world.path("pictures");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("Mug grey.jpg"), b"a picture of a mug").expect("a file");
    std::fs::write(folder.join("copy.jpg"), b"a picture of a mug").expect("a file");
    std::fs::write(folder.join("large.jpg"), vec![7_u8; 9 << 20]).expect("a file");
    let setting = format!("pictures={}", folder.display());
    world
        .processflow(&["connections", "edit", "shop", "--set", &setting])
        .ok();
    deploy(
        &world,
        "image.add",
        "",
        "sku: sku, image: image, description: '\"Grey\"'",
    );
    let store = world.store().store();
    let id = store.ids(Kind::Product)[0];
    let before = store.images(id).len();
    let mug = |image: &str, turn: u64| json!({ "sku": "0017", "image": image, "turn": turn });
    let first = send(&world, &[mug("Mug grey.jpg", 1)], 0);
    assert_eq!(first["written"], 1, "{first}");
    let images = store.images(id);
    assert_eq!(
        (images.len(), &images[before]["description"]),
        (before + 1, &json!("Grey")),
        "{images:?}"
    );
    world.processflow(&["cache", "clear"]).ok();
    for (image, turn) in [("Mug grey.jpg", 2), ("copy.jpg", 3)] {
        let again = send(&world, &[mug(image, turn)], 0);
        assert_eq!(
            again["unchanged"], 1,
            "{image}: the same content, whatever it is called: {again}"
        );
    }
    let refused = [
        mug("large.jpg", 4),
        mug("http://192.168.1.7/mug.jpg", 4),
        mug("none.jpg", 4),
    ];
    assert_eq!(send(&world, &refused, 1)["failed"], 3);
    let said = failures(&world);
    for part in [
        "it has 9.0 MB",
        "cannot reach `192.168.1.7`",
        "Add `192.168.1.7` to `picture_hosts`",
        "there is no file `none.jpg`",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(store.images(id).len(), before + 1, "one picture, one image");
}

/// T41: a new product gets its images after it, and each once.
#[test]
fn t41_a_new_product_has_its_images_once_whatever_is_retried() {
    let world = products(1);
    deploy(
        &world,
        "product.create",
        "",
        &format!("{PRODUCT}, images: images"),
    );
    let images = json!({ "images": ["https://cdn.example.com/front.jpg", { "image_url": "https://cdn.example.com/back.jpg", "sort_order": 2 }] });
    let lost = Fault::once("POST", "/v3/catalog/products/*/images", When::After, How::Close);
    world.store().store().fault(lost);
    let sent = send(&world, &[product("LAMP", "A lamp", &images)], 0);
    assert_eq!(sent["failed"], 0, "{sent}");
    let store = world.store().store();
    let id = *store.ids(Kind::Product).last().expect("it was made");
    assert_eq!(store.images(id).len(), 2, "{:?}", store.images(id));
    let mut again = images;
    again["turn"] = json!(2);
    assert_eq!(
        send(&world, &[product("LAMP", "A lamp", &again)], 0)["unchanged"],
        1
    );
    assert_eq!(store.images(id).len(), 2, "nothing is doubled");
}

/// T35: duplicate name or SKU is 409.
#[test]
fn t35_what_is_there_is_named_and_not_created_again() {
    let world = products(3);
    let store = world.store().store();
    let there = store
        .record(Kind::Product, store.ids(Kind::Product)[0])
        .expect("it is there");
    let name = there["name"].as_str().expect("a name").to_owned();
    deploy(&world, "product.create", "", PRODUCT);
    let run = send(
        &world,
        &[
            product("0017", "Another mug", &json!({})),
            product("NEW-1", &name, &json!({})),
        ],
        1,
    );
    assert_eq!(
        (&run["failed"], posted(&world, PRODUCTS)),
        (&json!(2), 1),
        "one is known before it is sent: {run}"
    );
    let said = failures(&world);
    for part in [
        "A product with the sku `0017` is already in the store, with other values",
        "`product.upsert`",
        &format!(
            "A product named `{name}` is already in the store: product {}, SKU `0017`.",
            there["id"]
        ),
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(store.ids(Kind::Product).len(), 3, "nothing was made");
}

/// T35: one without a SKU is taken over where the step says so.
#[test]
fn t35_a_product_of_the_same_name_is_adopted_where_that_is_asked_for() {
    let world = products(2);
    let store = world.store().store();
    let id = store.ids(Kind::Product)[0];
    store
        .patch(&Patch::set(
            Kind::Product,
            id,
            json!({ "name": "A lamp", "sku": "" }),
        ))
        .expect("it is there");
    deploy(&world, "product.upsert", "adopt: true", PRODUCT);
    assert_eq!(
        send(&world, &[product("LAMP", "A lamp", &json!({}))], 0)["written"],
        1
    );
    let lamp = store.record(Kind::Product, id).expect("it is there");
    assert_eq!((&lamp["sku"], &lamp["price"]), (&json!("LAMP"), &json!(12.5)));
    assert_eq!(store.ids(Kind::Product).len(), 2, "none was made beside it");
}

/// T36: 207, the product is saved and its stock is not.
#[test]
fn t36_only_the_part_that_failed_is_sent_again() {
    let world = products(1);
    let store = world.store().store();
    store.configure(|settings| settings.stock_fails_for = vec!["LAMP".to_owned()]);
    deploy(
        &world,
        "product.create",
        "",
        &format!("{PRODUCT}, inventory_tracking: '\"product\"', inventory_level: stock"),
    );
    let first = send(&world, &[product("LAMP", "A lamp", &json!({ "stock": 7 }))], 1);
    assert_eq!(first["failed"], 1, "{first}");
    assert!(
        failures(&world).contains("Product saved, but its stock was not"),
        "{}",
        failures(&world)
    );
    store.configure(|settings| settings.stock_fails_for.clear());
    store.clear_log();
    world.processflow(&["retry", "--all"]).ok();
    assert_eq!(posted(&world, PRODUCTS), 0, "it is not made again");
    let puts = requests(&world, "PUT", &[PRODUCTS]);
    let bodies: Vec<Value> = puts
        .iter()
        .map(|put| serde_json::from_str(&put.body).expect("JSON"))
        .collect();
    let only = |body: &Value| {
        body.as_object()
            .is_some_and(|body| body.keys().all(|name| name.starts_with("inventory_")))
    };
    assert!(bodies.len() == 1 && only(&bodies[0]), "{bodies:?}");
    let lamp = store.record(
        Kind::Product,
        *store.ids(Kind::Product).last().expect("it was made"),
    );
    assert_eq!(lamp.expect("it is there")["inventory_level"], 7);
}

/// A POST whose answer was lost is looked up: one product, whatever the network does.
#[test]
fn a_product_whose_answer_was_lost_is_found_and_not_made_twice() {
    let world = products(1);
    world
        .store()
        .store()
        .fault(Fault::once("POST", PRODUCTS, When::After, How::Reset));
    deploy(&world, "product.create", "", PRODUCT);
    let run = send(&world, &[product("LAMP", "A lamp", &json!({}))], 0);
    assert_eq!(run["failed"], 0, "{run}");
    assert_eq!(
        world.store().store().applied("product", "LAMP").len(),
        1,
        "made once"
    );
}

/// T31: sending `categories` replaces all.
#[test]
fn t31_lists_of_a_product_that_is_there_stay_unless_they_are_meant() {
    let world = products(1);
    let map = format!("{PRODUCT}, categories: '[23]'");
    let said = refused(&world, &writes("product.upsert", "", &map));
    assert!(said.contains("replaces all categories"), "{said}");
    let store = world.store().store();
    let id = store.ids(Kind::Product)[0];
    store
        .patch(&Patch::set(
            Kind::Product,
            id,
            json!({ "categories": [24, 25, 26] }),
        ))
        .expect("it is there");
    deploy(
        &world,
        "product.upsert",
        "only_when_new: [categories, name]",
        &map,
    );
    let records = [
        product("0017", "Not this", &json!({})),
        product("LAMP", "A lamp", &json!({})),
    ];
    assert_eq!(send(&world, &records, 0)["written"], 2);
    let [there, new] = [id, *store.ids(Kind::Product).last().expect("it was made")]
        .map(|id| store.record(Kind::Product, id).expect("it is there"));
    assert_eq!(
        (&there["categories"], &there["price"]),
        (&json!([24, 25, 26]), &json!(12.5))
    );
    assert_ne!(there["name"], "Not this");
    assert_eq!(
        (&new["categories"], &new["name"]),
        (&json!([23]), &json!("A lamp"))
    );
}

/// T32: a variant's price of nothing inherits, 0 means free.
#[test]
fn t32_an_empty_price_is_left_out_and_one_of_nothing_is_refused() {
    let world = products(8);
    let sku = world.stock_skus()[0].clone();
    deploy(&world, "variants.upsert", "", "sku: sku, price: price, weight: 2");
    let records = [
        json!({ "sku": sku, "price": null }),
        json!({ "sku": world.stock_skus()[1], "price": "0.00" }),
    ];
    let run = send(&world, &records, 1);
    assert_eq!((&run["written"], &run["failed"]), (&json!(1), &json!(1)), "{run}");
    let puts = requests(&world, "PUT", &["/v3/catalog/variants"]);
    assert!(!puts[0].body.contains("price"), "{}", puts[0].body);
    assert!(failures(&world).contains("price is 0"), "{}", failures(&world));
    deploy(
        &world,
        "product.create",
        "",
        &format!("{PRODUCT}, variants: variants"),
    );
    let free = json!({ "variants": [{ "sku": "LAMP-S", "price": 0, "option_values": [] }] });
    assert_eq!(send(&world, &[product("LAMP", "A lamp", &free)], 1)["failed"], 1);
    assert!(
        failures(&world).contains("the price of variant `LAMP-S` is 0"),
        "{}",
        failures(&world)
    );
    assert_eq!(posted(&world, PRODUCTS), 0, "nothing was given away");
}

/// T33: variants are removed when a product is edited; option values cannot be changed although the reply is 200.
#[test]
fn t33_a_variant_is_found_again_by_its_sku_and_never_told_to_have_changed_its_size() {
    let world = products(8);
    let store = world.store().store();
    let variants = store
        .ids(Kind::Variant)
        .into_iter()
        .filter_map(|id| store.record(Kind::Variant, id));
    let sized = variants
        .filter(|variant| variant["option_values"][0]["label"] == "L")
        .collect::<Vec<_>>();
    let (sku, product) = (sized[0]["sku"].clone(), sized[0]["product_id"].clone());
    let values = |label: &str| json!([{ "option_display_name": "Größe", "label": label }]);
    deploy(
        &world,
        "variants.upsert",
        "",
        "sku: sku, price: price, product_id: product, option_values: values",
    );
    let record = |label: &str, price: f64| json!({ "sku": sku, "price": price, "product": product, "values": values(label) });
    assert_eq!(send(&world, &[record("L", 9.5)], 0)["written"], 1);
    assert_eq!(send(&world, &[record("S", 9.75)], 1)["failed"], 1);
    assert!(
        failures(&world).contains("never changes those of a variant"),
        "{}",
        failures(&world)
    );
    // Edited in the control panel: the variant is gone, and comes back as a new one.
    let old = sized[0]["id"].as_u64().expect("an id");
    store
        .patch(&Patch::delete(Kind::Variant, old))
        .expect("it is there");
    assert_eq!(send(&world, &[record("L", 10.5)], 0)["written"], 1);
    let again = store
        .ids(Kind::Variant)
        .into_iter()
        .filter_map(|id| store.record(Kind::Variant, id));
    let again: Vec<Value> = again.filter(|variant| variant["sku"] == sku).collect();
    assert_eq!((again.len(), &again[0]["price"]), (1, &json!(10.5)));
    assert_ne!(again[0]["id"].as_u64(), Some(old), "a new one");
}

/// T34: product SKU and variant SKU, case, spaces, duplicates.
#[test]
fn t34_a_sku_is_matched_without_case_and_one_that_two_have_is_nobodys() {
    let world = products(4);
    let store = world.store().store();
    let ids = store.ids(Kind::Product);
    for id in [ids[2], ids[3]] {
        store
            .patch(&Patch::set(Kind::Product, id, json!({ "sku": "TWICE" })))
            .expect("it is there");
    }
    let before = store.record(Kind::Product, ids[0]).expect("it is there")["sku"].clone();
    deploy(&world, "product.upsert", "only_when_new: [name]", PRODUCT);
    let sku = before.as_str().expect("a SKU").to_lowercase();
    let run = send(
        &world,
        &[
            product(&format!(" {sku} "), "x", &json!({})),
            product("twice", "y", &json!({})),
        ],
        1,
    );
    assert_eq!((&run["written"], &run["failed"]), (&json!(1), &json!(1)), "{run}");
    assert!(
        failures(&world).contains("more than once"),
        "{}",
        failures(&world)
    );
    let after = store.record(Kind::Product, ids[0]).expect("it is there");
    assert_eq!(
        (&after["sku"], &after["price"]),
        (&before, &json!(12.5)),
        "its own spelling stays"
    );
    assert_eq!(posted(&world, PRODUCTS), 0, "none is made beside what is there");
}

/// T08: an order with more than 50 lines comes 50 at a time.
#[test]
fn t08_an_order_has_all_its_lines() {
    let world = products(2);
    let store = world.store().store();
    let order = store.ids(Kind::Order)[0];
    let line = |at: u64| json!({ "id": 5000 + at, "product_id": 101, "quantity": 1 + at % 3 });
    let patch = Patch {
        lines: Some(
            (0..123)
                .map(|at| line(at).as_object().cloned().expect("an object"))
                .collect(),
        ),
        ..Patch::set(Kind::Order, order, Value::Null)
    };
    store.patch(&patch).expect("it is there");
    reads(&world, "order.products", &format!("order_id: {order}"));
    assert_eq!(run(&world, "from-store", 0)["read"], 123);
    let text = std::fs::read_to_string(world.path("files").join("out.jsonl")).expect("it was written");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let pieces: u64 = lines.filter_map(|line| line["quantity"].as_u64()).sum();
    let total = store.record(Kind::Order, order).expect("it is there")["items_total"].as_u64();
    assert_eq!(Some(pieces), total, "no piece is missing");
    reads(
        &world,
        "order.get",
        &format!("order_id: {order}, include: [products]"),
    );
    assert_eq!(run(&world, "from-store", 0)["read"], 1);
    reads(&world, "order.get", "order_id: 999999");
    let said = world.processflow(&["run", "from-store"]).said();
    assert!(said.contains("Order 999999 is not in the store."), "{said}");
}

/// T09: payment transactions of an order do not page.
#[test]
fn t09_transactions_that_may_be_incomplete_are_not_taken_for_all() {
    let world = products(2);
    let store = world.store().store();
    let orders = store.ids(Kind::Order);
    for at in 0..251 {
        store.add(
            "transaction",
            json!({ "order_id": orders[0], "amount": at, "event": "capture" }),
        );
    }
    reads(&world, "order.transactions", &format!("order_id: {}", orders[0]));
    let said = world.processflow(&["run", "from-store"]).said();
    assert!(said.contains("may be incomplete"), "{said}");
    assert!(
        !world.path("files").join("out.jsonl").exists(),
        "nothing is written of a part"
    );
    reads(&world, "order.transactions", &format!("order_id: {}", orders[1]));
    assert_eq!(run(&world, "from-store", 0)["read"], 1);
}

/// T42: an identical address is answered with 200 and absent from the reply.
#[test]
fn t42_an_address_that_is_there_is_neither_failed_nor_sent_again() {
    let world = products(1);
    let store = world.store().store();
    let owner = store.ids(Kind::Customer)[0];
    let map = "customer_id: customer, first_name: first, last_name: last, address1: street, city: city, postal_code: zip, state_or_province: state, country_code: country";
    deploy(&world, "customer_address.create", "", map);
    let address = |street: &str, turn: u64| {
        json!({
            "customer": owner, "first": "Ada", "last": "Byron", "street": street, "city": "Düren", "zip": "52349",
            "state": "NRW", "country": "DE", "turn": turn,
        })
    };
    assert_eq!(send(&world, &[address("Gasse 3", 1)], 0)["written"], 1);
    let before = store.addresses(owner).len();
    store.clear_log();
    let three = [
        address("Gasse 1", 2),
        address("Gasse 3", 2),
        address("Gasse 2", 2),
    ];
    let run = send(&world, &three, 0);
    assert_eq!(
        (&run["written"], &run["unchanged"], &run["failed"]),
        (&json!(2), &json!(1), &json!(0)),
        "{run}"
    );
    assert_eq!(posted(&world, "/v3/customers/addresses"), 1, "nothing is retried");
    assert_eq!(store.addresses(owner).len(), before + 2);
}

/// T51: a relative change is never blindly repeated.
#[test]
fn t51_a_relative_change_is_sent_once_and_has_to_be_meant() {
    let world = products(20);
    let said = refused(&world, &writes("inventory.adjust", "", "sku: sku, quantity: by"));
    assert!(said.contains("at_most_once: true"), "{said}");
    deploy(
        &world,
        "inventory.adjust",
        "at_most_once: true",
        "sku: sku, quantity: by",
    );
    let path = "/v3/inventory/adjustments/relative";
    world
        .store()
        .store()
        .fault(Fault::once("POST", path, When::After, How::Close));
    let sku = world.stock_skus()[0].clone();
    let run = send(&world, &[json!({ "sku": sku, "by": -2 })], 1);
    assert_eq!(run["failed"], 1, "nobody knows, so a person decides: {run}");
    assert_eq!(posted(&world, path), 1, "it is not sent again");
    assert_eq!(
        world.store().store().applied("stock", &sku).len(),
        1,
        "stock moved once"
    );
}

/// Prices of a thousand variants are one request; those that are wrong are named.
#[test]
fn prices_of_a_list_are_set_by_the_thousand_and_the_wrong_one_is_named() {
    let world = products(8);
    deploy(
        &world,
        "price_list_records.upsert",
        "price_list_id: 1, currency: EUR",
        "sku: sku, price: price",
    );
    let mut records: Vec<Value> = world
        .stock_skus()
        .iter()
        .map(|sku| json!({ "sku": sku, "price": 9.5 }))
        .collect();
    let good = records.len();
    records.push(json!({ "sku": "GONE", "price": 9.5 }));
    let run = send(&world, &records, 1);
    assert_eq!(
        (&run["written"], &run["failed"]),
        (&json!(good), &json!(1)),
        "{run}"
    );
    assert!(
        failures(&world).contains("The store refused the price of `gone`: sku: was not found"),
        "{}",
        failures(&world)
    );
    assert_eq!(world.store().store().prices().len(), good);
}

/// The migration case: customers filtered as v2 spelt it.
#[test]
fn filters_in_v2s_spelling_are_asked_for_in_v3s() {
    let world = products(1);
    reads(
        &world,
        "customers.list",
        "filter: { min_date_created: \"2020-01-01\" }",
    );
    assert_eq!(run(&world, "from-store", 0)["read"], 3);
    let asked = requests(
        &world,
        "GET",
        &["/v3/customers", "date_created%3Amin=2020-01-01T00%3A00%3A00Z"],
    );
    let plain = requests(
        &world,
        "GET",
        &["/v3/customers", "date_created:min=2020-01-01T00:00:00Z"],
    );
    assert!(
        !asked.is_empty() || !plain.is_empty(),
        "{:?}",
        requests(&world, "GET", &["/v3/customers"])
    );
}

/// A webhook that the store switched off is switched on, not doubled.
#[test]
fn t52_a_webhook_is_there_once_and_on() {
    let world = products(1);
    deploy(
        &world,
        "webhook.create",
        "",
        "scope: '\"store/order/*\"', destination: to",
    );
    let hook = |turn: u64| json!({ "to": "https://hooks.example.com/orders", "turn": turn });
    assert_eq!(send(&world, &[hook(1)], 0)["written"], 1);
    assert_eq!(send(&world, &[hook(2)], 0)["unchanged"], 1);
    let store = world.store().store();
    let mut off = store.plain("webhook").remove(0);
    off["is_active"] = json!(false);
    store.add("webhook", off);
    assert_eq!(send(&world, &[hook(3)], 0)["written"], 1);
    let hooks = store.plain("webhook");
    assert_eq!(
        (hooks.len(), &hooks[0]["is_active"]),
        (1, &json!(true)),
        "{hooks:?}"
    );
}

/// What is read of a variant's metafields lies below its product, which a row does not name.
#[test]
fn metafields_of_variants_are_set_once_and_changed() {
    let world = products(2);
    let variants = world.store().store().ids(Kind::Variant);
    deploy(
        &world,
        "variant_metafields.upsert",
        "",
        "resource_id: id, namespace: '\"erp\"', key: '\"number\"', value: value",
    );
    let row = |id: u64, value: &str, turn: u64| json!({ "id": id, "value": value, "turn": turn });
    let rows = [
        row(variants[0], "E-1", 1),
        row(variants[1], "E-2", 1),
        row(999_999, "E-3", 1),
    ];
    let first = send(&world, &rows, 1);
    assert_eq!(
        (&first["written"], &first["failed"]),
        (&json!(2), &json!(1)),
        "{first}"
    );
    assert!(failures(&world).contains("Variant 999999 is not in the store."));
    world.store().store().clear_log();
    let again = send(
        &world,
        &[row(variants[0], "E-1", 2), row(variants[1], "F-2", 2)],
        0,
    );
    assert_eq!(
        (&again["written"], &again["unchanged"]),
        (&json!(1), &json!(1)),
        "{again}"
    );
    assert_eq!(
        posted(&world, "/v3/catalog/variants/metafields"),
        0,
        "none is made twice"
    );
    assert_eq!(
        requests(&world, "GET", &["/v3/catalog/variants?"]).len(),
        0,
        "whose they are is known"
    );
    reads(&world, "variant_metafields.list", "filter: { namespace: erp }");
    assert_eq!(run(&world, "from-store", 0)["read"], 2, "one of each");
}

/// A type cannot be changed, so one of another type is nobody's to take over.
#[test]
fn an_attribute_of_customers_is_created_once() {
    let world = products(1);
    deploy(&world, "customer_attribute.create", "", "name: name, type: type");
    let row = |name: &str, kind: &str, turn: u64| json!({ "name": name, "type": kind, "turn": turn });
    let first = send(
        &world,
        &[row("Since", "date", 1), row("kundennummer ", "string", 1)],
        0,
    );
    assert_eq!(
        (&first["written"], &first["unchanged"]),
        (&json!(1), &json!(1)),
        "{first}"
    );
    let again = send(
        &world,
        &[row("Since", "date", 2), row("Kundennummer", "number", 2)],
        1,
    );
    assert_eq!(
        (&again["unchanged"], &again["failed"]),
        (&json!(1), &json!(1)),
        "{again}"
    );
    assert_eq!(posted(&world, "/v3/customers/attributes"), 1, "one was missing");
    let told = failures(&world);
    assert!(
        told.contains("with other values: type") && told.contains("choose another name"),
        "{told}"
    );
}

/// What stands above a category is made by its name alone, once, whoever needs it.
#[test]
fn a_category_is_found_by_its_path_and_what_is_missing_above_it_is_made_once() {
    let world = products(1);
    let store = world.store().store();
    let before = store.ids(Kind::Category).len();
    deploy(
        &world,
        "category.upsert",
        "key: [path]",
        "path: path, description: text",
    );
    let row = |path: &str, turn: u64| json!({ "path": path, "text": "As written", "turn": turn });
    let paths = [
        "Haushalt/Küche/Becher",
        "haushalt / Küche / Teller",
        "Haushalt/Küche",
    ];
    let rows = |turn: u64| paths.map(|path| row(path, turn));
    let first = send(&world, &rows(1), 0);
    assert_eq!(first["written"], 3, "{first}");
    assert_eq!(
        store.ids(Kind::Category).len(),
        before + 4,
        "two above, two below"
    );
    store.clear_log();
    let again = send(&world, &rows(2), 0);
    assert_eq!(again["unchanged"], 3, "each is found where it was put: {again}");
    assert_eq!(posted(&world, "/v3/catalog/trees/categories"), 0);
    let wrong = send(&world, &[row("Haushalt//Löffel", 3)], 1);
    assert_eq!(wrong["failed"], 1, "{wrong}");
    assert!(failures(&world).contains("a category without a name"));
}

#[test]
fn a_category_above_whose_answer_was_lost_is_found_and_not_made_twice() {
    let world = products(1);
    let store = world.store().store();
    let before = store.ids(Kind::Category).len();
    deploy(&world, "category.upsert", "key: [path]", "path: path");
    store.fault(Fault::once(
        "POST",
        "/v3/catalog/trees/categories",
        When::After,
        How::Reset,
    ));
    let run = send(&world, &[json!({ "path": "Haushalt/Becher" })], 0);
    assert_eq!(run["written"], 1, "{run}");
    assert_eq!(
        store.ids(Kind::Category).len(),
        before + 2,
        "one above, one below"
    );
}
