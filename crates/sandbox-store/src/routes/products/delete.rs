//! Deleting products. A filter is mandatory: the vendor once deleted everything without one.

use serde_json::Value;

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::world::World;

use super::list::selection;

const KNOWN: &[&str] = &[
    "id:in",
    "name",
    "sku",
    "price",
    "weight",
    "condition",
    "brand_id",
    "date_modified",
    "is_visible",
    "is_featured",
    "inventory_level",
    "total_sold",
    "type",
    "categories",
    "keyword",
];

/// `DELETE /v3/catalog/products?id:in=…`
pub(crate) fn by_filter(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(KNOWN)?;
    if call.query.names().next().is_none() {
        return Err(call.invalid("id:in", "At least one filter is required."));
    }
    if call.query.ints("id:in")?.is_some_and(|ids| ids.len() > 250) {
        return Err(crate::answer::too_many(250));
    }
    let selection = selection(world, call)?;
    let now = world.now();
    let picks = world.products.select(&selection, now);
    let ids: Vec<u64> = (0..picks.len())
        .map(|at| world.products.row(picks.at(at)).facts.id)
        .collect();
    remove(world, call, &ids);
    Ok(Answer::empty())
}

/// `DELETE /v3/catalog/products/{id}`
pub(crate) fn by_id(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let id = call.id(2)?;
    world.products.facts(id).ok_or_else(|| call.absent())?;
    remove(world, call, &[id]);
    Ok(Answer::empty())
}

fn remove(world: &mut World, call: &Call<'_>, ids: &[u64]) {
    let variants: Vec<u64> = ids.iter().flat_map(|id| world.variants_of(*id)).collect();
    for id in ids {
        let sku = world
            .products
            .facts(*id)
            .map(|facts| facts.sku.to_string())
            .unwrap_or_default();
        world.applied(call.method, "product", &sku, id, &Value::Null);
    }
    world.products.remove(ids);
    world.variants.remove(&variants);
}
