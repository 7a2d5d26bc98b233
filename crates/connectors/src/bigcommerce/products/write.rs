//! Creating products, or changing those that are there: what `product.create` and `product.upsert` share.
//!
//! A product is never created before a look-up found none: an earlier request of ours may have been applied without our
//! knowing. What is there is changed ten at a time, as `product.update` does; a new one is a request of its own.

use std::collections::BTreeMap;

use connector_kit::{
    Error, Found, Outcome, Result, Row,
    http::{Answer, Method, Request},
};
use serde_json::{Map, Value as Json};

use super::{
    images::{self, Image},
    partly,
    there::{self, There},
    update::{self, ABOUT, PATH},
};
use crate::bigcommerce::{
    Store, errors, fits, skus,
    writing::{self, Change, Outcomes, Reply},
};

pub(super) use crate::bigcommerce::writing::Wanted;

/// Products in one write; a batch of changes has no more.
pub(super) const LARGEST: usize = 10;

/// Fields that are not the product's own, or that its record does not show.
const UNSEEN: &[&str] = &["brand_name", "sku"];

/// What the key of a step is where it says nothing.
pub(super) fn by_sku() -> Vec<String> {
    vec!["sku".to_owned()]
}

/// What a product cannot be created without. BigCommerce reference, products v3.
pub(super) fn check_new(key: &[String], columns: &[String]) -> Result<()> {
    writing::check_key(key, &["sku", "name"], columns)?;
    writing::check_mapped(columns, &[&key[0], "name", "type", "weight", "price"])
}

/// How a step wants its rows written.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    /// `sku` or `name`.
    pub(super) by: &'a str,
    pub(super) wanted: Wanted,
    pub(super) allow_zero_price: bool,
    pub(super) only_when_new: &'a [String],
    /// A product of the same name without a SKU is taken over.
    pub(super) adopt: bool,
}

/// Writes rows.
pub(super) async fn write(store: &Store, rows: &[Row], way: Way<'_>) -> Result<Vec<Outcome>> {
    let mut outcomes = Outcomes::of(rows);
    let mut batch = Batch::of(store, rows, way, &mut outcomes).await?;
    let sent = match batch.send(&mut outcomes).await {
        Ok(()) => batch.complete(&mut outcomes).await,
        Err(error) => Err(error),
    };
    match sent {
        Ok(()) => Ok(outcomes.all()),
        Err(error) => outcomes.ended_by(error),
    }
}

/// Settles rows whose outcome is unknown.
pub(super) async fn find(store: &Store, rows: &[Row], way: Way<'_>) -> Result<Vec<Found>> {
    let mut outcomes = Outcomes::of(rows);
    let places = writing::places(rows, way.by, true, fits::PRODUCT, &mut outcomes);
    let keys: Vec<String> = places.iter().map(|(_, key)| key.clone()).collect();
    let mut found: Vec<Found> = rows.iter().map(|_| Found::No).collect();
    for ((row, key), there) in places.into_iter().zip(there::there(store, way.by, &keys).await?) {
        let (Ok(Some(there)), Ok(wanted)) = (there, images::wanted(&rows[row], "images")) else {
            continue;
        };
        let fields = way.comparable(&rows[row]);
        let differing = writing::differing(&there.record, &fields);
        found[row] = match way.wanted {
            Wanted::Change | Wanted::Either if !writing::is_comparable(&way.changed(&rows[row])) => Found::No,
            _ if differing.is_empty() => {
                if images::are_there(store, there.id, &wanted).await? {
                    Found::Yes {
                        id: Some(there.id.to_string()),
                        answer: Some(there.record),
                    }
                } else {
                    Found::No
                }
            }
            Wanted::Create => Found::Unclear(used(way.by, &key, &differing)),
            Wanted::Change | Wanted::Either => Found::No,
        };
    }
    Ok(found)
}

/// Rows, sorted by what is to be done about them.
struct Batch<'a> {
    store: &'a Store,
    rows: &'a [Row],
    way: Way<'a>,
    changes: Vec<Change>,
    /// Rows whose product is to be created, with their keys.
    new: Vec<(usize, String)>,
    /// The products that rows became or already are.
    products: BTreeMap<usize, u64>,
    images: BTreeMap<usize, Vec<Image>>,
}

impl<'a> Batch<'a> {
    async fn of(store: &'a Store, rows: &'a [Row], way: Way<'a>, outcomes: &mut Outcomes) -> Result<Self> {
        let mut batch = Self {
            store,
            rows,
            way,
            changes: Vec::new(),
            new: Vec::new(),
            products: BTreeMap::new(),
            images: BTreeMap::new(),
        };
        let places = writing::places(rows, way.by, way.allow_zero_price, fits::PRODUCT, outcomes);
        let mut places = writing::once_each(places, |(row, key)| (*row, key), outcomes);
        places.retain(|(row, _)| {
            let images = outcomes.keep(*row, images::wanted(&rows[*row], "images"));
            images.map(|images| batch.images.insert(*row, images)).is_some()
        });
        let keys: Vec<String> = places.iter().map(|(_, key)| key.clone()).collect();
        let there = there::there(store, way.by, &keys).await?;
        for ((row, key), there) in places.into_iter().zip(there) {
            match outcomes.keep(row, there) {
                Some(Some(there)) => batch.is_there(row, &key, &there, outcomes),
                Some(None) => batch.new.push((row, key)),
                None => {}
            }
        }
        Ok(batch)
    }

    /// A product that is there is changed; or it stays, and is the row's or somebody else's.
    fn is_there(&mut self, row: usize, key: &str, there: &There, outcomes: &mut Outcomes) {
        let fields = self.way.changed(&self.rows[row]);
        let unfinished = partly::is_unfinished(self.store, there.id, &fields);
        if self.way.wanted == Wanted::Either || unfinished {
            self.products.insert(row, there.id);
            self.changes.push(Change {
                row,
                id: there.id,
                fields,
            });
            return;
        }
        let fields = self.way.comparable(&self.rows[row]);
        let differing = writing::differing(&there.record, &fields);
        if differing.is_empty() {
            self.products.insert(row, there.id);
            outcomes.set(row, Outcome::Unchanged);
        } else {
            outcomes.set(row, Outcome::Failed(used(self.way.by, key, &differing)));
        }
    }

    async fn send(&mut self, outcomes: &mut Outcomes) -> Result<()> {
        update::send(self.store, &self.changes, outcomes).await?;
        for (row, key) in std::mem::take(&mut self.new) {
            let created = self.create(row, &key, outcomes).await;
            if let Some(created) = created.transpose() {
                outcomes.set_alone(row, created)?;
            }
        }
        Ok(())
    }

    /// `None`: the product turned out to be there, and what came of it is noted already.
    async fn create(&mut self, row: usize, key: &str, outcomes: &mut Outcomes) -> Result<Option<Outcome>> {
        let fields = writing::fields(&self.rows[row], &["id", "images"]);
        check_variants(&fields, self.way.allow_zero_price)?;
        let request = Request::once(Method::Post, PATH, &fields);
        let answer = match writing::send(self.store, request, ABOUT).await? {
            Reply::Done(answer) => return Ok(Some(self.created(row, &answer))),
            Reply::Unknown(error) => return Ok(Some(Outcome::Unknown(error))),
            Reply::Refused(answer) => answer,
        };
        if answer.status != 409 {
            return writing::refused(&answer, ABOUT, 1).map(Some);
        }
        self.clash(row, key, &answer, outcomes).await
    }

    fn created(&mut self, row: usize, answer: &Answer) -> Outcome {
        let record = writing::answered(answer);
        let id = record.as_ref().and_then(|record| writing::id_of(record, "id"));
        let Some(id) = id else {
            // It is there, but which is it? The look-up tells.
            return Outcome::Unknown(
                Error::unavailable("the store sent a product without an id")
                    .hint("It is looked up and tried again by itself."),
            );
        };
        self.products.insert(row, id);
        if answer.status == 207 {
            let failed = partly::Failed::read(answer);
            failed.remember(self.store, id, &self.way.changed(&self.rows[row]));
            return Outcome::Failed(failed.error());
        }
        Outcome::Written {
            id: Some(id.to_string()),
            answer: record,
        }
    }

    /// 409: somebody was faster, the look-up lags behind, or something else has the name or the web address.
    async fn clash(
        &mut self,
        row: usize,
        key: &str,
        answer: &Answer,
        outcomes: &mut Outcomes,
    ) -> Result<Option<Outcome>> {
        let refusal = errors::refusal(answer, ABOUT);
        let again = there::there(self.store, self.way.by, &[key.to_owned()])
            .await?
            .remove(0);
        if let Some(there) = again? {
            self.is_there(row, key, &there, outcomes);
            return self.change_now(outcomes).await;
        }
        let name = self.rows[row].text("name")?;
        let Some(other) = there::by_name(self.store, &name).await? else {
            return Err(refusal);
        };
        let sku = other
            .record
            .field("sku")
            .and_then(|sku| sku.plain())
            .unwrap_or_default();
        if self.way.adopt && sku.trim().is_empty() {
            self.products.insert(row, other.id);
            let mut fields = writing::fields(&self.rows[row], &["id", "images", "variants"]);
            fields.remove("name");
            self.changes.push(Change {
                row,
                id: other.id,
                fields,
            });
            skus::forget(self.store, "product", key);
            return self.change_now(outcomes).await;
        }
        Err(Error::rejected(format!(
            "A product named `{name}` is already in the store: product {}, SKU `{sku}`.",
            other.id
        ))
        .hint("Update it instead: give it this SKU in the store, or say `adopt: true` in `product.upsert` where it has none. Or give this one another name."))
    }

    /// Sends the change that was found to be due last.
    async fn change_now(&mut self, outcomes: &mut Outcomes) -> Result<Option<Outcome>> {
        if let Some(change) = self.changes.pop() {
            update::send(self.store, &[change], outcomes).await?;
        }
        Ok(None)
    }

    /// Sees to the images of what is there now.
    async fn complete(&mut self, outcomes: &mut Outcomes) -> Result<()> {
        for (row, product) in &self.products {
            let wanted = self.images.remove(row).unwrap_or_default();
            let Some(outcome) = outcomes.get(*row).filter(|outcome| is_there(outcome)) else {
                continue;
            };
            if wanted.is_empty() {
                continue;
            }
            let outcome = outcome.clone();
            let completed = images::complete(self.store, *product, &wanted).await;
            outcomes.set_alone(*row, completed.map(|completed| completed.over(*product, outcome)))?;
        }
        Ok(())
    }
}

fn is_there(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Written { .. } | Outcome::Unchanged)
}

impl Way<'_> {
    /// What a product that is there gets of a row.
    fn changed(&self, row: &Row) -> Map<String, Json> {
        let mut fields = writing::fields(row, &["id", "images", self.by]);
        fields.retain(|name, _| !self.only_when_new.contains(name));
        if self.wanted == Wanted::Create {
            fields.remove("variants");
        }
        fields
    }

    /// What a product's record shows of a row.
    fn comparable(&self, row: &Row) -> Map<String, Json> {
        writing::comparable(&self.changed(row), UNSEEN)
    }
}

/// A variant for nothing is mostly a hole in the source, as a product is.
fn check_variants(fields: &Map<String, Json>, allow_zero: bool) -> Result<()> {
    let variants = fields.get("variants").and_then(Json::as_array);
    let free = |variant: &Json| {
        let price = variant.get("price");
        price.is_some_and(|price| {
            price.as_f64() == Some(0.0) || price.as_str().is_some_and(writing::is_nothing)
        })
    };
    match variants.into_iter().flatten().find(|variant| free(variant)) {
        Some(variant) if !allow_zero => {
            let sku = variant.get("sku").and_then(Json::as_str).unwrap_or_default();
            Err(Error::rejected(format!(
                "the price of variant `{sku}` is 0, which would make it free in the store; it was not sent"
            ))
            .hint("Correct the price, or say `allow_zero_price: true` in the step."))
        }
        _ => Ok(()),
    }
}

fn used(by: &str, key: &str, differing: &[&str]) -> Error {
    Error::rejected(format!(
        "A product with the {by} `{key}` is already in the store, with other values: {}.",
        differing.join(", ")
    ))
    .hint("Update it instead (`product.upsert`), or skip such records with a rule.")
}
