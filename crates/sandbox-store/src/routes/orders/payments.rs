//! What was paid for an order and paid back: transactions and refunds, v3. Refunds are not made here, and transactions take
//! no page number, as the vendor's do not.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, Version, v3_absent};
use crate::call::{Call, id_of};
use crate::clock::iso_z;
use crate::plain::{self, Holds, Kind};
use crate::shape::read;
use crate::world::World;

/// Transactions handed out at most (codatio/codat-docs issue 610).
const MOST: usize = 250;

static TRANSACTION: Kind = Kind {
    name: "transaction",
    version: Version::V3,
    members: &[("order_id", Holds::Text), ("amount", Holds::Number)],
    required: &[],
    unique: &[],
    filters: &[],
    dated: false,
};

static REFUND: Kind = Kind {
    name: "refund",
    version: Version::V3,
    members: &[("order_id", Holds::Number)],
    required: &[],
    unique: &[],
    filters: &["id", "order_id", "created", "transaction_id"],
    dated: false,
};

/// Orders that were paid back have a refund each.
pub(crate) fn seed(world: &mut World) {
    let refunded: Vec<u64> = world
        .orders
        .rows()
        .filter(|order| matches!(order.status_id, 4 | 14))
        .map(|order| order.id)
        .collect();
    for order in refunded {
        let total = total(world, order);
        let created = iso_z(world.seeds.until - 86_400);
        let refund = json!({
            "id": order, "order_id": order, "user_id": 1, "created": created, "reason": "Retoure",
            "total_amount": total, "total_tax": 0, "uses_merchant_override_values": false,
            "items": [{
                "item_type": "ORDER", "item_id": order, "reason": "Retoure", "quantity": 1, "requested_amount": total,
                "adjustments": [],
            }],
            "payments": [{
                "id": order, "provider_id": "banktransfer", "amount": total, "offline": true, "is_declined": false,
                "declined_message": "", "transaction_id": order.to_string(),
            }],
        });
        world
            .plain
            .put(REFUND.name, refund.as_object().cloned().unwrap_or_default());
    }
}

fn total(world: &World, order: u64) -> f64 {
    let record = read(world.orders.whole_text(order));
    let total = record.get("total_inc_tax").and_then(Value::as_str);
    total.and_then(|total| total.parse().ok()).unwrap_or_default()
}

fn known(world: &World, call: &Call<'_>) -> Result<u64, Answer> {
    let id = call.id(1)?;
    let seen = world.orders.seen(id, world.now()).is_some();
    seen.then_some(id)
        .ok_or_else(|| v3_absent("The order was not found."))
}

/// `GET /v3/orders/{id}/transactions`: those that were put there, or the one payment of the order.
pub(crate) fn transactions(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let order = known(world, call)?;
    let own = world
        .plain
        .all(TRANSACTION.name)
        .filter(|one| id_of(one, "order_id") == Some(order));
    let mut found: Vec<Value> = own.take(MOST).cloned().map(Value::Object).collect();
    if found.is_empty() {
        found.push(json!({
            "id": order, "order_id": order.to_string(), "event": "purchase", "method": "custom",
            "amount": total(world, order), "currency": "EUR", "gateway": "custom", "gateway_transaction_id": "",
            "test": false, "status": "ok", "fraud_review": false, "date_created": iso_z(world.seeds.until - 86_400),
        }));
    }
    Ok(Answer::data(200, &Value::Array(found)))
}

/// `GET /v3/orders/{id}/payment_actions/refunds`
pub(crate) fn refunds_of_order(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let order = known(world, call)?;
    let own = world
        .plain
        .all(REFUND.name)
        .filter(|one| id_of(one, "order_id") == Some(order));
    let found: Vec<Value> = own.cloned().map(Value::Object).collect();
    Ok(Answer::data(200, &Value::Array(found)))
}

/// `GET /v3/orders/payment_actions/refunds`
pub(crate) fn refunds(world: &mut World, call: &Call<'_>) -> Reply {
    plain::list(world, call, &REFUND)
}
