//! `product.update`

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Raw, Result, Row, WriteAction, WriteStep, async_trait,
    http::{Answer, Method, Request},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{partly, there};
use crate::bigcommerce::{
    Store,
    envelope::Rows,
    errors::About,
    fits, skus,
    store::OpenStore,
    writing::{self, Change, Outcomes, Reply},
};

pub(super) const ABOUT: About = About::writing("products", "Products");
pub(super) const PATH: &str = "v3/catalog/products";

/// Changes the mapped fields of products that are in the store; what is not mapped, or empty, stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct ProductUpdate {
    /// How a product is found: `[id]` or `[sku]`.
    #[serde(default = "by_id")]
    key: Vec<String>,
    /// Lists that the mapping may replace as a whole (`categories`, `custom_fields`, …).
    #[serde(default)]
    replace: Vec<String>,
    /// Lets a price of 0 through.
    #[serde(default)]
    allow_zero_price: bool,
}

fn by_id() -> Vec<String> {
    vec!["id".to_owned()]
}

/// BigCommerce reference, products v3.
pub(super) const READ_ONLY: &[&str] = &[
    "id",
    "date_created",
    "date_modified",
    "calculated_price",
    "base_variant_id",
];
pub(super) const LISTS: &[&str] = &[
    "categories",
    "custom_fields",
    "bulk_pricing_rules",
    "images",
    "videos",
    "variants",
    "related_products",
    "meta_keywords",
    "gift_wrapping_options_list",
];

#[async_trait]
impl WriteAction for ProductUpdate {
    type System = Store;
    const NAME: &'static str = "product.update";
    const ABOUT: &'static str = "Changes fields of products that are in the store, found by id or SKU.";
    const SCOPE: Option<&'static str> = Some("Products: modify");
    const GUARANTEE: Guarantee = Guarantee::Idempotent;
    const LARGEST_BATCH: usize = 10;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_key(&self.key, &["id", "sku"], columns)?;
        writing::check_writable(columns, READ_ONLY, &self.key)?;
        writing::check_lists(columns, LISTS, &self.replace)
    }

    fn key(&self) -> Vec<String> {
        self.key.clone()
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let store = &open.store;
        let mut outcomes = Outcomes::of(rows);
        let changes = self.changes(store, rows, &mut outcomes).await?;
        let refused = send(store, &changes, &mut outcomes).await?;
        if let Some(answer) = refused {
            self.forget(store, rows, &changes, &answer);
        }
        Ok(outcomes.all())
    }

    /// Reads the products back: one that has all mapped values was changed, or needs no change.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let store = &open.store;
        let mut outcomes = Outcomes::of(rows);
        let changes = self.changes(store, rows, &mut outcomes).await?;
        let mut found: Vec<Found> = rows.iter().map(|_| Found::No).collect();
        let ids: Vec<u64> = changes.iter().map(|change| change.id).collect();
        for there in there::records(store, &ids).await? {
            let of = changes.iter().filter(|change| change.id == there.id);
            for change in of.filter(|change| writing::has(&there.record, &change.fields)) {
                found[change.row] = Found::Yes {
                    id: Some(there.id.to_string()),
                    answer: Some(there.record.clone()),
                };
            }
        }
        Ok(found)
    }
}

impl ProductUpdate {
    /// What each row changes; rows that cannot be sent have failed.
    async fn changes(&self, store: &Store, rows: &[Row], outcomes: &mut Outcomes) -> Result<Vec<Change>> {
        let places = writing::places(rows, &self.key[0], self.allow_zero_price, fits::PRODUCT, outcomes);
        let keys: Vec<String> = places.iter().map(|(_, key)| key.clone()).collect();
        let ids = if self.key == ["sku"] {
            skus::products(store, &keys).await?
        } else {
            let id = |(place, _): &(usize, String)| writing::id(&rows[*place], "id");
            places.iter().map(id).collect()
        };
        Ok(writing::changes(rows, &self.key[0], places, ids, outcomes))
    }

    fn forget(&self, store: &Store, rows: &[Row], changes: &[Change], answer: &Answer) {
        if self.key == ["sku"] && answer.status == 404 {
            let skus = changes
                .iter()
                .filter_map(|change| rows[change.row].text("sku").ok());
            skus.for_each(|sku| skus::forget(store, "product", &sku));
        }
    }
}

/// Sends changes of ten products at most, with what came of each. The answer, where it was a refusal.
pub(super) async fn send(
    store: &Store,
    changes: &[Change],
    outcomes: &mut Outcomes,
) -> Result<Option<Answer>> {
    if changes.is_empty() {
        return Ok(None);
    }
    let rows = changes.iter().map(|change| change.row);
    let reply = match writing::send(store, request(store, changes), ABOUT).await? {
        Reply::Done(answer) if answer.status == 207 => Reply::Done(answer),
        reply => reply.shown("data"),
    };
    match reply {
        Reply::Done(answer) => {
            let partly = (answer.status == 207).then(|| partly::Failed::read(&answer));
            // Ids that are nobody's say nothing of whom it concerns.
            let partly = partly.map(|failed| failed.of_any(changes.iter().map(|change| change.id)));
            for change in changes {
                outcomes.set(change.row, outcome(store, change, &answer, partly.as_ref()));
            }
        }
        Reply::Refused(answer) => {
            outcomes.set_all(rows, &writing::refused(&answer, ABOUT, changes.len())?);
            return Ok(Some(answer));
        }
        Reply::Unknown(error) => outcomes.set_all(rows, &Outcome::Unknown(error)),
    }
    Ok(None)
}

/// One product by its own address, several as a batch. What an earlier write got through is not sent again.
fn request(store: &Store, changes: &[Change]) -> Request {
    let fields = |change: &Change| partly::left(store, change.id, &change.fields);
    if let [change] = changes {
        return Request::once(Method::Put, format!("{PATH}/{}", change.id), &fields(change)).repeatable();
    }
    let with_id = |change: &Change| {
        let mut body = Map::from_iter([("id".to_owned(), Json::from(change.id))]);
        body.extend(fields(change));
        body
    };
    let body: Vec<_> = changes.iter().map(with_id).collect();
    Request::once(Method::Put, PATH, &body).repeatable()
}

fn outcome(store: &Store, change: &Change, answer: &Answer, failed: Option<&partly::Failed>) -> Outcome {
    if let Some(failed) = failed.filter(|failed| failed.concerns(change.id)) {
        failed.remember(store, change.id, &change.fields);
        return Outcome::Failed(failed.error());
    }
    partly::settled(store, change.id);
    Outcome::Written {
        id: Some(change.id.to_string()),
        answer: record(answer, change.id),
    }
}

/// The product in the answer, which is one or a list.
fn record(answer: &Answer, id: u64) -> Option<Raw> {
    let is = |record: &Raw| writing::id_of(record, "id") == Some(id);
    writing::answered(answer)
        .filter(is)
        .or_else(|| Rows::v3(answer).ok()?.rows.into_iter().find(is))
}
