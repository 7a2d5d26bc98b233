//! `billing_address.update`

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;

use super::billing::{self, FIELDS};
use crate::bigcommerce::{
    Store,
    store::OpenStore,
    writing::{self, Wanted},
};

/// Changes the billing address of checkouts. The store takes the whole address: what is not mapped, or empty, is emptied.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct BillingAddressUpdate {}

#[async_trait]
impl WriteAction for BillingAddressUpdate {
    type System = Store;
    const NAME: &'static str = "billing_address.update";
    const ABOUT: &'static str = "Changes the billing address of checkouts.";
    const SCOPE: Option<&'static str> = Some("Checkouts: modify");
    const GUARANTEE: Guarantee = Guarantee::Idempotent;
    const LARGEST_BATCH: usize = 1;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_known(columns, &[FIELDS, &["address_id"]].concat(), "a billing address")?;
        writing::check_mapped(columns, &["checkout_id", "email", "country_code"])
    }

    fn key(&self) -> Vec<String> {
        vec!["checkout_id".to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        billing::write(&open.store, rows, Wanted::Change).await
    }

    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        billing::find(&open.store, rows).await
    }
}
