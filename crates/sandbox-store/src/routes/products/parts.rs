//! What `include` adds to a product. Written parts are kept, seeded ones made.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::clock::iso_offset;
use crate::seed::{products, variants};
use crate::world::World;

pub(crate) const PARTS: &[&str] = &[
    "bulk_pricing_rules",
    "channels",
    "custom_fields",
    "images",
    "modifiers",
    "options",
    "parent_relations",
    "primary_image",
    "reviews",
    "variants",
    "videos",
];

/// The parts a request asks for.
pub(crate) fn included(call: &Call<'_>) -> Result<Vec<String>, Answer> {
    let included = call.query.list("include").unwrap_or_default();
    match included.iter().find(|part| !PARTS.contains(&part.as_str())) {
        Some(part) => Err(call.invalid("include", &format!("There is no resource '{part}'."))),
        None => Ok(included),
    }
}

/// Options and modifiers cut pages to 10, whatever limit is sent. BigCommerce reference: products v3, include.
pub(crate) fn page_limit(included: &[String]) -> usize {
    if included
        .iter()
        .any(|part| part == "options" || part == "modifiers")
    {
        10
    } else {
        250
    }
}

/// The JSON of one part of a product.
pub(crate) fn part(world: &World, id: u64, name: &str) -> String {
    if name == "variants" {
        return variants_of(world, id);
    }
    if let Some(written) = world.product_parts.get(&id).and_then(|parts| parts.get(name)) {
        return written.to_string();
    }
    if id >= products::FIRST + world.seeds.products {
        if name == "options" {
            return Value::Array(options_of(world, id)).to_string();
        }
        return empty(name).to_string();
    }
    seeded(world, id, name).to_string()
}

fn variants_of(world: &World, id: u64) -> String {
    let now = world.now();
    let texts: Vec<&str> = world
        .variants_of(id)
        .into_iter()
        .filter_map(|variant| world.variants.seen(variant, now))
        .collect();
    format!("[{}]", texts.join(","))
}

/// The options of a product that was written: what its variants differ in.
pub(crate) fn options_of(world: &World, id: u64) -> Vec<Value> {
    if id < products::FIRST + world.seeds.products {
        return serde_json::from_str(&part(world, id, "options")).unwrap_or_default();
    }
    let mut options: Vec<Value> = Vec::new();
    for variant in world.variants_of(id) {
        let record = world.variants.document(variant).unwrap_or_default();
        let values = record.get("option_values").and_then(Value::as_array).cloned();
        for value in values.unwrap_or_default() {
            let option = &value["option_id"];
            if !options.iter().any(|known| known["id"] == *option) {
                options.push(json!({
                    "id": option, "product_id": id, "name": format!("{}{option}", value["option_display_name"].as_str().unwrap_or("")),
                    "display_name": value["option_display_name"], "type": "dropdown", "config": {},
                    "sort_order": options.len(), "option_values": [],
                }));
            }
            let place = options.iter_mut().find(|known| known["id"] == *option);
            let known = place.and_then(|option| option["option_values"].as_array_mut());
            if let Some(known) = known.filter(|known| !known.iter().any(|label| label["id"] == value["id"])) {
                let label = json!({
                    "id": value["id"], "label": value["label"], "sort_order": known.len(), "value_data": null,
                    "is_default": known.is_empty(),
                });
                known.push(label);
            }
        }
    }
    options
}

fn empty(name: &str) -> Value {
    match name {
        "primary_image" => Value::Null,
        "channels" => json!([1]),
        _ => json!([]),
    }
}

fn seeded(world: &World, id: u64, name: &str) -> Value {
    let number = id - products::FIRST;
    match name {
        "images" => json!([image(world, id, "image_file")]),
        "primary_image" => image(world, id, "image_file"),
        "custom_fields" => json!([
            { "id": id * 2, "name": "Material", "value": if number.is_multiple_of(2) { "Ton" } else { "Wolle" } },
            { "id": id * 2 + 1, "name": "Herkunft", "value": "Düren" },
        ]),
        "bulk_pricing_rules" if number % 16 == 3 => {
            json!([{ "id": id, "quantity_min": 10, "quantity_max": 0, "type": "percent", "amount": 5 }])
        }
        "options" if products::variant_count(number) > 1 => json!([variants::option(id)]),
        "modifiers" if number % 14 == 6 => json!([modifier(id)]),
        _ => empty(name),
    }
}

fn image(world: &World, id: u64, file: &str) -> Value {
    let url = |size: &str| {
        format!(
            "https://cdn11.bigcommerce.com/s-{}/products/{id}/images/{id}/p.{size}.jpg",
            world.hash
        )
    };
    json!({
        "id": id, "product_id": id, "is_thumbnail": true, "sort_order": 0, "description": "", file: format!("p/{id}.jpg"),
        "url_zoom": url("1280.1280"), "url_standard": url("386.513"), "url_thumbnail": url("220.290"),
        "url_tiny": url("44.58"), "date_modified": iso_offset(world.seeds.until - 90 * 86_400),
    })
}

fn modifier(id: u64) -> Value {
    json!({
        "id": id, "product_id": id, "name": format!("Gravur{id}"), "display_name": "Gravur", "type": "text",
        "required": false, "sort_order": 1, "config": {}, "option_values": [],
    })
}

impl World {
    /// The ids of a product's variants, in order.
    pub(crate) fn variants_of(&self, product: u64) -> Vec<u64> {
        let mut ids = Vec::new();
        if (products::FIRST..products::FIRST + self.seeds.products).contains(&product) {
            let number = product - products::FIRST;
            let first = variants::FIRST + variants::first_of(number);
            ids.extend(first..first + products::variant_count(number));
        }
        ids.extend(self.added_variants.get(&product).into_iter().flatten().copied());
        ids.retain(|id| {
            self.variants
                .facts(*id)
                .is_some_and(|facts| facts.product_id == product)
        });
        ids
    }
}
