//! `cart.delete`

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
    http::{Method, Request},
};
use serde::Deserialize;

use crate::bigcommerce::{
    Store,
    errors::{self, About},
    id::Id,
    store::OpenStore,
    writing::{self, Outcomes, Reply},
};

const ABOUT: About = About::writing("carts", "Carts");

/// Deletes carts, for good. One that is gone already stays gone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CartDelete {}

#[async_trait]
impl WriteAction for CartDelete {
    type System = Store;
    const NAME: &'static str = "cart.delete";
    const ABOUT: &'static str = "Deletes carts, for good.";
    const SCOPE: Option<&'static str> = Some("Carts: modify");
    const GUARANTEE: Guarantee = Guarantee::Idempotent;
    const LARGEST_BATCH: usize = 1;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_known(columns, &["cart_id"], "the deletion of a cart")
    }

    fn key(&self) -> Vec<String> {
        vec!["cart_id".to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let mut outcomes = Outcomes::of(rows);
        for (place, row) in rows.iter().enumerate() {
            if let Err(error) = outcomes.set_alone(place, delete(&open.store, row).await) {
                return outcomes.ended_by(error);
            }
        }
        Ok(outcomes.all())
    }

    /// Asks for the cart: one that is not there is deleted.
    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let Ok(path) = path(row) else {
                found.push(Found::No);
                continue;
            };
            let answer = open.store.ask(Request::get(path).sensitive()).await?;
            found.push(match answer.status {
                404 => Found::Yes {
                    id: None,
                    answer: None,
                },
                _ if answer.is_success() => Found::No,
                _ => return Err(errors::refusal(&answer, About::reading("carts", "Carts"))),
            });
        }
        Ok(found)
    }
}

/// Err of kind Rejected: the row names no cart. An empty name would be the address of all.
fn path(row: &Row) -> Result<String> {
    let id = Id::Text(row.text("cart_id")?).text("cart_id")?;
    Ok(format!("v3/carts/{}", Request::segment(&id)))
}

async fn delete(store: &Store, row: &Row) -> Result<Outcome> {
    let request = Request::bare(Method::Delete, path(row)?).repeatable().sensitive();
    match writing::send_whole(store, request, ABOUT).await? {
        Reply::Done(_) => Ok(Outcome::Written {
            id: row.text("cart_id").ok(),
            answer: None,
        }),
        Reply::Refused(answer) if answer.status == 404 => Ok(Outcome::Unchanged),
        Reply::Refused(answer) => writing::refused(&answer, ABOUT, 1),
        Reply::Unknown(error) => Ok(Outcome::Unknown(error)),
    }
}
