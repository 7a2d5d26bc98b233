//! Creating and changing customers, ten at a time: what the three write actions share.
//!
//! A customer is never created before a look-up by e-mail found none: the store refuses a used e-mail, and an earlier
//! request of ours may have been applied without our knowing.

use connector_kit::{
    Error, Found, Outcome, Result, Row,
    http::{Answer, Method, Request},
};
use serde_json::{Map, Value as Json};

use super::{
    lookup::{self, There},
    resource::PATH,
};
use crate::bigcommerce::{
    Store,
    envelope::Rows,
    errors::About,
    fits,
    writing::{self, Outcomes, Reply},
};

pub(super) use crate::bigcommerce::writing::Wanted;

const ABOUT: About = About::writing("customers", "Customers");

/// Customers in one request.
pub(super) const LARGEST: usize = 10;

/// BigCommerce reference, customers v3.
pub(super) const READ_ONLY: &[&str] = &[
    "id",
    "date_created",
    "date_modified",
    "address_count",
    "attribute_count",
];

/// What a customer cannot be created without.
pub(super) fn check_new(columns: &[String]) -> Result<()> {
    let missing = ["email", "first_name", "last_name"]
        .into_iter()
        .find(|name| !columns.iter().any(|column| column == name));
    match missing {
        Some(name) if !columns.is_empty() => Err(Error::config(format!(
            "the store creates no customer without `{name}`"
        ))
        .hint(format!("Map `{name}`."))),
        _ => Ok(()),
    }
}

/// A row with the key it is found by.
struct Mapped {
    row: usize,
    /// E-mail in lower case, or id.
    key: String,
    fields: Map<String, Json>,
}

/// Writes rows, found by `by` (`email` or `id`).
pub(super) async fn write(store: &Store, rows: &[Row], by: &str, wanted: Wanted) -> Result<Vec<Outcome>> {
    let mut outcomes = Outcomes::of(rows);
    let mapped = mapped(rows, by, &mut outcomes);
    let there = found(store, by, &mapped).await?;
    let mut create = Vec::new();
    let mut change = Vec::new();
    for mapped in mapped {
        match (there.iter().find(|there| there.is(by, &mapped.key)), wanted) {
            (Some(there), Wanted::Create) => outcomes.set(mapped.row, already(there, &mapped)),
            (Some(there), _) => change.push((there.id, mapped)),
            (None, Wanted::Change) => outcomes.set(mapped.row, Outcome::Failed(absent(&mapped.key))),
            (None, _) => create.push(mapped),
        }
    }
    let sent = match send_changes(store, change, by, &mut outcomes).await {
        Ok(()) => send_new(store, create, &mut outcomes).await,
        Err(error) => Err(error),
    };
    match sent {
        Ok(()) => Ok(outcomes.all()),
        Err(error) => outcomes.ended_by(error),
    }
}

/// Settles rows whose outcome is unknown.
pub(super) async fn find(store: &Store, rows: &[Row], by: &str, wanted: Wanted) -> Result<Vec<Found>> {
    let mut outcomes = Outcomes::of(rows);
    let mapped = mapped(rows, by, &mut outcomes);
    let there = found(store, by, &mapped).await?;
    let mut answers: Vec<Found> = rows.iter().map(|_| Found::No).collect();
    for mapped in mapped {
        let Some(there) = there.iter().find(|there| there.is(by, &mapped.key)) else {
            continue;
        };
        answers[mapped.row] = if writing::has(&there.record, &comparable(&mapped.fields)) {
            Found::Yes {
                id: Some(there.id.to_string()),
                answer: Some(there.record.clone()),
            }
        } else if wanted == Wanted::Create {
            Found::Unclear(used(&mapped.key))
        } else {
            Found::No
        };
    }
    Ok(answers)
}

fn mapped(rows: &[Row], by: &str, outcomes: &mut Outcomes) -> Vec<Mapped> {
    let mut mapped: Vec<Mapped> = Vec::new();
    for (row, values) in rows.iter().enumerate() {
        let Some(key) = outcomes.keep(
            row,
            fits::check(values, fits::CUSTOMER).and_then(|()| values.text(by)),
        ) else {
            continue;
        };
        let key = key.trim().to_lowercase();
        if mapped.iter().any(|other| other.key == key) {
            let error = Error::rejected(format!("the {by} `{key}` is in this batch twice"));
            outcomes.set(
                row,
                Outcome::Suspect(error.hint("They are sent one after the other.")),
            );
            continue;
        }
        mapped.push(Mapped {
            row,
            key,
            fields: writing::fields(values, &["id"]),
        });
    }
    mapped
}

async fn found(store: &Store, by: &str, mapped: &[Mapped]) -> Result<Vec<There>> {
    let keys: Vec<String> = mapped.iter().map(|mapped| mapped.key.clone()).collect();
    if by == "id" {
        lookup::by_id(store, &keys).await
    } else {
        lookup::by_email(store, &keys).await
    }
}

impl There {
    fn is(&self, by: &str, key: &str) -> bool {
        if by == "id" {
            self.id.to_string() == key
        } else {
            self.email == key
        }
    }
}

/// Exactly so already: ours, or as good as ours. Otherwise it is somebody's who was there before.
fn already(there: &There, mapped: &Mapped) -> Outcome {
    if writing::has(&there.record, &comparable(&mapped.fields)) {
        return Outcome::Unchanged;
    }
    Outcome::Failed(used(&mapped.key))
}

/// What a record in the store shows of what was sent. Passwords and sub-resources it does not.
fn comparable(fields: &Map<String, Json>) -> Map<String, Json> {
    const UNSEEN: &[&str] = &[
        "authentication",
        "addresses",
        "attributes",
        "form_fields",
        "store_credit_amounts",
        "email",
    ];
    let seen = fields.iter().filter(|(name, _)| !UNSEEN.contains(&name.as_str()));
    seen.map(|(name, value)| (name.clone(), value.clone())).collect()
}

async fn send_changes(
    store: &Store,
    changes: Vec<(u64, Mapped)>,
    by: &str,
    outcomes: &mut Outcomes,
) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let body = |(id, mapped): &(u64, Mapped)| {
        let mut body = Map::from_iter([("id".to_owned(), Json::from(*id))]);
        let unchanged = |name: &str| name == by && by == "email";
        body.extend(
            mapped
                .fields
                .iter()
                .filter(|(name, _)| !unchanged(name))
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        body
    };
    let bodies: Vec<_> = changes.iter().map(body).collect();
    let request = Request::once(Method::Put, PATH, &bodies).repeatable().sensitive();
    let places = changes.iter().map(|(_, mapped)| mapped.row);
    match writing::send_shown(store, request, ABOUT).await? {
        Reply::Done(answer) => {
            let records = records(&answer);
            for (id, mapped) in &changes {
                let answer = records
                    .iter()
                    .find(|there| there.id == *id)
                    .map(|there| there.record.clone());
                outcomes.set(
                    mapped.row,
                    Outcome::Written {
                        id: Some(id.to_string()),
                        answer,
                    },
                );
            }
        }
        Reply::Refused(answer) => outcomes.set_all(places, &writing::refused(&answer, ABOUT, changes.len())?),
        Reply::Unknown(error) => outcomes.set_all(places, &Outcome::Unknown(error)),
    }
    Ok(())
}

async fn send_new(store: &Store, create: Vec<Mapped>, outcomes: &mut Outcomes) -> Result<()> {
    if create.is_empty() {
        return Ok(());
    }
    let bodies: Vec<_> = create.iter().map(|mapped| &mapped.fields).collect();
    let request = Request::once(Method::Post, PATH, &bodies).sensitive();
    let places = create.iter().map(|mapped| mapped.row);
    match writing::send_shown(store, request, ABOUT).await? {
        Reply::Done(answer) => {
            let records = records(&answer);
            for mapped in &create {
                let there = records.iter().find(|there| there.email == mapped.key);
                let outcome = there.map_or_else(
                    || Outcome::Unknown(writing::unshown()),
                    |there| Outcome::Written {
                        id: Some(there.id.to_string()),
                        answer: Some(there.record.clone()),
                    },
                );
                outcomes.set(mapped.row, outcome);
            }
        }
        Reply::Refused(answer) => {
            match (create.as_slice(), writing::refused(&answer, ABOUT, create.len())?) {
                // Alone, and none was found a moment ago: somebody was faster, or the look-up lags behind.
                ([alone], refused) => {
                    let there = lookup::by_email(store, std::slice::from_ref(&alone.key)).await?;
                    outcomes.set(
                        alone.row,
                        there.first().map_or(refused, |there| already(there, alone)),
                    );
                }
                (_, refused) => outcomes.set_all(places, &refused),
            }
        }
        Reply::Unknown(error) => outcomes.set_all(places, &Outcome::Unknown(error)),
    }
    Ok(())
}

fn records(answer: &Answer) -> Vec<There> {
    let rows = Rows::v3(answer).map(|rows| rows.rows).unwrap_or_default();
    rows.into_iter()
        .filter_map(|record| lookup::there(record).ok())
        .collect()
}

fn used(email: &str) -> Error {
    Error::rejected(format!(
        "A customer with the e-mail `{email}` is already in the store, with other values."
    ))
    .hint("Update it instead (`customer.upsert`), or skip such records with a rule.")
}

fn absent(key: &str) -> Error {
    Error::rejected(format!(
        "Customer `{key}` is not in the store (deleted, or never there)."
    ))
    .hint("Create it with `customer.upsert`, or skip such records with a rule.")
}
