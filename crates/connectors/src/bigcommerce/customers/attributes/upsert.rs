//! `customer_attribute_values.upsert`

use std::collections::{BTreeMap, BTreeSet};

use connector_kit::{
    Error, Found, Guarantee, JsonSchema, Outcome, Raw, Result, Row, WriteAction, WriteStep, async_trait,
    http::{Method, Request},
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::bigcommerce::{
    Store, api,
    errors::About,
    store::OpenStore,
    writing::{self, Outcomes, Reply},
};

const ABOUT: About = About::writing("attributes", "Customers");
const PATH: &str = "v3/customers/attribute-values";

/// Sets what customers have in their attributes: `customer_id`, `attribute` (its name, or its id) and `value`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CustomerAttributeValuesUpsert {}

/// A row ready to go.
struct Item {
    row: usize,
    customer: u64,
    attribute: u64,
    value: String,
}

#[async_trait]
impl WriteAction for CustomerAttributeValuesUpsert {
    type System = Store;
    const NAME: &'static str = "customer_attribute_values.upsert";
    const ABOUT: &'static str = "Sets what customers have in their attributes.";
    const SCOPE: Option<&'static str> = Some("Customers: modify");
    const GUARANTEE: Guarantee = Guarantee::Idempotent;
    const LARGEST_BATCH: usize = 10;

    fn check(&self, columns: &[String]) -> Result<()> {
        let fields = ["customer_id", "attribute", "value"];
        writing::check_known(columns, &fields, "an attribute of a customer")?;
        writing::check_mapped(columns, &fields)
    }

    fn key(&self) -> Vec<String> {
        writing::names(&["customer_id", "attribute"])
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let store = &open.store;
        let mut outcomes = Outcomes::of(rows);
        let items = items(store, rows, &mut outcomes).await?;
        if items.is_empty() {
            return Ok(outcomes.all());
        }
        let one = |item: &Item| json!({ "customer_id": item.customer, "attribute_id": item.attribute, "value": item.value });
        let body: Vec<Json> = items.iter().map(one).collect();
        let request = Request::once(Method::Put, PATH, &body).repeatable().sensitive();
        let _room = api::room(store, "upsert_customers_attribute_values").await;
        let places = items.iter().map(|item| item.row);
        match writing::send_shown(store, request, ABOUT).await? {
            Reply::Done(_) => items.iter().for_each(|item| {
                let id = Some(format!("{}/{}", item.customer, item.attribute));
                outcomes.set(item.row, Outcome::Written { id, answer: None });
            }),
            Reply::Refused(answer) => {
                outcomes.set_all(places, &writing::refused(&answer, ABOUT, items.len())?);
            }
            Reply::Unknown(error) => outcomes.set_all(places, &Outcome::Unknown(error)),
        }
        Ok(outcomes.all())
    }

    /// Reads the values back: one that is as mapped was set, or needs no change.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let mut outcomes = Outcomes::of(rows);
        let items = items(&open.store, rows, &mut outcomes).await?;
        let mut found: Vec<Found> = rows.iter().map(|_| Found::No).collect();
        if items.is_empty() {
            return Ok(found);
        }
        let customers: BTreeSet<String> = items.iter().map(|item| item.customer.to_string()).collect();
        let customers: Vec<String> = customers.into_iter().collect();
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
        for item in items {
            let is_it = |there: &&Raw| {
                writing::id_of(there, "customer_id") == Some(item.customer)
                    && writing::id_of(there, "attribute_id") == Some(item.attribute)
                    && there
                        .field("attribute_value")
                        .and_then(|value| value.plain())
                        .as_ref()
                        == Some(&item.value)
            };
            if let Some(there) = there.iter().find(is_it) {
                found[item.row] = Found::Yes {
                    id: Some(format!("{}/{}", item.customer, item.attribute)),
                    answer: Some(there.clone()),
                };
            }
        }
        Ok(found)
    }
}

/// What can be sent; the other rows have failed.
async fn items(store: &Store, rows: &[Row], outcomes: &mut Outcomes) -> Result<Vec<Item>> {
    let named: BTreeSet<String> = rows
        .iter()
        .filter_map(|row| row.text("attribute").ok())
        .filter(|name| name.trim().parse::<u64>().is_err())
        .map(|name| name.trim().to_owned())
        .collect();
    let mut ids = BTreeMap::new();
    for name in named {
        if let Some(id) = attribute(store, &name).await? {
            ids.insert(name.to_lowercase(), id);
        }
    }
    let item = |place: usize, row: &Row| {
        let name = row.text("attribute")?.trim().to_owned();
        let known = name
            .parse()
            .ok()
            .or_else(|| ids.get(&name.to_lowercase()).copied());
        let attribute = known.ok_or_else(|| {
            Error::rejected(format!("Customers have no attribute `{name}` in the store."))
                .hint("Create it (`customer_attribute.create`), or correct its name.")
        })?;
        Ok(Item {
            row: place,
            customer: writing::id(row, "customer_id")?,
            attribute,
            value: row.text("value")?,
        })
    };
    let mut items = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        if let Some(item) = outcomes.keep(place, item(place, row)) {
            let key = format!("{}/{}", item.customer, item.attribute);
            items.push((item, key));
        }
    }
    let items = writing::once_each(items, |(item, key)| (item.row, key), outcomes);
    Ok(items.into_iter().map(|(item, _)| item).collect())
}

/// The id of an attribute with this name.
async fn attribute(store: &Store, name: &str) -> Result<Option<u64>> {
    let request = Request::get("v3/customers/attributes")
        .query("name", name)
        .query("limit", 250);
    let rows = store
        .all(
            request,
            About {
                writes: false,
                ..ABOUT
            },
        )
        .await?;
    let is_it = |record: &&Raw| {
        let there = record.field("name").and_then(|there| there.plain());
        there.is_some_and(|there| there.trim().to_lowercase() == name.to_lowercase())
    };
    Ok(rows
        .iter()
        .find(is_it)
        .and_then(|record| writing::id_of(record, "id")))
}
