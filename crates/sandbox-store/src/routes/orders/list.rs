//! Reading orders. An empty list is 204 without a body, there is no total, and an archived order is in no list.

use serde_json::{Value, json};

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::filter::{Filters, as_given, id_span};
use crate::page::{self, Page};
use crate::seed::orders::Order;
use crate::shape::{push_text, replace_link};
use crate::shelf::{Key, Picks, Selection, Sort, with_member};
use crate::world::World;

use super::parts::{self, Structure};
use super::statuses;

const FILTERS: &[&str] = &[
    "min_id",
    "max_id",
    "min_total",
    "max_total",
    "customer_id",
    "email",
    "status_id",
    "cart_id",
    "payment_method",
    "min_date_created",
    "max_date_created",
    "min_date_modified",
    "max_date_modified",
    "channel_id",
    "external_order_id",
];
const SHAPING: &[&str] = &["page", "limit", "sort", "include", "consignment_structure"];

/// `GET /v2/orders`
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&[FILTERS, SHAPING].concat())?;
    let page = Page::read(&call.query, 50, 250)?;
    let included = included(call)?;
    let picks = found(world, call)?;
    let world = &*world;
    Ok(page::v2(page, picks.len(), 2900, |position, out| {
        let row = world.orders.row(picks.at(position));
        let text = world.orders.text(row);
        if included.is_empty() && world.settings.status_labels.is_empty() {
            out.push_str(text);
        } else {
            out.push_str(&dressed(
                world,
                row.facts.id,
                row.facts.status_id,
                text,
                &included,
            ));
        }
    }))
}

/// `GET /v2/orders/{id}`
pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(&["include", "consignment_structure"])?;
    let included = included(call)?;
    show(world, call, call.id(1)?, &included)
}

/// One order, bare.
pub(crate) fn show(world: &World, call: &Call<'_>, id: u64, included: &[Part]) -> Reply {
    let text = world.orders.seen(id, world.now()).ok_or_else(|| call.absent())?;
    let status = world.orders.facts(id).map_or(0, |facts| facts.status_id);
    Ok(Answer::new(
        200,
        crate::answer::JSON,
        dressed(world, id, status, text, included),
    ))
}

/// `GET /v2/orders/count`
pub(crate) fn count(world: &mut World, call: &Call<'_>) -> Reply {
    call.query.only(FILTERS)?;
    let picks = found(world, call)?;
    let mut counts = [0_u64; 15];
    for position in 0..picks.len() {
        counts[usize::from(world.orders.row(picks.at(position)).facts.status_id).min(14)] += 1;
    }
    let statuses: Vec<Value> = statuses::IN_ORDER
        .iter()
        .enumerate()
        .map(|(place, id)| {
            let mut status = statuses::status(world, *id);
            status["count"] = json!(counts[usize::from(*id)]);
            status["sort_order"] = json!(place);
            status
        })
        .collect();
    Ok(Answer::json(
        200,
        &json!({ "statuses": statuses, "count": picks.len() }),
    ))
}

fn found(world: &mut World, call: &Call<'_>) -> Result<Picks, Answer> {
    let selection = selection(call)?;
    let now = world.now();
    Ok(world.orders.select(&selection, now))
}

fn selection(call: &Call<'_>) -> Result<Selection<Order>, Answer> {
    let query = &call.query;
    let mut filters = Filters::<Order>::new(query);
    filters.add(|order| !order.deleted);
    filters.numbers("customer_id", |order| order.customer_id as i64)?;
    filters.numbers("status_id", |order| i64::from(order.status_id))?;
    filters.numbers("channel_id", |order| order.channel_id as i64)?;
    filters.texts("email", |order| order.email.to_string());
    filters.texts("external_order_id", |order| order.external_order_id.to_string());
    filters.member("cart_id");
    filters.member("payment_method");
    filters.bounds(
        "min_date_created",
        "max_date_created",
        |order| order.created,
        &as_given,
    )?;
    filters.bounds(
        "min_date_modified",
        "max_date_modified",
        |order| order.modified,
        &as_given,
    )?;
    if let Some(least) = query.number("min_total")? {
        filters.add(move |order| order.total as f64 >= least * 10_000.0);
    }
    if let Some(most) = query.number("max_total")? {
        filters.add(move |order| order.total as f64 <= most * 10_000.0);
    }
    let ids = id_span(query, ["min_id", "max_id", "", ""])?;
    let (sort, descending) = sort(call)?;
    Ok(Selection {
        ids,
        sort,
        descending,
        ..filters.selection()
    })
}

fn sort(call: &Call<'_>) -> Result<(Option<Sort<Order>>, bool), Answer> {
    let Some(text) = call.query.text("sort") else {
        return Ok((None, false));
    };
    let (name, direction) = text.split_once(':').unwrap_or((text, "asc"));
    let descending = match direction {
        "asc" => false,
        "desc" => true,
        _ => return Err(call.invalid("sort", "The direction must be asc or desc.")),
    };
    let sort: Sort<Order> = match name {
        "id" => return Ok((None, descending)),
        "customer_id" => Sort {
            name: "customer_id",
            key: |order| Key::Number(order.customer_id as f64),
        },
        "date_created" => Sort {
            name: "date_created",
            key: |order| Key::Number(order.created as f64),
        },
        "date_modified" => Sort {
            name: "date_modified",
            key: |order| Key::Number(order.modified as f64),
        },
        "status_id" => Sort {
            name: "status_id",
            key: |order| Key::Number(f64::from(order.status_id)),
        },
        "channel_id" => Sort {
            name: "channel_id",
            key: |order| Key::Number(order.channel_id as f64),
        },
        "external_id" => Sort {
            name: "external_id",
            key: |order| Key::Text(order.external_order_id.to_string()),
        },
        _ => return Err(call.invalid("sort", "Orders cannot be sorted by this field.")),
    };
    Ok((Some(sort), descending))
}

/// What `include` puts into an order in place of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Consignments(Structure),
    Fees,
}

/// Reads `include` and `consignment_structure`.
pub(crate) fn included(call: &Call<'_>) -> Result<Vec<Part>, Answer> {
    let whole = match call.query.text("consignment_structure") {
        Some("object") => true,
        None | Some("array") => false,
        Some(_) => return Err(call.invalid("consignment_structure", "The value must be object.")),
    };
    let named = call.query.list("include").unwrap_or_default();
    let lines = named.iter().any(|name| name == "consignments.line_items");
    let mut parts = Vec::new();
    for name in &named {
        let part = match name.as_str() {
            "consignments" | "consignments.line_items" => {
                Part::Consignments(Structure { object: whole, lines })
            }
            "fees" => Part::Fees,
            _ => return Err(call.invalid("include", &format!("There is no resource '{name}'."))),
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    Ok(parts)
}

fn dressed(world: &World, id: u64, status: u8, text: &str, included: &[Part]) -> String {
    let mut text = text.to_owned();
    if let Some(label) = world.settings.status_labels.get(&status) {
        let mut quoted = String::new();
        push_text(&mut quoted, label);
        text = with_member(&with_member(&text, "custom_status", &quoted), "status", &quoted);
    }
    for part in included {
        text = match part {
            Part::Fees => replace_link(&text, "fees", &Value::Array(world.fees_of(id)).to_string()),
            Part::Consignments(structure) => replace_link(
                &text,
                "consignments",
                &parts::consignments_text(world, id, *structure),
            ),
        };
    }
    text
}
