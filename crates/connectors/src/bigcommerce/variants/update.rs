//! `variants.update`

use std::collections::BTreeMap;

use connector_kit::{
    Error, Found, Guarantee, JsonSchema, Outcome, Raw, Result, Row, WriteAction, WriteStep, async_trait,
    http::{Answer, Method, Request},
};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::bigcommerce::{
    Store,
    envelope::Rows,
    errors::{About, Told},
    fits, skus,
    store::OpenStore,
    writing::{self, Change, Outcomes, Reply},
};

pub(super) const ABOUT: About = About::writing("variants", "Products");
pub(super) const PATH: &str = "v3/catalog/variants";

/// Changes the mapped fields of variants that are in the store; what is not mapped, or empty, stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct VariantsUpdate {
    /// How a variant is found: `[sku]` or `[id]`.
    #[serde(default = "by_sku")]
    key: Vec<String>,
    /// Lets a price of 0 through.
    #[serde(default)]
    allow_zero_price: bool,
}

fn by_sku() -> Vec<String> {
    vec!["sku".to_owned()]
}

/// BigCommerce reference, product variants v3. Option values are answered with 200 and not changed.
pub(super) const READ_ONLY: &[&str] = &[
    "id",
    "product_id",
    "sku_id",
    "calculated_price",
    "calculated_weight",
    "option_values",
];

#[async_trait]
impl WriteAction for VariantsUpdate {
    type System = Store;
    const NAME: &'static str = "variants.update";
    const ABOUT: &'static str = "Changes fields of variants that are in the store, found by SKU or id.";
    const SCOPE: Option<&'static str> = Some("Products: modify");
    const GUARANTEE: Guarantee = Guarantee::Idempotent;
    const LARGEST_BATCH: usize = 50;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_key(&self.key, &["id", "sku"], columns)?;
        writing::check_writable(columns, READ_ONLY, &self.key)
    }

    fn key(&self) -> Vec<String> {
        self.key.clone()
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let store = &open.store;
        let mut outcomes = Outcomes::of(rows);
        let changes = self.changes(store, rows, &mut outcomes).await?;
        if changes.is_empty() {
            return Ok(outcomes.all());
        }
        let request = Request::once(Method::Put, PATH, &body(&changes)).repeatable();
        match writing::send_shown(store, request, ABOUT).await? {
            Reply::Done(answer) => {
                let records = Rows::v3(&answer).map(|rows| rows.rows).unwrap_or_default();
                for change in &changes {
                    let answer = records.iter().find(|record| is(record, change.id)).cloned();
                    outcomes.set(
                        change.row,
                        Outcome::Written {
                            id: Some(change.id.to_string()),
                            answer,
                        },
                    );
                }
            }
            Reply::Refused(answer) => self.refused(store, rows, &changes, &answer, &mut outcomes)?,
            Reply::Unknown(error) => {
                outcomes.set_all(changes.iter().map(|change| change.row), &Outcome::Unknown(error));
            }
        }
        Ok(outcomes.all())
    }

    /// Reads the variants back: one that has all mapped values was changed, or needs no change.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let store = &open.store;
        let mut outcomes = Outcomes::of(rows);
        let changes = self.changes(store, rows, &mut outcomes).await?;
        let ids: Vec<u64> = changes.iter().map(|change| change.id).collect();
        let records = records(store, &ids).await?;
        let mut found: Vec<Found> = rows.iter().map(|_| Found::No).collect();
        for change in changes {
            let record = records.get(&change.id);
            if let Some(record) = record.filter(|record| writing::has(record, &change.fields)) {
                found[change.row] = Found::Yes {
                    id: Some(change.id.to_string()),
                    answer: Some(record.clone()),
                };
            }
        }
        Ok(found)
    }
}

/// The variants with these ids, as far as they are there. BigCommerce reference, product variants v3: `id` alone.
pub(super) async fn records(store: &Store, ids: &[u64]) -> Result<BTreeMap<u64, Raw>> {
    let one = |id: u64| async move {
        let request = Request::get(PATH).query("id", id);
        let rows = Rows::v3(&store.get(request, About::reading("variants", "Products")).await?)?.rows;
        Ok::<_, Error>(
            rows.into_iter()
                .find(|record| is(record, id))
                .map(|record| (id, record)),
        )
    };
    let found: Vec<Option<(u64, Raw)>> = stream::iter(ids.to_vec())
        .map(one)
        .buffer_unordered(4)
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}

impl VariantsUpdate {
    async fn changes(&self, store: &Store, rows: &[Row], outcomes: &mut Outcomes) -> Result<Vec<Change>> {
        let places = writing::places(rows, &self.key[0], self.allow_zero_price, fits::VARIANT, outcomes);
        let keys: Vec<String> = places.iter().map(|(_, key)| key.clone()).collect();
        let ids = if self.key == ["sku"] {
            skus::variants(store, &keys).await?
        } else {
            keys.iter().map(|key| id(key)).collect()
        };
        Ok(writing::changes(rows, &self.key[0], places, ids, outcomes))
    }

    /// `batch_errors` name items by their place ("Item 3: …"), or nobody.
    fn refused(
        &self,
        store: &Store,
        rows: &[Row],
        changes: &[Change],
        answer: &Answer,
        outcomes: &mut Outcomes,
    ) -> Result<()> {
        let outcome = writing::refused(answer, ABOUT, changes.len())?;
        outcomes.set_all(changes.iter().map(|change| change.row), &outcome);
        // A variant may be gone although its SKU is still there: an edited product gets new ones.
        if self.key == ["sku"] && Told::read(answer).sentence().to_lowercase().contains("not found") {
            let skus = changes
                .iter()
                .filter_map(|change| rows[change.row].text("sku").ok());
            skus.for_each(|sku| skus::forget(store, "variant", &sku));
        }
        Ok(())
    }
}

fn body(changes: &[Change]) -> Vec<Map<String, Json>> {
    let one = |change: &Change| {
        let mut body = Map::from_iter([("id".to_owned(), Json::from(change.id))]);
        body.extend(change.fields.clone());
        body
    };
    changes.iter().map(one).collect()
}

fn id(text: &str) -> Result<u64> {
    text.trim()
        .parse()
        .map_err(|_| Error::rejected(format!("field `id` is `{text}`, which no variant has")))
}

fn is(record: &Raw, id: u64) -> bool {
    writing::id_of(record, "id") == Some(id)
}
