//! Routes: which address is handled where, and with which scope. What BigCommerce has and this store has not
//! is said plainly, with 501; what nobody has is the gateway's 404.

use crate::answer::{Answer, Reply, Version, v2_error, v3_error};
use crate::call::Call;
use crate::world::World;

use table::{ELSEWHERE, NOWHERE, ROUTES};

pub(crate) mod addresses;
pub(crate) mod carts;
pub(crate) mod categories;
pub(crate) mod checkouts;
pub(crate) mod customers;
pub(crate) mod fields;
pub(crate) mod inventory;
pub(crate) mod kinds;
pub(crate) mod locations;
pub(crate) mod metafields;
pub(crate) mod orders;
pub(crate) mod price_lists;
pub(crate) mod products;
pub(crate) mod store;
mod table;
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
    Marketing,
    /// What was paid: orders' own scope is enough for what was paid back.
    Transactions,
    Refunds,
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
            Self::Marketing => &["store_v2_marketing"],
            Self::Transactions => &["store_v2_transactions"],
            Self::Refunds => &["store_v2_transactions", "store_v2_orders"],
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

/// Puts into a new store what has no seed of its own.
pub(crate) fn seed(world: &mut World) {
    price_lists::seed(world);
    kinds::seed(world);
    carts::seed(world);
    orders::payments::seed(world);
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
