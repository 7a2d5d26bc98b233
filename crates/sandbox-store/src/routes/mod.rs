//! Routes: which address is handled where, and with which scope. What BigCommerce has and this store has not
//! is said plainly, with 501; what nobody has is the gateway's 404.

use crate::answer::{Answer, Reply, Version, v2_error, v3_error};
use crate::call::Call;
use crate::world::World;

pub(crate) mod addresses;
pub(crate) mod carts;
pub(crate) mod categories;
pub(crate) mod checkouts;
pub(crate) mod customers;
pub(crate) mod fields;
pub(crate) mod inventory;
pub(crate) mod locations;
pub(crate) mod orders;
pub(crate) mod products;
pub(crate) mod store;
pub(crate) mod trees;
pub(crate) mod variants;

/// What a token needs for a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// A good token is enough: the vendor's probe of credentials.
    Nothing,
    Information,
    Orders,
    Products,
    Customers,
    Inventory,
    Locations,
    Carts,
    Checkouts,
}

impl Need {
    /// The modifying scope; reading takes its `_read_only` form too. The vendor spells one in two ways.
    pub(crate) fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Nothing => &[],
            Self::Information => &["store_v2_information"],
            Self::Orders => &["store_v2_orders"],
            Self::Products => &["store_v2_products"],
            Self::Customers => &["store_v2_customers"],
            Self::Inventory => &["store_inventory"],
            Self::Locations => &["store_locations"],
            Self::Carts => &["store_cart"],
            Self::Checkouts => &["store_checkout", "store_checkouts"],
        }
    }
}

type Handler = fn(&mut World, &Call<'_>) -> Reply;

/// One method of one address.
pub(crate) struct Route {
    version: Version,
    pattern: &'static str,
    method: &'static str,
    pub(crate) need: Need,
    pub(crate) run: Handler,
}

const fn v2(method: &'static str, pattern: &'static str, need: Need, run: Handler) -> Route {
    Route {
        version: Version::V2,
        pattern,
        method,
        need,
        run,
    }
}

const fn v3(method: &'static str, pattern: &'static str, need: Need, run: Handler) -> Route {
    Route {
        version: Version::V3,
        pattern,
        method,
        need,
        run,
    }
}

const ROUTES: &[Route] = &[
    v2("GET", "time", Need::Nothing, store::time),
    v2("GET", "store", Need::Information, store::store),
    v2("GET", "orders", Need::Orders, orders::list::list),
    v2("POST", "orders", Need::Orders, orders::create::create),
    v2("GET", "orders/count", Need::Orders, orders::list::count),
    v2("GET", "orders/#", Need::Orders, orders::list::get),
    v2("PUT", "orders/#", Need::Orders, orders::update::update),
    v2("DELETE", "orders/#", Need::Orders, orders::update::archive),
    v2("GET", "orders/#/products", Need::Orders, orders::parts::lines),
    v2("GET", "orders/#/products/#", Need::Orders, orders::parts::line),
    v2(
        "GET",
        "orders/#/shipping_addresses",
        Need::Orders,
        orders::parts::addresses,
    ),
    v2(
        "GET",
        "orders/#/shipping_addresses/#",
        Need::Orders,
        orders::parts::address,
    ),
    v2("GET", "orders/#/fees", Need::Orders, orders::parts::fees),
    v2("GET", "orders/#/coupons", Need::Orders, orders::parts::coupons),
    v2(
        "GET",
        "orders/#/consignments",
        Need::Orders,
        orders::parts::consignments,
    ),
    v2("GET", "orders/#/shipments", Need::Orders, orders::shipments::list),
    v2(
        "POST",
        "orders/#/shipments",
        Need::Orders,
        orders::shipments::create,
    ),
    v2(
        "GET",
        "orders/#/shipments/#",
        Need::Orders,
        orders::shipments::get,
    ),
    v2("GET", "order_statuses", Need::Orders, orders::statuses::list),
    v2("GET", "order_statuses/#", Need::Orders, orders::statuses::get),
    v3("GET", "catalog/products", Need::Products, products::list::list),
    v3(
        "POST",
        "catalog/products",
        Need::Products,
        products::write::create,
    ),
    v3(
        "PUT",
        "catalog/products",
        Need::Products,
        products::write::update_many,
    ),
    v3(
        "DELETE",
        "catalog/products",
        Need::Products,
        products::delete::by_filter,
    ),
    v3("GET", "catalog/products/#", Need::Products, products::list::get),
    v3(
        "PUT",
        "catalog/products/#",
        Need::Products,
        products::write::update,
    ),
    v3(
        "DELETE",
        "catalog/products/#",
        Need::Products,
        products::delete::by_id,
    ),
    v3(
        "GET",
        "catalog/products/#/variants",
        Need::Products,
        variants::of_product,
    ),
    v3(
        "POST",
        "catalog/products/#/variants",
        Need::Products,
        variants::create,
    ),
    v3(
        "GET",
        "catalog/products/#/variants/#",
        Need::Products,
        variants::get,
    ),
    v3(
        "PUT",
        "catalog/products/#/variants/#",
        Need::Products,
        variants::update,
    ),
    v3(
        "DELETE",
        "catalog/products/#/variants/#",
        Need::Products,
        variants::delete,
    ),
    v3("GET", "catalog/variants", Need::Products, variants::list),
    v3("PUT", "catalog/variants", Need::Products, variants::update_many),
    v3("GET", "catalog/categories", Need::Products, categories::list),
    v3("POST", "catalog/categories", Need::Products, categories::create),
    v3("GET", "catalog/categories/#", Need::Products, categories::get),
    v3("PUT", "catalog/categories/#", Need::Products, categories::update),
    v3(
        "DELETE",
        "catalog/categories/#",
        Need::Products,
        categories::delete,
    ),
    v3("GET", "catalog/trees", Need::Products, trees::list),
    v3(
        "GET",
        "catalog/trees/categories",
        Need::Products,
        trees::categories,
    ),
    v3("POST", "catalog/trees/categories", Need::Products, trees::create),
    v3("PUT", "catalog/trees/categories", Need::Products, trees::update),
    v3(
        "DELETE",
        "catalog/trees/categories",
        Need::Products,
        trees::delete,
    ),
    v3("GET", "catalog/trees/#/categories", Need::Products, trees::nested),
    v3("GET", "customers", Need::Customers, customers::list::list),
    v3("POST", "customers", Need::Customers, customers::write::create),
    v3("PUT", "customers", Need::Customers, customers::write::update),
    v3("DELETE", "customers", Need::Customers, customers::write::delete),
    v3("GET", "customers/addresses", Need::Customers, addresses::list),
    v3("POST", "customers/addresses", Need::Customers, addresses::create),
    v3("GET", "inventory/items", Need::Inventory, inventory::items),
    v3(
        "PUT",
        "inventory/adjustments/absolute",
        Need::Inventory,
        inventory::absolute,
    ),
    v3(
        "POST",
        "inventory/adjustments/relative",
        Need::Inventory,
        inventory::relative,
    ),
    v3("GET", "inventory/locations", Need::Locations, locations::list),
    v3(
        "GET",
        "inventory/locations/#/items",
        Need::Inventory,
        inventory::items_of_location,
    ),
    v3("POST", "carts", Need::Carts, carts::create),
    v3("GET", "carts/#", Need::Carts, carts::get),
    v3("DELETE", "carts/#", Need::Carts, carts::delete),
    v3("GET", "checkouts/#", Need::Checkouts, checkouts::get),
    v3(
        "POST",
        "checkouts/#/billing-address",
        Need::Checkouts,
        checkouts::create_address,
    ),
    v3(
        "PUT",
        "checkouts/#/billing-address/#",
        Need::Checkouts,
        checkouts::update_address,
    ),
];

/// First parts of paths that BigCommerce has and this store may not have.
const ELSEWHERE: &[(Version, &[&str])] = &[
    (
        Version::V2,
        &[
            "banners",
            "blog",
            "brands",
            "categories",
            "countries",
            "coupons",
            "currencies",
            "customer_groups",
            "customers",
            "gift_certificates",
            "hooks",
            "options",
            "option_sets",
            "orders",
            "order_statuses",
            "pages",
            "payments",
            "products",
            "redirects",
            "shipping",
            "skus",
            "tax_classes",
            "tax_exempt_categories",
        ],
    ),
    (
        Version::V3,
        &[
            "abandoned-carts",
            "abandoned-cart-emails",
            "app",
            "blog",
            "carts",
            "catalog",
            "channels",
            "checkouts",
            "content",
            "custom-template-associations",
            "customers",
            "fulfillment",
            "hooks",
            "inventory",
            "marketing",
            "orders",
            "payments",
            "pickup",
            "pricelists",
            "pricing",
            "promotions",
            "redirects",
            "segments",
            "settings",
            "shipping",
            "shopper-profiles",
            "sites",
            "store",
            "storefront",
            "subscribers",
            "tax",
            "themes",
            "widgets",
            "wishlists",
        ],
    ),
];

/// Addresses that do not exist although their neighbours do: customers and carts are no folders of records.
const NOWHERE: &[(&str, &str)] = &[("*", "customers/#"), ("GET", "carts"), ("GET", "checkouts")];

/// Where a request goes.
pub(crate) enum Found {
    Route(&'static Route),
    /// BigCommerce has it, this store has not.
    Missing(Answer),
    Nowhere,
}

/// Finds the route of a method and the path's parts after the version.
pub(crate) fn find(version: Version, method: &str, parts: &[&str]) -> Found {
    let method = if method == "HEAD" { "GET" } else { method };
    let here: Vec<&Route> = ROUTES
        .iter()
        .filter(|route| route.version == version && fits(route.pattern, parts))
        .collect();
    if let Some(route) = here.iter().find(|route| route.method == method) {
        return Found::Route(route);
    }
    let nowhere = NOWHERE
        .iter()
        .any(|(verb, pattern)| (*verb == "*" || *verb == method) && fits(pattern, parts));
    let first = parts.first().copied().unwrap_or_default();
    let known = ELSEWHERE
        .iter()
        .any(|(of, names)| *of == version && names.contains(&first));
    // A trailing slash is not a route either, whatever stands before it.
    if parts.contains(&"") || nowhere || here.is_empty() && !known {
        return Found::Nowhere;
    }
    Found::Missing(missing(version, method, parts, &here))
}

fn fits(pattern: &str, parts: &[&str]) -> bool {
    let mut wanted = pattern.split('/');
    let all = parts.iter().all(|part| {
        wanted.next().is_some_and(|want| {
            if want == "#" {
                !is_word(part)
            } else {
                want == *part
            }
        })
    });
    all && wanted.next().is_none()
}

/// Ids are numbers or UUIDs; anything that begins with a letter and has no digit is part of an address.
fn is_word(part: &str) -> bool {
    part.is_empty()
        || part
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'-')
}

fn missing(version: Version, method: &str, parts: &[&str], here: &[&Route]) -> Answer {
    let path = parts.join("/");
    let able = if here.is_empty() {
        let first = parts.first().copied().unwrap_or_default();
        let near = ROUTES
            .iter()
            .filter(|route| route.version == version && route.pattern.split('/').next() == Some(first));
        near.map(|route| format!("{} {}", route.method, route.pattern.replace('#', "{id}")))
            .collect::<Vec<_>>()
    } else {
        here.iter().map(|route| route.method.to_owned()).collect()
    };
    let able = if able.is_empty() {
        "nothing near it".to_owned()
    } else {
        able.join(", ")
    };
    let sentence = format!("The sandbox store has no {method} {path}; it can do: {able}.");
    match version {
        Version::V2 => v2_error(501, &sentence),
        Version::V3 => v3_error(501, &sentence, serde_json::Map::new()),
    }
}
