//! `price_list_records.upsert`

use connector_kit::{
    Error, Found, Guarantee, JsonSchema, Outcome, Raw, Result, Row, WriteAction, WriteStep, async_trait,
    http::{Answer, Method, Request},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::bigcommerce::{
    Store, api,
    errors::About,
    inventory,
    store::OpenStore,
    writing::{self, Outcomes, Reply},
};

const ABOUT: About = About::writing("prices", "Products");

/// Sets the prices of variants in a price list, by SKU or variant; what is not mapped, or empty, stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct PriceListRecordsUpsert {
    /// The price list's id.
    price_list_id: u64,
    /// The currency of all rows (`EUR`); where rows have their own, map `currency` and add it to `key`.
    #[serde(default)]
    currency: Option<String>,
    /// How a variant is found: `[sku]` or `[variant_id]`; with `currency` as second field where rows say it.
    #[serde(default = "by_sku")]
    key: Vec<String>,
    /// Lets a price of 0 through.
    #[serde(default)]
    allow_zero_price: bool,
}

fn by_sku() -> Vec<String> {
    vec!["sku".to_owned()]
}

const FIELDS: &[&str] = &[
    "sku",
    "variant_id",
    "currency",
    "price",
    "sale_price",
    "retail_price",
    "map_price",
    "bulk_pricing_tiers",
];

/// A row ready to go.
struct Price {
    row: usize,
    /// SKU or id of the variant, in lower case.
    name: String,
    /// In lower case.
    currency: String,
    fields: Map<String, Json>,
}

#[async_trait]
impl WriteAction for PriceListRecordsUpsert {
    type System = Store;
    const NAME: &'static str = "price_list_records.upsert";
    const ABOUT: &'static str = "Sets the prices of variants in a price list, by SKU or variant.";
    const SCOPE: Option<&'static str> = Some("Products: modify");
    const GUARANTEE: Guarantee = Guarantee::Idempotent;
    const LARGEST_BATCH: usize = 1_000;

    fn check(&self, columns: &[String]) -> Result<()> {
        let (first, rest) = self
            .key
            .split_first()
            .map_or(("", [].as_slice()), |(first, rest)| (first.as_str(), rest));
        if !["sku", "variant_id"].contains(&first) || !(rest.is_empty() || rest == ["currency"]) {
            return Err(
                Error::config("`key` names `sku` or `variant_id`, and `currency` where rows say it")
                    .hint("For instance `key: [sku]`."),
            );
        }
        writing::check_known(columns, FIELDS, "a price")?;
        writing::check_mapped(columns, &[first])?;
        let mapped = columns.iter().any(|column| column == "currency");
        if mapped && rest.is_empty() {
            return Err(Error::config("`currency` is mapped but not part of `key`, so prices in two currencies would be taken for one")
                .hint(format!("Write `key: [{first}, currency]`.")));
        }
        if !columns.is_empty() && !mapped && self.currency.is_none() {
            return Err(
                Error::config("a price without a currency has no place in a price list")
                    .hint("Say `currency: EUR` in the step, or map `currency` and add it to `key`."),
            );
        }
        Ok(())
    }

    fn key(&self) -> Vec<String> {
        self.key.clone()
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let store = &open.store;
        let mut outcomes = Outcomes::of(rows);
        let prices = self.prices(rows, &mut outcomes);
        if prices.is_empty() {
            return Ok(outcomes.all());
        }
        let body: Vec<&Map<String, Json>> = prices.iter().map(|price| &price.fields).collect();
        let request = Request::once(Method::Put, self.path(), &body).repeatable();
        let _room = api::room(store, "upsert_price_list_records").await;
        match writing::send_whole(store, request, ABOUT).await? {
            Reply::Done(_) => prices.iter().for_each(|price| {
                let id = Some(price.name.clone());
                outcomes.set(price.row, Outcome::Written { id, answer: None });
            }),
            Reply::Refused(answer) => refused(&prices, &answer, &mut outcomes)?,
            Reply::Unknown(error) => {
                outcomes.set_all(prices.iter().map(|price| price.row), &Outcome::Unknown(error));
            }
        }
        Ok(outcomes.all())
    }

    /// Reads the prices back: one that is as mapped was set, or needs no change.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let mut outcomes = Outcomes::of(rows);
        let prices = self.prices(rows, &mut outcomes);
        let names: Vec<&str> = prices.iter().map(|price| price.name.as_str()).collect();
        let mut records = Vec::new();
        for list in inventory::lists(&names) {
            let request = Request::get(self.path())
                .query(format!("{}:in", self.key[0]), list)
                .query("include", "sku,bulk_pricing_tiers")
                .query("limit", 250);
            records.extend(
                open.store
                    .all(request, About::reading("prices", "Products"))
                    .await?,
            );
        }
        let mut found: Vec<Found> = rows.iter().map(|_| Found::No).collect();
        for price in prices {
            let wanted = writing::comparable(&price.fields, &["sku", "variant_id", "currency"]);
            let whole = writing::is_comparable(&price.fields);
            let is_it = |record: &&Raw| whole && self.is(record, &price) && writing::has(record, &wanted);
            if let Some(record) = records.iter().find(is_it) {
                found[price.row] = Found::Yes {
                    id: Some(price.name),
                    answer: Some(record.clone()),
                };
            }
        }
        Ok(found)
    }
}

impl PriceListRecordsUpsert {
    fn path(&self) -> String {
        format!("v3/pricelists/{}/records", self.price_list_id)
    }

    fn prices(&self, rows: &[Row], outcomes: &mut Outcomes) -> Vec<Price> {
        let mut prices = Vec::new();
        for (row, name) in writing::places(rows, &self.key[0], self.allow_zero_price, &[], outcomes) {
            let price = self.price(row, &name, &rows[row]);
            prices.extend(outcomes.keep(row, price).map(|price| {
                let key = format!("{} {}", price.name, price.currency);
                (price, key)
            }));
        }
        let alone = writing::once_each(prices, |(price, key)| (price.row, key), outcomes);
        alone.into_iter().map(|(price, _)| price).collect()
    }

    fn price(&self, row: usize, name: &str, values: &Row) -> Result<Price> {
        let mut fields = writing::fields(values, &[]);
        let currency = match (values.text("currency"), &self.currency) {
            (Ok(currency), _) => currency,
            (Err(_), Some(currency)) => currency.clone(),
            (Err(empty), None) => return Err(empty),
        };
        // The vendor's own spelling (price lists v3).
        let currency = currency.trim().to_lowercase();
        fields.insert("currency".to_owned(), Json::from(currency.clone()));
        if self.key[0] == "variant_id" {
            fields.insert(
                "variant_id".to_owned(),
                Json::from(writing::id(values, "variant_id")?),
            );
        }
        Ok(Price {
            row,
            name: name.trim().to_lowercase(),
            currency,
            fields,
        })
    }

    fn is(&self, record: &Raw, price: &Price) -> bool {
        let plain = |name: &str| {
            let value = record.field(name).and_then(|value| value.plain());
            value.unwrap_or_default().trim().to_lowercase()
        };
        plain(&self.key[0]) == price.name && plain("currency") == price.currency
    }
}

/// `batch_errors` name prices by variant and currency. A refused batch set none of them, so the others go again.
fn refused(prices: &[Price], answer: &Answer, outcomes: &mut Outcomes) -> Result<()> {
    let refused = writing::refused(answer, ABOUT, prices.len())?;
    outcomes.set_all(prices.iter().map(|price| price.row), &refused);
    let whole = answer.json().ok().flatten();
    let errors: Vec<BatchError> = whole
        .and_then(|whole| whole.field("batch_errors")?.read().ok())
        .unwrap_or_default();
    for BatchError { data, field_errors } in errors {
        let names = |price: &&Price| {
            let known = |name: &str| match data.get(name) {
                Some(Json::String(text)) => text.trim().to_lowercase() == price.name,
                Some(Json::Number(number)) => number.to_string() == price.name,
                _ => false,
            };
            known("sku") || known("variant_id")
        };
        let Some(price) = prices.iter().find(names) else {
            continue;
        };
        let said: Vec<String> = field_errors
            .iter()
            .map(|(name, text)| {
                format!(
                    "{name}: {}",
                    text.as_str().map_or_else(|| text.to_string(), str::to_owned)
                )
            })
            .collect();
        let error = Error::rejected(format!(
            "The store refused the price of `{}`: {}.",
            price.name,
            said.join("; ")
        ));
        outcomes.set(
            price.row,
            Outcome::Failed(error.hint("Correct the mapped values and retry.")),
        );
    }
    Ok(())
}

#[derive(Deserialize)]
struct BatchError {
    #[serde(default)]
    data: Map<String, Json>,
    #[serde(default)]
    field_errors: Map<String, Json>,
}
