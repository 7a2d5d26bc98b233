//! `product.create`

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;

use super::{
    update::READ_ONLY,
    write::{self, LARGEST, Wanted, Way},
};
use crate::bigcommerce::{Store, store::OpenStore, writing};

/// Creates products, with `variants`, `custom_fields` and `images`. One that is there already, with other values, fails.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct ProductCreate {
    /// What tells whether a product is there: `[sku]` or `[name]`.
    #[serde(default = "write::by_sku")]
    key: Vec<String>,
    /// Lets a price of 0 through.
    #[serde(default)]
    allow_zero_price: bool,
}

impl ProductCreate {
    fn way(&self) -> Way<'_> {
        Way {
            by: &self.key[0],
            wanted: Wanted::Create,
            allow_zero_price: self.allow_zero_price,
            only_when_new: &[],
            adopt: false,
        }
    }
}

#[async_trait]
impl WriteAction for ProductCreate {
    type System = Store;
    const NAME: &'static str = "product.create";
    const ABOUT: &'static str = "Creates products; one that is there already is left as it is.";
    const SCOPE: Option<&'static str> = Some("Products: modify");
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = LARGEST;

    fn check(&self, columns: &[String]) -> Result<()> {
        write::check_new(&self.key, columns)?;
        writing::check_writable(columns, READ_ONLY, &[])
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
