//! Reading customers, by page number or by cursor.

use serde_json::Value;

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::cursor::{self, First};
use crate::filter::{Filters, as_given};
use crate::page::Page;
use crate::seed::customers::{Customer, addresses};
use crate::shape::splice;
use crate::shelf::{Key, Picks, Sort};
use crate::world::World;

const KNOWN: &[&str] = &[
    "page",
    "limit",
    "after",
    "before",
    "id:in",
    "company:in",
    "customer_group_id:in",
    "date_created",
    "date_created:min",
    "date_created:max",
    "date_modified",
    "date_modified:min",
    "date_modified:max",
    "email:in",
    "name:in",
    "name:like",
    "phone:in",
    "registration_ip_address:in",
    "include",
    "sort",
];

const PARTS: &[&str] = &[
    "addresses",
    "storecredit",
    "attributes",
    "formfields",
    "shopper_profile_id",
    "segment_ids",
];

/// `GET /v3/customers`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    let query = &call.query;
    query.only(KNOWN)?;
    let included = query.list("include").unwrap_or_default();
    if let Some(part) = included.iter().find(|part| !PARTS.contains(&part.as_str())) {
        return Err(call.invalid("include", &format!("There is no resource '{part}'.")));
    }
    let page = Page::read(query, 50, 250)?;
    let mut filters = Filters::<Customer>::new(query);
    filters.numbers("id", |customer| customer.id as i64)?;
    filters.numbers("customer_group_id", |customer| customer.group as i64)?;
    filters.texts("email", |customer| customer.email.to_string());
    filters.texts("company", |customer| customer.company.to_string());
    filters.texts("phone", |customer| customer.phone.to_string());
    filters.texts("name", |customer| {
        format!("{} {}", customer.first_name, customer.last_name)
    });
    filters.times("date_created", |customer| customer.created, &as_given)?;
    filters.times("date_modified", |customer| customer.modified, &as_given)?;
    filters.member("registration_ip_address:in");
    let mut selection = filters.selection();
    (selection.sort, selection.descending) = sort(call)?;
    let now = world.now();
    let picks = world.customers.select(&selection, now);
    answer(world, call, page, &picks, &included)
}

fn sort(call: &Call<'_>) -> Result<(Option<Sort<Customer>>, bool), Answer> {
    let Some(text) = call.query.text("sort") else {
        return Ok((None, false));
    };
    let (name, direction) = text.split_once(':').unwrap_or((text, ""));
    let sort: Sort<Customer> = match name {
        "date_created" => Sort {
            name: "date_created",
            key: |customer| Key::Number(customer.created as f64),
        },
        "date_modified" => Sort {
            name: "date_modified",
            key: |customer| Key::Number(customer.modified as f64),
        },
        "last_name" => Sort {
            name: "last_name",
            key: |customer| Key::Text(customer.last_name.to_lowercase()),
        },
        _ => return Err(call.invalid("sort", "Customers cannot be sorted by this field.")),
    };
    match direction {
        "asc" => Ok((Some(sort), false)),
        "desc" => Ok((Some(sort), true)),
        _ => Err(call.invalid("sort", "The direction must be asc or desc.")),
    }
}

fn answer(world: &World, call: &Call<'_>, page: Page, picks: &Picks, included: &[String]) -> Reply {
    let id = |at: usize| world.customers.row(picks.at(at)).facts.id;
    cursor::answer(call, page, picks.len(), 700, First::Both, id, |at, out| {
        let row = world.customers.row(picks.at(at));
        out.push_str(&dressed(world, row.facts.id, world.customers.text(row), included));
    })
}

fn dressed(world: &World, id: u64, text: &str, included: &[String]) -> String {
    let members: Vec<_> = included.iter().filter_map(|name| part(world, id, name)).collect();
    if members.is_empty() {
        text.to_owned()
    } else {
        splice(text, &members)
    }
}

fn part(world: &World, id: u64, name: &str) -> Option<(&'static str, String)> {
    let written = |part: &'static str, otherwise: &str| {
        let kept = world.customer_parts.get(&id).and_then(|parts| parts.get(part));
        Some((part, kept.map_or_else(|| otherwise.to_owned(), Value::to_string)))
    };
    match name {
        "addresses" => Some(("addresses", Value::Array(world.addresses_of(id)).to_string())),
        "storecredit" => written("store_credit_amounts", r#"[{"amount":0}]"#),
        "attributes" => written("attributes", "[]"),
        "formfields" => written("form_fields", "[]"),
        "segment_ids" => Some(("segment_ids", "[]".to_owned())),
        _ => None,
    }
}

impl World {
    /// The addresses of a customer.
    pub(crate) fn addresses_of(&self, customer: u64) -> Vec<Value> {
        self.addresses
            .get(&customer)
            .cloned()
            .unwrap_or_else(|| addresses(&self.seeds, customer))
    }
}
