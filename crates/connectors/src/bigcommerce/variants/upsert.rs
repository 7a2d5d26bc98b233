//! `variants.upsert`

use std::collections::BTreeMap;

use connector_kit::{
    Error, Found, Guarantee, JsonSchema, Outcome, Raw, Result, Row, WriteAction, WriteStep, async_trait,
    http::{Answer, Method, Request},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{
    options::{self, Options},
    update::{ABOUT, PATH, READ_ONLY, records},
};
use crate::bigcommerce::{
    Store,
    envelope::Rows,
    fits, skus,
    store::OpenStore,
    writing::{self, Outcomes, Reply},
};

/// Changes variants that are in the store, and creates those that are not: with `product_id` (or `product_sku`) and
/// `option_values`. What is not mapped, or empty, stays as it is; the option values of a variant that is there are compared,
/// as the store never changes them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct VariantsUpsert {
    /// Lets a price of 0 through.
    #[serde(default)]
    allow_zero_price: bool,
}

/// Where a variant belongs, and what makes it one.
const PLACE: &[&str] = &["product_id", "product_sku", "option_values"];

/// A row ready to go.
struct Item {
    row: usize,
    sku: String,
    /// The variant, where it is there.
    id: Option<u64>,
    fields: Map<String, Json>,
}

#[async_trait]
impl WriteAction for VariantsUpsert {
    type System = Store;
    const NAME: &'static str = "variants.upsert";
    const ABOUT: &'static str = "Creates variants, or changes those that are in the store, found by SKU.";
    const SCOPE: Option<&'static str> = Some("Products: modify");
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = 50;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_key(&self.key(), &["sku"], columns)?;
        writing::check_writable(columns, READ_ONLY, &writing::names(PLACE))
    }

    fn key(&self) -> Vec<String> {
        vec!["sku".to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let store = &open.store;
        let mut outcomes = Outcomes::of(rows);
        let items = self.items(store, rows, &mut outcomes).await?;
        if items.is_empty() {
            return Ok(outcomes.all());
        }
        match writing::send_shown(store, request(&items), ABOUT).await? {
            Reply::Done(answer) => done(&items, &answer, &mut outcomes),
            Reply::Refused(answer) => refused(store, &items, &answer, &mut outcomes).await?,
            Reply::Unknown(error) => {
                outcomes.set_all(items.iter().map(|item| item.row), &Outcome::Unknown(error));
            }
        }
        Ok(outcomes.all())
    }

    /// Reads the variants back: one that has all mapped values was written, or needs no change.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let mut outcomes = Outcomes::of(rows);
        let places = writing::places(rows, "sku", true, fits::VARIANT, &mut outcomes);
        let keys: Vec<String> = places.iter().map(|(_, key)| key.clone()).collect();
        let ids = skus::variants_if_any(&open.store, &keys).await?;
        let known: Vec<u64> = ids
            .iter()
            .filter_map(|id| id.as_ref().ok().copied().flatten())
            .collect();
        let records = records(&open.store, &known).await?;
        let mut found: Vec<Found> = rows.iter().map(|_| Found::No).collect();
        for ((row, _), id) in places.into_iter().zip(ids) {
            let record = id.ok().flatten().and_then(|id| records.get(&id));
            let wanted = writing::comparable(&own(&rows[row]), &[]);
            if let Some(record) = record.filter(|record| writing::has(record, &wanted)) {
                found[row] = Found::Yes {
                    id: writing::id_of(record, "id").map(|id| id.to_string()),
                    answer: Some(record.clone()),
                };
            }
        }
        Ok(found)
    }
}

impl VariantsUpsert {
    /// What can be sent; the other rows have failed.
    async fn items(&self, store: &Store, rows: &[Row], outcomes: &mut Outcomes) -> Result<Vec<Item>> {
        let places = writing::places(rows, "sku", self.allow_zero_price, fits::VARIANT, outcomes);
        let places = writing::once_each(places, |(row, sku)| (*row, sku), outcomes);
        let keys: Vec<String> = places.iter().map(|(_, key)| key.clone()).collect();
        let ids = skus::variants_if_any(store, &keys).await?;
        let mut items = Vec::new();
        for ((row, sku), id) in places.into_iter().zip(ids) {
            let Some(id) = outcomes.keep(row, id) else {
                continue;
            };
            let fields = own(&rows[row]);
            items.push(Item { row, sku, id, fields });
        }
        let items = compared(store, rows, items, outcomes).await?;
        placed(store, rows, items, outcomes).await
    }
}

/// A row's fields without what says where the variant belongs.
fn own(row: &Row) -> Map<String, Json> {
    writing::fields(row, &[&["id", "sku"], PLACE].concat())
}

/// Without variants whose option values are others than the row's, and with those that are gone as new ones: an edited
/// product gets new variants, and what was kept of a SKU may be old.
async fn compared(
    store: &Store,
    rows: &[Row],
    items: Vec<Item>,
    outcomes: &mut Outcomes,
) -> Result<Vec<Item>> {
    let known: Vec<u64> = items.iter().filter_map(|item| item.id).collect();
    let records = records(store, &known).await?;
    let gone: Vec<String> = items
        .iter()
        .filter(|item| item.id.is_some_and(|id| !records.contains_key(&id)))
        .map(|item| item.sku.clone())
        .collect();
    gone.iter().for_each(|sku| skus::forget(store, "variant", sku));
    let again = skus::variants_if_any(store, &gone).await?;
    let mut again: BTreeMap<String, Option<u64>> = gone
        .into_iter()
        .zip(again)
        .map(|(sku, id)| (sku, id.ok().flatten()))
        .collect();
    let mut left = Vec::new();
    for mut item in items {
        if let Some(id) = again.remove(&item.sku) {
            item.id = id;
        }
        let record = item.id.and_then(|id| records.get(&id));
        let values = rows[item.row]
            .to_json()
            .remove("option_values")
            .filter(|values| !values.is_null());
        let same = match (record, values) {
            (Some(record), Some(values)) => options::compare(&item.sku, record, &values),
            _ => Ok(()),
        };
        if outcomes.keep(item.row, same).is_some() {
            left.push(item);
        }
    }
    Ok(left)
}

/// New variants get their product and the ids of their option values.
async fn placed(store: &Store, rows: &[Row], items: Vec<Item>, outcomes: &mut Outcomes) -> Result<Vec<Item>> {
    let new = || items.iter().filter(|item| item.id.is_none());
    let skus: Vec<String> = new()
        .filter(|item| rows[item.row].text("product_id").is_err())
        .filter_map(|item| rows[item.row].text("product_sku").ok())
        .collect();
    let by_sku = skus::products(store, &skus).await?;
    let mut by_sku: BTreeMap<String, Result<u64>> = skus.into_iter().zip(by_sku).collect();
    let mut products: BTreeMap<usize, Result<u64>> = BTreeMap::new();
    for item in new() {
        let row = &rows[item.row];
        let product = match (row.text("product_id"), row.text("product_sku")) {
            (Ok(_), _) => writing::id(row, "product_id"),
            (Err(_), Ok(sku)) => by_sku.remove(&sku).map_or_else(
                || Err(no_place(&item.sku)),
                |found| {
                    by_sku.insert(sku, found.clone());
                    found
                },
            ),
            (Err(_), Err(_)) => Err(no_place(&item.sku)),
        };
        products.insert(item.row, product);
    }
    let options = Options::of(
        store,
        products
            .values()
            .filter_map(|product| product.as_ref().ok().copied()),
    )
    .await?;
    let mut left = Vec::new();
    for mut item in items {
        let Some(product) = products.remove(&item.row) else {
            left.push(item);
            continue;
        };
        let values = rows[item.row]
            .to_json()
            .remove("option_values")
            .filter(|values| !values.is_null());
        let made = product.and_then(|product| match values {
            Some(values) => Ok((product, options.ids(product, &values)?)),
            None => Err(no_place(&item.sku)),
        });
        if let Some((product, values)) = outcomes.keep(item.row, made) {
            item.fields.insert("product_id".to_owned(), Json::from(product));
            item.fields.insert("sku".to_owned(), Json::from(item.sku.clone()));
            item.fields.insert("option_values".to_owned(), values);
            left.push(item);
        }
    }
    Ok(left)
}

fn no_place(sku: &str) -> Error {
    Error::rejected(format!(
        "There is no variant with SKU `{sku}` in the store, and the row does not say which product it belongs to and what makes it differ."
    ))
    .hint("Map `product_id` (or `product_sku`) and `option_values`, or check the SKU.")
}

fn request(items: &[Item]) -> Request {
    let one = |item: &Item| {
        let mut body = item.fields.clone();
        if let Some(id) = item.id {
            body.insert("id".to_owned(), Json::from(id));
        }
        body
    };
    let body: Vec<Map<String, Json>> = items.iter().map(one).collect();
    let request = Request::once(Method::Put, PATH, &body);
    // A new one would be there already the second time.
    if items.iter().all(|item| item.id.is_some()) {
        request.repeatable()
    } else {
        request
    }
}

fn done(items: &[Item], answer: &Answer, outcomes: &mut Outcomes) {
    let records = Rows::v3(answer).map(|rows| rows.rows).unwrap_or_default();
    for item in items {
        let is_it = |record: &&Raw| match item.id {
            Some(id) => writing::id_of(record, "id") == Some(id),
            None => record
                .field("sku")
                .and_then(|sku| sku.plain())
                .is_some_and(|sku| sku.trim().eq_ignore_ascii_case(item.sku.trim())),
        };
        let answer = records.iter().find(is_it).cloned();
        let id = item.id.or_else(|| writing::id_of(answer.as_ref()?, "id"));
        let outcome = match id {
            Some(id) => Outcome::Written {
                id: Some(id.to_string()),
                answer,
            },
            None => Outcome::Unknown(writing::unshown()),
        };
        outcomes.set(item.row, outcome);
    }
}

/// A refused batch changed nothing. One that was alone, and new, may be there by now: somebody was faster, or the look-up
/// lagged behind.
async fn refused(store: &Store, items: &[Item], answer: &Answer, outcomes: &mut Outcomes) -> Result<()> {
    let refused = writing::refused(answer, ABOUT, items.len())?;
    outcomes.set_all(items.iter().map(|item| item.row), &refused);
    if let [
        Item {
            row,
            sku,
            id: None,
            fields,
        },
    ] = items
    {
        let there = skus::variants_if_any(store, std::slice::from_ref(sku))
            .await?
            .remove(0);
        if let Ok(Some(id)) = there {
            let record = records(store, &[id]).await?.remove(&id);
            let wanted = writing::comparable(fields, &[]);
            if record.is_some_and(|record| writing::has(&record, &wanted)) {
                outcomes.set(*row, Outcome::Unchanged);
            }
        }
    }
    // A variant may be gone although its SKU was kept.
    items
        .iter()
        .filter(|item| item.id.is_some())
        .for_each(|item| skus::forget(store, "variant", &item.sku));
    Ok(())
}
