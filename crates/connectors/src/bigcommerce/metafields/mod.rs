//! Metafields: values of our own beside products, variants, categories, brands, orders and customers, found by namespace and key. They
//! belong to the API account that made them, unless `permission_set` lets others in.
//!
//! The same for all of these, so the actions are written once, over [`Of`].

mod list;
mod there;
mod upsert;

pub(super) use self::{list::MetafieldsList, upsert::MetafieldsUpsert};

use connector_kit::{Error, Result};

use super::{Store, errors::About, skus};

/// What metafields belong to.
pub(super) trait Of: Send + Sync + 'static {
    /// `products`, below which they are.
    const PATH: &'static str;
    /// The operation that lists them.
    const OPERATION: &'static str;
    const LIST: &'static str;
    const LIST_ABOUT: &'static str;
    const UPSERT: &'static str;
    const UPSERT_ABOUT: &'static str;
    /// The permission in the control panel's words.
    const READS: &'static str;
    const MODIFIES: &'static str;
    const SCOPE: &'static str;

    fn about() -> About {
        About::writing("metafields", Self::SCOPE)
    }

    /// Where those of one thing are. Rejected: it is not there.
    fn below(_store: &Store, id: u64) -> impl Future<Output = Result<String>> + Send {
        async move { Ok(format!("{}/{id}/metafields", Self::PATH)) }
    }
}

/// Products.
pub(super) enum OfProducts {}

impl Of for OfProducts {
    const PATH: &'static str = "v3/catalog/products";
    const OPERATION: &'static str = "get_products_metafields";
    const LIST: &'static str = "product_metafields.list";
    const LIST_ABOUT: &'static str = "All metafields of products, or those that fit a filter, every time.";
    const UPSERT: &'static str = "product_metafields.upsert";
    const UPSERT_ABOUT: &'static str = "Sets metafields of products.";
    const READS: &'static str = "Products: read-only";
    const MODIFIES: &'static str = "Products: modify";
    const SCOPE: &'static str = "Products";
}

/// Variants. Those of one are below its product. BigCommerce reference, product variants v3.
pub(super) enum OfVariants {}

impl Of for OfVariants {
    const PATH: &'static str = "v3/catalog/variants";
    const OPERATION: &'static str = "get_variants_metafields";
    const LIST: &'static str = "variant_metafields.list";
    const LIST_ABOUT: &'static str = "All metafields of variants, or those that fit a filter, every time.";
    const UPSERT: &'static str = "variant_metafields.upsert";
    const UPSERT_ABOUT: &'static str = "Sets metafields of variants.";
    const READS: &'static str = "Products: read-only";
    const MODIFIES: &'static str = "Products: modify";
    const SCOPE: &'static str = "Products";

    async fn below(store: &Store, id: u64) -> Result<String> {
        let product = skus::product_of(store, id).await?.ok_or_else(|| {
            Error::rejected(format!("Variant {id} is not in the store."))
                .hint("It was deleted: search for it by its SKU, or skip such records with a rule.")
        })?;
        Ok(format!("v3/catalog/products/{product}/variants/{id}/metafields"))
    }
}

/// Categories.
pub(super) enum OfCategories {}

impl Of for OfCategories {
    const PATH: &'static str = "v3/catalog/categories";
    const OPERATION: &'static str = "get_categories_metafields";
    const LIST: &'static str = "category_metafields.list";
    const LIST_ABOUT: &'static str = "All metafields of categories, or those that fit a filter, every time.";
    const UPSERT: &'static str = "category_metafields.upsert";
    const UPSERT_ABOUT: &'static str = "Sets metafields of categories.";
    const READS: &'static str = "Products: read-only";
    const MODIFIES: &'static str = "Products: modify";
    const SCOPE: &'static str = "Products";
}

/// Brands.
pub(super) enum OfBrands {}

impl Of for OfBrands {
    const PATH: &'static str = "v3/catalog/brands";
    const OPERATION: &'static str = "get_brands_metafields";
    const LIST: &'static str = "brand_metafields.list";
    const LIST_ABOUT: &'static str = "All metafields of brands, or those that fit a filter, every time.";
    const UPSERT: &'static str = "brand_metafields.upsert";
    const UPSERT_ABOUT: &'static str = "Sets metafields of brands.";
    const READS: &'static str = "Products: read-only";
    const MODIFIES: &'static str = "Products: modify";
    const SCOPE: &'static str = "Products";
}

/// Orders.
pub(super) enum OfOrders {}

impl Of for OfOrders {
    const PATH: &'static str = "v3/orders";
    const OPERATION: &'static str = "get_orders_metafields";
    const LIST: &'static str = "order_metafields.list";
    const LIST_ABOUT: &'static str = "All metafields of orders, or those that fit a filter, every time.";
    const UPSERT: &'static str = "order_metafields.upsert";
    const UPSERT_ABOUT: &'static str = "Sets metafields of orders.";
    const READS: &'static str = "Orders: read-only";
    const MODIFIES: &'static str = "Orders: modify";
    const SCOPE: &'static str = "Orders";
}

/// Customers.
pub(super) enum OfCustomers {}

impl Of for OfCustomers {
    const PATH: &'static str = "v3/customers";
    const OPERATION: &'static str = "get_all_customers_metafields";
    const LIST: &'static str = "customer_metafields.list";
    const LIST_ABOUT: &'static str = "All metafields of customers, or those that fit a filter, every time.";
    const UPSERT: &'static str = "customer_metafields.upsert";
    const UPSERT_ABOUT: &'static str = "Sets metafields of customers.";
    const READS: &'static str = "Customers: read-only";
    const MODIFIES: &'static str = "Customers: modify";
    const SCOPE: &'static str = "Customers";
}
