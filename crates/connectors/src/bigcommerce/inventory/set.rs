//! `inventory.set`

use std::collections::HashMap;

use connector_kit::{
    Error, Found, Guarantee, JsonSchema, Outcome, Result, Row, Value, WriteAction, WriteStep, async_trait,
    http::{Method, Request},
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    items::{self, By},
    refusal,
};
use crate::bigcommerce::{
    Store,
    errors::About,
    store::OpenStore,
    writing::{self, Outcomes, Reply},
};

pub(super) const ABOUT: About = About::writing("stock items", "Store Inventory");

/// The Inventory API refuses more. BigCommerce reference, inventory v3.
const MOST: i64 = 2_147_483_647;

/// The location every store has.
const DEFAULT_LOCATION: u64 = 1;

/// Sets stock to absolute numbers. Rows have `quantity` and one of `sku`, `variant_id` or `product_id`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct InventorySet {
    /// How an item is found: `[sku]`, `[variant_id]` or `[product_id]`; with `location_id` as second field where the
    /// rows say the location.
    #[serde(default = "by_sku")]
    key: Vec<String>,
    /// The location of all rows; the store's first when left out.
    #[serde(default)]
    location_id: Option<u64>,
    /// What the store's inventory log shows as reason.
    #[serde(default = "reason")]
    reason: String,
}

fn by_sku() -> Vec<String> {
    vec!["sku".to_owned()]
}

pub(super) fn reason() -> String {
    "Processflow Agent".to_owned()
}

/// A row ready to go.
pub(super) struct Adjustment {
    pub(super) row: usize,
    /// SKU or id.
    pub(super) name: String,
    /// Where the store counts it by product, which.
    pub(super) product: Option<u64>,
    pub(super) location: u64,
    pub(super) quantity: i64,
}

/// Requests in a row that may be refused while the reason is found and taken out.
const TRIES: usize = 3;

#[async_trait]
impl WriteAction for InventorySet {
    type System = Store;
    const NAME: &'static str = "inventory.set";
    const ABOUT: &'static str = "Sets stock to absolute numbers, by SKU, variant or product, at a location.";
    const SCOPE: Option<&'static str> = Some("Store Inventory: modify");
    const GUARANTEE: Guarantee = Guarantee::Idempotent;
    const LARGEST_BATCH: usize = 2_000;

    fn check(&self, columns: &[String]) -> Result<()> {
        check(&self.key, columns)
    }

    fn key(&self) -> Vec<String> {
        self.key.clone()
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let store = &open.store;
        let by = by(&self.key)?;
        let mut outcomes = Outcomes::of(rows);
        let mut adjustments = self.adjustments(store, rows, &mut outcomes)?;
        let mut twins = Vec::new();
        // One adjustment at a time: the order of concurrent ones is not said (BigCommerce, inventory adjustments).
        let _turn = store.turn().await;
        for try_ in 1.. {
            contradictions(&mut adjustments, &mut twins, &mut outcomes);
            if adjustments.is_empty() {
                break;
            }
            let answer = match writing::send_whole(store, self.request(by, &adjustments), ABOUT).await? {
                Reply::Refused(answer) if answer.status == 422 => answer,
                other => {
                    settle(other, &adjustments, &mut outcomes)?;
                    break;
                }
            };
            // A refused adjustment changed nothing, so what is left of it may go again.
            if try_ == 1 {
                refusal::forget(store, by, &mut adjustments);
            }
            let rows: Vec<usize> = adjustments.iter().map(|one| one.row).collect();
            let refused = writing::refused(&answer, ABOUT, rows.len())?;
            let sorted = if try_ < TRIES {
                refusal::sorted(store, by, adjustments, &mut outcomes).await?
            } else {
                None
            };
            let Some(left) = sorted else {
                outcomes.set_all(rows, &refused);
                break;
            };
            adjustments = left;
        }
        // Backwards: the one a twin was sent with may itself have become a twin later.
        twins
            .into_iter()
            .rev()
            .for_each(|(row, sent)| outcomes.like(row, sent));
        Ok(outcomes.all())
    }

    /// Reads the stock back. A number that differs is sent again, which is harmless: it is absolute.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let mut outcomes = Outcomes::of(rows);
        let adjustments = self.adjustments(&open.store, rows, &mut outcomes)?;
        let names: Vec<&str> = adjustments.iter().map(|one| one.name.as_str()).collect();
        let known = items::by_name(&open.store, by(&self.key)?, &names).await?;
        let mut found: Vec<Found> = rows.iter().map(|_| Found::No).collect();
        for one in &adjustments {
            let Some(item) = known.get(&one.name.trim().to_lowercase()) else {
                continue;
            };
            let level = item
                .locations
                .iter()
                .find(|level| level.location_id == one.location);
            if level.is_some_and(|level| level.total_inventory_onhand == one.quantity) {
                found[one.row] = Found::Yes {
                    id: Some(one.name.clone()),
                    answer: None,
                };
            }
        }
        Ok(found)
    }
}

impl InventorySet {
    fn adjustments(&self, store: &Store, rows: &[Row], outcomes: &mut Outcomes) -> Result<Vec<Adjustment>> {
        let by = by(&self.key)?;
        let mut adjustments = Vec::with_capacity(rows.len());
        for (place, row) in rows.iter().enumerate() {
            let Some(mut adjustment) =
                outcomes.keep(place, adjustment(&self.key, self.location_id, place, row))
            else {
                continue;
            };
            if by != By::ProductId {
                adjustment.product = refusal::counted_by_product(store, by, &adjustment.name);
            }
            adjustments.push(adjustment);
        }
        Ok(adjustments)
    }

    fn request(&self, by: By, adjustments: &[Adjustment]) -> Request {
        let items: Vec<Json> = adjustments.iter().map(|one| one.item(by)).collect();
        let body = json!({ "reason": self.reason, "items": items });
        Request::once(Method::Put, "v3/inventory/adjustments/absolute", &body).repeatable()
    }
}

/// Checks what a step maps of stock items.
pub(super) fn check(key: &[String], columns: &[String]) -> Result<()> {
    by(key)?;
    let has = |name: &str| columns.iter().any(|column| column == name);
    if !columns.is_empty() && !has("quantity") {
        return Err(Error::config("`quantity` is not mapped").hint("Map the stock that shall be there."));
    }
    if has("location_id") && !key.iter().any(|field| field == "location_id") {
        return Err(Error::config(
            "`location_id` is mapped but not part of `key`, so rows of two locations would be taken for one",
        )
        .hint(format!("Write `key: [{}, location_id]`.", key[0])));
    }
    let unknown = columns
        .iter()
        .find(|column| !key.contains(column) && *column != "quantity");
    unknown.map_or(Ok(()), |name| {
        Err(Error::config(format!("`{name}` is no field of a stock item"))
            .hint("Map `quantity`, the fields of `key`, and nothing else."))
    })
}

/// How the key of a step names items.
pub(super) fn by(key: &[String]) -> Result<By> {
    let wrong = || {
        Error::config(
            "`key` names one of `sku`, `variant_id` and `product_id`, and `location_id` where rows say it",
        )
        .hint("For instance `key: [sku]`.")
    };
    let [first, rest @ ..] = key else {
        return Err(wrong());
    };
    if !rest.is_empty() && rest != ["location_id"] {
        return Err(wrong());
    }
    By::ALL
        .iter()
        .find(|(name, _)| name == first)
        .map(|(_, by)| *by)
        .ok_or_else(wrong)
}

fn adjustment(key: &[String], location: Option<u64>, row: usize, values: &Row) -> Result<Adjustment> {
    let one = named(key, location, row, values)?;
    let Adjustment { name, quantity, .. } = &one;
    if !(0..=MOST).contains(quantity) {
        return Err(Error::rejected(format!(
            "The stock of `{name}` is {quantity}; the store takes 0 to {MOST}."
        ))
        .hint("Correct the number, or map negative stock to 0."));
    }
    Ok(one)
}

/// A row's item, location and number. Rejected: one of them is missing, or is no number.
pub(super) fn named(key: &[String], location: Option<u64>, row: usize, values: &Row) -> Result<Adjustment> {
    let name = values.text(&key[0])?;
    let quantity = values.integer("quantity")?;
    let location = match values.get("location_id") {
        Some(Value::Null) | None => location.unwrap_or(DEFAULT_LOCATION),
        Some(_) => values
            .integer("location_id")?
            .try_into()
            .map_err(|_| Error::rejected(format!("`location_id` of `{name}` is no location")))?,
    };
    if key[0] != "sku" && name.parse::<u64>().is_err() {
        return Err(Error::rejected(format!(
            "`{}` is `{name}`, not a whole number",
            key[0]
        )));
    }
    Ok(Adjustment {
        row,
        name,
        product: None,
        location,
        quantity,
    })
}

/// What an answer, or its absence, means for all that was sent.
pub(super) fn settle(reply: Reply, adjustments: &[Adjustment], outcomes: &mut Outcomes) -> Result<()> {
    let rows = adjustments.iter().map(|one| one.row);
    match reply {
        // 200 means accepted; the store applies it a little later (BigCommerce: asynchronous).
        Reply::Done(_) => adjustments.iter().for_each(|one| {
            outcomes.set(
                one.row,
                Outcome::Written {
                    id: Some(one.name.clone()),
                    answer: None,
                },
            );
        }),
        Reply::Refused(answer) => {
            outcomes.set_all(rows, &writing::refused(&answer, ABOUT, adjustments.len())?);
        }
        Reply::Unknown(error) => outcomes.set_all(rows, &Outcome::Unknown(error)),
    }
    Ok(())
}

impl Adjustment {
    pub(super) fn item(&self, by: By) -> Json {
        let (location, quantity) = (self.location, self.quantity);
        match (self.product, by) {
            (Some(product), _) => {
                json!({ "location_id": location, "product_id": product, "quantity": quantity })
            }
            (None, By::Sku) => json!({ "location_id": location, "sku": self.name, "quantity": quantity }),
            (None, by) => {
                let id: u64 = self.name.parse().unwrap_or_default();
                json!({ "location_id": location, by.field(): id, "quantity": quantity })
            }
        }
    }

    /// What it sets.
    fn target(&self) -> (u64, Option<u64>, String) {
        let name = if self.product.is_some() {
            String::new()
        } else {
            self.name.trim().to_lowercase()
        };
        (self.location, self.product, name)
    }
}

/// Two numbers for one item: which wins is not said, so neither is sent. The same number twice is sent once, and what
/// becomes of it becomes of its `twins`.
fn contradictions(
    adjustments: &mut Vec<Adjustment>,
    twins: &mut Vec<(usize, usize)>,
    outcomes: &mut Outcomes,
) {
    let mut wanted: HashMap<_, Vec<(usize, i64)>> = HashMap::new();
    for one in adjustments.iter() {
        wanted
            .entry(one.target())
            .or_default()
            .push((one.row, one.quantity));
    }
    adjustments.retain(|one| {
        let numbers = &wanted[&one.target()];
        let (first, _) = numbers[0];
        if let Some((_, other)) = numbers.iter().find(|(_, quantity)| *quantity != one.quantity) {
            outcomes.set(one.row, Outcome::Failed(contradiction(one, *other)));
            return false;
        }
        if first != one.row {
            twins.push((one.row, first));
        }
        first == one.row
    });
}

fn contradiction(one: &Adjustment, other: i64) -> Error {
    let Adjustment { name, quantity, .. } = one;
    Error::rejected(format!(
        "`{name}` is to be {quantity} and {other} at once, so nothing was sent for it."
    ))
    .hint("Give each item one number: add them up, or map the right one.")
}
