//! The connection form of a store.

use connector_kit::JsonSchema;
use serde::Deserialize;

/// What a connection to a store is made from; the token is a secret and not among it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// API Path: the store hash, `stores/{hash}`, the API address from the control panel, or the store's admin
    /// address.
    #[serde(default)]
    pub(super) api_path: String,
    /// Username. Only checked where it is used: a legacy account's Basic sign-in.
    #[serde(default)]
    pub(super) username: Option<String>,
    /// How the store is signed in to.
    #[serde(default)]
    pub(super) auth: Auth,
    /// A host other than BigCommerce's that may get the token.
    #[serde(default)]
    pub(super) allow_host: AllowHost,
    /// The agent starts a store that only pretends, and fills in its API Path.
    #[serde(default)]
    sandbox: Flag,
}

impl Settings {
    /// The agent starts the store, and its address is known only then.
    pub(super) fn is_unstarted_sandbox(&self) -> bool {
        self.api_path.is_empty() && self.sandbox.is_true()
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
