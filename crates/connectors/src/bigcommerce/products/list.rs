//! `products.list`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait, paging};
use serde::Deserialize;

use super::{Include, RESERVED, resource::Products};
use crate::bigcommerce::{Store, filter::Filter};

/// All products, or those that fit a filter, by their ids.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct ProductsList {
    /// What to bring along with each product.
    #[serde(default)]
    include: Vec<Include>,
    /// Only these fields (`name`, `price`, …); id, SKU, name and change date come along. All when left out.
    #[serde(default)]
    include_fields: Vec<String>,
    /// Only products that fit: `is_visible`, `categories:in`, `sku:in`, `date_modified:min`, …
    #[serde(default)]
    filter: Filter,
}

#[async_trait]
impl ReadAction for ProductsList {
    type System = Store;
    const NAME: &'static str = "products.list";
    const ABOUT: &'static str = "All products, or those that fit a filter, every time.";
    const SCOPE: Option<&'static str> = Some("Products: read-only");
    const BRINGS_ALL: bool = true;

    fn check(&self) -> Result<()> {
        self.filter.check(RESERVED)
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let filter = self.filter.over(&reading.filter, RESERVED)?;
        paging::listed(
            Products::new(store, filter, &self.include, &self.include_fields),
            reading,
        )
    }
}
