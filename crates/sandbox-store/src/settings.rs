//! How the store behaves, changeable while it runs: limits, credentials, and the oddities that real stores
//! have shown. Broken connections are not here: see [`Fault`](crate::Fault).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::login::App;

/// How the store behaves. Over HTTP, `POST /sandbox/settings` takes any part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The access token that is good.
    pub token: String,
    /// The token was deleted in the control panel: every call is 401.
    pub revoked: bool,
    /// Scopes of the token, by the vendor's parameter names.
    pub scopes: Vec<String>,
    /// Further tokens that are good, with their scopes: other API accounts of the store, and apps.
    pub accounts: BTreeMap<String, Vec<String>>,
    /// User name and token of the legacy account, which signs in below `/api/v2/`.
    pub legacy: (String, String),
    /// What is left of the legacy account's rolling hour; each of its requests takes one.
    pub legacy_left: u32,
    /// The app that may be installed.
    pub app: App,
    /// Requests in a window; none is no limit and no limit headers.
    pub quota: Option<u32>,
    /// Length of the quota's window.
    pub window_ms: u64,
    /// Requests which other apps make in each window: the quota belongs to the store, not to one app.
    pub used_by_others: u32,
    /// Headers that no answer has: stores differ in which of the limit headers they send.
    pub unsent_headers: Vec<String>,
    /// 429 arrives without the limit headers, as under load of the platform.
    pub bare_429: bool,
    /// Enforces the vendor's limits of concurrent calls on single endpoints.
    pub concurrency_limits: bool,
    /// How long each request takes at least.
    pub latency_ms: u64,
    /// Requests whose path and query hold this text wait until it is taken away.
    pub held: Option<String>,
    /// Every call is 503 with a page of HTML, as in maintenance.
    pub maintenance: bool,
    /// Created records stay invisible to look-ups for so long.
    pub lag_seconds: u32,
    /// Stock adjustments are accepted at once and applied so much later.
    pub stock_lag_seconds: u32,
    /// An adjustment of stock moves `date_modified` of its product. The vendor does not say whether it does.
    pub stock_touches_product: bool,
    /// Parameters that the store passes over in silence.
    pub ignore_filters: Vec<String>,
    /// Every page is the first.
    pub ignore_page: bool,
    /// A v3 product date filter without a time gets the current time of day added, as the vendor documents.
    pub date_gets_time: bool,
    /// SKUs (`*` for all) whose stock cannot be saved through the catalog: the product is, and the answer is 207.
    pub stock_fails_for: Vec<String>,
    /// Labels of order statuses as the merchant renamed them, by status id.
    pub status_labels: BTreeMap<u8, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token: String::new(),
            revoked: false,
            scopes: Vec::new(),
            accounts: BTreeMap::new(),
            legacy: ("legacy-user".to_owned(), "legacy-token".to_owned()),
            legacy_left: 20_000,
            app: App::default(),
            quota: None,
            window_ms: 30_000,
            used_by_others: 0,
            unsent_headers: Vec::new(),
            bare_429: false,
            concurrency_limits: false,
            latency_ms: 0,
            held: None,
            maintenance: false,
            lag_seconds: 0,
            stock_lag_seconds: 0,
            stock_touches_product: false,
            ignore_filters: Vec::new(),
            ignore_page: false,
            date_gets_time: true,
            stock_fails_for: Vec::new(),
            status_labels: BTreeMap::new(),
        }
    }
}
