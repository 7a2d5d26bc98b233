//! `customer_attribute.create`

use connector_kit::{
    Found, Guarantee, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;

use crate::bigcommerce::{
    Store,
    errors::About,
    keyed::Keyed,
    store::OpenStore,
    writing::{self, Wanted},
};

/// Creates attributes that customers can have: `name`, and `type` (`string`, `number` or `date`). One that is there already
/// is left as it is; with another type it fails, for the store cannot change a type.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CustomerAttributeCreate {}

/// BigCommerce reference, customers v3: three requests at a time, and no more than 50 attributes in a store.
static ATTRIBUTES: Keyed = Keyed {
    path: "v3/customers/attributes",
    by: "name",
    about: About::writing("attributes", "Customers"),
    noun: "customer attribute",
    upsert: None,
    listed: Some("create_customers_attributes"),
};

const FIELDS: &[&str] = &["name", "type"];

#[async_trait]
impl WriteAction for CustomerAttributeCreate {
    type System = Store;
    const NAME: &'static str = "customer_attribute.create";
    const ABOUT: &'static str =
        "Creates attributes that customers can have; one that is there already is left as it is.";
    const SCOPE: Option<&'static str> = Some("Customers: modify");
    const GUARANTEE: Guarantee = Guarantee::Lookup;
    const LARGEST_BATCH: usize = 10;

    fn check(&self, columns: &[String]) -> Result<()> {
        writing::check_known(columns, FIELDS, "an attribute of customers")?;
        writing::check_mapped(columns, FIELDS)
    }

    fn key(&self) -> Vec<String> {
        vec!["name".to_owned()]
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        ATTRIBUTES.write(&open.store, rows, "name", Wanted::Create).await
    }

    async fn find(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>> {
        ATTRIBUTES.find(&open.store, rows, "name", Wanted::Create).await
    }
}
