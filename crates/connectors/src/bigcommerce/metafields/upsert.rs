//! `product_metafields.upsert` and its like

use std::marker::PhantomData;

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Raw, Result, Row, WriteAction, WriteStep, async_trait,
    http::{Answer, Method, Request},
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{
    Of,
    there::{Item, items},
};
use crate::bigcommerce::{
    Store,
    envelope::Rows,
    store::OpenStore,
    writing::{self, Outcomes, Reply},
};

/// Sets metafields: `resource_id` (the id of what they belong to), `namespace`, `key` and `value`. Those that are there with
/// the same value are left alone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub(in crate::bigcommerce) struct MetafieldsUpsert<R> {
    /// Who may see them beside this API account: `app_only` (nobody), `read`, `write`, `read_and_sf_access` or
    /// `write_and_sf_access`.
    #[serde(default = "app_only")]
    permission_set: String,
    #[serde(skip)]
    of: PhantomData<fn() -> R>,
}

fn app_only() -> String {
    "app_only".to_owned()
}

const FIELDS: &[&str] = &[
    "resource_id",
    "namespace",
    "key",
    "value",
    "description",
    "permission_set",
];

#[async_trait]
impl<R: Of> WriteAction for MetafieldsUpsert<R> {
    type System = Store;
    const NAME: &'static str = R::UPSERT;
    const ABOUT: &'static str = R::UPSERT_ABOUT;
    const SCOPE: Option<&'static str> = Some(R::MODIFIES);
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = 50;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_known(columns, FIELDS, "a metafield")?;
        writing::check_mapped(columns, &["resource_id", "namespace", "key", "value"])
    }

    fn key(&self) -> Vec<String> {
        writing::names(&["resource_id", "namespace", "key"])
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let store = &open.store;
        let mut outcomes = Outcomes::of(rows);
        let items = items::<R>(store, rows, &self.permission_set, &mut outcomes).await?;
        let (mut changes, mut new) = (Vec::new(), Vec::new());
        for item in items {
            match &item.there {
                Some(there) if writing::has(there, &item.fields) => {
                    outcomes.set(item.row, Outcome::Unchanged);
                }
                Some(_) => changes.push(item),
                None => new.push(item),
            }
        }
        let sent = match send::<R>(store, Method::Put, &changes, &mut outcomes).await {
            Ok(()) => send::<R>(store, Method::Post, &new, &mut outcomes).await,
            Err(error) => Err(error),
        };
        match sent {
            Ok(()) => Ok(outcomes.all()),
            Err(error) => outcomes.ended_by(error),
        }
    }

    /// Looks again: one with the row's value was set, or needs no change.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let mut outcomes = Outcomes::of(rows);
        let items = items::<R>(&open.store, rows, &self.permission_set, &mut outcomes).await?;
        let mut found: Vec<Found> = rows.iter().map(|_| Found::No).collect();
        for item in items {
            if let Some(there) = item.there.filter(|there| writing::has(there, &item.fields)) {
                found[item.row] = Found::Yes {
                    id: there.field("id").and_then(|id| id.plain()),
                    answer: Some(there),
                };
            }
        }
        Ok(found)
    }
}

async fn send<R: Of>(store: &Store, method: Method, items: &[Item], outcomes: &mut Outcomes) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let one = |item: &Item| {
        let mut body = item.fields.clone();
        if let Some(id) = item.there.as_ref().and_then(|there| writing::id_of(there, "id")) {
            body.remove("resource_id");
            body.insert("id".to_owned(), Json::from(id));
        }
        body
    };
    let body: Vec<Map<String, Json>> = items.iter().map(one).collect();
    let request = Request::once(method, format!("{}/metafields", R::PATH), &body).sensitive();
    let request = if method == Method::Put {
        request.repeatable()
    } else {
        request
    };
    match writing::send_shown(store, request, R::about()).await? {
        Reply::Done(answer) => {
            let unshown = Outcome::Unknown(writing::unshown());
            outcomes.set_all(items.iter().map(|item| item.row), &unshown);
            done_of(items, &answer, outcomes);
        }
        Reply::Refused(answer) => {
            let refused = writing::refused(&answer, R::about(), items.len())?;
            outcomes.set_all(items.iter().map(|item| item.row), &refused);
            // Those in `data` are there although the others are not (metafields, batches).
            done_of(items, &answer, outcomes);
        }
        Reply::Unknown(error) => {
            outcomes.set_all(items.iter().map(|item| item.row), &Outcome::Unknown(error));
        }
    }
    Ok(())
}

/// Notes those that the answer shows.
fn done_of(items: &[Item], answer: &Answer, outcomes: &mut Outcomes) {
    let records = Rows::v3(answer).map(|rows| rows.rows).unwrap_or_default();
    for item in items {
        let shown = |record: &&Raw| item.is(record);
        if let Some(record) = records.iter().find(shown) {
            let id = record.field("id").and_then(|id| id.plain());
            outcomes.set(
                item.row,
                Outcome::Written {
                    id,
                    answer: Some(record.clone()),
                },
            );
        }
    }
}
