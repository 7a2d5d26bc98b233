//! Checkouts, v3: reading one, and its billing address. A cart's id is its checkout's. Consignments, coupons,
//! fees and turning a checkout into an order are left out.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, STATUS_CODES, at, v3_error};
use crate::call::{Call, text_of};
use crate::clock::iso_offset;
use crate::shape::Document;
use crate::world::World;

use super::carts::{Cart, named};

const MEMBERS: &[&str] = &[
    "first_name",
    "last_name",
    "email",
    "company",
    "address1",
    "address2",
    "city",
    "state_or_province",
    "state_or_province_code",
    "country_code",
    "postal_code",
    "phone",
    "custom_fields",
];

fn absent() -> Answer {
    let error = json!({ "status": 404, "title": "Not found", "type": STATUS_CODES, "detail": "There is no such checkout." });
    Answer::json(404, &json!({ "errors": [error] }))
}

fn shown(cart: &Cart) -> Value {
    let sum = cart.sum();
    let inclusive = (sum * 119.0).round() / 100.0;
    let tax = ((inclusive - sum) * 100.0).round() / 100.0;
    let mut shown = json!({
        "id": cart.id,
        "cart": {
            "id": cart.id, "customer_id": cart.customer_id, "email": cart.email, "currency": { "code": "EUR" },
            "tax_included": false, "base_amount": sum, "channel_id": cart.channel_id, "discount_amount": 0,
            "cart_amount_inc_tax": inclusive, "cart_amount_ex_tax": sum, "coupons": [], "discounts": [],
            "line_items": cart.line_items("is_taxable", &cart.custom(false)), "created_time": iso_offset(cart.created),
            "updated_time": iso_offset(cart.updated),
        },
        "consignments": [], "taxes": [{ "name": "MwSt.", "amount": tax }], "coupons": [], "fees": [],
        "order_id": null, "shipping_cost_total_inc_tax": 0, "shipping_cost_total_ex_tax": 0,
        "handling_cost_total_inc_tax": 0, "handling_cost_total_ex_tax": 0, "tax_total": tax,
        "subtotal_inc_tax": inclusive, "subtotal_ex_tax": sum, "grand_total": inclusive,
        "created_time": iso_offset(cart.created), "updated_time": iso_offset(cart.updated), "customer_message": "",
        "version": cart.version,
    });
    if let Some(billing) = &cart.billing {
        shown["billing_address"] = Value::Object(billing.clone());
    }
    shown
}

/// `GET /v3/checkouts/{id}`
pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["include"])?;
    Ok(Answer::data(200, &shown(named(world, call).ok_or_else(absent)?)))
}

/// `POST /v3/checkouts/{id}/billing-address`
pub(crate) fn create_address(world: &mut World, call: &Call<'_>) -> Reply {
    // Billing addresses have ids of letters and digits, whatever the vendor's file says of them.
    let id = format!("5d{:011x}", world.take_id());
    write(world, call, &id)
}

/// `PUT /v3/checkouts/{id}/billing-address/{id}`
pub(crate) fn update_address(world: &mut World, call: &Call<'_>) -> Reply {
    let cart = named(world, call).ok_or_else(absent)?;
    let id = call.parts.get(3).copied().unwrap_or_default().to_owned();
    let known = cart
        .billing
        .as_ref()
        .is_some_and(|billing| text_of(billing, "id") == id);
    if !known {
        return Err(absent());
    }
    write(world, call, &id)
}

fn write(world: &mut World, call: &Call<'_>, id: &str) -> Reply {
    call.query.only(&["include"])?;
    let cart = named(world, call).ok_or_else(absent)?;
    let sent = call.object()?;
    check(cart, &sent)?;
    let mut billing: Document = MEMBERS
        .iter()
        .map(|member| ((*member).to_owned(), json!("")))
        .collect();
    billing.insert("custom_fields".to_owned(), json!([]));
    for (member, value) in sent
        .iter()
        .filter(|(member, _)| MEMBERS.contains(&member.as_str()))
    {
        billing.insert(member.clone(), value.clone());
    }
    // An empty telephone number is not a telephone number to the vendor's pattern.
    billing.retain(|member, value| member != "phone" || value.as_str() != Some(""));
    billing.insert("id".to_owned(), json!(id));
    let key = cart.id.clone();
    let now = world.now();
    let Some(cart) = world.carts.get_mut(&key) else {
        return Err(absent());
    };
    cart.version += 1;
    cart.updated = now;
    text_of(&sent, "email").clone_into(&mut cart.email);
    cart.billing = Some(billing);
    let answer = Answer::data(200, &shown(cart));
    world.applied(call.method, "checkout", &key, &key, &Value::Object(sent));
    Ok(answer)
}

fn check(cart: &Cart, sent: &Document) -> Result<(), Answer> {
    for required in ["email", "country_code"] {
        if text_of(sent, required).is_empty() {
            let message = format!("{required} is required");
            return Err(v3_error(422, &message, at(required, message.clone())));
        }
    }
    let unknown = sent
        .keys()
        .find(|member| !MEMBERS.contains(&member.as_str()) && *member != "version");
    if let Some(member) = unknown {
        return Err(v3_error(
            422,
            "The billing address is invalid.",
            at(member, "The field is not known."),
        ));
    }
    let stale = sent
        .get("version")
        .and_then(Value::as_u64)
        .is_some_and(|version| version != cart.version);
    if stale {
        let title = "The request cannot be processed due to a possible conflict.";
        return Err(Answer::json(
            409,
            &json!({ "status": 409, "title": title, "type": STATUS_CODES }),
        ));
    }
    Ok(())
}
