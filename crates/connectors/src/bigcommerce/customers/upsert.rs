//! `customer.upsert`

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;

use super::write::{self, LARGEST, READ_ONLY, Wanted};
use crate::bigcommerce::{Store, store::OpenStore, writing};

/// Creates customers, and changes those whose e-mail is there already; what is not mapped, or empty, stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CustomerUpsert {}

#[async_trait]
impl WriteAction for CustomerUpsert {
    type System = Store;
    const NAME: &'static str = "customer.upsert";
    const ABOUT: &'static str = "Creates customers, or changes those that are in the store, found by e-mail.";
    const SCOPE: Option<&'static str> = Some("Customers: modify");
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = LARGEST;

    fn check(&self, columns: &[String]) -> Result<()> {
        write::check_new(columns)?;
        writing::check_writable(columns, READ_ONLY, &[])
    }

    fn key(&self) -> Vec<String> {
        vec!["email".to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        write::write(&open.store, rows, "email", Wanted::Either).await
    }

    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        write::find(&open.store, rows, "email", Wanted::Either).await
    }
}
