//! `order.update`

use connector_kit::{
    Error, Found, Guarantee, JsonSchema, Kind, Outcome, Raw, Result, Row, Value, WriteAction, WriteStep,
    async_trait,
    http::{Method, Request},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::bigcommerce::{
    Store,
    errors::About,
    store::OpenStore,
    writing::{self, Outcomes, Reply},
};

const ABOUT: About = About::writing("orders", "Orders");

/// Changes the mapped fields of orders that are in the store (`status_id`, `staff_notes`, …); what is not mapped, or
/// empty, stays as it is. An order that has these values already is not written again: a status that is set mails the
/// customer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct OrderUpdate {
    /// Lists that the mapping may change: the store takes the discounts off changed `products`, and replaces all
    /// `fees`.
    #[serde(default)]
    replace: Vec<String>,
}

/// BigCommerce reference, orders v2.
const READ_ONLY: &[&str] = &[
    "id",
    "status",
    "custom_status",
    "date_modified",
    "date_shipped",
    "cart_id",
    "coupons",
    "currency_id",
    "currency_code",
    "currency_exchange_rate",
    "subtotal_tax",
    "shipping_cost_tax",
    "handling_cost_tax",
    "wrapping_cost_tax",
    "total_tax",
    "items_shipped",
    "shipping_address_count",
];
const LISTS: &[&str] = &["products", "fees", "consignments"];

/// Amounts that the store needs with and without tax: one of the two alone gives wrong totals (BigCommerce reference,
/// orders v2, overview).
const PAIRS: &[&str] = &[
    "price",
    "subtotal",
    "total",
    "shipping_cost",
    "handling_cost",
    "wrapping_cost",
];

#[async_trait]
impl WriteAction for OrderUpdate {
    type System = Store;
    const NAME: &'static str = "order.update";
    const ABOUT: &'static str = "Changes the status and other fields of orders that are in the store.";
    const SCOPE: Option<&'static str> = Some("Orders: modify");
    const GUARANTEE: Guarantee = Guarantee::Idempotent;
    const LARGEST_BATCH: usize = 1;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_key(&self.key(), &["id"], columns)?;
        writing::check_writable(columns, READ_ONLY, &self.key())?;
        writing::check_lists(columns, LISTS, &self.replace)?;
        half_of_a_pair(|name| columns.iter().any(|column| column == name)).map_or(Ok(()), |(has, lacks)| {
            let error = Error::config(format!(
                "`{has}` alone gives the order wrong totals: the store needs it with and without tax"
            ));
            Err(error.hint(format!("Map `{lacks}` as well.")))
        })
    }

    fn key(&self) -> Vec<String> {
        vec!["id".to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let mut outcomes = Outcomes::of(rows);
        for (place, row) in rows.iter().enumerate() {
            if let Err(error) = outcomes.set_alone(place, update(&open.store, row).await) {
                return outcomes.ended_by(error);
            }
        }
        Ok(outcomes.all())
    }

    /// Reads the order back: one that has all mapped values was changed, or needs no change.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let Ok((id, fields)) = change(row) else {
                found.push(Found::No);
                continue;
            };
            found.push(match there(&open.store, id).await {
                Ok(order) if writing::has(&order, &fields) => Found::Yes {
                    id: Some(id.to_string()),
                    answer: Some(order),
                },
                Err(error) if error.kind != Kind::Rejected => return Err(error),
                _ => Found::No,
            });
        }
        Ok(found)
    }
}

/// Err of kind Rejected: the row cannot be sent, or its order is not there.
async fn update(store: &Store, row: &Row) -> Result<Outcome> {
    let (id, fields) = change(row)?;
    if writing::has(&there(store, id).await?, &fields) {
        return Ok(Outcome::Unchanged);
    }
    let request = Request::once(Method::Put, path(id), &fields)
        .repeatable()
        .sensitive();
    match writing::send_shown(store, request, ABOUT).await? {
        Reply::Done(answer) => Ok(Outcome::Written {
            id: Some(id.to_string()),
            answer: answer.json().ok().flatten(),
        }),
        Reply::Refused(answer) => writing::refused(&answer, ABOUT, 1),
        Reply::Unknown(error) => Ok(Outcome::Unknown(error)),
    }
}

fn change(row: &Row) -> Result<(u64, Map<String, Json>)> {
    let mut fields = writing::fields(row, &["id"]);
    for (name, value) in &mut fields {
        if let Some(Value::Decimal(amount)) = row.get(name) {
            // v2's amounts are text.
            *value = Json::from(amount.as_str());
        }
    }
    let lines = fields.get("products").and_then(Json::as_array);
    for line in lines.into_iter().flatten() {
        if let Some((has, lacks)) = half_of_a_pair(|name| line.get(name).is_some()) {
            let error = Error::rejected(format!(
                "`{has}` alone gives a line of the order a wrong total: the store needs it with and without tax"
            ));
            return Err(error.hint(format!("Give each such line `{lacks}` as well.")));
        }
    }
    Ok((writing::id(row, "id")?, fields))
}

/// The amount of a pair that is there, and the one that is not.
fn half_of_a_pair(is_there: impl Fn(&str) -> bool) -> Option<(String, String)> {
    PAIRS.iter().find_map(|name| {
        let (ex, inc) = (format!("{name}_ex_tax"), format!("{name}_inc_tax"));
        match (is_there(&ex), is_there(&inc)) {
            (true, false) => Some((ex, inc)),
            (false, true) => Some((inc, ex)),
            _ => None,
        }
    })
}

async fn there(store: &Store, id: u64) -> Result<Raw> {
    let answer = store.get(Request::get(path(id)).sensitive(), ABOUT).await?;
    answer
        .json()?
        .ok_or_else(|| Error::unavailable(format!("the store sent nothing for order {id}")))
}

fn path(id: u64) -> String {
    format!("v2/orders/{id}")
}
