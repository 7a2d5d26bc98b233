//! `product.upsert`

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;

use super::{
    update::{LISTS, READ_ONLY},
    write::{self, LARGEST, Wanted, Way},
};
use crate::bigcommerce::{Store, store::OpenStore, writing};

/// Creates products, and changes those that are there already; what is not mapped, or empty, stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct ProductUpsert {
    /// What tells whether a product is there: `[sku]` or `[name]`.
    #[serde(default = "write::by_sku")]
    key: Vec<String>,
    /// Lists that the mapping may replace as a whole (`categories`, `custom_fields`, …).
    #[serde(default)]
    replace: Vec<String>,
    /// Mapped fields that a product gets when it is created, and that stay as they are in the store afterwards
    /// (`categories`, `description`, `variants`, …).
    #[serde(default)]
    only_when_new: Vec<String>,
    /// Takes a product of the same name over where it has no SKU yet, instead of failing.
    #[serde(default)]
    adopt: bool,
    /// Lets a price of 0 through.
    #[serde(default)]
    allow_zero_price: bool,
}

impl ProductUpsert {
    fn way(&self) -> Way<'_> {
        Way {
            by: &self.key[0],
            wanted: Wanted::Either,
            allow_zero_price: self.allow_zero_price,
            only_when_new: &self.only_when_new,
            adopt: self.adopt,
        }
    }
}

#[async_trait]
impl WriteAction for ProductUpsert {
    type System = Store;
    const NAME: &'static str = "product.upsert";
    const ABOUT: &'static str =
        "Creates products, or changes those that are in the store, found by SKU or name.";
    const SCOPE: Option<&'static str> = Some("Products: modify");
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = LARGEST;

    fn check(&self, columns: &[String]) -> Result<()> {
        write::check_new(&self.key, columns)?;
        writing::check_writable(columns, READ_ONLY, &[])?;
        let meant: Vec<String> = self.replace.iter().chain(&self.only_when_new).cloned().collect();
        // Images are added to those that are there, never put in their place.
        let replaced: Vec<&str> = LISTS.iter().copied().filter(|list| *list != "images").collect();
        writing::check_lists(columns, &replaced, &meant)
    }

    fn key(&self) -> Vec<String> {
        self.key.clone()
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        write::write(&open.store, rows, self.way()).await
    }

    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        write::find(&open.store, rows, self.way()).await
    }
}
