//! New variants, variants that go, and those that follow their product.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, at, v3_error};
use crate::call::{Call, id_of, text_of};
use crate::routes::fields::merge;
use crate::routes::products::parts;
use crate::shape::{Document, VARIANT};
use crate::world::World;

use super::list::member;
use super::update::{RULES, title, touch};

/// `POST /v3/catalog/products/{id}/variants`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Reply {
    let product = call.id(2)?;
    world.products.facts(product).ok_or_else(|| call.absent())?;
    let sent = call.object()?;
    if text_of(&sent, "sku").is_empty() {
        return Err(call.invalid("sku", "sku is required"));
    }
    let id = add(world, product, &sent, false)?;
    touch(world, product);
    world.applied(
        call.method,
        "variant",
        text_of(&sent, "sku"),
        id,
        &Value::Object(sent.clone()),
    );
    Ok(Answer::data(
        200,
        &Value::Object(world.variants.document(id).unwrap_or_default()),
    ))
}

/// `DELETE /v3/catalog/products/{id}/variants/{id}`
pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Reply {
    let id = member(world, call)?;
    let sku = world
        .variants
        .facts(id)
        .map(|facts| facts.sku.to_string())
        .unwrap_or_default();
    world.variants.remove(&[id]);
    touch(world, call.id(2)?);
    world.applied(call.method, "variant", &sku, id, &Value::Null);
    Ok(Answer::empty())
}

/// The variants of a created product: those it was sent with, or a base one that mirrors it.
pub(crate) fn create_for(world: &mut World, product: u64, sent: Option<&Value>) -> Result<(), Answer> {
    let wanted = sent.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut wanted: Vec<Document> = wanted
        .into_iter()
        .filter_map(|item| item.as_object().cloned())
        .collect();
    if wanted.is_empty() {
        let record = world.products.document(product).unwrap_or_default();
        let mirrored = ["sku", "price", "cost_price", "weight", "inventory_level"];
        let base = mirrored
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), record.get(*name)?.clone())));
        wanted.push(base.collect());
    }
    let mut ids = Vec::new();
    for sent in wanted {
        match add(world, product, &sent, true) {
            Ok(id) => ids.push(id),
            Err(refusal) => {
                world.variants.remove(&ids);
                return Err(refusal);
            }
        }
    }
    let first = ids.first().copied().unwrap_or_default();
    world
        .products
        .amend(product, "base_variant_id", &first.to_string(), |_| ());
    Ok(())
}

/// The option values of a new variant with their ids and names. A product's first variants make its options; later ones
/// have values that are there, and no two variants the same.
fn chosen(world: &mut World, product: u64, sent: &Document, first: bool) -> Result<Value, Answer> {
    let options = parts::options_of(world, product);
    let values = sent
        .get("option_values")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut chosen = Vec::new();
    for value in values {
        let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_lowercase();
        let option = options.iter().find(|option| {
            option["id"] == value["option_id"]
                || text(option, "display_name") == text(&value, "option_display_name")
        });
        let labels = option.and_then(|option| option["option_values"].as_array());
        let label = labels
            .into_iter()
            .flatten()
            .find(|label| label["id"] == value["id"] || text(label, "label") == text(&value, "label"));
        let new = |world: &mut World, known: Option<&Value>| {
            known.map_or_else(|| json!(world.take_id()), |known| known["id"].clone())
        };
        if !first && label.is_none() {
            let message = "The option value is not one of the product's.";
            return Err(v3_error(422, message, at("option_values", message)));
        }
        chosen.push(json!({
            "id": new(world, label), "label": label.map_or(&value["label"], |label| &label["label"]),
            "option_id": new(world, option),
            "option_display_name": option.map_or(&value["option_display_name"], |option| &option["display_name"]),
        }));
    }
    let chosen = Value::Array(chosen);
    let taken = |id: u64| {
        world
            .variants
            .document(id)
            .is_some_and(|other| other.get("option_values") == Some(&chosen))
    };
    if !first && world.variants_of(product).into_iter().any(taken) {
        let message = "A variant with these option values is already there.";
        return Err(v3_error(409, message, at("option_values", message)));
    }
    Ok(chosen)
}

/// A new variant of a batch, which names its product and its option values.
pub(super) fn from_batch(world: &mut World, sent: &Document) -> Result<u64, Answer> {
    let product = id_of(sent, "product_id").filter(|id| world.products.facts(*id).is_some());
    let product = product.ok_or_else(|| {
        v3_error(
            404,
            "The product was not found.",
            at("product_id", "The product was not found."),
        )
    })?;
    let has_values = sent
        .get("option_values")
        .and_then(Value::as_array)
        .is_some_and(|values| !values.is_empty());
    if text_of(sent, "sku").is_empty() || !has_values {
        let message = "sku and option_values are required";
        return Err(v3_error(422, message, at("option_values", message)));
    }
    let id = add(world, product, sent, false)?;
    touch(world, product);
    Ok(id)
}

fn add(world: &mut World, product: u64, sent: &Document, first: bool) -> Result<u64, Answer> {
    let mut fields = sent.clone();
    let chosen = chosen(world, product, sent, first)?;
    fields.insert("option_values".to_owned(), chosen);
    let wrong = RULES.check(&mut fields);
    if !wrong.is_empty() {
        return Err(v3_error(422, &title(&wrong), wrong));
    }
    let base = world
        .products
        .facts(product)
        .is_some_and(|facts| Some(&*facts.sku) == fields.get("sku").and_then(Value::as_str));
    if !base {
        world.sku_is_free(text_of(&fields, "sku"), product, Some(0))?;
    }
    let id = world.variants.take_id();
    let mut record = VARIANT.blank();
    for (member, value) in [("id", id), ("product_id", product), ("sku_id", id)] {
        record.insert(member.to_owned(), json!(value));
    }
    merge(&mut record, fields);
    let price = record.get("price").cloned().unwrap_or(json!(0));
    record.insert("calculated_price".to_owned(), price);
    let hidden = world.visible_from();
    world.variants.put(&record, hidden);
    world.variant_skus.note(text_of(&record, "sku"), id);
    world.added_variants.entry(product).or_default().push(id);
    Ok(id)
}

/// Keeps the base variant of a plain product like the product.
pub(crate) fn follow_product(world: &mut World, product: u64) {
    let ids = world.variants_of(product);
    let Some(facts) = world.products.facts(product) else {
        return;
    };
    let (sku, level, tracked) = (facts.sku.clone(), facts.level, facts.tracking);
    if let [only] = ids.as_slice() {
        let mut record = world.variants.document(*only).unwrap_or_default();
        record.insert("sku".to_owned(), json!(sku));
        world.variants.put(&record, i64::MIN);
        world.variant_skus.note(&sku, *only);
    }
    if tracked == crate::seed::products::Tracking::Product {
        world.set_product_level(product, level);
    }
}
