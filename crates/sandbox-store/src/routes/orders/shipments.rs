//! Shipments of an order. Items name lines, not products. Creating one moves the order's status, and mails the
//! customer in the real store.

use serde_json::{Value, json};

use crate::answer::{Answer, JSON, Reply, v2_error};
use crate::call::{Call, id_of, text_of};
use crate::clock::rfc2822;
use crate::page::{self, Page};
use crate::shape::Document;
use crate::world::World;

use super::create::{objects, put};
use super::parts::{address_documents, line_documents};

fn known(world: &World, call: &Call<'_>) -> Result<u64, Answer> {
    let id = call.id(1)?;
    world
        .orders
        .seen(id, world.now())
        .map(|_| id)
        .ok_or_else(|| call.absent())
}

fn shipments(world: &World, order: u64) -> &[Document] {
    world
        .order_parts
        .get(&order)
        .map_or(&[], |parts| parts.shipments.as_slice())
}

/// `GET /v2/orders/{id}/shipments`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["page", "limit"])?;
    let order = known(world, call)?;
    let page = Page::read(&call.query, 50, 250)?;
    let all = shipments(world, order);
    Ok(page::v2(page, all.len(), 1200, |at, out| {
        out.push_str(&serde_json::to_string(&all[at]).unwrap_or_default());
    }))
}

/// `GET /v2/orders/{id}/shipments/{id}`
pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Reply {
    let order = known(world, call)?;
    let id = call.id(3)?;
    let found = shipments(world, order)
        .iter()
        .find(|shipment| id_of(shipment, "id") == Some(id));
    let text = found.map(|shipment| serde_json::to_string(shipment).unwrap_or_default());
    Ok(Answer::new(200, JSON, text.ok_or_else(|| call.absent())?))
}

/// `POST /v2/orders/{id}/shipments`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let order = known(world, call)?;
    let sent = call.object()?;
    let address = id_of(&sent, "order_address_id").unwrap_or_default();
    let to = address_documents(world, order)
        .into_iter()
        .find(|known| id_of(known, "id") == Some(address));
    let Some(to) = to else {
        return Err(v2_error(
            400,
            "The field 'order_address_id' is invalid: it is no address of the order.",
        ));
    };
    let items = objects(sent.get("items").cloned());
    if items.is_empty() {
        return Err(v2_error(400, "Required fields missing [items]"));
    }
    let mut lines = line_documents(world, order);
    for item in &items {
        ship(&mut lines, item)?;
    }
    let id = world.take_id();
    let shipment = shipment(world, order, id, &sent, &to, &items);
    let all = lines.iter().all(|line| left(line) == 0);
    let shipped: i64 = lines
        .iter()
        .filter_map(|line| line.get("quantity_shipped")?.as_i64())
        .sum();
    let parts = world.order_parts.entry(order).or_default();
    parts.lines = Some(lines);
    parts.shipments.push(shipment.clone());
    let mut record = world.orders.document(order).unwrap_or_default();
    record.insert("items_shipped".to_owned(), json!(shipped));
    record.insert("date_shipped".to_owned(), json!(rfc2822(world.now())));
    let status = Document::from_iter([("status_id".to_owned(), json!(if all { 2 } else { 3 }))]);
    put(world, order, &mut record, status, &[]);
    world.applied(
        call.method,
        "shipment",
        text_of(&sent, "tracking_number"),
        id,
        &Value::Object(sent.clone()),
    );
    Ok(Answer::json(201, &Value::Object(shipment)))
}

fn left(line: &Document) -> i64 {
    let number = |member: &str| line.get(member).and_then(Value::as_i64).unwrap_or_default();
    number("quantity") - number("quantity_shipped")
}

fn ship(lines: &mut [Document], item: &Document) -> Result<(), Answer> {
    let id = id_of(item, "order_product_id").unwrap_or_default();
    let quantity = item.get("quantity").and_then(Value::as_i64).unwrap_or_default();
    let Some(line) = lines.iter_mut().find(|line| id_of(line, "id") == Some(id)) else {
        return Err(v2_error(
            400,
            &format!("The order_product_id {id} is no line of the order."),
        ));
    };
    if quantity < 1 || quantity > left(line) {
        return Err(v2_error(
            400,
            &format!("The quantity {quantity} of line {id} is more than is left to ship."),
        ));
    }
    let shipped = line
        .get("quantity_shipped")
        .and_then(Value::as_i64)
        .unwrap_or_default()
        + quantity;
    line.insert("quantity_shipped".to_owned(), json!(shipped));
    Ok(())
}

/// What a shipment shows of its two addresses (BigCommerce reference, orders v2, shipments): no form fields.
const OF_ADDRESS: &[&str] = &[
    "first_name",
    "last_name",
    "company",
    "street_1",
    "street_2",
    "city",
    "state",
    "zip",
    "country",
    "country_iso2",
    "phone",
    "email",
];

fn shipment(
    world: &World,
    order: u64,
    id: u64,
    sent: &Document,
    to: &Document,
    items: &[Document],
) -> Document {
    let record = world.orders.document(order).unwrap_or_default();
    let lines = line_documents(world, order);
    let product = |item: &Document| {
        let line = lines
            .iter()
            .find(|line| id_of(line, "id") == id_of(item, "order_product_id"));
        line.and_then(|line| id_of(line, "product_id"))
            .unwrap_or_default()
    };
    let shown: Vec<Value> = items
        .iter()
        .map(|item| {
            json!({
                "order_product_id": item.get("order_product_id"), "product_id": product(item),
                "quantity": item.get("quantity"),
            })
        })
        .collect();
    let plain = |address: &Document| -> Document {
        let members = address
            .iter()
            .filter(|(member, _)| OF_ADDRESS.contains(&member.as_str()));
        members
            .map(|(member, value)| (member.clone(), value.clone()))
            .collect()
    };
    let billing = record.get("billing_address").and_then(Value::as_object);
    let shipment = json!({
        "id": id, "order_id": order, "customer_id": record.get("customer_id"),
        "order_address_id": sent.get("order_address_id"), "date_created": rfc2822(world.now()),
        "tracking_number": text_of(sent, "tracking_number"), "merchant_shipping_cost": "0.0000",
        "shipping_method": text_of(sent, "shipping_method"), "comments": text_of(sent, "comments"),
        "shipping_provider": text_of(sent, "shipping_provider"),
        "tracking_carrier": text_of(sent, "tracking_carrier"), "tracking_link": text_of(sent, "tracking_link"),
        "shipping_provider_display_name": "", "generated_tracking_link": "",
        "billing_address": billing.map(plain), "shipping_address": plain(to), "items": shown,
    });
    shipment.as_object().cloned().unwrap_or_default()
}
