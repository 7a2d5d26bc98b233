//! Inventory: items by variant and location, absolute and relative adjustments of up to 2,000 at a time.
//! An adjustment is all or nothing. Safety stock is 0 everywhere and cannot be set.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, at, problem, too_many};
use crate::call::{Call, id_of, text_of};
use crate::page::{self, Page};
use crate::seed::products::Tracking;
use crate::seed::variants::Variant;
use crate::shape::{Document, push_text};
use crate::shelf::{Selection, Test};
use crate::stock::{Adjustment, Item, LOCATIONS};
use crate::world::World;

const MOST: usize = 2000;
const LARGEST: i64 = 2_147_483_647;

/// `GET /v3/inventory/items`
pub(crate) fn items(world: &mut World, call: &Call<'_>) -> Reply {
    let query = &call.query;
    query.only(&[
        "sku:in",
        "variant_id:in",
        "product_id:in",
        "location_id:in",
        "location_code:in",
        "page",
        "limit",
    ])?;
    let ids = query.ints("location_id:in")?;
    let codes = query.list("location_code:in");
    let locations: Vec<_> = LOCATIONS
        .iter()
        .filter(|(id, code, _)| {
            ids.as_ref().is_none_or(|ids| ids.contains(&(*id as i64)))
                && codes
                    .as_ref()
                    .is_none_or(|codes| codes.iter().any(|wanted| wanted == code))
        })
        .collect();
    answer(world, call, |world, variant, out| {
        out.push_str("{\"identity\":");
        identity(variant, out);
        out.push_str(",\"locations\":[");
        for (index, (id, code, name)) in locations.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            let level = world.level(variant.id, *id);
            let own = json!({ "location_id": id, "location_code": code, "location_name": name, "location_enabled": true });
            let own = own.to_string();
            out.push_str(own.trim_end_matches('}'));
            out.push(',');
            out.push_str(&levels(level));
        }
        out.push_str("]}");
    })
}

/// `GET /v3/inventory/locations/{id}/items`
pub(crate) fn items_of_location(world: &mut World, call: &Call<'_>) -> Reply {
    call.query
        .only(&["sku:in", "variant_id:in", "product_id:in", "page", "limit"])?;
    let location = call.id(2)?;
    if !LOCATIONS.iter().any(|(id, _, _)| *id == location) {
        return Err(problem(404, "Location was not found.", Document::new()));
    }
    answer(world, call, |world, variant, out| {
        out.push_str("{\"identity\":");
        identity(variant, out);
        out.push(',');
        out.push_str(&levels(world.level(variant.id, location)));
    })
}

fn identity(variant: &Variant, out: &mut String) {
    out.push_str("{\"sku\":");
    push_text(out, &variant.sku);
    let ids = format!(
        ",\"variant_id\":{},\"product_id\":{},\"sku_id\":{}}}",
        variant.id,
        variant.product_id,
        variant.id.saturating_sub(1000)
    );
    out.push_str(&ids);
}

/// The members of a level, and the brace that ends the object.
fn levels(level: i64) -> String {
    format!(
        "\"available_to_sell\":{level},\"total_inventory_onhand\":{level},\"settings\":{{\"safety_stock\":0,\
         \"is_in_stock\":{},\"warning_level\":0,\"bin_picking_number\":\"\"}}}}",
        level > 0
    )
}

fn answer(world: &mut World, call: &Call<'_>, push: impl Fn(&World, &Variant, &mut String)) -> Reply {
    let page = Page::read(&call.query, 50, 1000)?;
    let selection = Selection {
        tests: filters(call)?,
        ..Selection::default()
    };
    let now = world.now();
    let picks = world.variants.select(&selection, now);
    let world = &*world;
    Ok(page::v3(&call.query, page, picks.len(), 500, |position, out| {
        push(world, &world.variants.row(picks.at(position)).facts, out);
    }))
}

fn filters(call: &Call<'_>) -> Result<Vec<Test<Variant>>, Answer> {
    let mut tests: Vec<Test<Variant>> =
        vec![Test::Facts(Box::new(|variant: &Variant| variant.product_id > 0))];
    if let Some(skus) = call.query.list("sku:in") {
        let skus: Vec<_> = skus.iter().map(|sku| sku.to_lowercase()).collect();
        tests.push(Test::Facts(Box::new(move |variant| {
            skus.contains(&variant.sku.to_lowercase())
        })));
    }
    if let Some(ids) = call.query.ints("variant_id:in")? {
        tests.push(Test::Facts(Box::new(move |variant| {
            ids.contains(&(variant.id as i64))
        })));
    }
    if let Some(ids) = call.query.ints("product_id:in")? {
        tests.push(Test::Facts(Box::new(move |variant| {
            ids.contains(&(variant.product_id as i64))
        })));
    }
    Ok(tests)
}

/// `PUT /v3/inventory/adjustments/absolute`
pub(crate) fn absolute(world: &mut World, call: &Call<'_>) -> Reply {
    adjust(world, call, false)
}

/// `POST /v3/inventory/adjustments/relative`
pub(crate) fn relative(world: &mut World, call: &Call<'_>) -> Reply {
    adjust(world, call, true)
}

fn adjust(world: &mut World, call: &Call<'_>, relative: bool) -> Reply {
    call.query.only(&[])?;
    let body = call.object().map_err(as_problem)?;
    let Some(items) = body
        .get("items")
        .and_then(Value::as_array)
        .filter(|items| !items.is_empty())
    else {
        return Err(problem(
            422,
            "items is required",
            at("items", "At least one item is required."),
        ));
    };
    if items.len() > MOST {
        return Err(too_many(MOST));
    }
    let mut ready = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let item = item
            .as_object()
            .ok_or_else(|| refusal(index, "Every item must be an object."))?;
        ready.push(read(world, index, item, relative)?);
    }
    for (adjustment, item) in ready.into_iter().zip(items) {
        world.adjust(adjustment);
        let (key, id) = key_of(world, adjustment.item);
        world.applied(call.method, "stock", &key, id, item);
    }
    let transaction =
        uuid::Builder::from_random_bytes(u128::from(world.take_id()).rotate_left(77).to_be_bytes());
    Ok(Answer::json(
        200,
        &json!({ "transaction_id": transaction.into_uuid().to_string() }),
    ))
}

fn as_problem(refusal: Answer) -> Answer {
    Answer {
        content_type: crate::answer::PROBLEM,
        ..refusal
    }
}

fn refusal(index: usize, message: &str) -> Answer {
    problem(422, message, at(&format!("items.{index}"), message))
}

fn key_of(world: &World, item: Item) -> (String, u64) {
    match item {
        Item::Product(id) => (
            world
                .products
                .facts(id)
                .map(|facts| facts.sku.to_string())
                .unwrap_or_default(),
            id,
        ),
        Item::Variant(id) => (
            world
                .variants
                .facts(id)
                .map(|facts| facts.sku.to_string())
                .unwrap_or_default(),
            id,
        ),
    }
}

fn read(world: &mut World, index: usize, sent: &Document, relative: bool) -> Result<Adjustment, Answer> {
    let location = id_of(sent, "location_id").unwrap_or_default();
    if !LOCATIONS.iter().any(|(id, _, _)| *id == location) {
        return Err(refusal(index, &format!("Location {location} was not found")));
    }
    let quantity = sent.get("quantity").and_then(Value::as_i64);
    let quantity = quantity.ok_or_else(|| refusal(index, "quantity must be an integer"))?;
    if quantity > LARGEST || (!relative && quantity < 0) {
        return Err(refusal(
            index,
            &format!("quantity must be between 0 and {LARGEST}"),
        ));
    }
    let item = named(world, index, sent)?;
    let adjustment = Adjustment {
        item,
        location,
        quantity,
        relative,
    };
    let variant = match item {
        Item::Variant(id) => id,
        Item::Product(id) => world.variants_of(id).first().copied().unwrap_or_default(),
    };
    if relative && world.level(variant, location) + quantity < 0 {
        return Err(refusal(index, "Stock would fall under the safety stock"));
    }
    Ok(adjustment)
}

/// What an item means, if stock is counted there.
fn named(world: &mut World, index: usize, sent: &Document) -> Result<Item, Answer> {
    let ways = ["sku", "variant_id", "product_id"]
        .into_iter()
        .filter(|way| sent.contains_key(*way))
        .count();
    if ways != 1 {
        return Err(refusal(
            index,
            "Exactly one of sku, variant_id and product_id is required",
        ));
    }
    if let Some(id) = id_of(sent, "product_id") {
        return by_product(world, index, id);
    }
    if let Some(id) = id_of(sent, "variant_id") {
        return by_variant(world, index, id);
    }
    let sku = text_of(sent, "sku").to_owned();
    if let Some(id) = world.products_with_sku(&sku).first().copied() {
        return by_product(world, index, id);
    }
    match world.variants_with_sku(&sku).first().copied() {
        Some(id) => by_variant(world, index, id),
        None => Err(refusal(index, &format!("SKU {sku} was not found"))),
    }
}

fn by_product(world: &World, index: usize, id: u64) -> Result<Item, Answer> {
    let tracking = world.products.facts(id).map(|facts| facts.tracking);
    match tracking {
        None => Err(refusal(
            index,
            &format!("Item with product_id {id} was not found"),
        )),
        Some(Tracking::Product) => Ok(Item::Product(id)),
        Some(Tracking::Variant) => Err(refusal(
            index,
            &format!("Item with product_id {id} is tracked by variant, please update stock by variant id"),
        )),
        Some(Tracking::None) => Err(refusal(
            index,
            &format!("Item with product_id {id} is not tracked"),
        )),
    }
}

fn by_variant(world: &World, index: usize, id: u64) -> Result<Item, Answer> {
    let Some(variant) = world.variants.facts(id) else {
        return Err(refusal(
            index,
            &format!("Item with variant_id {id} was not found"),
        ));
    };
    match world
        .products
        .facts(variant.product_id)
        .map(|facts| facts.tracking)
    {
        Some(Tracking::Variant) => Ok(Item::Variant(id)),
        Some(Tracking::Product) => Err(refusal(
            index,
            &format!("Item with variant_id {id} is tracked by product, please update stock by product id"),
        )),
        Some(Tracking::None) => Err(refusal(
            index,
            &format!("Item with variant_id {id} is not tracked"),
        )),
        None => Err(refusal(
            index,
            &format!("Item with variant_id {id} was not found"),
        )),
    }
}
