//! `brand.upsert`

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;

use super::{BRANDS, FIELDS};
use crate::bigcommerce::{
    Store,
    store::OpenStore,
    writing::{self, Wanted},
};

/// Creates brands, and changes those whose name is there already; what is not mapped, or empty, stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct BrandUpsert {}

#[async_trait]
impl WriteAction for BrandUpsert {
    type System = Store;
    const NAME: &'static str = "brand.upsert";
    const ABOUT: &'static str = "Creates brands, or changes those that are in the store, found by name.";
    const SCOPE: Option<&'static str> = Some("Products: modify");
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = 10;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_known(columns, FIELDS, "a brand")?;
        writing::check_mapped(columns, &["name"])
    }

    fn key(&self) -> Vec<String> {
        vec!["name".to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        BRANDS.write(&open.store, rows, "name", Wanted::Either).await
    }

    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        BRANDS.find(&open.store, rows, "name", Wanted::Either).await
    }
}
