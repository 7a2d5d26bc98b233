//! `image.add`

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{Completed, Image, are_there, complete};
use crate::bigcommerce::{
    Store, skus,
    store::OpenStore,
    writing::{self, Outcomes},
};

/// Adds images to products that are in the store: `image` is a file in the connection's folder of pictures, or an address
/// that the store fetches. An image that a product has already is not sent again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct ImageAdd {
    /// How a product is found: `[sku]` or `[product_id]`.
    #[serde(default = "by_sku")]
    key: Vec<String>,
}

fn by_sku() -> Vec<String> {
    vec!["sku".to_owned()]
}

const FIELDS: &[&str] = &["image", "description", "sort_order", "is_thumbnail"];

#[async_trait]
impl WriteAction for ImageAdd {
    type System = Store;
    const NAME: &'static str = "image.add";
    const ABOUT: &'static str = "Adds images to products; one that a product has already is not sent again.";
    const SCOPE: Option<&'static str> = Some("Products: modify");
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = 1;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_key(&self.key, &["sku", "product_id"], columns)?;
        writing::check_known(columns, &[FIELDS, &["sku", "product_id"]].concat(), "an image")?;
        writing::check_mapped(columns, &["image"])
    }

    fn key(&self) -> Vec<String> {
        vec![self.key[0].clone(), "image".to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let mut outcomes = Outcomes::of(rows);
        for (place, row) in rows.iter().enumerate() {
            if let Err(error) = outcomes.set_alone(place, self.add(&open.store, row).await) {
                return outcomes.ended_by(error);
            }
        }
        Ok(outcomes.all())
    }

    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let there = match self.meant(&open.store, row).await {
                Ok((product, image)) => are_there(&open.store, product, &[image]).await?,
                Err(error) if error.kind == connector_kit::Kind::Rejected => false,
                Err(error) => return Err(error),
            };
            found.push(if there {
                Found::Yes {
                    id: None,
                    answer: None,
                }
            } else {
                Found::No
            });
        }
        Ok(found)
    }
}

impl ImageAdd {
    async fn add(&self, store: &Store, row: &Row) -> Result<Outcome> {
        let (product, image) = self.meant(store, row).await?;
        let completed: Completed = complete(store, product, &[image]).await?;
        Ok(completed.over(product, Outcome::Unchanged))
    }

    /// The product and the image that a row means.
    async fn meant(&self, store: &Store, row: &Row) -> Result<(u64, Image)> {
        let mut fields: Map<String, Json> = writing::fields(row, &["sku", "product_id", "image"]);
        fields.insert("file".to_owned(), Json::from(row.text("image")?));
        let image = Image::of(Json::Object(fields))?;
        if self.key == ["product_id"] {
            return Ok((writing::id(row, "product_id")?, image));
        }
        let sku = row.text("sku")?;
        let mut ids = skus::products(store, std::slice::from_ref(&sku)).await?;
        Ok((ids.remove(0)?, image))
    }
}
