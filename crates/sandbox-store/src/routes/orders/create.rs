//! Creating orders. Nothing makes an order unique: whoever sends one twice has two.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, v2_error};
use crate::call::{Call, id_of, text_of};
use crate::clock::{parse, rfc2822};
use crate::routes::fields::merge;
use crate::seed::orders::link;
use crate::shape::check::Rules;
use crate::shape::{ADDRESS, Document, ORDER};
use crate::world::{OrderParts, World};

use super::list::{included, show};
use super::{statuses, sums};

/// What may be sent for an order, here and in a change.
pub(crate) const RULES: Rules = Rules {
    template: &ORDER,
    read_only: &[
        "id",
        "date_modified",
        "date_shipped",
        "cart_id",
        "status",
        "subtotal_tax",
        "shipping_cost_tax",
        "handling_cost_tax",
        "wrapping_cost_tax",
        "currency_id",
        "currency_code",
        "currency_exchange_rate",
        "default_currency_id",
        "store_default_currency_code",
        "shipping_address_count",
        "total_tax",
        "is_tax_inclusive_pricing",
        "coupons",
        "custom_status",
    ],
    beside: &[
        "products",
        "shipping_addresses",
        "consignments",
        "fees",
        "payment_provider_id",
        "external_order_id",
    ],
    longest: &[("ip_address", 30), ("ip_address_v6", 39), ("staff_notes", 65_535)],
    words: &[],
    natural: &["customer_id", "status_id"],
    loose_amounts: true,
};

/// `POST /v2/orders`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["include", "consignment_structure"])?;
    let shown = included(call)?;
    let sent = call.object()?;
    let mut fields = sent.clone();
    refuse_wrong(&RULES.check(&mut fields))?;
    check(world, &fields)?;
    let lines = objects(fields.shift_remove("products"));
    if lines.is_empty() {
        return Err(v2_error(400, "Required fields missing [products]"));
    }
    let id = world.orders.take_id();
    let mut order = blank(world, id);
    let parts = parts(world, id, &mut fields, &lines)?;
    world.order_parts.insert(id, parts);
    let named: Vec<String> = fields.keys().cloned().collect();
    put(world, id, &mut order, fields, &named);
    world.applied(call.method, "order", &key(&order), id, &Value::Object(sent));
    match show(world, call, id, &shown) {
        Err(_) => Ok(Answer::json(
            200,
            &Value::Object(world.orders.document(id).unwrap_or_default()),
        )),
        answer => answer,
    }
}

/// What an order is known by in the ledger: its external id, or its own.
pub(crate) fn key(order: &Document) -> String {
    match text_of(order, "external_order_id") {
        "" => id_of(order, "id").unwrap_or_default().to_string(),
        external => external.to_owned(),
    }
}

/// v2 names the first field that is wrong.
pub(crate) fn refuse_wrong(wrong: &Document) -> Result<(), Answer> {
    match wrong.iter().next() {
        None => Ok(()),
        Some((field, message)) => {
            let message = message.as_str().unwrap_or_default();
            let unknown = message.contains("not supported");
            Err(if unknown {
                v2_error(400, message)
            } else {
                v2_error(400, &format!("The field '{field}' is invalid: {message}"))
            })
        }
    }
}

/// Conditions that look beyond one field.
pub(crate) fn check(world: &World, fields: &Document) -> Result<(), Answer> {
    if fields.contains_key("consignments") {
        let sentence = "The sandbox store takes products and shipping_addresses, not consignments.";
        return Err(v2_error(501, sentence));
    }
    if let Some(status) = id_of(fields, "status_id").filter(|status| statuses::name(*status).is_empty()) {
        return Err(v2_error(
            400,
            &format!("The field 'status_id' is invalid: there is no status {status}."),
        ));
    }
    if let Some(customer) =
        id_of(fields, "customer_id").filter(|id| *id > 0 && world.customers.facts(*id).is_none())
    {
        return Err(v2_error(
            400,
            &format!("The field 'customer_id' is invalid: there is no customer {customer}."),
        ));
    }
    if let Some(date) = fields
        .get("date_created")
        .and_then(Value::as_str)
        .filter(|date| parse(date).is_none())
    {
        return Err(v2_error(
            400,
            &format!("The field 'date_created' is invalid: '{date}' is no date."),
        ));
    }
    Ok(())
}

/// The objects of a list that was sent.
pub(crate) fn objects(sent: Option<Value>) -> Vec<Document> {
    let items = match sent {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    items
        .into_iter()
        .filter_map(|item| item.as_object().cloned())
        .collect()
}

fn blank(world: &mut World, id: u64) -> Document {
    let mut order = ORDER.blank();
    let now = rfc2822(world.now());
    let resource = |name: &str| link(&world.hash, &format!("/orders/{id}/{name}"));
    for (member, value) in [
        ("id", json!(id)),
        ("date_created", json!(now)),
        ("status_id", json!(1)),
        ("currency_id", json!(1)),
        ("currency_code", json!("EUR")),
        ("default_currency_code", json!("EUR")),
        ("currency_exchange_rate", json!("1.0000000000")),
        (
            "store_default_to_transactional_exchange_rate",
            json!("1.0000000000"),
        ),
        ("channel_id", json!(1)),
        ("order_source", json!("external")),
        ("external_source", Value::Null),
        ("consignments", resource("consignments")),
        ("products", resource("products")),
        ("shipping_addresses", resource("shippingaddresses")),
        ("coupons", resource("coupons")),
        ("fees", resource("fees")),
    ] {
        order.insert(member.to_owned(), value);
    }
    order
}

fn parts(
    world: &mut World,
    id: u64,
    fields: &mut Document,
    lines: &[Document],
) -> Result<OrderParts, Answer> {
    let sent = objects(fields.shift_remove("shipping_addresses"));
    let billing = fields
        .get("billing_address")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let sent = if sent.is_empty() { vec![billing] } else { sent };
    let addresses: Vec<Document> = sent.iter().map(|sent| address(world, id, sent)).collect();
    let first = addresses
        .first()
        .and_then(|address| id_of(address, "id"))
        .unwrap_or_default();
    let lines = lines
        .iter()
        .map(|sent| sums::line(world, id, first, sent))
        .collect::<Result<Vec<_>, _>>()?;
    let fees = objects(fields.shift_remove("fees"))
        .iter()
        .map(|sent| sums::fee(world, sent))
        .collect();
    Ok(OrderParts {
        lines: Some(lines),
        addresses: Some(addresses),
        fees: Some(fees),
        shipments: Vec::new(),
    })
}

fn address(world: &mut World, order: u64, sent: &Document) -> Document {
    let mut address = ADDRESS.blank();
    let id = world.take_id();
    merge(&mut address, sent.clone());
    let quotes = link(
        &world.hash,
        &format!("/orders/{order}/shippingaddresses/{id}/shippingquotes"),
    );
    for (member, value) in [
        ("id", json!(id)),
        ("order_id", json!(order)),
        ("shipping_quotes", quotes),
    ] {
        address.insert(member.to_owned(), value);
    }
    address
}

/// Writes an order: what was sent, then what follows from it. A sum that was sent stands.
pub(crate) fn put(world: &mut World, id: u64, order: &mut Document, mut fields: Document, named: &[String]) {
    let sent_billing = fields.shift_remove("billing_address");
    if let (Some(Value::Object(sent)), Some(Value::Object(billing))) =
        (sent_billing, order.get_mut("billing_address"))
    {
        merge(billing, sent);
    }
    let kept: Vec<(String, Value)> = fields
        .into_iter()
        .map(|(member, value)| {
            let is_amount = ORDER
                .example(&member)
                .and_then(Value::as_str)
                .is_some_and(|text| text.contains(".0000"));
            let value = crate::seed::read_amount(&value)
                .filter(|_| is_amount)
                .map_or(value, |money| json!(crate::seed::amount(money)));
            (member, value)
        })
        .collect();
    merge(order, kept.iter().cloned().collect());
    let recount = [
        "products",
        "fees",
        "shipping_cost_ex_tax",
        "shipping_cost_inc_tax",
        "discount_amount",
    ];
    let new = world.orders.facts(id).is_none();
    if new || named.iter().any(|member| recount.contains(&member.as_str())) {
        sums::add_up(world, id, order);
        merge(
            order,
            kept.into_iter()
                .filter(|(member, _)| member.contains("total_"))
                .collect(),
        );
    }
    let status = statuses::name(id_of(order, "status_id").unwrap_or_default());
    for (member, value) in [
        ("status", json!(status)),
        ("custom_status", json!(status)),
        ("date_modified", json!(rfc2822(world.now()))),
        (
            "shipping_address_count",
            json!(world.shipping_addresses_of(id).len()),
        ),
    ] {
        order.insert(member.to_owned(), value);
    }
    if let Some(created) = order.get("date_created").and_then(Value::as_str).and_then(parse) {
        order.insert("date_created".to_owned(), json!(rfc2822(created.second)));
    }
    let hidden = if new { world.visible_from() } else { i64::MIN };
    world.orders.put(order, hidden);
}
