//! Creating and changing products. A batch is all or nothing. What a write does not name stays, what it names is
//! replaced whole: categories, images and all.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, at, v3_absent, v3_error};
use crate::call::{Call, id_of, text_of};
use crate::clock::iso_offset;
use crate::routes::fields::{Fields, merge};
use crate::routes::variants::create as variants;
use crate::seed::products::Tracking;
use crate::shape::check::Rules;
use crate::shape::{Document, PRODUCT};
use crate::world::World;

use super::list::show;

const LARGEST_LEVEL: i64 = 2_147_483_647;

const RULES: Rules = Rules {
    template: &PRODUCT,
    read_only: &[
        "id",
        "date_created",
        "date_modified",
        "calculated_price",
        "base_variant_id",
        "reviews_rating_sum",
        "reviews_count",
        "total_sold",
        "option_set_id",
        "option_set_display",
        "parent_relations",
        "primary_image",
    ],
    beside: &[
        "images",
        "custom_fields",
        "bulk_pricing_rules",
        "videos",
        "variants",
        "brand_name",
    ],
    longest: &[
        ("name", 250),
        ("sku", 255),
        ("upc", 14),
        ("gtin", 14),
        ("page_title", 255),
        ("bin_picking_number", 255),
        ("availability_description", 255),
        ("preorder_message", 255),
        ("price_hidden_label", 200),
        ("product_tax_code", 255),
        ("layout_file", 500),
        ("warranty", 65_535),
        ("meta_description", 65_535),
    ],
    words: &[
        ("type", &["physical", "digital"]),
        ("inventory_tracking", &["none", "product", "variant"]),
        ("availability", &["available", "disabled", "preorder"]),
        ("condition", &["New", "Used", "Refurbished"]),
        ("gift_wrapping_options_type", &["any", "none", "list"]),
    ],
    natural: &[
        "price",
        "cost_price",
        "retail_price",
        "sale_price",
        "weight",
        "width",
        "height",
        "depth",
        "inventory_level",
        "inventory_warning_level",
    ],
    loose_amounts: false,
};

/// `POST /v3/catalog/products`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["include_fields", "include"])?;
    let sent = call.object()?;
    let mut fields = sent.clone();
    let mut wrong = RULES.check(&mut fields);
    for required in ["name", "type", "weight", "price"] {
        if !fields.contains_key(required) {
            wrong.insert(required.to_owned(), json!(format!("{required} is required")));
        }
    }
    refuse_wrong(wrong)?;
    world.name_is_free(text_of(&fields, "name"), 0)?;
    world.sku_is_free(text_of(&fields, "sku"), 0, None)?;
    let id = world.products.take_id();
    let wanted = fields.remove("variants");
    let failed = stock_fails(world, &mut fields, text_of(&sent, "sku"));
    put(world, blank(world.now(), id, text_of(&fields, "name")), fields);
    let made = variants::create_for(world, id, wanted.as_ref());
    if let Err(refusal) = made {
        world.products.remove(&[id]);
        return Err(refusal);
    }
    world.applied(
        call.method,
        "product",
        text_of(&sent, "sku"),
        id,
        &Value::Object(sent.clone()),
    );
    answer(world, call, id, failed)
}

/// `PUT /v3/catalog/products/{id}`
pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["include_fields", "include"])?;
    let id = call.id(2)?;
    let sent = call.object()?;
    let fields = prepare(world, id, &sent)?;
    let failed = apply(world, call, id, &sent, fields);
    answer(world, call, id, failed)
}

/// `PUT /v3/catalog/products`, up to ten at a time.
pub(crate) fn update_many(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["include_fields", "include"])?;
    let items = call.objects(10)?;
    let mut ready = Vec::new();
    for (index, sent) in items.into_iter().enumerate() {
        let field = format!("{index}.id");
        let id = id_of(&sent, "id").ok_or_else(|| call.invalid(&field, "id is required"))?;
        let fields = prepare(world, id, &sent)?;
        ready.push((id, sent, fields));
    }
    let mut failures = Document::new();
    let mut shown = Vec::new();
    for (id, sent, fields) in ready {
        if let Some(failure) = apply(world, call, id, &sent, fields) {
            failures.insert(id.to_string(), json!(failure));
        }
        shown.push(world.products.whole_text(id).to_owned());
    }
    let shown = format!("[{}]", shown.join(","));
    if failures.is_empty() {
        return Ok(crate::page::v3_body(&shown, "{}"));
    }
    let errors = json!({ "status": 207, "title": STOCK_FAILED, "type": crate::answer::STATUS_CODES, "errors": failures });
    let body = format!("{{\"data\":{shown},\"errors\":{errors},\"meta\":{{}}}}");
    Ok(Answer::new(207, crate::answer::JSON, body))
}

const STOCK_FAILED: &str = "The product was saved, but its inventory data could not be updated.";

fn refuse_wrong(wrong: Document) -> Result<(), Answer> {
    if wrong.is_empty() {
        return Ok(());
    }
    let title = wrong
        .values()
        .next()
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    Err(v3_error(422, &title, wrong))
}

/// Checks a change without making it.
fn prepare(world: &mut World, id: u64, sent: &Document) -> Result<Document, Answer> {
    let Some(tracking) = world.products.facts(id).map(|facts| facts.tracking) else {
        return Err(v3_absent("Product not found"));
    };
    let mut fields = sent.clone();
    let mut wrong = RULES.check(&mut fields);
    let tracking = fields
        .get("inventory_tracking")
        .and_then(Value::as_str)
        .map_or(tracking, Tracking::read);
    if tracking == Tracking::Variant && fields.contains_key("inventory_level") {
        let message = "The product is tracked by variant: set the inventory level of its variants.";
        wrong.insert("inventory_level".to_owned(), json!(message));
    }
    refuse_wrong(wrong)?;
    if fields.contains_key("name") {
        world.name_is_free(text_of(&fields, "name"), id)?;
    }
    world.sku_is_free(text_of(&fields, "sku"), id, None)?;
    Ok(fields)
}

/// Makes a change; says what part of it failed.
fn apply(
    world: &mut World,
    call: &Call<'_>,
    id: u64,
    sent: &Document,
    mut fields: Document,
) -> Option<&'static str> {
    let mut record = world.products.document(id).unwrap_or_default();
    let sku = fields
        .get("sku")
        .and_then(Value::as_str)
        .unwrap_or(text_of(&record, "sku"))
        .to_owned();
    let failed = stock_fails(world, &mut fields, &sku);
    fields.remove("variants");
    let follows = ["sku", "inventory_level", "inventory_tracking"]
        .iter()
        .any(|member| fields.contains_key(*member));
    record.insert("date_modified".to_owned(), json!(iso_offset(world.now())));
    put(world, record, fields);
    if follows {
        variants::follow_product(world, id);
    }
    world.applied(call.method, "product", &sku, id, &Value::Object(sent.clone()));
    failed
}

/// Takes the stock out of a write where it is scripted to fail.
fn stock_fails(world: &World, fields: &mut Document, sku: &str) -> Option<&'static str> {
    let scripted = world
        .settings
        .stock_fails_for
        .iter()
        .any(|key| key == "*" || key.eq_ignore_ascii_case(sku));
    (scripted && fields.shift_remove("inventory_level").is_some()).then_some(STOCK_FAILED)
}

fn blank(now: i64, id: u64, name: &str) -> Document {
    let mut record = PRODUCT.blank();
    let set = [
        ("id", json!(id)),
        ("type", json!("physical")),
        ("inventory_tracking", json!("none")),
        ("is_visible", json!(true)),
        ("date_created", json!(iso_offset(now))),
        ("date_modified", json!(iso_offset(now))),
        (
            "custom_url",
            json!({ "url": format!("/{}/", slug(name)), "is_customized": false }),
        ),
    ];
    for (member, value) in set {
        record.insert(member.to_owned(), value);
    }
    record
}

fn slug(name: &str) -> String {
    let dashed = name
        .to_lowercase()
        .replace(|letter: char| !letter.is_alphanumeric(), "-");
    dashed
        .split('-')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// Writes a product and its parts.
fn put(world: &mut World, mut record: Document, mut fields: Document) {
    let id = id_of(&record, "id").unwrap_or_default();
    for name in ["images", "custom_fields", "bulk_pricing_rules", "videos"] {
        if let Some(part) = fields.shift_remove(name) {
            let part = numbered(world, id, part);
            world
                .product_parts
                .entry(id)
                .or_default()
                .insert(name.to_owned(), part);
        }
    }
    if let Some(Value::String(name)) = fields.shift_remove("brand_name") {
        fields.insert("brand_id".to_owned(), json!(brand(world, &name)));
    }
    let level = fields.get("inventory_level").and_then(Value::as_i64);
    merge(&mut record, fields);
    if let Some(level) = level {
        // The catalog cuts what the Inventory API would refuse.
        record.insert("inventory_level".to_owned(), json!(level.clamp(0, LARGEST_LEVEL)));
    }
    if let Some(price) = record.get("price").cloned() {
        record.insert("calculated_price".to_owned(), price);
    }
    let hidden = world.visible_from();
    world.products.put(&record, hidden);
    world.product_skus.note(text_of(&record, "sku"), id);
    world.product_names.note(text_of(&record, "name"), id);
}

/// The id of the brand of that name, which is made where there is none.
fn brand(world: &mut World, name: &str) -> u64 {
    let known = world
        .plain
        .all("brand")
        .find(|brand| text_of(brand, "name").to_lowercase() == name.to_lowercase());
    if let Some(id) = known.and_then(|brand| id_of(brand, "id")) {
        return id;
    }
    let id = 1000
        + name
            .to_lowercase()
            .bytes()
            .fold(7_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 99_991);
    let mut brand = Document::new();
    brand.insert("id".to_owned(), json!(id));
    brand.insert("name".to_owned(), json!(name));
    world.plain.put("brand", brand);
    id
}

/// Gives the items of a part their ids.
fn numbered(world: &mut World, product: u64, part: Value) -> Value {
    let Value::Array(items) = part else { return part };
    let number = |mut item: Value| {
        if let Some(members) = item.as_object_mut() {
            members.entry("id").or_insert_with(|| json!(world.take_id()));
            if members.contains_key("image_url") || members.contains_key("video_id") {
                members.insert("product_id".to_owned(), json!(product));
            }
        }
        item
    };
    Value::Array(items.into_iter().map(number).collect())
}

fn answer(world: &World, call: &Call<'_>, id: u64, failed: Option<&str>) -> Reply {
    let Some(failed) = failed else {
        let included = super::parts::included(call)?;
        let fields = Fields::read(call, &PRODUCT, "id")?;
        let text =
            serde_json::to_string(&world.products.document(id).unwrap_or_default()).unwrap_or_default();
        return match show(world, call, id, &included, &fields) {
            // A record that look-ups do not see yet is in the answer to its creation all the same.
            Err(_) => Ok(crate::page::v3_body(&text, "{}")),
            shown => shown,
        };
    };
    let data = Value::Object(world.products.document(id).unwrap_or_default());
    let errors = json!({
        "status": 207, "title": failed, "type": crate::answer::STATUS_CODES,
        "errors": at("inventory_level", failed),
    });
    Ok(Answer::json(
        207,
        &json!({ "data": data, "errors": errors, "meta": {} }),
    ))
}
