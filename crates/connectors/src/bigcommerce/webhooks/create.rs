//! `webhook.create`

use connector_kit::{
    Error, Found, Guarantee, JsonSchema, Outcome, Raw, Result, Row, WriteAction, WriteStep, async_trait,
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

const ABOUT: About = About::writing("webhooks", "Information & Settings");
const PATH: &str = "v3/hooks";

/// Sees to it that a webhook for a `scope` (`store/order/*`) and a `destination` is there and on: it is created, or switched
/// on again where the store switched it off after failures or silence.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct WebhookCreate {}

#[async_trait]
impl WriteAction for WebhookCreate {
    type System = Store;
    const NAME: &'static str = "webhook.create";
    const ABOUT: &'static str = "Creates webhooks, and switches those on again that are off.";
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = 1;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_known(
            columns,
            &["scope", "destination", "headers", "is_active"],
            "a webhook",
        )?;
        writing::check_mapped(columns, &["scope", "destination"])
    }

    fn key(&self) -> Vec<String> {
        vec!["scope".to_owned(), "destination".to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let mut outcomes = Outcomes::of(rows);
        for (place, row) in rows.iter().enumerate() {
            if let Err(error) = outcomes.set_alone(place, create(&open.store, row).await) {
                return outcomes.ended_by(error);
            }
        }
        Ok(outcomes.all())
    }

    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let there = match there(&open.store, row).await {
                Err(error) if error.kind == connector_kit::Kind::Rejected => None,
                there => there?,
            };
            let there = there.filter(|there| is_so(there, row));
            found.push(there.map_or(Found::No, |there| Found::Yes {
                id: there.field("id").and_then(|id| id.plain()),
                answer: Some(there),
            }));
        }
        Ok(found)
    }
}

async fn create(store: &Store, row: &Row) -> Result<Outcome> {
    let body = body(row)?;
    let request = match there(store, row).await? {
        Some(there) if is_so(&there, row) => return Ok(Outcome::Unchanged),
        Some(there) => {
            let id = writing::id_of(&there, "id").unwrap_or_default();
            Request::once(Method::Put, format!("{PATH}/{id}"), &body).repeatable()
        }
        None => Request::once(Method::Post, PATH, &body),
    };
    // Its headers hold secrets.
    match writing::send_shown(store, request.sensitive(), ABOUT).await? {
        Reply::Done(answer) => Ok(Outcome::Written {
            id: writing::answered(&answer).and_then(|webhook| webhook.field("id")?.plain()),
            answer: None,
        }),
        Reply::Refused(answer) => writing::refused(&answer, ABOUT, 1),
        Reply::Unknown(error) => Ok(Outcome::Unknown(error)),
    }
}

/// BigCommerce reference, webhooks: https on port 443 alone. Rejected: another address.
fn body(row: &Row) -> Result<Map<String, Json>> {
    let destination = row.text("destination")?;
    let good =
        url::Url::parse(destination.trim()).is_ok_and(|url| url.scheme() == "https" && url.port().is_none());
    if !good {
        return Err(Error::rejected(format!(
            "`{destination}` is no address that the store calls: it takes https on port 443 alone"
        ))
        .hint("Map an address such as https://hooks.example.com/orders."));
    }
    let mut body = writing::fields(row, &[]);
    body.entry("is_active").or_insert(Json::Bool(true));
    Ok(body)
}

/// The webhook of that scope and destination.
async fn there(store: &Store, row: &Row) -> Result<Option<Raw>> {
    let (scope, destination) = (row.text("scope")?, row.text("destination")?);
    let request = Request::get(PATH).query("scope", &scope).query("limit", 250);
    let rows = store
        .all(
            request.sensitive(),
            About {
                writes: false,
                ..ABOUT
            },
        )
        .await?;
    let same = |record: &Raw, name: &str, wanted: &str| {
        record
            .field(name)
            .and_then(|there| there.plain())
            .is_some_and(|there| there.trim() == wanted.trim())
    };
    let is_it = |record: &Raw| same(record, "scope", &scope) && same(record, "destination", &destination);
    Ok(rows.into_iter().find(is_it))
}

/// On, or off where the row says so, and with the row's headers.
fn is_so(there: &Raw, row: &Row) -> bool {
    body(row).is_ok_and(|body| writing::has(there, &body))
}
