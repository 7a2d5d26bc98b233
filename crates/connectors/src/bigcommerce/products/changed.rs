//! `products.changed`

use std::sync::Arc;

use connector_kit::{JsonSchema, ReadAction, Reading, Result, Source, async_trait, paging};
use serde::Deserialize;

use super::{Include, RESERVED, resource::Products};
use crate::bigcommerce::{Store, filter::Filter};

/// Products that are new or were changed since the last run, oldest change first. The first run reads all.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct ProductsChanged {
    /// What to bring along with each product.
    #[serde(default)]
    include: Vec<Include>,
    /// Only these fields (`name`, `price`, …); id, SKU, name and change date come along. All when left out.
    #[serde(default)]
    include_fields: Vec<String>,
    /// Only products that fit: `is_visible`, `categories:in`, `brand_id`, …
    #[serde(default)]
    filter: Filter,
}

const TAKEN: &[&str] = &["date_modified", "date_modified:min", "date_modified:max"];

#[async_trait]
impl ReadAction for ProductsChanged {
    type System = Store;
    const NAME: &'static str = "products.changed";
    const ABOUT: &'static str =
        "Products that are new or were changed since the last run, oldest change first.";
    const SCOPE: Option<&'static str> = Some("Products: read-only");
    const BRINGS_ALL: bool = true;

    fn check(&self) -> Result<()> {
        self.filter.check(&[RESERVED, TAKEN].concat())
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let filter = self.filter.over(&reading.filter, &[RESERVED, TAKEN].concat())?;
        paging::changed(
            Products::new(store, filter, &self.include, &self.include_fields),
            reading,
        )
    }
}
