//! What the fixtures of kinds that are few and plain are made of: brands, subscribers, metafields, carts …

use sandbox_store::{Kind, Patch};
use serde_json::{Value, json};

use crate::{
    fixtures::{Write, five, store_write},
    world::World,
};

/// A cart that every store with products has.
pub(crate) const CART: &str = "5f3e3a8e-0000-4000-8000-000000000001";

/// A plain kind of the store, and a record of it.
pub(crate) trait Plain {
    const KIND: &'static str;
    fn record(at: u64) -> Value;
}

/// Several pages of a kind.
pub(crate) fn many<K: Plain>(world: &World) {
    (0..600).for_each(|at| {
        world.sandbox.store().add(K::KIND, K::record(at));
    });
}

macro_rules! plain {
    ($name:ident, $kind:literal, $at:ident => $record:expr) => {
        pub(crate) enum $name {}
        impl Plain for $name {
            const KIND: &'static str = $kind;
            fn record($at: u64) -> Value {
                $record
            }
        }
    };
}

plain!(PriceLists, "price_list", at => json!({ "name": format!("List {at}"), "active": true }));
plain!(Coupons, "coupon", at => json!({ "code": format!("CODE{at}"), "name": "Ten off" }));
plain!(Brands, "brand", at => json!({ "name": format!("Brand {at}") }));
plain!(Attributes, "attribute", at => json!({ "name": format!("Attribute {at}"), "type": "string" }));
plain!(Values, "attribute_value", at => json!({ "attribute_id": 3, "customer_id": at, "attribute_value": "x" }));
plain!(Subscribers, "subscriber", at => json!({ "email": format!("reader{at}@example.com") }));
plain!(Webhooks, "webhook", at => json!({ "scope": "store/order/*", "destination": format!("https://h.example.com/{at}") }));
plain!(OfProducts, "product_metafield", at => metafield(at));
plain!(OfVariants, "variant_metafield", at => metafield(at));
plain!(OfCategories, "category_metafield", at => metafield(at));
plain!(OfBrands, "brand_metafield", at => metafield(at));
plain!(OfOrders, "order_metafield", at => metafield(at));
plain!(OfCustomers, "customer_metafield", at => metafield(at));

fn metafield(at: u64) -> Value {
    json!({ "resource_id": at, "namespace": "erp", "key": "number", "value": at.to_string() })
}

/// An order of several pages of lines.
pub(crate) fn many_lines(world: &World) {
    let line = |at: u64| json!({ "id": 5000 + at, "product_id": 101, "sku": "0017", "quantity": 1 });
    let lines = (0..600)
        .map(|at| line(at).as_object().cloned().expect("an object"))
        .collect();
    let patch = Patch {
        lines: Some(lines),
        ..Patch::set(Kind::Order, 1001, Value::Null)
    };
    world.sandbox.store().patch(&patch).expect("it is there");
}

pub(crate) fn an_address(world: &World) {
    let address = json!({ "city": "Düren" })
        .as_object()
        .cloned()
        .expect("an object");
    let patch = Patch {
        addresses: Some(vec![address]),
        ..Patch::set(Kind::Order, 1001, Value::Null)
    };
    world.sandbox.store().patch(&patch).expect("it is there");
}

pub(crate) fn a_shipment(world: &World) {
    let shipment = json!({ "id": 77, "order_id": 1001, "tracking_number": "1Z" });
    world.sandbox.store().add_shipment(1001, shipment);
}

pub(crate) fn a_coupon(world: &World) {
    let coupon = json!({ "order_id": 1001, "coupon_id": 5, "code": "HERBST10" });
    world.sandbox.store().add("order_coupon", coupon);
}

pub(crate) fn many_refunds(world: &World) {
    (0..600).for_each(|at| {
        let refund = json!({ "order_id": 1001, "total_amount": 5, "reason": format!("No. {at}") });
        world.sandbox.store().add("refund", refund);
    });
}

/// A write that makes things of a new name; one without a name is a bad row.
pub(crate) fn new_named(
    path: &'static str,
    rows: fn(&World) -> Vec<Value>,
    look: fn(&World) -> Value,
) -> Write {
    Write {
        bad: json!({ "name": "", "page_title": "No name" }),
        ..store_write("POST", path, rows, look)
    }
}

pub(crate) fn brands_named(count: u64) -> Vec<Value> {
    let brand = |at| json!({ "name": format!("New brand {at}"), "page_title": format!("Title {at}") });
    (1..=count).map(brand).collect()
}

pub(crate) fn five_brands(world: &World) {
    (701..=705).for_each(|id| {
        world.sandbox.store().add(
            "brand",
            json!({ "id": id, "name": format!("Brand {id}"), "page_title": "" }),
        );
    });
}

pub(crate) fn brand_titles(_: &World) -> Vec<Value> {
    (701..=705)
        .map(|id| json!({ "id": id, "page_title": format!("Title {id}") }))
        .collect()
}

pub(crate) fn new_subscribers(_: &World) -> Vec<Value> {
    let one = |at| json!({ "email": format!("new{at}@example.com"), "first_name": format!("No. {at}") });
    (1..=5).map(one).collect()
}

pub(crate) fn new_webhooks(_: &World) -> Vec<Value> {
    let one =
        |at| json!({ "scope": "store/order/*", "destination": format!("https://hooks.example.com/{at}") });
    (1..=5).map(one).collect()
}

pub(crate) fn new_categories(_: &World) -> Vec<Value> {
    let one = |at| json!({ "parent_id": 0, "name": format!("New category {at}"), "description": format!("No. {at}") });
    (1..=5).map(one).collect()
}

pub(crate) fn address(customer: u64, street: &str, country: &str) -> Value {
    json!({
        "customer_id": customer, "first_name": "Ada", "last_name": "Byron", "address1": street, "city": "Düren",
        "state_or_province": "NRW", "postal_code": "52349", "country_code": country,
    })
}

pub(crate) fn new_addresses(world: &World) -> Vec<Value> {
    five(world, Kind::Customer, |id, at| {
        address(id, &format!("Veldener Straße {at}"), "DE")
    })
}

pub(crate) fn address_changes(world: &World) -> Vec<Value> {
    let store = world.sandbox.store();
    let owners = store.ids(Kind::Customer).into_iter();
    let ids = owners
        .flat_map(|owner| store.addresses(owner))
        .map(|address| address["id"].clone());
    ids.take(5)
        .zip(1..)
        .map(|(id, at)| json!({ "id": id, "company": format!("Company {at}") }))
        .collect()
}

pub(crate) fn attribute_values(world: &World) -> Vec<Value> {
    let value =
        |id, at| json!({ "customer_id": id, "attribute": "Kundennummer", "value": format!("K-{at}") });
    five(world, Kind::Customer, value)
}

pub(crate) fn five_carts(world: &World) {
    (0..5).for_each(|_| {
        world.sandbox.store().add_cart();
    });
}

pub(crate) fn five_billed_carts(world: &World) {
    five_carts(world);
    let store = world.sandbox.store();
    for (at, (cart, _)) in store.carts().into_iter().enumerate() {
        let mut address = billing("", "Aachen");
        address["id"] = json!(format!("5d484d668e5a{at}"));
        address
            .as_object_mut()
            .map(|address| address.remove("checkout_id"));
        store.set_billing(&cart, address);
    }
}

pub(crate) fn carts_there(world: &World) -> Vec<Value> {
    let carts = world.sandbox.store().carts().into_iter().take(5);
    carts.map(|(cart, _)| json!({ "cart_id": cart })).collect()
}

pub(crate) fn billing(checkout: &str, city: &str) -> Value {
    json!({
        "checkout_id": checkout, "email": "ada@example.com", "country_code": "DE", "first_name": "Ada",
        "last_name": "Byron", "address1": "Veldener Straße 20", "city": city, "postal_code": "52349",
    })
}

pub(crate) fn new_billing(world: &World) -> Vec<Value> {
    let carts = world.sandbox.store().carts().into_iter().take(5);
    carts.map(|(cart, _)| billing(&cart, "Düren")).collect()
}

/// A write of metafields; one of something that is not there is a bad row.
pub(crate) fn metafields(
    path: &'static str,
    rows: fn(&World) -> Vec<Value>,
    look: fn(&World) -> Value,
) -> Write {
    Write {
        bad: json!({ "resource_id": 999_999, "namespace": "erp", "key": "number", "value": "gone" }),
        ..store_write("POST", path, rows, look)
    }
}

pub(crate) fn metafields_of(ids: &[u64]) -> Vec<Value> {
    let one = |id: &u64| json!({ "resource_id": id, "namespace": "erp", "key": "number", "value": format!("E-{id}") });
    ids.iter().take(5).map(one).collect()
}
