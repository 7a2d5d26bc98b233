//! Facts that the vendor tells people, not in the schemas of its files: each table names where it was told.

use super::{operation::Operation, parameter::Parameter};

/// Headers that every request of ours has.
pub(super) const OWN_HEADERS: &[&str] = &["Accept", "Content-Type", "User-Agent"];

/// Requests at a time, over which the store answers 429. `*` is any method, `**` at the end anything below.
/// Source: notes on concurrency in the overviews of the vendor's reference (customers, categories, promotions,
/// price lists, segments, inventory locations).
const AT_ONCE: &[(&str, &str, u32)] = &[
    ("PUT", "/v3/customers", 3),
    ("PUT", "/v3/customers/addresses", 3),
    ("POST", "/v3/customers/attributes", 3),
    ("PUT", "/v3/customers/attributes", 3),
    ("PUT", "/v3/customers/attribute-values", 3),
    ("POST", "/v3/customers/addresses", 10),
    ("PUT", "/v3/customers/form-field-values", 10),
    ("*", "/v2/customer_groups", 40),
    ("GET", "/v3/catalog/categories", 40),
    ("*", "/v3/catalog/categories/{category_id}", 40),
    ("POST", "/v3/promotions/{promotion_id}/codegen", 10),
    ("*", "/v3/promotions**", 40),
    ("*", "/v3/segments**", 10),
    ("*", "/v3/shopper-profiles**", 10),
    ("GET", "/v3/pricelists/{price_list_id}/records", 10),
    ("POST", "/v3/pricelists/{price_list_id}/records", 10),
    ("PUT", "/v3/pricelists/{price_list_id}/records", 2),
    ("PUT", "/v3/pricelists/records", 1),
    ("*", "/v3/pricelists/{price_list_id}/records/**", 25),
    ("*", "/v3/pricelists/assignments", 25),
    ("*", "/v3/inventory/locations", 50),
    ("GET", "/v3/catalog/trees/{tree_id}/categories", 1),
    // One after the other.
    ("*", "/v3/inventory/adjustments/**", 1),
    ("*", "/v3/catalog/products/channel-assignments", 1),
    ("POST", "/v3/orders/{order_id}/payment_actions/refunds", 1),
];

/// Elements of a body's list at most. Source: the descriptions of these operations in the vendor's reference.
const MOST: &[(&str, &str, u64)] = &[
    ("POST", "/v3/customers", 10),
    ("PUT", "/v3/customers", 10),
    ("PUT", "/v3/customers/attribute-values", 10),
    ("PUT", "/v3/catalog/products", 10),
    ("PUT", "/v3/catalog/variants", 50),
    ("PUT", "/v3/catalog/trees", 50),
    ("PUT", "/v3/pricelists/{price_list_id}/records", 1000),
    ("POST", "/v3/pricelists/{price_list_id}/records", 100),
    ("POST", "/v3/pricelists/assignments", 25),
    ("PUT", "/v3/shipping/products/customs-information", 50),
    ("*", "/v3/tax/classes", 50),
    ("*", "/v3/orders/pickups", 100),
    ("*", "/v3/pickup/methods", 100),
    ("PUT", "/v3/storefront/custom-template-associations", 100),
];

/// Permissions in the control panel's words; the first that fits. Source: the table of OAuth scopes in the vendor's
/// guide to API accounts, and the scopes that each file names. Webhooks need none beyond the default.
const SCOPES: &[(&str, &str)] = &[
    ("/v2/banners**", "Marketing"),
    ("/v2/coupons**", "Marketing"),
    ("/v2/gift_certificates**", "Marketing"),
    ("/v2/blog**", "Content"),
    ("/v2/pages**", "Content"),
    ("/v2/redirects**", "Content"),
    ("/v2/customer_groups**", "Customers"),
    ("/v2/customers**", "Customers"),
    ("/v2/orders**", "Orders"),
    ("/v2/order_statuses**", "Orders"),
    ("/v2/**", "Information & Settings"),
    ("/v3/abandoned-carts**", "Information & Settings"),
    ("/v3/marketing**", "Information & Settings"),
    ("/v3/carts**", "Carts"),
    ("/v3/catalog**", "Products"),
    ("/v3/channels/{channel_id}/listings**", "Channel Listings"),
    ("/v3/channels/{channel_id}/site**", "Sites & Routes"),
    ("/v3/channels**", "Channel Settings"),
    ("/v3/checkouts/settings**", "Checkout Content"),
    ("/v3/checkouts**", "Checkouts"),
    ("/v3/content/page-widgets**", "Marketing"),
    ("/v3/content**", "Content"),
    ("/v3/customers/validate-credentials", "Customers Login"),
    (
        "/v3/customers/{customerId}/stored-instruments",
        "Stored Payment Instruments",
    ),
    ("/v3/customers**", "Customers"),
    ("/v3/infrastructure**", "Infrastructure"),
    ("/v3/inventory/locations/{location_id}/items", "Store Inventory"),
    ("/v3/inventory/locations**", "Store Locations"),
    ("/v3/inventory**", "Store Inventory"),
    ("/v3/orders/{order_id}/transactions**", "Order Transactions"),
    ("/v3/orders/{order_id}/payment_actions**", "Order Transactions"),
    ("/v3/orders/payment_actions**", "Order Transactions"),
    ("/v3/orders/pickups**", "Order Fulfillment"),
    ("/v3/orders**", "Orders"),
    ("/v3/pickup**", "Fulfillment Methods"),
    ("/v3/pricelists**", "Products"),
    ("/v3/pricing**", "Products"),
    ("/v3/promotions**", "Marketing"),
    ("/v3/segments**", "Customers"),
    ("/v3/shopper-profiles**", "Customers"),
    ("/v3/settings**", "Information & Settings"),
    ("/v3/shipping**", "Products"),
    ("/v3/sites**", "Sites & Routes"),
    ("/v3/store/systemlogs", "Store logs"),
    ("/v3/store**", "Information & Settings"),
    ("/v3/storefront/redirects**", "Content"),
    ("/v3/storefront/custom-template-associations", "Themes"),
    ("/v3/storefront/api-token**", "Storefront API Tokens"),
    ("/v3/tax**", "Information & Settings"),
    ("/v3/themes**", "Themes"),
    ("/v3/wishlists**", "Customers"),
];

/// POSTs that only ask. Source: what each returns, in the vendor's reference.
const QUESTIONS: &[&str] = &[
    "/v2/customers/{customer_id}/validate",
    "/v3/customers/validate-credentials",
    "/v3/orders/{order_id}/payment_actions/refund_quotes",
    "/v3/orders/payment_actions/refund_quotes",
    "/v3/pickup/options",
    "/v3/pricing/products",
    "/v3/tax/zonecheck",
    "/v3/themes/{uuid}/configurations/validate",
];

/// What stands in for a deprecated address. Source: the vendor's list of sunsets.
const INSTEAD: &[(&str, &str)] = &[
    ("/v3/catalog/categories", "/v3/catalog/trees/categories"),
    ("/v2/customers/{customer_id}/addresses", "/v3/customers/addresses"),
    ("/v2/customers", "/v3/customers"),
    ("/v2/pages/{id}", "/v3/content/pages/{pageId}"),
    ("/v2/pages", "/v3/content/pages"),
    ("/v2/redirects", "/v3/storefront/redirects"),
];

/// Parameters of deletions that say in what a thing lies, not which it is: with one of them alone all would go.
const AROUND: &[&str] = &["tree_id:in", "parent_id:in", "channel_id:in", "page", "limit"];
/// Likewise, at one address.
const AROUND_AT: &[(&str, &str)] = &[("/v3/catalog/products/category-assignments", "category_id:in")];
/// Parameters that name one thing without being ids.
const NAMES: &[(&str, &str)] = &[("/v3/customers/subscribers", "email")];

pub(super) fn at_once(method: &str, path: &str) -> Option<u32> {
    let found = AT_ONCE.iter().find(|(of, at, _)| fits(of, at, method, path));
    found.map(|(_, _, most)| *most)
}

pub(super) fn most(method: &str, path: &str) -> Option<u64> {
    let found = MOST.iter().find(|(of, at, _)| fits(of, at, method, path));
    found.map(|(_, _, most)| *most)
}

pub(super) fn scope(path: &str) -> Option<&'static str> {
    let found = SCOPES.iter().find(|(at, _)| fits("*", at, "", path));
    found.map(|(_, scope)| *scope)
}

/// What sending it twice does more than sending it once.
pub(super) fn repeat(method: &str, path: &str) -> &'static str {
    match method {
        "GET" => "safe",
        "POST" if QUESTIONS.contains(&path) => "safe",
        "POST" => "once",
        _ => "idempotent",
    }
}

/// The parameters of a deletion that name what goes. None: it may never be sent, unless its body names them.
pub(super) fn only(path: &str, parameters: &[Parameter], by_body: bool) -> Vec<String> {
    if by_body {
        return Vec::new();
    }
    let names = |parameter: &&Parameter| {
        let name = parameter.name.as_str();
        let around = AROUND.contains(&name) || AROUND_AT.contains(&(path, name));
        let by_id = name == "id" || name.ends_with(":in") || parameter.required;
        !parameter.path && !around && (by_id || NAMES.contains(&(path, name)))
    };
    parameters
        .iter()
        .filter(names)
        .map(|parameter| parameter.name.clone())
        .collect()
}

/// Names what stands in for deprecated operations: the same method at the other address, else the list there.
pub(super) fn replaced(operations: &mut [Operation]) {
    let known: Vec<(String, String, String)> = operations
        .iter()
        .map(|operation| {
            (
                operation.method.clone(),
                operation.path.clone(),
                operation.id.clone(),
            )
        })
        .collect();
    for operation in operations.iter_mut().filter(|operation| operation.deprecated) {
        let instead = INSTEAD.iter().find(|(path, _)| operation.path.starts_with(path));
        operation.deprecated_by = instead.and_then(|(_, path)| {
            let at = |method: &str| known.iter().find(|(of, at, _)| of == method && at == path);
            at(&operation.method)
                .or_else(|| at("GET"))
                .map(|(_, _, id)| id.clone())
        });
    }
}

fn fits(of: &str, at: &str, method: &str, path: &str) -> bool {
    let same_path = at
        .strip_suffix("**")
        .map_or(at == path, |start| path.starts_with(start));
    (of == "*" || of == method) && same_path
}
