//! `customer_address.update`

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
    http::{Method, Request},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{ABOUT, FIELDS, LARGEST, PATH};
use crate::bigcommerce::{
    Store, api,
    errors::About,
    store::OpenStore,
    writing::{self, Change, Outcomes, Reply},
};

/// Changes addresses of customers, found by `id`; what is not mapped, or empty, stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CustomerAddressUpdate {}

#[async_trait]
impl WriteAction for CustomerAddressUpdate {
    type System = Store;
    const NAME: &'static str = "customer_address.update";
    const ABOUT: &'static str = "Changes addresses of customers, found by id.";
    const SCOPE: Option<&'static str> = Some("Customers: modify");
    const GUARANTEE: Guarantee = Guarantee::Idempotent;
    const LARGEST_BATCH: usize = LARGEST;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_key(&self.key(), &["id"], columns)?;
        writing::check_known(columns, FIELDS, "an address")?;
        writing::check_writable(columns, &["customer_id"], &[])?;
        writing::check_mapped(columns, &["id"])
    }

    fn key(&self) -> Vec<String> {
        vec!["id".to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let store = &open.store;
        let mut outcomes = Outcomes::of(rows);
        let changes = changes(rows, &mut outcomes);
        if changes.is_empty() {
            return Ok(outcomes.all());
        }
        let one = |change: &Change| {
            let mut body = change.fields.clone();
            body.insert("id".to_owned(), Json::from(change.id));
            body
        };
        let body: Vec<Map<String, Json>> = changes.iter().map(one).collect();
        let request = Request::once(Method::Put, PATH, &body).repeatable().sensitive();
        let _room = api::room(store, "update_customers_addresses").await;
        let places = changes.iter().map(|change| change.row);
        match writing::send_shown(store, request, ABOUT).await? {
            // One that became the same as another of the customer's is left out of the answer, and is there.
            Reply::Done(_) => changes.iter().for_each(|change| {
                let id = Some(change.id.to_string());
                outcomes.set(change.row, Outcome::Written { id, answer: None });
            }),
            Reply::Refused(answer) => {
                outcomes.set_all(places, &writing::refused(&answer, ABOUT, changes.len())?);
            }
            Reply::Unknown(error) => outcomes.set_all(places, &Outcome::Unknown(error)),
        }
        Ok(outcomes.all())
    }

    /// Reads the addresses back: one that has all mapped values was changed, or needs no change.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let mut outcomes = Outcomes::of(rows);
        let changes = changes(rows, &mut outcomes);
        let mut found: Vec<Found> = rows.iter().map(|_| Found::No).collect();
        if changes.is_empty() {
            return Ok(found);
        }
        let ids: Vec<String> = changes.iter().map(|change| change.id.to_string()).collect();
        let request = Request::get(PATH)
            .query("id:in", ids.join(","))
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
        for change in changes {
            let is_it = |address: &&connector_kit::Raw| {
                writing::id_of(address, "id") == Some(change.id)
                    && writing::is_comparable(&change.fields)
                    && writing::has(address, &writing::comparable(&change.fields, &[]))
            };
            if let Some(address) = there.iter().find(is_it) {
                found[change.row] = Found::Yes {
                    id: Some(change.id.to_string()),
                    answer: Some(address.clone()),
                };
            }
        }
        Ok(found)
    }
}

fn changes(rows: &[Row], outcomes: &mut Outcomes) -> Vec<Change> {
    let places = writing::places(rows, "id", true, &[], outcomes);
    let ids = places
        .iter()
        .map(|(row, _)| writing::id(&rows[*row], "id"))
        .collect();
    writing::changes(rows, "id", places, ids, outcomes)
}
