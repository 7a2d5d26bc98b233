//! `brand.update`

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

/// Changes brands that are in the store; what is not mapped, or empty, stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct BrandUpdate {
    /// How a brand is found: `[id]` or `[name]`.
    #[serde(default = "by_id")]
    key: Vec<String>,
}

fn by_id() -> Vec<String> {
    vec!["id".to_owned()]
}

#[async_trait]
impl WriteAction for BrandUpdate {
    type System = Store;
    const NAME: &'static str = "brand.update";
    const ABOUT: &'static str = "Changes brands that are in the store, found by id or name.";
    const SCOPE: Option<&'static str> = Some("Products: modify");
    const GUARANTEE: Guarantee = Guarantee::Idempotent;
    const LARGEST_BATCH: usize = 10;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_key(&self.key, &["id", "name"], columns)?;
        writing::check_known(columns, FIELDS, "a brand")
    }

    fn key(&self) -> Vec<String> {
        self.key.clone()
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        BRANDS
            .write(&open.store, rows, &self.key[0], Wanted::Change)
            .await
    }

    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        BRANDS.find(&open.store, rows, &self.key[0], Wanted::Change).await
    }
}
