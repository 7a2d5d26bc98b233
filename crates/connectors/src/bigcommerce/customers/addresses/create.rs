//! `customer_address.create`

use std::collections::BTreeSet;

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Raw, Result, Row, WriteAction, WriteStep, async_trait,
    http::{Method, Request},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{ABOUT, FIELDS, LARGEST, PATH};
use crate::bigcommerce::{
    Store, api,
    envelope::Rows,
    errors::About,
    store::OpenStore,
    writing::{self, Outcomes, Reply},
};

/// Adds addresses to customers. One that a customer has already is left as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CustomerAddressCreate {}

#[async_trait]
impl WriteAction for CustomerAddressCreate {
    type System = Store;
    const NAME: &'static str = "customer_address.create";
    const ABOUT: &'static str = "Adds addresses to customers; one that is there already is left as it is.";
    const SCOPE: Option<&'static str> = Some("Customers: modify");
    /// The store makes no second address of the same fields.
    const GUARANTEE: Guarantee = Guarantee::Idempotent;
    const LARGEST_BATCH: usize = LARGEST;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_known(columns, FIELDS, "an address")?;
        writing::check_writable(columns, &["id"], &[])?;
        let needed = [
            "customer_id",
            "first_name",
            "last_name",
            "address1",
            "city",
            "country_code",
        ];
        writing::check_mapped(columns, &needed)
    }

    fn key(&self) -> Vec<String> {
        writing::names(&["customer_id", "address1", "city"])
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let store = &open.store;
        let mut outcomes = Outcomes::of(rows);
        let mapped = mapped(rows, &mut outcomes);
        if mapped.is_empty() {
            return Ok(outcomes.all());
        }
        let body: Vec<&Map<String, Json>> = mapped.iter().map(|(_, fields)| fields).collect();
        let request = Request::once(Method::Post, PATH, &body).repeatable().sensitive();
        let _room = api::room(store, "create_customers_addresses").await;
        let places = mapped.iter().map(|(row, _)| *row);
        match writing::send_shown(store, request, ABOUT).await? {
            Reply::Done(answer) => {
                let mut made = Rows::v3(&answer).map(|rows| rows.rows).unwrap_or_default();
                for (row, fields) in &mapped {
                    outcomes.set(*row, outcome(&mut made, fields));
                }
            }
            Reply::Refused(answer) => {
                outcomes.set_all(places, &writing::refused(&answer, ABOUT, mapped.len())?);
            }
            Reply::Unknown(error) => outcomes.set_all(places, &Outcome::Unknown(error)),
        }
        Ok(outcomes.all())
    }

    /// Reads the customers' addresses: one that has all mapped values is there.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let mut outcomes = Outcomes::of(rows);
        let mapped = mapped(rows, &mut outcomes);
        let customers: BTreeSet<String> = mapped
            .iter()
            .filter_map(|(_, fields)| fields.get("customer_id").map(ToString::to_string))
            .collect();
        let customers: Vec<String> = customers.into_iter().collect();
        let mut found: Vec<Found> = rows.iter().map(|_| Found::No).collect();
        if customers.is_empty() {
            return Ok(found);
        }
        let request = Request::get(PATH)
            .query("customer_id:in", customers.join(","))
            .query("limit", 250)
            .sensitive();
        let there = open
            .store
            .all(
                request,
                About {
                    writes: false,
                    ..ABOUT
                },
            )
            .await?;
        for (row, fields) in &mapped {
            if let Some(address) = there.iter().find(|there| is(there, fields)) {
                found[*row] = Found::Yes {
                    id: address.field("id").and_then(|id| id.plain()),
                    answer: Some(address.clone()),
                };
            }
        }
        Ok(found)
    }
}

/// Rows as they are sent; the others have failed.
fn mapped(rows: &[Row], outcomes: &mut Outcomes) -> Vec<(usize, Map<String, Json>)> {
    let fields = |row: &Row| {
        let mut fields = writing::fields(row, &[]);
        let customer = writing::id(row, "customer_id")?;
        fields.insert("customer_id".to_owned(), Json::from(customer));
        Ok(fields)
    };
    let kept = rows
        .iter()
        .enumerate()
        .filter_map(|(place, row)| Some((place, outcomes.keep(place, fields(row))?)));
    kept.collect()
}

/// The answer holds what was made; what is missing from it was there already (bigcommerce/api-specs issue 620).
fn outcome(made: &mut Vec<Raw>, fields: &Map<String, Json>) -> Outcome {
    match made.iter().position(|made| is(made, fields)) {
        Some(at) => {
            let address = made.remove(at);
            Outcome::Written {
                id: address.field("id").and_then(|id| id.plain()),
                answer: Some(address),
            }
        }
        None => Outcome::Unchanged,
    }
}

fn is(address: &Raw, fields: &Map<String, Json>) -> bool {
    writing::has(address, &writing::comparable(fields, &[]))
}
