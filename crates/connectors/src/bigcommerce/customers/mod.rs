//! Customers, v3: a collection without addresses of single records, found by id or e-mail.

mod addresses;
mod attributes;
mod changed;
mod create;
mod get;
mod list;
mod lookup;
mod resource;
mod spelling;
mod update;
mod upsert;
mod write;

pub(super) use self::{
    addresses::{CustomerAddressCreate, CustomerAddressUpdate, CustomerAddressesList},
    attributes::{
        CustomerAttributeCreate, CustomerAttributeValuesList, CustomerAttributeValuesUpsert,
        CustomerAttributesList,
    },
    changed::CustomersChanged,
    create::CustomerCreate,
    get::CustomerGet,
    list::CustomersList,
    update::CustomerUpdate,
    upsert::CustomerUpsert,
};

/// What a read brings along with each customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, connector_kit::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Include {
    /// Addresses.
    Addresses,
    /// Store credit.
    Storecredit,
    /// Attributes.
    Attributes,
    /// Values of form fields.
    Formfields,
}

impl Include {
    fn name(self) -> &'static str {
        match self {
            Self::Addresses => "addresses",
            Self::Storecredit => "storecredit",
            Self::Attributes => "attributes",
            Self::Formfields => "formfields",
        }
    }
}

/// Query parameters that the reading itself sets.
const RESERVED: &[&str] = &[
    "page",
    "limit",
    "sort",
    "after",
    "before",
    "include",
    "date_modified",
    "date_modified:min",
];
