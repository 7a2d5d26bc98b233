//! Addresses of customers, v3. An address that a customer has already is answered with 200 and left out of the answer.

mod create;
mod list;
mod update;

pub(in crate::bigcommerce) use self::{
    create::CustomerAddressCreate, list::CustomerAddressesList, update::CustomerAddressUpdate,
};

use crate::bigcommerce::errors::About;

const ABOUT: About = About::writing("addresses", "Customers");
const PATH: &str = "v3/customers/addresses";

/// Addresses in one request.
const LARGEST: usize = 10;

/// BigCommerce reference, customers v3, addresses.
const FIELDS: &[&str] = &[
    "id",
    "customer_id",
    "first_name",
    "last_name",
    "company",
    "address1",
    "address2",
    "city",
    "state_or_province",
    "postal_code",
    "country_code",
    "phone",
    "address_type",
    "form_fields",
];
