//! Variants, v3: lists without a date filter, batches of fifty.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, STATUS_CODES, v3_error};
use crate::call::{Call, id_of, text_of};
use crate::filter::Filters;
use crate::page::{self, Page};
use crate::routes::fields::{Fields, merge};
use crate::seed::variants::Variant;
use crate::shape::check::Rules;
use crate::shape::{Document, VARIANT};
use crate::shelf::Selection;
use crate::world::World;

const RULES: Rules = Rules {
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

/// `GET /v3/catalog/variants`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[
        "id",
        "id:in",
        "sku",
        "sku:in",
        "upc",
        "product_id",
        "product_id:in",
        "include_fields",
        "exclude_fields",
        "page",
        "limit",
    ])?;
    let mut filters = Filters::<Variant>::new(&call.query);
    filters.numbers("id", |variant| variant.id as i64)?;
    filters.numbers("product_id", |variant| variant.product_id as i64)?;
    filters.texts("sku", |variant| variant.sku.to_string());
    filters.member("upc");
    let selection = filters.selection();
    answer(world, call, &selection)
}

/// `GET /v3/catalog/products/{id}/variants`
pub(crate) fn of_product(world: &mut World, call: &Call<'_>) -> Reply {
    call.query
        .only(&["include_fields", "exclude_fields", "page", "limit"])?;
    let product = call.id(2)?;
    world
        .products
        .seen(product, world.now())
        .ok_or_else(|| call.absent())?;
    let ids = world.variants_of(product);
    let span = (
        ids.first().copied().unwrap_or(1),
        ids.last().copied().unwrap_or(0),
    );
    let mut filters = Filters::<Variant>::new(&call.query);
    filters.add(move |variant| variant.product_id == product);
    // The path's product is not in the query, so the query does not name this list.
    answer(
        world,
        call,
        &Selection {
            ids: span,
            key: None,
            ..filters.selection()
        },
    )
}

fn answer(world: &mut World, call: &Call<'_>, selection: &Selection<Variant>) -> Reply {
    let fields = Fields::read(call, &VARIANT, "id")?;
    let page = Page::read(&call.query, 50, 250)?;
    let now = world.now();
    let picks = world.variants.select(selection, now);
    let variants = &world.variants;
    Ok(page::v3(&call.query, page, picks.len(), 800, |position, out| {
        let text = variants.text(variants.row(picks.at(position)));
        if fields.is_all() {
            out.push_str(text);
        } else {
            out.push_str(&fields.cut(text));
        }
    }))
}

/// `GET /v3/catalog/products/{id}/variants/{id}`
pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["include_fields", "exclude_fields"])?;
    let fields = Fields::read(call, &VARIANT, "id")?;
    let id = member(world, call)?;
    let text = world
        .variants
        .seen(id, world.now())
        .ok_or_else(|| call.absent())?;
    Ok(page::v3_body(&fields.cut(text), "{}"))
}

/// The variant that the path names, if it is the product's.
fn member(world: &World, call: &Call<'_>) -> Result<u64, Answer> {
    let (product, id) = (call.id(2)?, call.id(4)?);
    let facts = world
        .variants
        .facts(id)
        .filter(|facts| facts.product_id == product);
    facts.map(|facts| facts.id).ok_or_else(|| call.absent())
}

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
    for (index, sent) in items.into_iter().enumerate() {
        match named(world, &sent).and_then(|id| prepare(world, id, &sent).map(|fields| (id, fields))) {
            Ok((id, fields)) => ready.push((id, sent, fields)),
            Err((status, errors)) => wrong.push(json!({
                "status": status, "title": format!("Item {index}: {}", title(&errors)), "type": STATUS_CODES,
                "instance": "/catalog/variants", "errors": errors,
            })),
        }
    }
    if !wrong.is_empty() {
        return Err(Answer::json(422, &json!({ "batch_errors": wrong })));
    }
    let mut shown = Vec::new();
    for (id, sent, fields) in ready {
        apply(world, call, id, &sent, fields);
        shown.push(Value::Object(world.variants.document(id).unwrap_or_default()));
    }
    Ok(Answer::data(200, &Value::Array(shown)))
}

fn title(errors: &Document) -> String {
    errors
        .values()
        .next()
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

type Wrong = (u16, Document);

/// The variant an item of a batch means: by id, or by product and SKU.
fn named(world: &mut World, sent: &Document) -> Result<u64, Wrong> {
    let found = if let Some(id) = id_of(sent, "id") {
        world.variants.facts(id).map(|facts| facts.id)
    } else {
        let product = id_of(sent, "product_id").unwrap_or_default();
        let ids = world.variants_with_sku(text_of(sent, "sku"));
        let of_product = |id: &u64| {
            world
                .variants
                .facts(*id)
                .is_some_and(|facts| facts.product_id == product)
        };
        ids.into_iter().find(of_product)
    };
    found.ok_or_else(|| (404, crate::answer::at("id", "The variant was not found.")))
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
fn touch(world: &mut World, product: u64) {
    let now = world.now();
    let stamp = format!("\"{}\"", crate::clock::iso_offset(now));
    world
        .products
        .amend(product, "date_modified", &stamp, |facts| facts.modified = now);
}

/// `POST /v3/catalog/products/{id}/variants`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Reply {
    let product = call.id(2)?;
    world.products.facts(product).ok_or_else(|| call.absent())?;
    let sent = call.object()?;
    if text_of(&sent, "sku").is_empty() {
        return Err(call.invalid("sku", "sku is required"));
    }
    let id = add(world, product, &sent)?;
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
        match add(world, product, &sent) {
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

fn add(world: &mut World, product: u64, sent: &Document) -> Result<u64, Answer> {
    let mut fields = sent.clone();
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
