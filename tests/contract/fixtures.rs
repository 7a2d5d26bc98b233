//! What each action is checked with: parameters, what there is to read, rows to write, and how to look at the result.

use std::fmt::Write as _;

use sandbox_store::{Kind, Patch};
use serde_json::{Value, json};

use crate::{
    few::{
        Attributes, Brands, CART, Coupons, OfBrands, OfCategories, OfCustomers, OfOrders, OfProducts,
        OfVariants, PriceLists, Subscribers, Values, Webhooks, a_coupon, a_shipment, address,
        address_changes, an_address, attribute_values, billing, brand_titles, brands_named, carts_there,
        five_billed_carts, five_brands, five_carts, many, many_lines, many_refunds, metafields,
        metafields_of, new_addresses, new_billing, new_categories, new_named, new_subscribers, new_webhooks,
    },
    looks::{
        addresses, carts, categories, customers, images, levels, orders, plain, prices, products, table,
        variants, visible_files,
    },
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
        "bigcommerce/order.get" => read(
            json!({ "order_id": 1001, "include": ["products"] }),
            nothing,
            false,
        ),
        "bigcommerce/order.products" => read(json!({ "order_id": "1001" }), many_lines, false),
        "bigcommerce/order.shipping_addresses" => read(json!({ "order_id": 1001 }), an_address, false),
        "bigcommerce/order.shipments" => read(json!({ "order_id": 1001 }), a_shipment, false),
        "bigcommerce/order.coupons" => read(json!({ "order_id": 1001 }), a_coupon, false),
        "bigcommerce/order.transactions" => read(json!({ "order_id": 1001 }), nothing, false),
        "bigcommerce/order.refunds" => read(json!({ "order_id": 1001 }), many_refunds, false),
        "bigcommerce/order_statuses.list" => read(json!({}), nothing, false),
        "bigcommerce/refunds.list" => read(json!({}), many_refunds, false),
        "bigcommerce/coupons.list" => read(json!({}), many::<Coupons>, false),
        "bigcommerce/product.get" => read(json!({ "sku": "0017", "include": ["variants"] }), nothing, false),
        "bigcommerce/customer.get" => read(json!({ "customer_id": 1 }), nothing, false),
        "bigcommerce/variants.list" => read(json!({}), nothing, false),
        "bigcommerce/brands.list" => read(json!({}), many::<Brands>, false),
        "bigcommerce/inventory.list" => read(json!({}), nothing, false),
        "bigcommerce/locations.list" => read(json!({}), nothing, false),
        "bigcommerce/customer_addresses.list" => read(json!({}), nothing, false),
        "bigcommerce/customer_attributes.list" => read(json!({}), many::<Attributes>, false),
        "bigcommerce/customer_attribute_values.list" => read(json!({}), many::<Values>, false),
        "bigcommerce/subscribers.list" => read(json!({}), many::<Subscribers>, false),
        "bigcommerce/webhooks.list" => read(json!({}), many::<Webhooks>, false),
        "bigcommerce/cart.get" => read(json!({ "cart_id": CART }), nothing, false),
        "bigcommerce/checkout.get" => read(json!({ "checkout_id": CART }), nothing, false),
        "bigcommerce/store.get" => read(json!({}), nothing, false),
        "bigcommerce/product_metafields.list" => read(json!({}), many::<OfProducts>, false),
        "bigcommerce/variant_metafields.list" => read(json!({}), many::<OfVariants>, false),
        "bigcommerce/category_metafields.list" => read(json!({}), many::<OfCategories>, false),
        "bigcommerce/brand_metafields.list" => read(json!({}), many::<OfBrands>, false),
        "bigcommerce/order_metafields.list" => read(json!({}), many::<OfOrders>, false),
        "bigcommerce/customer_metafields.list" => read(json!({}), many::<OfCustomers>, false),
        "bigcommerce/price_lists.list" => read(json!({}), many::<PriceLists>, false),
        "bigcommerce/price_list_records.list" => read(json!({ "price_list_id": 1 }), many_prices, false),
        "bigcommerce/product.create" => write(new_products(json!({}))),
        "bigcommerce/product.upsert" => write(new_products(json!({ "only_when_new": ["categories"] }))),
        "bigcommerce/image.add" => write(Write {
            bad: json!({ "sku": "GONE", "image": "https://cdn.example.com/gone.jpg" }),
            ..store_write("POST", "/v3/catalog/products/*/images", new_images, images)
        }),
        "bigcommerce/variants.upsert" => write(Write {
            with: json!({}),
            fill: a_size_less,
            bad: json!({
                "sku": "NEW-GONE", "product_id": 999_999, "price": 9.5,
                "option_values": [{ "option_display_name": "Größe", "label": "S" }],
            }),
            ..store_write("PUT", "/v3/catalog/variants", new_variants, variants)
        }),
        "bigcommerce/price_list_records.upsert" => write(Write {
            with: json!({ "price_list_id": 1, "currency": "EUR" }),
            bad: json!({ "sku": "GONE", "price": 9.5 }),
            ..store_write("PUT", "/v3/pricelists/1/records", new_prices, prices)
        }),
        "bigcommerce/brand.create" => write(new_named(
            "/v3/catalog/brands",
            |_| brands_named(5),
            |world| plain(world, "brand"),
        )),
        "bigcommerce/brand.upsert" => write(new_named(
            "/v3/catalog/brands",
            |_| brands_named(5),
            |world| plain(world, "brand"),
        )),
        "bigcommerce/brand.update" => write(Write {
            fill: five_brands,
            bad: json!({ "id": 999_999, "page_title": "Gone" }),
            ..store_write("PUT", "/v3/catalog/brands/*", brand_titles, |world| {
                plain(world, "brand")
            })
        }),
        "bigcommerce/subscriber.upsert" => write(Write {
            bad: json!({ "email": "", "first_name": "Nobody" }),
            ..store_write("POST", "/v3/customers/subscribers", new_subscribers, |world| {
                plain(world, "subscriber")
            })
        }),
        "bigcommerce/webhook.create" => write(Write {
            bad: json!({ "scope": "store/order/*", "destination": "http://hooks.example.com:8080/" }),
            ..store_write("POST", "/v3/hooks", new_webhooks, |world| plain(world, "webhook"))
        }),
        "bigcommerce/category.upsert" => write(Write {
            bad: json!({ "parent_id": 0, "name": "x".repeat(60), "description": "too long" }),
            ..store_write("POST", "/v3/catalog/trees/categories", new_categories, categories)
        }),
        "bigcommerce/customer_address.create" => write(Write {
            bad: address(1, "Nowhere 1", "DEUTSCHLAND"),
            ..store_write("POST", "/v3/customers/addresses", new_addresses, addresses)
        }),
        "bigcommerce/customer_address.update" => write(Write {
            bad: json!({ "id": 999_999, "company": "Gone" }),
            ..store_write("PUT", "/v3/customers/addresses", address_changes, addresses)
        }),
        "bigcommerce/customer_attribute.create" => write(Write {
            bad: json!({ "name": "Wrong", "type": "colour" }),
            ..store_write(
                "POST",
                "/v3/customers/attributes",
                |_| {
                    (1..=5)
                        .map(|at| json!({ "name": format!("New {at}"), "type": "string" }))
                        .collect()
                },
                |world| plain(world, "attribute"),
            )
        }),
        "bigcommerce/customer_attribute_values.upsert" => write(Write {
            bad: json!({ "customer_id": 1, "attribute": "Nothing", "value": "x" }),
            ..store_write(
                "PUT",
                "/v3/customers/attribute-values",
                attribute_values,
                |world| plain(world, "attribute_value"),
            )
        }),
        "bigcommerce/inventory.adjust" => write(Write {
            with: json!({ "at_most_once": true }),
            bad: json!({ "sku": "GONE", "quantity": 3 }),
            ..store_write("POST", "/v3/inventory/adjustments/relative", stock_rows, levels)
        }),
        "bigcommerce/cart.delete" => write(Write {
            fill: five_carts,
            bad: json!({ "cart_id": "" }),
            ..store_write("DELETE", "/v3/carts/*", carts_there, carts)
        }),
        "bigcommerce/billing_address.add" => write(Write {
            fill: five_carts,
            bad: billing("00000000-0000-4000-8000-00000000dead", "Nowhere"),
            ..store_write("POST", "/v3/checkouts/*/billing-address", new_billing, carts)
        }),
        "bigcommerce/billing_address.update" => write(Write {
            fill: five_billed_carts,
            bad: billing("00000000-0000-4000-8000-00000000dead", "Nowhere"),
            ..store_write("PUT", "/v3/checkouts/*/billing-address/*", new_billing, carts)
        }),
        "bigcommerce/product_metafields.upsert" => write(metafields(
            "/v3/catalog/products/metafields",
            |world| metafields_of(&world.sandbox.store().ids(Kind::Product)),
            |world| plain(world, "product_metafield"),
        )),
        "bigcommerce/variant_metafields.upsert" => write(metafields(
            "/v3/catalog/variants/metafields",
            |world| metafields_of(&world.sandbox.store().ids(Kind::Variant)),
            |world| plain(world, "variant_metafield"),
        )),
        "bigcommerce/category_metafields.upsert" => write(metafields(
            "/v3/catalog/categories/metafields",
            |world| metafields_of(&world.sandbox.store().ids(Kind::Category)),
            |world| plain(world, "category_metafield"),
        )),
        "bigcommerce/order_metafields.upsert" => write(metafields(
            "/v3/orders/metafields",
            |world| metafields_of(&world.sandbox.store().ids(Kind::Order)),
            |world| plain(world, "order_metafield"),
        )),
        "bigcommerce/customer_metafields.upsert" => write(metafields(
            "/v3/customers/metafields",
            |world| metafields_of(&world.sandbox.store().ids(Kind::Customer)),
            |world| plain(world, "customer_metafield"),
        )),
        "bigcommerce/brand_metafields.upsert" => write(Write {
            fill: five_brands,
            ..metafields(
                "/v3/catalog/brands/metafields",
                |_| metafields_of(&[701, 702, 703, 704, 705]),
                |world| plain(world, "brand_metafield"),
            )
        }),
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
pub(crate) fn store_write(
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

pub(crate) fn nothing(_: &World) {}

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

fn many_prices(world: &World) {
    let store = world.sandbox.store();
    for variant in store.ids(Kind::Variant) {
        store.set_price(1, variant, "eur", json!({ "price": 7.5 }));
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
pub(crate) fn five(world: &World, kind: Kind, row: impl Fn(u64, i32) -> Value) -> Vec<Value> {
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

/// Products that are made; one with a negative weight is a bad row.
fn new_products(with: Value) -> Write {
    fn product(at: i32) -> Value {
        json!({
            "sku": format!("NEW-{at}"), "name": format!("New product {at}"), "type": "physical", "weight": at,
            "price": f64::from(at) + 0.5, "categories": [23],
        })
    }
    let mut bad = product(9);
    bad["weight"] = json!(-1);
    Write {
        with,
        bad,
        ..store_write(
            "POST",
            "/v3/catalog/products",
            |_| (1..=5).map(product).collect(),
            products,
        )
    }
}

/// An image for each of five products.
fn new_images(world: &World) -> Vec<Value> {
    let skus = kit::product_skus(world.sandbox.store()).into_iter().take(5);
    skus.map(|sku| json!({ "sku": sku, "image": format!("https://cdn.example.com/{sku}.jpg") }))
        .collect()
}

/// The products with sizes, each with the last of its variants.
fn sizes(world: &World) -> Vec<(u64, u64)> {
    let store = world.sandbox.store();
    let variants = store
        .ids(Kind::Variant)
        .into_iter()
        .filter_map(|id| store.record(Kind::Variant, id));
    let mut last = std::collections::BTreeMap::new();
    for variant in variants.filter(|variant| variant["option_values"] != json!([])) {
        let number = |name: &str| variant[name].as_u64().unwrap_or_default();
        last.insert(number("product_id"), number("id"));
    }
    last.into_iter().take(5).collect()
}

/// Five products lose their last size.
fn a_size_less(world: &World) {
    for (_, variant) in sizes(world) {
        let store = world.sandbox.store();
        store
            .patch(&Patch::delete(Kind::Variant, variant))
            .expect("it is there");
    }
}

/// The size that each of five products has lost.
fn new_variants(world: &World) -> Vec<Value> {
    let sized = |(product, variant): (u64, u64)| {
        let there = world
            .sandbox
            .store()
            .record(Kind::Variant, variant)
            .expect("it is there");
        let next = match there["option_values"][0]["label"].as_str() {
            Some("S") => "M",
            _ => "L",
        };
        json!({
            "sku": format!("NEW-{product}"), "product_id": product, "price": 9.5,
            "option_values": [{ "option_display_name": "Größe", "label": next }],
        })
    };
    sizes(world).into_iter().map(sized).collect()
}

/// A price for five variants.
fn new_prices(world: &World) -> Vec<Value> {
    let skus = kit::stock_skus(world.sandbox.store()).into_iter().take(5);
    skus.zip(1..)
        .map(|(sku, at)| json!({ "sku": sku, "price": f64::from(at) + 0.25 }))
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
