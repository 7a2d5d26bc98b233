//! `product_metafields.list` and its like

use std::{marker::PhantomData, sync::Arc};

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use super::Of;
use crate::bigcommerce::{Store, api::Named, filter::Filter};

/// All metafields, or those that fit a filter, every time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub(in crate::bigcommerce) struct MetafieldsList<R> {
    /// Only metafields that fit: `namespace`, `key`, `date_modified:min`, …
    #[serde(default)]
    filter: Filter,
    #[serde(skip)]
    of: PhantomData<fn() -> R>,
}

#[async_trait]
impl<R: Of> ReadAction for MetafieldsList<R> {
    type System = Store;
    const NAME: &'static str = R::LIST;
    const ABOUT: &'static str = R::LIST_ABOUT;
    const SCOPE: Option<&'static str> = Some(R::READS);

    fn check(&self) -> Result<()> {
        Named::check(R::OPERATION, &self.filter)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        Named::of(R::OPERATION)
            .filtered(&self.filter, &reading.filter)?
            .open(store, reading)
    }
}
