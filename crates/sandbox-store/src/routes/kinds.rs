//! The plain kinds and their addresses: brands, subscribers, webhooks, coupons, customers' attributes.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, Version};
use crate::call::{Call, id_of, text_of};
use crate::clock::iso_z;
use crate::plain::{self, Holds, Kind};
use crate::shape::Document;
use crate::world::World;

/// BigCommerce reference, brands v3.
static BRAND: Kind = Kind {
    name: "brand",
    version: Version::V3,
    members: &[
        ("name", Holds::Text),
        ("page_title", Holds::Text),
        ("meta_keywords", Holds::List),
        ("meta_description", Holds::Text),
        ("search_keywords", Holds::Text),
        ("image_url", Holds::Text),
        ("custom_url", Holds::Object),
    ],
    required: &["name"],
    unique: &["name"],
    filters: &["id", "name", "page_title"],
    dated: false,
};

/// BigCommerce reference, subscribers v3.
static SUBSCRIBER: Kind = Kind {
    name: "subscriber",
    version: Version::V3,
    members: &[
        ("email", Holds::Text),
        ("first_name", Holds::Text),
        ("last_name", Holds::Text),
        ("source", Holds::Text),
        ("order_id", Holds::Link),
        ("channel_id", Holds::Channel),
        ("consents", Holds::List),
    ],
    required: &["email"],
    unique: &["email"],
    filters: &[
        "id",
        "email",
        "first_name",
        "last_name",
        "source",
        "order_id",
        "date_created",
        "date_modified",
    ],
    dated: true,
};

/// BigCommerce reference, webhooks v3.
static WEBHOOK: Kind = Kind {
    name: "webhook",
    version: Version::V3,
    members: &[
        ("scope", Holds::Text),
        ("destination", Holds::Text),
        ("is_active", Holds::Flag),
        ("headers", Holds::Object),
    ],
    required: &["scope", "destination"],
    unique: &[],
    filters: &["is_active", "scope", "destination"],
    dated: false,
};

/// BigCommerce reference, marketing v2.
static COUPON: Kind = Kind {
    name: "coupon",
    version: Version::V2,
    members: &[
        ("code", Holds::Text),
        ("name", Holds::Text),
        ("type", Holds::Text),
        ("amount", Holds::Text),
    ],
    required: &["code", "name"],
    unique: &["code"],
    filters: &["id", "code", "name", "type"],
    dated: false,
};

/// BigCommerce reference, customers v3, attributes.
static ATTRIBUTE: Kind = Kind {
    name: "attribute",
    version: Version::V3,
    members: &[("name", Holds::Text), ("type", Holds::Text)],
    required: &["name", "type"],
    unique: &["name"],
    filters: &["name", "type", "date_created", "date_modified"],
    dated: true,
};

/// What customers have in their attributes. `attribute_value` is what is shown of the `value` that is sent.
static VALUE: Kind = Kind {
    name: "attribute_value",
    version: Version::V3,
    members: &[
        ("attribute_id", Holds::Number),
        ("attribute_value", Holds::Text),
        ("customer_id", Holds::Number),
    ],
    required: &["attribute_id", "customer_id"],
    unique: &["attribute_id", "customer_id"],
    filters: &["attribute_id", "customer_id", "date_created", "date_modified"],
    dated: true,
};

/// Puts into a new store a brand, a coupon and an attribute.
pub(crate) fn seed(world: &mut World) {
    let since = iso_z(world.seeds.until - 300 * 86_400);
    let seeds = [
        (
            BRAND.name,
            json!({
                "id": 61, "name": "Töpferei Düren", "page_title": "", "meta_keywords": [], "meta_description": "",
                "search_keywords": "", "image_url": "", "custom_url": { "url": "/toepferei-dueren/", "is_customized": false },
            }),
        ),
        (
            COUPON.name,
            json!({
                "id": 5, "name": "Herbst", "code": "HERBST10", "type": "percentage_discount", "amount": "10.0000",
                "date_created": "Tue, 13 Jan 2026 16:18:59 +0000", "num_uses": 0, "min_purchase": "0.0000",
                "enabled": true, "applies_to": { "entity": "categories", "ids": [0] }, "max_uses": 0,
                "max_uses_per_customer": 0, "restricted_to": {}, "shipping_methods": [], "expires": "",
            }),
        ),
        (
            ATTRIBUTE.name,
            json!({
                "id": 3, "name": "Kundennummer", "type": "string", "date_created": since, "date_modified": since,
            }),
        ),
        (
            SUBSCRIBER.name,
            json!({
                "id": 9, "email": "post@example.com", "first_name": "Jo", "last_name": "Özil", "source": "storefront",
                "order_id": null, "channel_id": 1, "consents": ["marketing_newsletter"], "date_created": since,
                "date_modified": since,
            }),
        ),
    ];
    for (kind, record) in seeds {
        world
            .plain
            .put(kind, record.as_object().cloned().unwrap_or_default());
    }
}

pub(crate) fn brands(world: &mut World, call: &Call<'_>) -> Reply {
    plain::list(world, call, &BRAND)
}

pub(crate) fn brand(world: &mut World, call: &Call<'_>) -> Reply {
    plain::get(world, call, &BRAND, 2)
}

pub(crate) fn create_brand(world: &mut World, call: &Call<'_>) -> Reply {
    plain::create(world, call, &BRAND)
}

pub(crate) fn update_brand(world: &mut World, call: &Call<'_>) -> Reply {
    plain::update(world, call, &BRAND, 2)
}

pub(crate) fn subscribers(world: &mut World, call: &Call<'_>) -> Reply {
    plain::list(world, call, &SUBSCRIBER)
}

pub(crate) fn create_subscriber(world: &mut World, call: &Call<'_>) -> Reply {
    plain::create(world, call, &SUBSCRIBER)
}

pub(crate) fn update_subscriber(world: &mut World, call: &Call<'_>) -> Reply {
    plain::update(world, call, &SUBSCRIBER, 2)
}

pub(crate) fn webhooks(world: &mut World, call: &Call<'_>) -> Reply {
    plain::list(world, call, &WEBHOOK)
}

/// `POST /v3/hooks`: https on port 443 alone.
pub(crate) fn create_webhook(world: &mut World, call: &Call<'_>) -> Reply {
    check_destination(call)?;
    let made = plain::create(world, call, &WEBHOOK)?;
    Ok(dressed(world, made))
}

pub(crate) fn update_webhook(world: &mut World, call: &Call<'_>) -> Reply {
    check_destination(call)?;
    let changed = plain::update(world, call, &WEBHOOK, 1)?;
    Ok(dressed(world, changed))
}

fn check_destination(call: &Call<'_>) -> Result<(), Answer> {
    let sent = call.object()?;
    let destination = text_of(&sent, "destination");
    let host = destination
        .strip_prefix("https://")
        .map(|rest| rest.split('/').next().unwrap_or_default());
    let good = host.is_some_and(|host| !host.contains(':') || host.ends_with(":443"));
    if destination.is_empty() || good {
        return Ok(());
    }
    Err(call.invalid("destination", "The destination must be https on port 443."))
}

/// Webhooks say whose they are, and times in Unix seconds.
fn dressed(world: &mut World, answer: Answer) -> Answer {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let Value::Object(mut record) = body["data"].clone() else {
        return answer;
    };
    let now = world.now();
    for (name, value) in [
        ("client_id", json!("sandbox-client")),
        ("store_hash", json!(world.hash)),
        ("created_at", json!(now)),
        ("updated_at", json!(now)),
    ] {
        record.entry(name).or_insert(value);
    }
    world.plain.put(WEBHOOK.name, record.clone());
    Answer::data(answer.status, &Value::Object(record))
}

pub(crate) fn coupons(world: &mut World, call: &Call<'_>) -> Reply {
    plain::list(world, call, &COUPON)
}

pub(crate) fn attributes(world: &mut World, call: &Call<'_>) -> Reply {
    plain::list(world, call, &ATTRIBUTE)
}

/// `POST /v3/customers/attributes`: of three types, and no more than fifty in a store.
pub(crate) fn create_attributes(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let items = call.objects(50)?;
    if world.plain.all(ATTRIBUTE.name).count() + items.len() > 50 {
        return Err(call.invalid("attributes", "A store has 50 attributes at most."));
    }
    let mut made = Vec::new();
    for (index, sent) in items.iter().enumerate() {
        if !matches!(text_of(sent, "type"), "string" | "number" | "date") {
            return Err(call.invalid(&format!("{index}.type"), "It is string, number or date."));
        }
        made.push(Value::Object(plain::made(world, call.method, &ATTRIBUTE, sent)?));
    }
    Ok(Answer::data(200, &Value::Array(made)))
}

pub(crate) fn attribute_values(world: &mut World, call: &Call<'_>) -> Reply {
    plain::list(world, call, &VALUE)
}

/// `PUT /v3/customers/attribute-values`: ten customers at most, all or nothing.
pub(crate) fn upsert_attribute_values(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let items = call.objects(10)?;
    let mut ready = Vec::new();
    for (index, sent) in items.into_iter().enumerate() {
        let attribute =
            id_of(&sent, "attribute_id").filter(|id| world.plain.get(ATTRIBUTE.name, *id).is_some());
        let customer = id_of(&sent, "customer_id").filter(|id| world.customers.facts(*id).is_some());
        let wrong = |field: &str| call.invalid(&format!("{index}.{field}"), "No such record.");
        let attribute = attribute.ok_or_else(|| wrong("attribute_id"))?;
        let customer = customer.ok_or_else(|| wrong("customer_id"))?;
        let value = text_of(&sent, "value").to_owned();
        if value.is_empty() || value.chars().count() > 255 {
            return Err(wrong("value"));
        }
        ready.push((attribute, customer, value));
    }
    let mut shown = Vec::new();
    for (attribute, customer, value) in ready {
        let known = world.plain.all(VALUE.name).find(|known| {
            id_of(known, "attribute_id") == Some(attribute) && id_of(known, "customer_id") == Some(customer)
        });
        let known = known.and_then(|known| id_of(known, "id"));
        let sent = json!({ "attribute_id": attribute, "customer_id": customer, "attribute_value": value });
        let sent: Document = sent.as_object().cloned().unwrap_or_default();
        let record = match known {
            Some(id) => plain::changed(world, call.method, &VALUE, id, &sent)?,
            None => plain::made(world, call.method, &VALUE, &sent)?,
        };
        shown.push(Value::Object(record));
    }
    Ok(Answer::data(200, &Value::Array(shown)))
}
