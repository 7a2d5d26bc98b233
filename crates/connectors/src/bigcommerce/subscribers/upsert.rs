//! `subscriber.upsert`

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;

use super::{FIELDS, SUBSCRIBERS};
use crate::bigcommerce::{
    Store,
    store::OpenStore,
    writing::{self, Wanted},
};

/// Puts people on the newsletter list, and changes those whose e-mail is there already; what is not mapped, or empty, stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct SubscriberUpsert {}

#[async_trait]
impl WriteAction for SubscriberUpsert {
    type System = Store;
    const NAME: &'static str = "subscriber.upsert";
    const ABOUT: &'static str =
        "Puts people on the newsletter list, or changes those that are on it, found by e-mail.";
    const SCOPE: Option<&'static str> = Some("Customers: modify");
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = 10;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_known(columns, FIELDS, "a subscriber")?;
        writing::check_mapped(columns, &["email"])
    }

    fn key(&self) -> Vec<String> {
        vec!["email".to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        SUBSCRIBERS
            .write(&open.store, rows, "email", Wanted::Either)
            .await
    }

    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        SUBSCRIBERS.find(&open.store, rows, "email", Wanted::Either).await
    }
}
