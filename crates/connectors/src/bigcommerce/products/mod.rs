//! Products of the catalog, v3.

mod changed;
mod create;
mod get;
mod images;
mod list;
mod partly;
mod resource;
mod there;
mod update;
mod upsert;
mod write;

pub(super) use self::{
    changed::ProductsChanged,
    create::ProductCreate,
    get::ProductGet,
    images::{ImageAdd, PictureHosts},
    list::ProductsList,
    update::ProductUpdate,
    upsert::ProductUpsert,
};

/// What a read brings along with each product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, connector_kit::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Include {
    /// Variants.
    Variants,
    /// Images.
    Images,
    /// Custom fields.
    CustomFields,
    /// Bulk pricing rules.
    BulkPricingRules,
    /// The image shown first.
    PrimaryImage,
    /// Videos.
    Videos,
    /// Options; pages hold ten products then.
    Options,
    /// Modifiers; pages hold ten products then.
    Modifiers,
    /// Relations to parents.
    ParentRelations,
}

impl Include {
    fn name(self) -> &'static str {
        match self {
            Self::Variants => "variants",
            Self::Images => "images",
            Self::CustomFields => "custom_fields",
            Self::BulkPricingRules => "bulk_pricing_rules",
            Self::PrimaryImage => "primary_image",
            Self::Videos => "videos",
            Self::Options => "options",
            Self::Modifiers => "modifiers",
            Self::ParentRelations => "parent_relations",
        }
    }

    /// BigCommerce caps the page at ten whatever limit is asked for (products v3).
    fn shortens_pages(self) -> bool {
        matches!(self, Self::Options | Self::Modifiers)
    }
}

/// Query parameters that the reading itself sets.
const RESERVED: &[&str] = &[
    "page",
    "limit",
    "sort",
    "direction",
    "id:min",
    "id:max",
    "id:greater",
    "id:less",
    "include",
    "include_fields",
    "exclude_fields",
];
