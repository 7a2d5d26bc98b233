//! Reading customers, by page number or by cursor.

use serde_json::Value;

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::filter::{Filters, as_given};
use crate::page::{self, Page};
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

/// With a cursor the page's number is ignored, and only the cursor's block is in the meta; the first page has both.
fn answer(world: &World, call: &Call<'_>, page: Page, picks: &Picks, included: &[String]) -> Reply {
    let total = picks.len();
    let span = match cursor(world, call, picks)? {
        None => page.span(total),
        Some(Edge::After(at)) => at..(at + page.limit).min(total),
        Some(Edge::Before(at)) => at.saturating_sub(page.limit)..at,
    };
    let rows = page::rows(span.clone(), 700, |position, out| {
        let row = world.customers.row(picks.at(position));
        out.push_str(&dressed(world, row.facts.id, world.customers.text(row), included));
    });
    let by_cursor = call.query.has("after") || call.query.has("before");
    let mut blocks = Vec::new();
    if !by_cursor {
        blocks.push(format!(
            "\"pagination\":{}",
            page.pagination(&call.query, total, span.len())
        ));
    }
    if by_cursor || page.number == 1 {
        blocks.push(format!(
            "\"cursor_pagination\":{}",
            cursor_block(world, page, picks, &span)
        ));
    }
    Ok(page::v3_body(&rows, &format!("{{{}}}", blocks.join(","))))
}

enum Edge {
    After(usize),
    Before(usize),
}

fn cursor(world: &World, call: &Call<'_>, picks: &Picks) -> Result<Option<Edge>, Answer> {
    let read = |name: &str| -> Result<Option<usize>, Answer> {
        let Some(cursor) = call.query.text(name) else {
            return Ok(None);
        };
        let id = unmark(cursor).ok_or_else(|| call.invalid(name, "The cursor cannot be read."))?;
        let found = (0..picks.len()).find(|at| world.customers.row(picks.at(*at)).facts.id == id);
        // The row a cursor stands on may be gone; in the order of ids its place is still known.
        let place = || (0..picks.len()).find(|at| world.customers.row(picks.at(*at)).facts.id > id);
        Ok(Some(found.map_or_else(
            || place().unwrap_or(picks.len()),
            |at| at + usize::from(name == "after"),
        )))
    };
    if let Some(at) = read("after")? {
        return Ok(Some(Edge::After(at)));
    }
    Ok(read("before")?.map(Edge::Before))
}

fn cursor_block(world: &World, page: Page, picks: &Picks, span: &std::ops::Range<usize>) -> String {
    let id = |at: usize| world.customers.row(picks.at(at)).facts.id;
    let start = if span.is_empty() {
        String::new()
    } else {
        mark(id(span.start))
    };
    let end = if span.is_empty() {
        String::new()
    } else {
        mark(id(span.end - 1))
    };
    let mut links = Vec::new();
    if span.start > 0 {
        links.push(format!("\"previous\":\"?before={start}&limit={}\"", page.limit));
    }
    links.push(format!("\"current\":\"?limit={}\"", page.limit));
    if span.end < picks.len() {
        links.push(format!("\"next\":\"?after={end}&limit={}\"", page.limit));
    }
    format!(
        "{{\"count\":{},\"per_page\":{},\"start_cursor\":\"{start}\",\"end_cursor\":\"{end}\",\"links\":{{{}}}}}",
        span.len(),
        page.limit,
        links.join(",")
    )
}

/// Cursors are opaque to clients; here they hide an id.
fn mark(id: u64) -> String {
    format!("c{:x}", id.rotate_left(17) ^ 0x5AFE_C0DE)
}

fn unmark(cursor: &str) -> Option<u64> {
    let number = u64::from_str_radix(cursor.strip_prefix('c')?, 16).ok()?;
    Some((number ^ 0x5AFE_C0DE).rotate_right(17))
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
