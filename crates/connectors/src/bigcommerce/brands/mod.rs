//! Brands of the catalog, v3: names are unique.

mod create;
mod list;
mod update;
mod upsert;

pub(super) use self::{create::BrandCreate, list::BrandsList, update::BrandUpdate, upsert::BrandUpsert};

use super::{errors::About, keyed::Keyed};

static BRANDS: Keyed = Keyed {
    path: "v3/catalog/brands",
    by: "name",
    about: About::writing("brands", "Products"),
    noun: "brand",
    upsert: Some("brand.upsert"),
    listed: None,
};

/// BigCommerce reference, brands v3.
const FIELDS: &[&str] = &[
    "id",
    "name",
    "page_title",
    "meta_keywords",
    "meta_description",
    "search_keywords",
    "image_url",
    "custom_url",
];
