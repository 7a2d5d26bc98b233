//! Customers' addresses, v3. An address that a customer has already is answered with 200 and left out of it.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply};
use crate::call::{Call, id_of, text_of};
use crate::page::{self, Page};
use crate::shape::Document;
use crate::world::World;

const SHOWN: &[&str] = &[
    "first_name",
    "last_name",
    "company",
    "address1",
    "address2",
    "city",
    "state_or_province",
    "postal_code",
    "country_code",
    "phone",
    "address_type",
];

/// `GET /v3/customers/addresses`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[
        "page",
        "limit",
        "company:in",
        "name:in",
        "customer_id:in",
        "include",
        "id:in",
    ])?;
    let page = Page::read(&call.query, 50, 250)?;
    let customers = call.query.ints("customer_id:in")?;
    let ids = call.query.ints("id:in")?;
    let companies = call.query.list("company:in");
    let names = call.query.list("name:in");
    let asked = |of: &u64| {
        customers
            .as_ref()
            .is_none_or(|customers| customers.contains(&(*of as i64)))
    };
    let owners: Vec<u64> = world
        .customers
        .rows()
        .map(|facts| facts.id)
        .filter(asked)
        .collect();
    let mut found: Vec<Value> = owners
        .into_iter()
        .flat_map(|owner| world.addresses_of(owner))
        .collect();
    let text = |address: &Value, member: &str| {
        address
            .get(member)
            .and_then(Value::as_str)
            .unwrap_or("")
            .to_lowercase()
    };
    found.retain(|address| {
        let name = format!("{} {}", text(address, "first_name"), text(address, "last_name"));
        let one_of = |list: &Option<Vec<String>>, value: &str| {
            list.as_ref()
                .is_none_or(|list| list.iter().any(|item| item.to_lowercase() == value))
        };
        let id = address.get("id").and_then(Value::as_i64).unwrap_or_default();
        ids.as_ref().is_none_or(|ids| ids.contains(&id))
            && one_of(&companies, &text(address, "company"))
            && one_of(&names, &name)
    });
    Ok(page::v3(&call.query, page, found.len(), 400, |at, out| {
        out.push_str(&found[at].to_string());
    }))
}

/// `POST /v3/customers/addresses`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let items = call.objects(10)?;
    for (index, item) in items.iter().enumerate() {
        check(call, index, item)?;
        let owner = id_of(item, "customer_id").filter(|id| world.customers.facts(*id).is_some());
        owner.ok_or_else(|| call.invalid(&format!("{index}.customer_id"), "No such customer."))?;
    }
    let mut shown = Vec::new();
    for item in items {
        let owner = id_of(&item, "customer_id").unwrap_or_default();
        let mut known = world.addresses_of(owner);
        let address = finished(world.take_id(), owner, &item);
        if known.iter().any(|other| same(other, &address)) {
            continue;
        }
        known.push(address.clone());
        let count = known.len().to_string();
        world.addresses.insert(owner, known);
        world.customers.amend(owner, "address_count", &count, |_| ());
        let id = address.get("id").and_then(Value::as_u64).unwrap_or_default();
        world.applied(
            call.method,
            "address",
            &owner.to_string(),
            id,
            &Value::Object(item),
        );
        shown.push(address);
    }
    Ok(Answer::data(200, &Value::Array(shown)))
}

/// `PUT /v3/customers/addresses`: found by id; what is not sent stays.
pub(crate) fn update(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[])?;
    let mut ready = Vec::new();
    for (index, sent) in call.objects(10)?.into_iter().enumerate() {
        let id = id_of(&sent, "id").unwrap_or_default();
        let owner = world.customers.rows().map(|facts| facts.id).find(|owner| {
            let known = world.addresses_of(*owner);
            known.iter().any(|address| address["id"].as_u64() == Some(id))
        });
        let owner = owner.ok_or_else(|| call.invalid(&format!("{index}.id"), "No such address."))?;
        let code = text_of(&sent, "country_code");
        if !code.is_empty() && code.len() != 2 {
            return Err(call.invalid(&format!("{index}.country_code"), "The value must have 2 letters."));
        }
        ready.push((id, owner, sent));
    }
    let mut shown = Vec::new();
    for (id, owner, sent) in ready {
        let mut known = world.addresses_of(owner);
        let place = known
            .iter_mut()
            .find(|address| address["id"].as_u64() == Some(id));
        let Some(address) = place.and_then(Value::as_object_mut) else {
            continue;
        };
        let own = sent.iter().filter(|(member, _)| SHOWN.contains(&member.as_str()));
        own.for_each(|(member, value)| {
            address.insert(member.clone(), value.clone());
        });
        let country = country(text_of(address, "country_code")).to_owned();
        address.insert("country".to_owned(), json!(country));
        shown.push(Value::Object(address.clone()));
        world.addresses.insert(owner, known);
        world.applied(
            call.method,
            "address",
            &owner.to_string(),
            id,
            &Value::Object(sent),
        );
    }
    Ok(Answer::data(200, &Value::Array(shown)))
}

/// Checks the addresses inside a customer.
pub(crate) fn check_all(call: &Call<'_>, sent: Option<&Value>) -> Result<(), Answer> {
    let items = sent
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object);
    items
        .enumerate()
        .try_for_each(|(index, item)| check(call, index, item))
}

fn check(call: &Call<'_>, index: usize, sent: &Document) -> Result<(), Answer> {
    for required in ["first_name", "last_name", "address1", "city", "country_code"] {
        if text_of(sent, required).is_empty() {
            return Err(call.invalid(&format!("{index}.{required}"), "missing required field"));
        }
    }
    if text_of(sent, "country_code").len() != 2 {
        return Err(call.invalid(&format!("{index}.country_code"), "The value must have 2 letters."));
    }
    Ok(())
}

/// An address as the store keeps it.
pub(crate) fn finished(id: u64, customer: u64, sent: &Document) -> Value {
    let mut address = Document::new();
    address.insert("id".to_owned(), json!(id));
    address.insert("customer_id".to_owned(), json!(customer));
    for member in SHOWN {
        address.insert((*member).to_owned(), json!(text_of(sent, member)));
    }
    if text_of(&address, "address_type").is_empty() {
        address.insert("address_type".to_owned(), json!("residential"));
    }
    address.insert(
        "country".to_owned(),
        json!(country(text_of(sent, "country_code"))),
    );
    Value::Object(address)
}

fn same(left: &Value, right: &Value) -> bool {
    SHOWN
        .iter()
        .filter(|member| **member != "address_type")
        .all(|member| left.get(member) == right.get(member))
}

fn country(code: &str) -> &str {
    match code {
        "DE" => "Germany",
        "AT" => "Austria",
        "CH" => "Switzerland",
        "FR" => "France",
        "ES" => "Spain",
        "GB" => "United Kingdom",
        "SE" => "Sweden",
        "US" => "United States",
        other => other,
    }
}
