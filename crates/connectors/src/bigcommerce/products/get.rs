//! `product.get`

use std::sync::Arc;

use connector_kit::{Error, JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use super::Include;
use crate::bigcommerce::{Store, api::Named, id::Id, skus};

/// One product, by its id or its SKU.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct ProductGet {
    /// The product's id.
    #[serde(default)]
    product_id: Option<Id>,
    /// The product's SKU, where its id is not known.
    #[serde(default)]
    sku: Option<Id>,
    /// What to bring along with each product.
    #[serde(default)]
    include: Vec<Include>,
}

#[async_trait]
impl ReadAction for ProductGet {
    type System = Store;
    const NAME: &'static str = "product.get";
    const ABOUT: &'static str = "One product, by its id or its SKU.";
    const SCOPE: Option<&'static str> = Some("Products: read-only");

    fn check(&self) -> Result<()> {
        Id::one_of(&[("product_id", &self.product_id), ("sku", &self.sku)])
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let id = match (&self.product_id, &self.sku) {
            (Some(id), _) => id.number("product_id")?,
            (None, Some(sku)) => {
                let sku = sku.text("sku")?;
                skus::products(&store, &[sku]).await?.remove(0)?
            }
            (None, None) => return Err(Error::bug("`product.get` was opened without its check")),
        };
        let named = Named::of("get_product").at("product_id", &id)?;
        let names: Vec<&str> = self.include.iter().map(|part| part.name()).collect();
        let absent = Error::rejected(format!("Product {id} is not in the store."))
            .hint("It was deleted or replaced: search for it by SKU, or skip such records with a rule.");
        named.include(&names)?.one(absent).open(store, reading)
    }
}
