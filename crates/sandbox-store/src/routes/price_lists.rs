//! Price lists, v3: the lists, and their prices by variant and currency. A batch of prices is all or nothing.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, Version, v3_absent};
use crate::call::{Call, id_of, text_of};
use crate::clock::iso_z;
use crate::cursor::{self, First};
use crate::page::Page;
use crate::plain::{self, Holds, Kind};
use crate::shape::Document;
use crate::world::World;

const LISTS: Kind = Kind {
    name: "price_list",
    version: Version::V3,
    members: &[("name", Holds::Text), ("active", Holds::Flag)],
    required: &["name"],
    unique: &["name"],
    filters: &["id", "name", "date_created", "date_modified"],
    dated: true,
};

/// The list that a new store has here.
pub(crate) const FIRST: u64 = 1;

/// `GET /v3/pricelists`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    let (page, found) = plain::found(world, call, &LISTS, &[], |_| true)?;
    let id = |at: usize| found[at].0;
    cursor::answer(call, page, found.len(), 300, First::Numbers, id, |at, out| {
        out.push_str(&found[at].1);
    })
}

/// Puts the first list into a new store.
pub(crate) fn seed(world: &mut World) {
    let since = iso_z(world.seeds.until - 200 * 86_400);
    let first = json!({
        "id": FIRST, "name": "Händler", "active": true, "date_created": since, "date_modified": since,
    });
    world
        .plain
        .put(LISTS.name, first.as_object().cloned().unwrap_or_default());
}

fn known(world: &World, call: &Call<'_>) -> Result<u64, Answer> {
    let id = call.id(1)?;
    world
        .plain
        .get(LISTS.name, id)
        .map(|_| id)
        .ok_or_else(|| v3_absent("The requested price list was not found."))
}

/// `GET /v3/pricelists/{id}/records`
pub(crate) fn records(world: &mut World, call: &Call<'_>) -> Reply {
    let query = &call.query;
    query.only(&[
        "variant_id:in",
        "product_id:in",
        "sku",
        "sku:in",
        "currency",
        "currency:in",
        "include",
        "page",
        "limit",
        "after",
        "before",
    ])?;
    let list = known(world, call)?;
    let page = Page::read(query, 50, 250)?;
    let variants = query.ints("variant_id:in")?;
    let products = query.ints("product_id:in")?;
    let lower = |name: &str| {
        query
            .list(name)
            .map(|texts| texts.iter().map(|text| text.to_lowercase()).collect::<Vec<_>>())
    };
    let skus = lower("sku:in").or(lower("sku"));
    let currencies = lower("currency:in").or(lower("currency"));
    let one_of = |wanted: &Option<Vec<i64>>, record: &Document, name: &str| {
        let id = record.get(name).and_then(Value::as_i64).unwrap_or_default();
        wanted.as_ref().is_none_or(|ids| ids.contains(&id))
    };
    let named = |wanted: &Option<Vec<String>>, record: &Document, name: &str| {
        wanted
            .as_ref()
            .is_none_or(|texts| texts.contains(&text_of(record, name).to_lowercase()))
    };
    let fits = |record: &&Document| {
        one_of(&variants, record, "variant_id")
            && one_of(&products, record, "product_id")
            && named(&skus, record, "sku")
            && named(&currencies, record, "currency")
    };
    let included = query.list("include").unwrap_or_default();
    let shown = |record: &Document| {
        let mut record = record.clone();
        for part in ["sku", "bulk_pricing_tiers"] {
            if !included.iter().any(|name| name == part) {
                record.shift_remove(part);
            }
        }
        Value::Object(record).to_string()
    };
    let all = world
        .prices
        .range((list, 0, String::new())..(list + 1, 0, String::new()));
    let found: Vec<String> = all.map(|(_, record)| record).filter(fits).map(shown).collect();
    // Records have no ids of their own: one list's are known by their place.
    let id = |at: usize| at as u64;
    cursor::answer(call, page, found.len(), 300, First::Numbers, id, |at, out| {
        out.push_str(&found[at]);
    })
}

/// `PUT /v3/pricelists/{id}/records`: a thousand at most; those that are wrong are named, and fail all.
pub(crate) fn upsert(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let list = known(world, call)?;
    let items = call.objects(1000)?;
    let mut ready = Vec::new();
    let mut wrong = Vec::new();
    for sent in items {
        match meant(world, &sent) {
            Ok(variant) => ready.push((variant, sent)),
            Err((field, message)) => {
                let data = json!({
                    "price_list_id": list, "variant_id": sent.get("variant_id"), "sku": sent.get("sku"),
                    "currency": sent.get("currency"),
                });
                wrong.push(json!({ "data": data, "field_errors": { field: message } }));
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Answer::json(422, &json!({ "batch_errors": wrong })));
    }
    for (variant, sent) in ready {
        put(world, call.method, list, variant, &sent);
    }
    Ok(Answer::data(200, &json!({})))
}

/// Sets a price past the API.
pub(crate) fn set(world: &mut World, list: u64, variant: u64, currency: &str, price: Value) {
    if let Value::Object(mut price) = price {
        price.insert("currency".to_owned(), json!(currency));
        put(world, "PUT", list, variant, &price);
    }
}

const AMOUNTS: &[&str] = &["price", "sale_price", "retail_price", "map_price"];

/// The variant that a price is for.
fn meant(world: &mut World, sent: &Document) -> Result<u64, (String, String)> {
    let members = ["variant_id", "sku", "currency", "bulk_pricing_tiers"];
    let unknown = sent
        .keys()
        .find(|name| !members.contains(&name.as_str()) && !AMOUNTS.contains(&name.as_str()));
    if let Some(name) = unknown {
        return Err((name.clone(), "is not supported".to_owned()));
    }
    let currency = text_of(sent, "currency");
    if currency.len() != 3 {
        return Err(("currency".to_owned(), format!("'{currency}' is no currency")));
    }
    for amount in AMOUNTS {
        let value = sent
            .get(*amount)
            .map(|value| value.as_f64().filter(|amount| *amount >= 0.0));
        if value == Some(None) {
            return Err(((*amount).to_owned(), "must be a number of at least 0".to_owned()));
        }
    }
    if let Some(id) = id_of(sent, "variant_id") {
        let there = world.variants.facts(id).is_some();
        return there
            .then_some(id)
            .ok_or_else(|| ("variant_id".to_owned(), "was not found".to_owned()));
    }
    let found = world.variants_with_sku(text_of(sent, "sku"));
    found
        .first()
        .copied()
        .ok_or_else(|| ("sku".to_owned(), "was not found".to_owned()))
}

fn put(world: &mut World, method: &str, list: u64, variant: u64, sent: &Document) {
    let currency = text_of(sent, "currency").to_lowercase();
    let (now, facts) = (iso_z(world.now()), world.variants.facts(variant));
    let (product, sku) = facts.map_or((0, String::new()), |facts| {
        (facts.product_id, facts.sku.to_string())
    });
    let key = (list, variant, currency.clone());
    let mut record = world.prices.get(&key).cloned().unwrap_or_else(|| {
        let blank = json!({
            "price_list_id": list, "variant_id": variant, "calculated_price": 0, "date_created": now,
            "date_modified": now, "product_id": product, "currency": currency, "sku": sku, "bulk_pricing_tiers": [],
        });
        blank.as_object().cloned().unwrap_or_default()
    });
    for name in AMOUNTS.iter().chain(&["bulk_pricing_tiers"]) {
        if let Some(value) = sent.get(*name) {
            record.insert((*name).to_owned(), value.clone());
        }
    }
    let shown = record.get("sale_price").or_else(|| record.get("price")).cloned();
    record.insert("calculated_price".to_owned(), shown.unwrap_or(json!(0)));
    record.insert("date_modified".to_owned(), json!(now));
    world.prices.insert(key, record);
    world.applied(method, "price", &sku, variant, &Value::Object(sent.clone()));
}
