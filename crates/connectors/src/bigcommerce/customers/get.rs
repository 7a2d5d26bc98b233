//! `customer.get`

use std::sync::Arc;

use connector_kit::{Error, JsonSchema, ReadAction, Reading, Result, Source, async_trait};
use serde::Deserialize;

use super::Include;
use crate::bigcommerce::{Store, api::Named, id::Id};

/// One customer, by id or e-mail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct CustomerGet {
    /// The customer's id.
    #[serde(default)]
    customer_id: Option<Id>,
    /// The customer's e-mail, where the id is not known.
    #[serde(default)]
    email: Option<Id>,
    /// What to bring along with each customer.
    #[serde(default)]
    include: Vec<Include>,
}

#[async_trait]
impl ReadAction for CustomerGet {
    type System = Store;
    const NAME: &'static str = "customer.get";
    const ABOUT: &'static str = "One customer, by id or e-mail.";
    const SCOPE: Option<&'static str> = Some("Customers: read-only");

    fn check(&self) -> Result<()> {
        Id::one_of(&[("customer_id", &self.customer_id), ("email", &self.email)])
    }

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        // Customers have no addresses of their own: they are found in the list (customers v3).
        let (filter, value) = match (&self.customer_id, &self.email) {
            (Some(id), _) => ("id:in", id.number("customer_id")?.to_string()),
            (None, Some(email)) => ("email:in", email.text("email")?),
            (None, None) => return Err(Error::bug("`customer.get` was opened without its check")),
        };
        let absent = Error::rejected(format!(
            "Customer `{value}` is not in the store (deleted, or never there)."
        ))
        .hint("Orders of guests have no customer: skip such records with a rule.");
        let names: Vec<&str> = self.include.iter().map(|part| part.name()).collect();
        Named::of("get_customers_v3")
            .with([(filter.to_owned(), value)])?
            .include(&names)?
            .one(absent)
            .open(store, reading)
    }
}
