//! The connection form of a store.

use connector_kit::{
    Error, JsonSchema, Result,
    http::{Pace, Quiet},
};
use serde::Deserialize;

/// What a connection to a store is made from; the token is a secret and not among it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// API Path: the store hash, `stores/{hash}`, the API address from the control panel, or the store's admin
    /// address.
    #[serde(default)]
    #[schemars(extend("x-required-when" = { "auth": ["token", "basic", "legacy"] }))]
    pub(super) api_path: String,
    /// Username. Only checked where it is used: a legacy account's Basic sign-in.
    #[serde(default)]
    #[schemars(extend("x-when" = { "auth": ["token", "basic", "legacy"] }, "x-required-when" = { "auth": ["basic", "legacy"] }))]
    pub(super) username: Option<String>,
    /// How the store is signed in to.
    #[serde(default)]
    pub(super) auth: Auth,
    /// Client ID of the app. An access token needs none.
    #[serde(default)]
    #[schemars(extend("x-when" = { "auth": ["oauth", "token"] }, "x-required-when" = { "auth": ["oauth"] }, "x-rare-when" = { "auth": ["token"] }))]
    pub(super) client_id: Option<String>,
    /// Scopes of the app, with spaces between them; those of the Developer Portal when left out.
    #[serde(default)]
    #[schemars(extend("x-when" = { "auth": ["oauth"] }))]
    pub(super) scopes: Option<String>,
    /// Auth Callback URL of the app, as it is registered in the Developer Portal.
    #[serde(default)]
    #[schemars(extend("x-when" = { "auth": ["oauth"] }))]
    pub(super) redirect: Option<String>,
    /// The login host of a store that only pretends, on this machine.
    #[serde(default)]
    #[schemars(extend("x-when" = { "auth": ["oauth"] }))]
    pub(super) login_host: Option<String>,
    /// The scopes that the store agreed to when it was signed in to.
    #[serde(default)]
    #[schemars(extend("x-told" = true))]
    pub(super) granted: Option<String>,
    /// Who owns the store that was signed in to.
    #[serde(default)]
    #[schemars(extend("x-told" = true))]
    pub(super) owner: Option<String>,
    /// A host other than BigCommerce's that may get the token.
    #[serde(default)]
    pub(super) allow_host: AllowHost,
    /// A folder on this machine with pictures of products, which rows name by file.
    #[serde(default)]
    pub(super) pictures: Option<String>,
    /// Hosts of your own network from which the agent fetches pictures that rows name by address, to upload them:
    /// `nas.local, 192.168.1.20:8080`.
    #[serde(default)]
    pub(super) picture_hosts: Option<String>,
    /// Percent of the store's request budget that are left to other apps: 0 to 90.
    #[serde(default)]
    pub(super) quota_reserve: Amount,
    /// Requests a second at most.
    #[serde(default)]
    pub(super) speed_limit: Amount,
    /// Hours in which only processflows of high priority ask the store: `22:00-06:00`, or with a time zone `22:00-06:00
    /// Europe/Berlin`.
    #[serde(default)]
    pub(super) quiet_hours: Option<String>,
    /// The agent starts a store that only pretends, and fills in its API Path.
    #[serde(default)]
    sandbox: Flag,
}

impl Settings {
    /// The agent starts the store, and its address is known only then.
    pub(super) fn is_unstarted_sandbox(&self) -> bool {
        self.api_path.is_empty() && self.sandbox.is_true()
    }

    /// An app that no store has approved yet: which store it will be is not known.
    pub(super) fn is_not_signed_in(&self) -> bool {
        self.api_path.trim().is_empty() && self.auth == Auth::Oauth
    }
}

/// A number, also as text: settings may come from a command line.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Amount {
    #[default]
    #[serde(skip)]
    Unset,
    Number(f64),
    Text(String),
}

impl Settings {
    /// What a person says of the store's request budget. Err: Config.
    pub(super) fn pace(&self) -> Result<Pace> {
        let reserve = self.quota_reserve.read("quota_reserve", 0.0, 90.0)?;
        let speed = self.speed_limit.read("speed_limit", 0.01, 1_000.0)?;
        let hours = self
            .quiet_hours
            .as_deref()
            .filter(|hours| !hours.trim().is_empty());
        let quiet = hours.map(Quiet::read).transpose().map_err(|wrong| {
            Error::config(format!("`quiet_hours`: {wrong}"))
                .hint("Write them like `22:00-06:00` or `22:00-06:00 Europe/Berlin`.")
        })?;
        Ok(Pace {
            reserve: reserve.unwrap_or_default() as u8,
            speed,
            quiet,
        })
    }
}

impl Amount {
    fn read(&self, name: &str, least: f64, most: f64) -> Result<Option<f64>> {
        let number = match self {
            Self::Unset => return Ok(None),
            Self::Number(number) => Some(*number),
            Self::Text(text) if text.trim().is_empty() => return Ok(None),
            Self::Text(text) => text.trim().parse().ok(),
        };
        let number = number.filter(|number| (least..=most).contains(number));
        number.map(Some).ok_or_else(|| {
            Error::config(format!("`{name}` is a number from {least} to {most}"))
                .hint("Leave it empty for no limit of your own.")
        })
    }
}

/// Ways to sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Auth {
    /// Store hash and access token.
    #[default]
    Token,
    /// Client ID as user name, access token as password: on the wire the same as `token`.
    Basic,
    /// A legacy account: user name and API token on the store's own host, v2 alone.
    Legacy,
    /// OAuth 2.0: an app of the Developer Portal that the store approves in a browser.
    Oauth,
}

/// Yes or no, also as text: settings may come from a command line.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Flag {
    #[default]
    #[serde(skip)]
    Unset,
    Bool(bool),
    Text(String),
}

impl Flag {
    fn is_true(&self) -> bool {
        match self {
            Self::Unset => false,
            Self::Bool(value) => *value,
            Self::Text(text) => text == "true",
        }
    }
}

/// Which other host may get the token.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum AllowHost {
    /// Whichever the API Path names, or none.
    Any(bool),
    /// Exactly this one.
    Name(String),
}

impl Default for AllowHost {
    fn default() -> Self {
        Self::Any(false)
    }
}

impl AllowHost {
    pub(super) fn allows(&self, host: &str) -> bool {
        match self {
            Self::Any(any) => *any,
            Self::Name(name) => name == "true" || name.eq_ignore_ascii_case(host),
        }
    }
}
