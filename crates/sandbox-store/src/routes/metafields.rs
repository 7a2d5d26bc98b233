//! Metafields of products, variants, categories, brands, orders and customers: listed, read below what they belong to, and written in
//! batches of which the good ones are kept.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, STATUS_CODES, Version};
use crate::call::{Call, id_of};
use crate::plain::{self, Holds, Kind};
use crate::routes::variants;
use crate::shape::Document;
use crate::world::World;

const fn kind(name: &'static str) -> Kind {
    Kind {
        name,
        version: Version::V3,
        members: &[
            ("permission_set", Holds::Text),
            ("namespace", Holds::Text),
            ("key", Holds::Text),
            ("value", Holds::Text),
            ("description", Holds::Text),
            ("resource_type", Holds::Text),
            ("resource_id", Holds::Number),
            ("owner_client_id", Holds::Text),
        ],
        required: &["permission_set", "namespace", "key", "value", "resource_id"],
        unique: &["resource_id", "namespace", "key"],
        filters: &["key", "namespace", "date_created", "date_modified"],
        dated: true,
    }
}

static OF_PRODUCTS: Kind = kind("product_metafield");
static OF_VARIANTS: Kind = kind("variant_metafield");
static OF_CATEGORIES: Kind = kind("category_metafield");
static OF_BRANDS: Kind = kind("brand_metafield");
static OF_ORDERS: Kind = kind("order_metafield");
static OF_CUSTOMERS: Kind = kind("customer_metafield");

/// What the path's metafields belong to.
fn kind_of(call: &Call<'_>) -> &'static Kind {
    if call.parts.contains(&"variants") {
        return &OF_VARIANTS;
    }
    match (call.parts.first().copied(), call.parts.get(1).copied()) {
        (Some("catalog"), Some("categories")) => &OF_CATEGORIES,
        (Some("catalog"), Some("brands")) => &OF_BRANDS,
        (Some("orders"), _) => &OF_ORDERS,
        (Some("customers"), _) => &OF_CUSTOMERS,
        _ => &OF_PRODUCTS,
    }
}

fn is_there(world: &World, kind: &Kind, id: u64) -> bool {
    match kind.name {
        "category_metafield" => world.categories.facts(id).is_some(),
        "variant_metafield" => world.variants.facts(id).is_some(),
        "brand_metafield" => world.plain.get("brand", id).is_some(),
        "order_metafield" => world.orders.facts(id).is_some(),
        "customer_metafield" => world.customers.facts(id).is_some(),
        _ => world.products.facts(id).is_some(),
    }
}

/// `GET …/metafields`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    plain::list(world, call, kind_of(call))
}

/// `GET …/{id}/metafields`
pub(crate) fn below(world: &mut World, call: &Call<'_>) -> Reply {
    let kind = kind_of(call);
    let id = call.id(call.parts.len() - 2)?;
    if !is_there(world, kind, id) {
        return Err(call.absent());
    }
    plain::listed(world, call, kind, &[], |record| {
        id_of(record, "resource_id") == Some(id)
    })
}

/// `GET …/products/{id}/variants/{id}/metafields`
pub(crate) fn below_variant(world: &mut World, call: &Call<'_>) -> Reply {
    variants::list::member(world, call)?;
    below(world, call)
}

/// `POST …/metafields`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Reply {
    let kind = kind_of(call);
    batch(world, call, |world, sent| {
        let id = id_of(sent, "resource_id").unwrap_or_default();
        if !is_there(world, kind, id) {
            return Err(call.invalid("resource_id", "There is no such record."));
        }
        let mut sent = sent.clone();
        let whose = kind.name.trim_end_matches("_metafield");
        sent.insert("resource_type".to_owned(), json!(whose));
        sent.insert("owner_client_id".to_owned(), json!("sandbox-client"));
        plain::made(world, call.method, kind, &sent)
    })
}

/// `PUT …/metafields`
pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Reply {
    let kind = kind_of(call);
    batch(world, call, |world, sent| {
        let id = id_of(sent, "id").filter(|id| world.plain.get(kind.name, *id).is_some());
        let id = id.ok_or_else(|| call.invalid("id", "There is no such metafield."))?;
        plain::changed(world, call.method, kind, id, sent)
    })
}

/// 422 when any is wrong, with those that were written all the same.
fn batch(
    world: &mut World,
    call: &Call<'_>,
    mut one: impl FnMut(&mut World, &Document) -> Result<Document, Answer>,
) -> Reply {
    call.query.only(&[])?;
    let items = call.objects(250)?;
    let (mut data, mut errors) = (Vec::new(), Vec::new());
    for sent in &items {
        match one(world, sent) {
            Ok(record) => data.push(Value::Object(record)),
            Err(refusal) => {
                let body: Value = serde_json::from_slice(&refusal.body).unwrap_or_default();
                errors.push(json!({
                    "status": 422, "title": "Bulk operation has failed", "type": STATUS_CODES, "errors": body["errors"],
                }));
            }
        }
    }
    let meta = json!({ "total": items.len(), "success": data.len(), "failed": errors.len() });
    let status = if errors.is_empty() { 200 } else { 422 };
    Ok(Answer::json(
        status,
        &json!({ "data": data, "errors": errors, "meta": meta }),
    ))
}
