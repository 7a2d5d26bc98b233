//! Order statuses. Merchants rename labels; ids stay.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::seed::orders::STATUSES;
use crate::world::World;

/// Ids in the order in which the control panel lists the statuses (BigCommerce reference, orders v2).
pub(crate) const IN_ORDER: [u8; 15] = [0, 1, 7, 11, 9, 8, 3, 10, 2, 5, 6, 4, 13, 12, 14];

/// `GET /v2/order_statuses`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let all: Vec<Value> = (0..STATUSES.len() as u8).map(|id| ordered(world, id)).collect();
    Ok(Answer::json(200, &Value::Array(all)))
}

/// `GET /v2/order_statuses/{id}`
pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Reply {
    let id = call.id(1)?;
    if id >= STATUSES.len() as u64 {
        return Err(call.absent());
    }
    Ok(Answer::json(200, &ordered(world, id as u8)))
}

fn ordered(world: &World, id: u8) -> Value {
    let mut status = status(world, id);
    status["order"] = json!(IN_ORDER.iter().position(|at| *at == id));
    status
}

/// The name of a status as the vendor has it.
pub(crate) fn name(id: u64) -> &'static str {
    STATUSES.get(id as usize).copied().unwrap_or_default()
}

/// One status, without its place among the others: that is `order` here and `sort_order` where orders are counted.
pub(crate) fn status(world: &World, id: u8) -> Value {
    let name = name(u64::from(id));
    let label = world.settings.status_labels.get(&id).map_or(name, String::as_str);
    json!({
        "id": id, "name": name, "system_label": name, "custom_label": label,
        "system_description": format!("{name}."),
    })
}
