//! Changing variants, one or up to fifty at a time. A batch is all or nothing.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, STATUS_CODES, v3_error};
use crate::call::{Call, id_of, text_of};
use crate::routes::fields::merge;
use crate::shape::check::Rules;
use crate::shape::{Document, VARIANT};
use crate::world::World;

use super::{create, list::member};

/// What may be sent for a variant, here and for a new one.
pub(super) const RULES: Rules = Rules {
    template: &VARIANT,
    read_only: &[
        "id",
        "product_id",
        "sku_id",
        "calculated_price",
        "calculated_weight",
    ],
    beside: &[
        "price",
        "cost_price",
        "sale_price",
        "retail_price",
        "weight",
        "width",
        "height",
        "depth",
    ],
    longest: &[
        ("sku", 255),
        ("upc", 14),
        ("gtin", 14),
        ("purchasing_disabled_message", 255),
    ],
    words: &[],
    natural: &["inventory_level", "inventory_warning_level"],
    loose_amounts: false,
};

/// `PUT /v3/catalog/products/{id}/variants/{id}`
pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Reply {
    let id = member(world, call)?;
    let sent = call.object()?;
    let fields =
        prepare(world, id, &sent).map_err(|(status, errors)| v3_error(status, &title(&errors), errors))?;
    apply(world, call, id, &sent, fields);
    Ok(Answer::data(
        200,
        &Value::Object(world.variants.document(id).unwrap_or_default()),
    ))
}

/// `PUT /v3/catalog/variants`: fifty at most; one that is wrong fails all, and is named by its place.
pub(crate) fn update_many(world: &mut World, call: &Call<'_>) -> Reply {
    let items = call.objects(50)?;
    let mut ready = Vec::new();
    let mut wrong = Vec::new();
    let mut new = Vec::new();
    for (index, sent) in items.into_iter().enumerate() {
        let done = if id_of(&sent, "id").is_some() {
            named(world, &sent)
                .and_then(|id| prepare(world, id, &sent).map(|fields| ready.push((id, sent, fields))))
        } else {
            // Made at once, and gone again when another item is wrong.
            create::from_batch(world, &sent)
                .map(|id| new.push((id, sent)))
                .map_err(|refusal| told(&refusal))
        };
        if let Err((status, errors)) = done {
            wrong.push(json!({
                "status": status, "title": format!("Item {index}: {}", title(&errors)), "type": STATUS_CODES,
                "instance": "/catalog/variants", "errors": errors,
            }));
        }
    }
    if !wrong.is_empty() {
        let ids: Vec<u64> = new.iter().map(|(id, _)| *id).collect();
        world.variants.remove(&ids);
        return Err(Answer::json(422, &json!({ "batch_errors": wrong })));
    }
    let mut shown = Vec::new();
    for (id, sent, fields) in ready {
        apply(world, call, id, &sent, fields);
        shown.push(Value::Object(world.variants.document(id).unwrap_or_default()));
    }
    for (id, sent) in new {
        let key = text_of(&sent, "sku").to_owned();
        world.applied(call.method, "variant", &key, id, &Value::Object(sent));
        shown.push(Value::Object(world.variants.document(id).unwrap_or_default()));
    }
    Ok(Answer::data(200, &Value::Array(shown)))
}

/// What a refusal says, for an item of a batch.
fn told(refusal: &Answer) -> Wrong {
    let body: Value = serde_json::from_slice(&refusal.body).unwrap_or_default();
    let errors = body["errors"].as_object().cloned().unwrap_or_default();
    (refusal.status, errors)
}

pub(super) fn title(errors: &Document) -> String {
    errors
        .values()
        .next()
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

type Wrong = (u16, Document);

/// The variant that an item of a batch names.
fn named(world: &World, sent: &Document) -> Result<u64, Wrong> {
    let found = id_of(sent, "id").and_then(|id| world.variants.facts(id));
    found
        .map(|facts| facts.id)
        .ok_or_else(|| (404, crate::answer::at("id", "The variant was not found.")))
}

fn prepare(world: &mut World, id: u64, sent: &Document) -> Result<Document, Wrong> {
    let mut fields = sent.clone();
    let wrong = RULES.check(&mut fields);
    if !wrong.is_empty() {
        return Err((422, wrong));
    }
    let product = world.variants.facts(id).map_or(0, |facts| facts.product_id);
    if world
        .sku_is_free(text_of(&fields, "sku"), product, Some(id))
        .is_err()
    {
        return Err((409, crate::answer::at("sku", "The product sku is a duplicate")));
    }
    // Option values cannot be changed, although the answer says 200. BigCommerce reference: variants v3.
    fields.shift_remove("option_values");
    Ok(fields)
}

fn apply(world: &mut World, call: &Call<'_>, id: u64, sent: &Document, mut fields: Document) {
    let level = fields
        .shift_remove("inventory_level")
        .and_then(|level| level.as_i64());
    let mut record = world.variants.document(id).unwrap_or_default();
    merge(&mut record, fields);
    world.variants.put(&record, i64::MIN);
    world.variant_skus.note(text_of(&record, "sku"), id);
    if let Some(level) = level {
        world.set_variant_level(id, level);
    }
    touch(world, id_of(&record, "product_id").unwrap_or_default());
    world.applied(
        call.method,
        "variant",
        text_of(&record, "sku"),
        id,
        &Value::Object(sent.clone()),
    );
}

/// A variant's change moves its product's date: variants have none of their own.
pub(super) fn touch(world: &mut World, product: u64) {
    let now = world.now();
    let stamp = format!("\"{}\"", crate::clock::iso_offset(now));
    world
        .products
        .amend(product, "date_modified", &stamp, |facts| facts.modified = now);
}
