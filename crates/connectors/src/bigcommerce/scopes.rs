//! Permissions of an API account: their names in the control panel, their names in a sign-in, and one harmless question
//! for each, where there is one. BigCommerce reference: API accounts, OAuth scopes. There is no way to ask which a token
//! has, and writing cannot be tried without writing.

use connector_kit::{
    Access, Error, Permission, Result,
    http::{Answer, Request},
};
use futures::future::join_all;

use super::{
    errors::{self, About},
    store::Store,
};

/// A permission.
pub(super) struct Scope {
    /// In the control panel.
    pub(super) title: &'static str,
    /// In a sign-in, when it may change things; empty where there is no such level.
    pub(super) modify: &'static str,
    /// In a sign-in, when it may only read; empty where there is no such level.
    pub(super) read_only: &'static str,
    /// A list that reads one record at most; empty where nothing can be asked without an id.
    probe: &'static str,
}

const fn scope(
    title: &'static str,
    modify: &'static str,
    read_only: &'static str,
    probe: &'static str,
) -> Scope {
    Scope {
        title,
        modify,
        read_only,
        probe,
    }
}

/// All of them.
const SCOPES: &[Scope] = &[
    scope("Carts", "store_cart", "store_cart_read_only", ""),
    scope("Checkouts", "store_checkout", "store_checkout_read_only", ""),
    scope(
        "Checkout Content",
        "store_content_checkout",
        "store_content_checkout_read_only",
        "",
    ),
    scope(
        "Content",
        "store_v2_content",
        "store_v2_content_read_only",
        "v2/pages",
    ),
    scope(
        "Customers",
        "store_v2_customers",
        "store_v2_customers_read_only",
        "v3/customers",
    ),
    scope("Customers Login", "store_v2_customers_login", "", ""),
    scope(
        "Information & Settings",
        "store_v2_information",
        "store_v2_information_read_only",
        "v2/store",
    ),
    scope(
        "Marketing",
        "store_v2_marketing",
        "store_v2_marketing_read_only",
        "v2/coupons",
    ),
    scope(
        "Orders",
        "store_v2_orders",
        "store_v2_orders_read_only",
        "v2/orders",
    ),
    scope(
        "Order Transactions",
        "store_v2_transactions",
        "store_v2_transactions_read_only",
        "",
    ),
    scope(
        "Order Fulfillment",
        "store_order_fulfillment_manage",
        "store_order_fulfillment_read_only",
        "",
    ),
    scope(
        "Fulfillment Methods",
        "store_fulfillment_methods_manage",
        "store_fulfillment_methods_read_only",
        "v3/pickup/methods",
    ),
    scope(
        "Products",
        "store_v2_products",
        "store_v2_products_read_only",
        "v3/catalog/products",
    ),
    scope(
        "Store Inventory",
        "store_inventory",
        "store_inventory_read_only",
        "v3/inventory/items",
    ),
    scope(
        "Store Locations",
        "store_locations",
        "store_locations_read_only",
        "v3/inventory/locations",
    ),
    scope(
        "Channel Settings",
        "store_channel_settings",
        "store_channel_settings_read_only",
        "v3/channels",
    ),
    scope(
        "Channel Listings",
        "store_channel_listings",
        "store_channel_listings_read_only",
        "",
    ),
    scope(
        "Sites & Routes",
        "store_sites",
        "store_sites_read_only",
        "v3/sites",
    ),
    scope(
        "Themes",
        "store_themes_manage",
        "store_themes_read_only",
        "v3/themes",
    ),
    scope(
        "Store Translations",
        "store_translations",
        "store_translations_read_only",
        "",
    ),
    scope(
        "Stored Payment Instruments",
        "store_stored_payment_instruments",
        "store_stored_payment_instruments_read_only",
        "",
    ),
    scope("Store logs", "", "store_logs_read_only", "v3/store/systemlogs"),
];

/// What is asked about while no processflow says what it needs.
const USUAL: &[&str] = &["Orders", "Products", "Customers", "Store Inventory"];

/// What a question about a permission came to.
pub(super) struct Tried {
    pub(super) scope: String,
    /// The answer's status; `None` where nothing could be asked.
    pub(super) status: Option<u16>,
}

/// `Orders: modify` is the permission `Orders`.
pub(super) fn title(scope: &str) -> &str {
    scope.rsplit_once(": ").map_or(scope, |(title, _)| title)
}

/// Asks one harmless question for each permission that is needed, or for the usual ones. A legacy account has v2 alone.
pub(super) async fn try_all(store: &Store, needed: &[String]) -> Result<Vec<Tried>> {
    let mut titles: Vec<&str> = needed.iter().map(|scope| title(scope)).collect();
    titles.sort_unstable();
    titles.dedup();
    if titles.is_empty() {
        titles = USUAL.to_vec();
    }
    let asked = titles.into_iter().map(|title| async move {
        let probe = SCOPES
            .iter()
            .find(|scope| scope.title == title)
            .map(|scope| scope.probe);
        let probe =
            probe.filter(|path| !path.is_empty() && (!store.address.legacy || path.starts_with("v2/")));
        let scope = title.to_owned();
        match probe {
            None => Ok(Tried { scope, status: None }),
            Some(path) => ask(store, path, title).await.map(|answer| Tried {
                scope,
                status: Some(answer.status),
            }),
        }
    });
    join_all(asked).await.into_iter().collect()
}

async fn ask(store: &Store, path: &str, title: &str) -> Result<Answer> {
    let request = Request::get(path);
    // The store's profile is one record and takes no limit.
    let request = if path == "v2/store" {
        request
    } else {
        request.query("limit", 1)
    };
    let answer = store.ask(request).await?;
    // 501: a store that only pretends, and has no such list.
    match answer.status {
        401 | 429 | 500 | 502.. => {
            Err(errors::refusal(&answer, About::reading("anything", "Orders")).context(title))
        }
        _ => Ok(answer),
    }
}

/// What a permission allows, from the answer and from what was agreed to at a sign-in.
pub(super) fn found(tried: &Tried, granted: Option<&str>) -> Permission {
    let found = match tried.status {
        Some(403) => Access::Refused,
        Some(200..300) => agreed(&tried.scope, granted)
            .filter(|agreed| *agreed != Access::Refused)
            .unwrap_or(Access::Reads),
        _ => agreed(&tried.scope, granted).unwrap_or(Access::Untried),
    };
    Permission {
        scope: tried.scope.clone(),
        found,
    }
}

/// What a sign-in's list of scopes says of a permission; `None` without a list, and for names it does not know.
fn agreed(title: &str, granted: Option<&str>) -> Option<Access> {
    let granted: Vec<&str> = granted?.split_whitespace().collect();
    let scope = SCOPES.iter().find(|scope| scope.title == title)?;
    if !scope.modify.is_empty() && granted.contains(&scope.modify) {
        Some(Access::Modify)
    } else if !scope.read_only.is_empty() && granted.contains(&scope.read_only) {
        Some(Access::ReadOnly)
    } else {
        Some(Access::Refused)
    }
}

/// A sign-in's list of scopes in the words of the control panel.
pub(super) fn in_words(granted: &str) -> String {
    let word = |name: &str| {
        let is = |scope: &&Scope| scope.modify == name || scope.read_only == name;
        match SCOPES.iter().find(is) {
            Some(scope) if scope.modify == name => format!("{}: modify", scope.title),
            Some(scope) => format!("{}: read-only", scope.title),
            None => name.to_owned(),
        }
    };
    let words: Vec<String> = granted.split_whitespace().map(word).collect();
    words.join(", ")
}

/// The message of a token that may do nothing at all, by how it was signed in.
pub(super) fn opens_nothing(store: &Store, tried: &[Tried]) -> Error {
    let hash = &store.address.hash;
    if tried.iter().any(|tried| tried.status.is_some())
        && tried
            .iter()
            .all(|tried| tried.status.is_none_or(|status| status == 404))
    {
        return Error::config(format!("The store hash `{hash}` does not lead to a store."))
            .hint("Paste the admin address of the store as API Path; the hash is found in it.");
    }
    if store.by_app {
        return Error::config(format!("Everything is refused in store `{hash}`: the app must be approved again in the store."))
            .hint("Its permissions or the e-mail of the store's owner changed. Sign in again: `processflow connections sign-in NAME`.");
    }
    Error::config(format!("The token is refused everywhere in store `{hash}`: hash and token do not belong together, or the token has no permission at all."))
        .hint("Check the store hash in the API Path first; then create an API account with the permissions your processflows need.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_agreed_to_tells_what_no_question_can() {
        let tried = |scope: &str, status| Tried {
            scope: scope.to_owned(),
            status,
        };
        let granted = Some("store_v2_orders store_v2_products_read_only unknown_scope");
        for (scope, status, granted, expected) in [
            ("Orders", Some(200), granted, Access::Modify),
            ("Orders", Some(200), None, Access::Reads),
            ("Orders", Some(403), granted, Access::Refused),
            ("Products", Some(200), granted, Access::ReadOnly),
            ("Customers", Some(200), granted, Access::Reads),
            ("Carts", None, granted, Access::Refused),
            ("Carts", None, None, Access::Untried),
            ("Something new", None, granted, Access::Untried),
        ] {
            assert_eq!(
                found(&tried(scope, status), granted).found,
                expected,
                "{scope} {status:?}"
            );
        }
    }

    #[test]
    fn scopes_are_told_in_the_words_of_the_control_panel() {
        assert_eq!(
            in_words("store_v2_orders store_cart_read_only store_v2_default"),
            "Orders: modify, Carts: read-only, store_v2_default"
        );
    }
}
