//! Lines, fees and sums of a written order. Amounts are in ten-thousandths while they are reckoned with.

use serde_json::{Value, json};

use crate::answer::{Answer, v2_error};
use crate::call::{id_of, text_of};
use crate::seed::{amount, read_amount};
use crate::shape::{Document, LINE, read};
use crate::world::World;

/// The store's one rate of tax, in per cent.
const TAX: i64 = 19;

/// A member as an amount.
pub(crate) fn money(document: &Document, member: &str) -> i64 {
    document.get(member).and_then(read_amount).unwrap_or_default()
}

/// Writes an amount as v2 does.
pub(crate) fn set(document: &mut Document, member: &str, ten_thousandths: i64) {
    document.insert(member.to_owned(), json!(amount(ten_thousandths)));
}

/// A line of an order from what was sent for it.
pub(crate) fn line(world: &mut World, order: u64, address: u64, sent: &Document) -> Result<Document, Answer> {
    let mut line = LINE.blank();
    let product = id_of(sent, "product_id").unwrap_or_default();
    let (ex, inc) = if product == 0 {
        custom(sent)?
    } else {
        catalogue(world, product, sent, &mut line)?
    };
    for member in [
        "name",
        "sku",
        "upc",
        "name_customer",
        "name_merchant",
        "wrapping_name",
        "wrapping_message",
    ] {
        if let Some(value) = sent.get(member) {
            line.insert(member.to_owned(), value.clone());
        }
    }
    let name = json!(text_of(&line, "name"));
    for member in ["name_customer", "name_merchant"] {
        if text_of(&line, member).is_empty() {
            line.insert(member.to_owned(), name.clone());
        }
    }
    for (member, value) in [
        ("id", json!(world.take_id())),
        ("order_id", json!(order)),
        ("product_id", json!(product)),
        ("order_address_id", json!(address)),
        ("type", json!("physical")),
        (
            "quantity",
            json!(sent.get("quantity").and_then(Value::as_i64).unwrap_or(1)),
        ),
        ("weight", json!("0.0000")),
    ] {
        line.insert(member.to_owned(), value);
    }
    price(&mut line, ex, inc);
    Ok(line)
}

/// Overriding a price needs both forms of it: one alone gives wrong totals.
fn given(sent: &Document) -> Option<(i64, i64)> {
    let ex = sent.get("price_ex_tax").and_then(read_amount);
    let inc = sent.get("price_inc_tax").and_then(read_amount);
    match (ex, inc) {
        (None, None) => None,
        (Some(ex), Some(inc)) => Some((ex, inc)),
        // What the real store does with one of the two is its secret; the totals are wrong either way.
        (Some(ex), None) => Some((ex, ex)),
        (None, Some(inc)) => Some((inc, inc)),
    }
}

fn custom(sent: &Document) -> Result<(i64, i64), Answer> {
    if text_of(sent, "name").is_empty() {
        return Err(v2_error(400, "Required fields missing [name]"));
    }
    given(sent).ok_or_else(|| v2_error(400, "Required fields missing [price_ex_tax, price_inc_tax]"))
}

fn catalogue(world: &World, id: u64, sent: &Document, line: &mut Document) -> Result<(i64, i64), Answer> {
    let Some(product) = world.products.facts(id) else {
        return Err(v2_error(400, &format!("The product_id {id} does not exist.")));
    };
    let variant = id_of(sent, "variant_id")
        .or_else(|| world.variants_of(id).first().copied())
        .unwrap_or_default();
    let sku = world
        .variants
        .facts(variant)
        .map_or(product.sku.clone(), |facts| facts.sku.clone());
    line.insert("name".to_owned(), json!(product.name));
    line.insert("sku".to_owned(), json!(sku));
    line.insert("variant_id".to_owned(), json!(variant));
    let ex = product.cents * 100;
    Ok(given(sent).unwrap_or((ex, (ex * (100 + TAX) / 100 + 50) / 100 * 100)))
}

/// Sets a line's price and what follows from it.
pub(crate) fn price(line: &mut Document, ex: i64, inc: i64) {
    let quantity = line.get("quantity").and_then(Value::as_i64).unwrap_or_default();
    for (member, value) in [
        ("base_price", ex),
        ("price_ex_tax", ex),
        ("price_inc_tax", inc),
        ("price_tax", inc - ex),
        ("base_total", ex * quantity),
        ("total_ex_tax", ex * quantity),
        ("total_inc_tax", inc * quantity),
        ("total_tax", (inc - ex) * quantity),
        ("discounted_total_inc_tax", inc * quantity),
    ] {
        set(line, member, value);
    }
}

/// A fee from what was sent for it.
pub(crate) fn fee(world: &mut World, sent: &Document) -> Value {
    let ex = money(sent, "cost_ex_tax");
    let inc = sent.get("cost_inc_tax").and_then(read_amount).unwrap_or(ex);
    json!({
        "id": id_of(sent, "id").unwrap_or_else(|| world.take_id()), "type": "custom_fee",
        "display_name_customer": text_of(sent, "display_name_customer"),
        "display_name_merchant": text_of(sent, "display_name_merchant"), "source": text_of(sent, "source"),
        "base_cost": amount(ex), "cost_ex_tax": amount(ex), "cost_inc_tax": amount(inc),
        "cost_tax": amount(inc - ex), "tax_class_id": null,
    })
}

/// Adds an order up from its lines, fees and costs.
pub(crate) fn add_up(world: &World, id: u64, order: &mut Document) {
    let lines: Vec<Document> = world.lines_of(id).iter().map(|text| read(text)).collect();
    let sum = |member: &str| -> i64 { lines.iter().map(|line| money(line, member)).sum() };
    let fees = world.fees_of(id);
    let fee = |member: &str| -> i64 {
        fees.iter()
            .filter_map(|fee| fee.get(member))
            .filter_map(read_amount)
            .sum()
    };
    let costs = |suffix: &str| -> i64 {
        ["shipping_cost", "handling_cost", "wrapping_cost"]
            .iter()
            .map(|cost| money(order, &format!("{cost}_{suffix}")))
            .sum()
    };
    let off = money(order, "discount_amount") + money(order, "coupon_discount");
    let (ex, inc) = (sum("total_ex_tax"), sum("total_inc_tax"));
    let total_ex = ex + costs("ex_tax") + fee("cost_ex_tax") - off;
    let total_inc = inc + costs("inc_tax") + fee("cost_inc_tax") - off;
    for (member, value) in [
        ("subtotal_ex_tax", ex),
        ("subtotal_inc_tax", inc),
        ("subtotal_tax", inc - ex),
        ("total_ex_tax", total_ex),
        ("total_inc_tax", total_inc),
        ("total_tax", total_inc - total_ex),
    ] {
        set(order, member, value);
    }
    let items: i64 = lines
        .iter()
        .filter_map(|line| line.get("quantity")?.as_i64())
        .sum();
    order.insert("items_total".to_owned(), json!(items));
}
