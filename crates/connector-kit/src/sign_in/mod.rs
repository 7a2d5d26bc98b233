//! Signing in through a browser: a person agrees in the other system, and the browser brings a grant back to this
//! machine. Here is what any connector with such a sign-in is made of, and the listener that lives for these minutes;
//! where a browser starts and what a grant is exchanged for is the connector's, who waits for it is the engine's.

mod certificate;
mod listener;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;
use url::{Host, Url, form_urlencoded};

pub use listener::{Arrived, Listener};

use crate::{Error, Fact, Result, Secret};

/// How a person signs in through a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Where the browser starts.
    pub start: String,
    /// Where it comes back to, exactly as it is registered with the other system.
    pub redirect: Redirect,
    /// What the way back must carry as `state`; `None` where the other system does not pass one on.
    pub state: Option<String>,
    /// Where the browser goes on from here, for systems that wait to hear how it ended.
    pub ends: Option<Ends>,
}

/// Where a browser goes on once a sign-in ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Only when the way back carried this parameter.
    pub when: &'static str,
    /// It worked.
    pub succeeded: String,
    /// It did not.
    pub failed: String,
}

/// The address a browser comes back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect(Url);

impl Redirect {
    /// Err: Config when it is no address of http or https, or plain http to another machine than this one: the grant would
    /// be read on the way.
    pub fn read(text: &str) -> Result<Self> {
        let wrong = |fact: &str| {
            Error::config(format!("the redirect address `{text}` {fact}"))
                .hint("It is the callback address that is registered for the app, such as https://localhost:47811/signed-in.")
        };
        let url = Url::parse(text.trim()).map_err(|_| wrong("cannot be read"))?;
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if !url.has_host() || !plain {
            return Err(wrong("is not one that a browser can come back to"));
        }
        let redirect = Self(url);
        match redirect.0.scheme() {
            "https" => Ok(redirect),
            "http" if redirect.is_here() => Ok(redirect),
            "http" => Err(wrong("is plain http to another machine")),
            _ => Err(wrong("is neither https nor http")),
        }
    }

    /// This machine itself: the program can wait there for the browser.
    pub fn is_here(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// As it is registered, letter by letter.
    pub fn text(&self) -> &str {
        self.0.as_str()
    }

    fn url(&self) -> &Url {
        &self.0
    }
}

/// What a browser brought back: the parameters of the redirect. The code among them is as good as a token for a while,
/// so nothing of it prints.
#[derive(Clone, Default)]
pub struct Grant(BTreeMap<String, Secret>);

impl Grant {
    /// From the query of an address, `code=…&context=…`.
    pub fn of_query(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes());
        Self(
            pairs
                .map(|(name, value)| (name.into_owned(), Secret::new(value.into_owned())))
                .collect(),
        )
    }

    /// From what a person pasted: the whole address that the browser ended at, its query, or the code alone.
    pub fn of_pasted(text: &Secret) -> Self {
        let text = text.expose().trim();
        match text.split_once('?') {
            Some((_, query)) => Self::of_query(query.split('#').next().unwrap_or_default()),
            None if text.contains("code=") => Self::of_query(text),
            None => Self(BTreeMap::from([(
                "code".to_owned(),
                Secret::new(text.to_owned()),
            )])),
        }
    }

    /// A parameter, unless it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(Secret::expose)
            .filter(|value| !value.is_empty())
    }

    /// The code.
    pub fn code(&self) -> Option<&Secret> {
        self.0.get("code").filter(|code| !code.expose().is_empty())
    }

    /// Whether it belongs to a sign-in: a state that was sent must come back, and one that comes back must be the one that
    /// was sent. Otherwise somebody else's grant could be slipped in.
    pub fn answers(&self, sign_in: &SignIn, pasted: bool) -> bool {
        match (self.get("state"), &sign_in.state) {
            (Some(came), Some(sent)) => came == sent,
            (Some(_), None) => false,
            // Whoever pastes the code alone has seen where it came from.
            (None, Some(_)) => pasted && self.0.len() == 1,
            (None, None) => true,
        }
    }
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Grant{:?}", self.0.keys().collect::<Vec<_>>())
    }
}

/// What a grant was exchanged for.
#[derive(Debug)]
pub struct SignedIn {
    /// Settings that are known now, laid over those the connection has.
    pub settings: Map<String, Value>,
    /// Secrets for the place that these settings lead to.
    pub secrets: BTreeMap<String, Secret>,
    /// Whose consent it is, for which store, to do what.
    pub facts: Vec<Fact>,
}

/// A field of settings and the values under which something counts; for forms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct When {
    /// The field.
    pub field: String,
    /// Its values.
    pub values: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in(state: Option<&str>) -> SignIn {
        SignIn {
            start: String::new(),
            redirect: Redirect::read("https://localhost:47811/signed-in").expect("an address"),
            state: state.map(str::to_owned),
            ends: None,
        }
    }

    #[test]
    fn a_redirect_is_here_or_encrypted() {
        for (text, here) in [
            ("https://localhost:47811/signed-in", true),
            ("http://127.0.0.1:1/x", true),
            ("http://[::1]:1/x", true),
            ("https://apps.example.com/callback", false),
        ] {
            assert_eq!(Redirect::read(text).expect("it is one").is_here(), here, "{text}");
        }
        for text in [
            "http://apps.example.com/callback",
            "http://localhost.evil.example/x",
            "https://user@localhost/x",
            "javascript:alert(1)",
            "localhost",
            "",
        ] {
            assert!(Redirect::read(text).is_err(), "{text} is none");
        }
    }

    #[test]
    fn a_whole_address_its_query_and_the_code_alone_can_be_pasted() {
        for text in [
            "https://apps.example.com/cb?code=c0de&context=stores%2Fabc&scope=a+b#x",
            "code=c0de&context=stores/abc&scope=a+b",
        ] {
            let grant = Grant::of_pasted(&Secret::new(text.to_owned()));
            assert_eq!(grant.get("code"), Some("c0de"), "{text}");
            assert_eq!(grant.get("context"), Some("stores/abc"), "{text}");
            assert_eq!(grant.get("scope"), Some("a b"), "{text}");
            assert!(!format!("{grant:?}").contains("c0de"), "it does not print");
        }
        assert_eq!(
            Grant::of_pasted(&Secret::new(" c0de\n".into())).get("code"),
            Some("c0de")
        );
    }

    #[test]
    fn a_grant_of_another_sign_in_is_none_of_ours() {
        let with_state = sign_in(Some("s1"));
        assert!(Grant::of_query("code=c&state=s1").answers(&with_state, false));
        assert!(!Grant::of_query("code=c&state=s2").answers(&with_state, false));
        assert!(
            !Grant::of_query("code=c").answers(&with_state, false),
            "a state that was sent must come back"
        );
        assert!(
            !Grant::of_query("code=c&context=x").answers(&with_state, true),
            "pasted addresses are no exception"
        );
        assert!(
            Grant::of_query("code=c").answers(&with_state, true),
            "the code alone carries none"
        );
        assert!(Grant::of_query("code=c").answers(&sign_in(None), false));
        assert!(
            !Grant::of_query("code=c&state=s2").answers(&sign_in(None), false),
            "nobody sent one"
        );
    }
}
