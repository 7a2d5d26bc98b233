//! `customer.update`

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;

use super::write::{self, LARGEST, READ_ONLY, Wanted};
use crate::bigcommerce::{Store, store::OpenStore, writing};

/// Changes customers that are in the store; what is not mapped, or empty, stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CustomerUpdate {
    /// How a customer is found: `[id]` or `[email]`.
    #[serde(default = "by_id")]
    key: Vec<String>,
}

fn by_id() -> Vec<String> {
    vec!["id".to_owned()]
}

#[async_trait]
impl WriteAction for CustomerUpdate {
    type System = Store;
    const NAME: &'static str = "customer.update";
    const ABOUT: &'static str = "Changes customers that are in the store, found by id or e-mail.";
    const SCOPE: Option<&'static str> = Some("Customers: modify");
    const GUARANTEE: Guarantee = Guarantee::Idempotent;
    const LARGEST_BATCH: usize = LARGEST;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_key(&self.key, &["id", "email"], columns)?;
        writing::check_writable(columns, READ_ONLY, &self.key)
    }

    fn key(&self) -> Vec<String> {
        self.key.clone()
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        write::write(&open.store, rows, &self.key[0], Wanted::Change).await
    }

    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        write::find(&open.store, rows, &self.key[0], Wanted::Change).await
    }
}
