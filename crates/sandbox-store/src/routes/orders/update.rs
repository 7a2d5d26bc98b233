//! Changing orders. Lines merge like a patch and lose their discounts, fees are replaced, a quantity of 0 removes
//! a line. BigCommerce reference: orders v2, update.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, v2_error};
use crate::call::{Call, id_of};
use crate::routes::fields::merge;
use crate::seed::read_amount;
use crate::shape::Document;
use crate::world::World;

use super::create::{RULES, check, key, objects, put, refuse_wrong};
use super::list::show;
use super::parts::{address_documents, line_documents};
use super::sums;

/// `PUT /v2/orders/{id}`
pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["include", "consignment_structure"])?;
    let shown = super::list::included(call)?;
    let id = call.id(1)?;
    let mut order = world.orders.document(id).ok_or_else(|| call.absent())?;
    let sent = call.object()?;
    let mut fields = sent.clone();
    refuse_wrong(&RULES.check(&mut fields))?;
    check(world, &fields)?;
    let named: Vec<String> = fields.keys().cloned().collect();
    let lines = fields
        .shift_remove("products")
        .map(|sent| changed_lines(world, id, &objects(Some(sent))))
        .transpose()?;
    let addresses = fields
        .shift_remove("shipping_addresses")
        .map(|sent| changed_addresses(world, id, &objects(Some(sent))))
        .transpose()?;
    let fees = fields.shift_remove("fees").map(|sent| objects(Some(sent)));
    let fees: Option<Vec<Value>> = fees.map(|sent| sent.iter().map(|fee| sums::fee(world, fee)).collect());
    let parts = world.order_parts.entry(id).or_default();
    parts.lines = lines.or(parts.lines.take());
    parts.addresses = addresses.or(parts.addresses.take());
    parts.fees = fees.or(parts.fees.take());
    put(world, id, &mut order, fields, &named);
    world.applied(call.method, "order", &key(&order), id, &Value::Object(sent));
    show(world, call, id, &shown)
}

fn changed_lines(world: &mut World, order: u64, sent: &[Document]) -> Result<Vec<Document>, Answer> {
    let mut lines = line_documents(world, order);
    let address = lines
        .first()
        .and_then(|line| id_of(line, "order_address_id"))
        .unwrap_or_default();
    for item in sent {
        let Some(id) = id_of(item, "id") else {
            lines.push(sums::line(world, order, address, item)?);
            continue;
        };
        let Some(line) = lines.iter_mut().find(|line| id_of(line, "id") == Some(id)) else {
            return Err(v2_error(400, &format!("The order has no product with id {id}.")));
        };
        change(line, item);
    }
    lines.retain(|line| line.get("quantity").and_then(Value::as_i64) != Some(0));
    Ok(lines)
}

fn change(line: &mut Document, sent: &Document) {
    let ex = sent
        .get("price_ex_tax")
        .and_then(read_amount)
        .unwrap_or_else(|| sums::money(line, "price_ex_tax"));
    let inc = sent
        .get("price_inc_tax")
        .and_then(read_amount)
        .unwrap_or_else(|| sums::money(line, "price_inc_tax"));
    for member in [
        "name",
        "name_customer",
        "name_merchant",
        "quantity",
        "sku",
        "upc",
        "product_id",
        "variant_id",
    ] {
        if let Some(value) = sent.get(member) {
            line.insert(member.to_owned(), value.clone());
        }
    }
    line.insert("applied_discounts".to_owned(), json!([]));
    sums::price(line, ex, inc);
}

fn changed_addresses(world: &World, order: u64, sent: &[Document]) -> Result<Vec<Document>, Answer> {
    let mut addresses = address_documents(world, order);
    for item in sent {
        let id = id_of(item, "id");
        let known = addresses
            .iter_mut()
            .find(|address| id.is_none() || id_of(address, "id") == id);
        let Some(address) = known else {
            return Err(v2_error(
                400,
                &format!("The order has no shipping address {}.", id.unwrap_or_default()),
            ));
        };
        let mut item = item.clone();
        item.shift_remove("id");
        merge(address, item);
    }
    Ok(addresses)
}

/// `DELETE /v2/orders/{id}`: orders are archived, never gone.
pub(crate) fn archive(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let id = call.id(1)?;
    let mut order = world.orders.document(id).ok_or_else(|| call.absent())?;
    put(
        world,
        id,
        &mut order,
        Document::from_iter([("is_deleted".to_owned(), json!(true))]),
        &[],
    );
    world.applied(call.method, "order", &key(&order), id, &Value::Null);
    Ok(Answer::empty())
}
