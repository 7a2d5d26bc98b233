//! `billing_address.add`

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

/// Gives checkouts a billing address. One that has another already fails.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct BillingAddressAdd {}

#[async_trait]
impl WriteAction for BillingAddressAdd {
    type System = Store;
    const NAME: &'static str = "billing_address.add";
    const ABOUT: &'static str = "Gives checkouts a billing address; one that is there is not added again.";
    const SCOPE: Option<&'static str> = Some("Checkouts: modify");
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = 1;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_known(columns, FIELDS, "a billing address")?;
        writing::check_mapped(columns, &["checkout_id", "email", "country_code"])
    }

    fn key(&self) -> Vec<String> {
        vec!["checkout_id".to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        billing::write(&open.store, rows, Wanted::Create).await
    }

    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        billing::find(&open.store, rows).await
    }
}
