//! `brand.create`

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

/// Creates brands. One whose name is there already, with other values, fails.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct BrandCreate {}

#[async_trait]
impl WriteAction for BrandCreate {
    type System = Store;
    const NAME: &'static str = "brand.create";
    const ABOUT: &'static str = "Creates brands; one that is there already is left as it is.";
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
        BRANDS.write(&open.store, rows, "name", Wanted::Create).await
    }

    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        BRANDS.find(&open.store, rows, "name", Wanted::Create).await
    }
}
