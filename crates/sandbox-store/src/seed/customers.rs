//! Seeded customers, each with one or two addresses.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::clock::{iso_z, parse};
use crate::shape::{CUSTOMER, Document, push_text};
use crate::shelf::Facts;

use super::people::{Person, person};
use super::{Draw, Seeds};

/// What filters need of a customer.
pub(crate) struct Customer {
    pub(crate) id: u64,
    pub(crate) email: Box<str>,
    pub(crate) first_name: Box<str>,
    pub(crate) last_name: Box<str>,
    pub(crate) company: Box<str>,
    pub(crate) phone: Box<str>,
    pub(crate) group: u64,
    pub(crate) created: i64,
    pub(crate) modified: i64,
}

/// Who the customer with this id is.
pub(crate) fn who(seeds: &Seeds, id: u64) -> Person {
    person(seeds, "kunde", id)
}

/// The seeded customer with this id, from 1.
pub(crate) fn customer(seeds: &Seeds, id: u64) -> Customer {
    let who = who(seeds, id);
    let created = seeds.until - (seeds.customers + 1 - id) as i64 * 3600;
    let later = seeds.draw(Draw::Modified, id, 3 * 86_400) as i64;
    // Every fourth block of twenty was imported at once: many share one second.
    let modified = if id / 20 % 4 == 1 {
        seeds.until - 7200 * (id / 20) as i64
    } else {
        created + later
    };
    Customer {
        id,
        email: who.email.into(),
        first_name: who.first_name.into(),
        last_name: who.last_name.into(),
        company: who.company.into(),
        phone: who.phone.into(),
        group: if id % 9 == 4 { 2 } else { 0 },
        created,
        modified: modified.clamp(created.min(seeds.until), seeds.until),
    }
}

fn address_count(id: u64) -> u64 {
    1 + u64::from(id % 5 == 2)
}

/// The addresses of a seeded customer.
pub(crate) fn addresses(seeds: &Seeds, id: u64) -> Vec<Value> {
    if id > seeds.customers {
        return Vec::new();
    }
    (0..address_count(id))
        .map(|at| address(&person(seeds, "kunde", id + at * 7), id, at))
        .collect()
}

fn address(who: &Person, id: u64, at: u64) -> Value {
    json!({
        "id": id * 2 + at, "customer_id": id, "first_name": who.first_name, "last_name": who.last_name,
        "company": who.company, "address1": who.street, "address2": "", "city": who.city,
        "state_or_province": "", "postal_code": who.zip, "country_code": who.country_iso2,
        "country": who.country, "phone": who.phone,
        "address_type": if who.company.is_empty() { "residential" } else { "commercial" },
    })
}

impl Facts for Customer {
    fn id(&self) -> u64 {
        self.id
    }

    fn render(&self, _: &Seeds) -> String {
        let mut out = String::new();
        CUSTOMER.fill(&mut out, |marker, out| {
            let written = match marker {
                "id" => write!(out, "{}", self.id),
                "customer_group_id" => write!(out, "{}", self.group),
                "address_count" => write!(out, "{}", address_count(self.id)),
                "date_created" => write!(out, "\"{}\"", iso_z(self.created)),
                "date_modified" => write!(out, "\"{}\"", iso_z(self.modified)),
                text => {
                    push_text(out, self.words(text));
                    Ok(())
                }
            };
            debug_assert!(written.is_ok(), "writing into a string cannot fail");
        });
        out
    }

    fn of(document: &Document) -> Self {
        let text = |field: &str| {
            document
                .get(field)
                .and_then(|value| value.as_str())
                .unwrap_or_default()
        };
        let number = |field: &str| document.get(field).and_then(Value::as_u64).unwrap_or_default();
        Self {
            id: number("id"),
            email: text("email").into(),
            first_name: text("first_name").into(),
            last_name: text("last_name").into(),
            company: text("company").into(),
            phone: text("phone").into(),
            group: number("customer_group_id"),
            created: parse(text("date_created")).map_or(0, |given| given.second),
            modified: parse(text("date_modified")).map_or(0, |given| given.second),
        }
    }
}

impl Customer {
    fn words(&self, marker: &str) -> &str {
        match marker {
            "email" => &self.email,
            "first_name" => &self.first_name,
            "last_name" => &self.last_name,
            "company" => &self.company,
            "phone" => &self.phone,
            _ if self.group > 0 => "Zahlt auf Rechnung – bitte Lieferschein „ohne Preise“",
            _ => "",
        }
    }
}
