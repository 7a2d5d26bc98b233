//! Creating, changing and deleting customers, ten at a time; a batch is all or nothing.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, at, v3_error};
use crate::call::{Call, id_of, text_of};
use crate::clock::iso_z;
use crate::routes::addresses;
use crate::routes::fields::merge;
use crate::shape::check::Rules;
use crate::shape::{CUSTOMER, Document};
use crate::world::World;

const RULES: Rules = Rules {
    template: &CUSTOMER,
    read_only: &[
        "id",
        "date_created",
        "date_modified",
        "address_count",
        "attribute_count",
    ],
    beside: &[
        "addresses",
        "attributes",
        "authentication",
        "form_fields",
        "store_credit_amounts",
        "trigger_account_created_notification",
    ],
    longest: &[
        ("email", 250),
        ("first_name", 100),
        ("last_name", 100),
        ("company", 255),
        ("phone", 50),
        ("tax_exempt_category", 255),
        ("registration_ip_address", 30),
    ],
    words: &[],
    natural: &["customer_group_id"],
    loose_amounts: false,
};

const CREATE_FAILED: &str = "Create customers failed.";
const UPDATE_FAILED: &str = "Update customers failed.";

/// `POST /v3/customers`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let items = call.objects(10)?;
    let mut ready: Vec<(Document, Document)> = Vec::new();
    for (index, sent) in items.into_iter().enumerate() {
        let fields = prepare(world, call, index, &sent, None, CREATE_FAILED)?;
        let email = text_of(&fields, "email").to_lowercase();
        if ready
            .iter()
            .any(|(_, other)| text_of(other, "email").to_lowercase() == email)
        {
            return Err(used(text_of(&fields, "email")));
        }
        ready.push((sent, fields));
    }
    let mut shown = Vec::new();
    for (sent, fields) in ready {
        let id = world.customers.take_id();
        shown.push(made(world, id, fields));
        let shown_sent = without_password(sent);
        world.applied(
            call.method,
            "customer",
            text_of(&shown_sent, "email"),
            id,
            &Value::Object(shown_sent.clone()),
        );
    }
    Ok(Answer::data(200, &Value::Array(shown)))
}

fn made(world: &mut World, id: u64, mut fields: Document) -> Value {
    let sent_addresses = fields.shift_remove("addresses");
    let mut record = CUSTOMER.blank();
    let now = iso_z(world.now());
    for (member, value) in [
        ("id", json!(id)),
        ("date_created", json!(now)),
        ("date_modified", json!(now)),
    ] {
        record.insert(member.to_owned(), value);
    }
    let items = sent_addresses
        .and_then(|sent| sent.as_array().cloned())
        .unwrap_or_default();
    let kept: Vec<Value> = items
        .into_iter()
        .filter_map(|item| Some(addresses::finished(world.take_id(), id, item.as_object()?)))
        .collect();
    record.insert("address_count".to_owned(), json!(kept.len()));
    world.addresses.insert(id, kept.clone());
    put(world, &mut record, fields);
    let mut shown = record;
    if !kept.is_empty() {
        shown.insert("addresses".to_owned(), Value::Array(kept));
    }
    Value::Object(shown)
}

/// `PUT /v3/customers`: changed members only, each with its id; sub-resources are passed over.
pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let items = call.objects(10)?;
    let mut ready = Vec::new();
    for (index, sent) in items.into_iter().enumerate() {
        let id = id_of(&sent, "id").filter(|id| world.customers.facts(*id).is_some());
        let id = id.ok_or_else(|| {
            v3_error(
                422,
                UPDATE_FAILED,
                at(&format!("{index}.id"), "No such customer."),
            )
        })?;
        let fields = prepare(world, call, index, &sent, Some(id), UPDATE_FAILED)?;
        ready.push((id, sent, fields));
    }
    let mut shown = Vec::new();
    for (id, sent, mut fields) in ready {
        fields.shift_remove("addresses");
        fields.shift_remove("attributes");
        let mut record = world.customers.document(id).unwrap_or_default();
        record.insert("date_modified".to_owned(), json!(iso_z(world.now())));
        put(world, &mut record, fields);
        let sent = without_password(sent);
        world.applied(
            call.method,
            "customer",
            text_of(&record, "email"),
            id,
            &Value::Object(sent),
        );
        shown.push(Value::Object(record));
    }
    Ok(Answer::data(200, &Value::Array(shown)))
}

/// `DELETE /v3/customers?id:in=…`. Without the filter nothing happens and the answer is 204 all the same, as
/// users of the real store report.
pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["id:in"])?;
    let ids: Vec<u64> = call
        .query
        .ints("id:in")?
        .unwrap_or_default()
        .into_iter()
        .map(|id| id.max(0) as u64)
        .collect();
    for id in &ids {
        let email = world.customers.facts(*id).map(|facts| facts.email.to_string());
        if let Some(email) = email {
            world.applied(call.method, "customer", &email, id, &Value::Null);
        }
    }
    world.customers.remove(&ids);
    Ok(Answer::empty())
}

fn prepare(
    world: &mut World,
    call: &Call<'_>,
    index: usize,
    sent: &Document,
    id: Option<u64>,
    title: &str,
) -> Result<Document, Answer> {
    let mut fields = sent.clone();
    let mut wrong = RULES.check(&mut fields);
    if id.is_none() {
        for required in ["email", "first_name", "last_name"] {
            if text_of(&fields, required).is_empty() {
                wrong.insert(required.to_owned(), json!("missing required field"));
            }
        }
    }
    let email = text_of(&fields, "email").to_owned();
    if fields.contains_key("email") && !email.contains('@') {
        wrong.insert("email".to_owned(), json!("The value must be an e-mail address."));
    }
    let too_many = fields
        .get("addresses")
        .and_then(Value::as_array)
        .is_some_and(|items| items.len() > 10);
    if too_many {
        wrong.insert(
            "addresses".to_owned(),
            json!("The maximum items allowed in the array is 10."),
        );
    }
    if !wrong.is_empty() {
        let named = wrong
            .into_iter()
            .map(|(member, message)| (format!("{index}.{member}"), message));
        return Err(v3_error(422, title, named.collect::<Document>()));
    }
    email_is_free(world, &email, id).map_err(|()| used(&email))?;
    if call.method == "POST" {
        addresses::check_all(call, fields.get("addresses"))?;
    }
    Ok(fields)
}

fn email_is_free(world: &mut World, email: &str, id: Option<u64>) -> Result<(), ()> {
    let customers = &world.customers;
    let found = world
        .emails
        .find(email, customers.rows().map(|facts| (&*facts.email, facts.id)));
    let taken = !email.is_empty()
        && found.into_iter().filter(|other| Some(*other) != id).any(|other| {
            customers
                .facts(other)
                .is_some_and(|facts| facts.email.to_lowercase() == email.to_lowercase())
        });
    if taken { Err(()) } else { Ok(()) }
}

fn used(email: &str) -> Answer {
    let message = format!("Error creating customers. email {email} already in use");
    v3_error(422, CREATE_FAILED, at(".customer_create", message))
}

fn put(world: &mut World, record: &mut Document, mut fields: Document) {
    fields.shift_remove("trigger_account_created_notification");
    let id = id_of(record, "id").unwrap_or_default();
    for name in ["attributes", "form_fields", "store_credit_amounts"] {
        if let Some(Value::Array(items)) = fields.shift_remove(name) {
            let items = items
                .into_iter()
                .filter_map(|item| Some(part(world, id, name, item.as_object()?)));
            let items: Vec<Value> = items.collect();
            if name == "attributes" {
                record.insert("attribute_count".to_owned(), json!(items.len()));
            }
            world
                .customer_parts
                .entry(id)
                .or_default()
                .insert(name.to_owned(), Value::Array(items));
        }
    }
    if let Some(Value::Object(authentication)) = fields.get_mut("authentication") {
        authentication.shift_remove("new_password");
        authentication
            .entry("force_password_reset")
            .or_insert(json!(false));
    }
    merge(record, fields);
    let hidden = world.visible_from();
    world.customers.put(record, hidden);
    world
        .emails
        .note(text_of(record, "email"), id_of(record, "id").unwrap_or_default());
}

/// One item of a customer's part as the store keeps it.
fn part(world: &mut World, customer: u64, name: &str, sent: &Document) -> Value {
    let mut item = sent.clone();
    if name != "store_credit_amounts" {
        item.insert("customer_id".to_owned(), json!(customer));
    }
    if name == "attributes" {
        let now = iso_z(world.now());
        for (member, value) in [
            ("id", json!(world.take_id())),
            ("date_created", json!(now)),
            ("date_modified", json!(now)),
        ] {
            item.insert(member.to_owned(), value);
        }
    }
    Value::Object(item)
}

/// Passwords are no business of a ledger.
fn without_password(mut sent: Document) -> Document {
    if let Some(Value::Object(authentication)) = sent.get_mut("authentication") {
        authentication.shift_remove("new_password");
    }
    sent
}
