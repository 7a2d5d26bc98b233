//! `variants.list`

use std::sync::Arc;

use connector_kit::{Batch, JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use crate::bigcommerce::{Store, api::Named, filter::Filter, look};

/// All variants of all products, or those that fit a filter, every time. Those that belong to no product are left out
/// and counted as `orphan variant`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct VariantsList {
    /// Only variants that fit: `sku`, `product_id:in`, `upc`, …
    #[serde(default)]
    filter: Filter,
}

const LISTS: &str = "get_variants";

#[async_trait]
impl ReadAction for VariantsList {
    type System = Store;
    const NAME: &'static str = "variants.list";
    const ABOUT: &'static str = "All variants of all products, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Products: read-only");
    const BRINGS_ALL: bool = true;

    fn check(&self) -> Result<()> {
        Named::check(LISTS, &self.filter)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let variants = Named::of(LISTS)
            .filtered(&self.filter, &reading.filter)?
            .open(store, reading)?;
        Ok(Box::new(WithoutOrphans(variants)))
    }
}

/// Stores keep variants whose product is gone, with the `product_id` 0: thousands in some (BCapi issue 44).
struct WithoutOrphans(Box<dyn Source>);

#[async_trait]
impl Source for WithoutOrphans {
    async fn next(&mut self) -> Result<Option<Batch>> {
        let mut batch = self.0.next().await?;
        for record in batch.iter_mut().flat_map(|batch| &mut batch.records) {
            let [product] = look::pick(record.body.as_str(), ["product_id"]);
            record.left_out = (product == Some("0")).then_some("orphan variant");
        }
        Ok(batch)
    }
}
