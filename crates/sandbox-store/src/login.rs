//! The login host: where a person approves an app for this store, and where the app exchanges the code for a token. The
//! person here approves at once, or refuses where the settings say so. BigCommerce: app guide, authentication.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Answer, Version};
use crate::query::Query;
use crate::world::World;

/// How long a code is good, in seconds.
const GOOD_FOR: i64 = 600;

/// An app of the Developer Portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct App {
    /// Its client ID.
    pub client_id: String,
    /// Its client secret.
    pub client_secret: String,
    /// The one callback address that is registered for it.
    pub redirect: String,
    /// Its scopes, by the vendor's parameter names: a store approves all or none.
    pub scopes: Vec<String>,
    /// The token that an exchange gives out.
    pub token: String,
    /// Whoever is asked says no.
    pub refused: bool,
}

impl Default for App {
    fn default() -> Self {
        Self {
            client_id: "sandbox-client".to_owned(),
            client_secret: "sandbox-client-secret".to_owned(),
            redirect: "https://localhost:47811/signed-in".to_owned(),
            scopes: crate::config::SCOPES
                .iter()
                .map(|scope| (*scope).to_owned())
                .collect(),
            token: "sandbox-app-token".to_owned(),
            refused: false,
        }
    }
}

/// Codes that were given out, and when.
pub(crate) type Codes = BTreeMap<String, i64>;

/// Whether a path is the login host's.
pub(crate) fn is_here(path: &str) -> bool {
    path.starts_with("/oauth2/") || path.starts_with("/app/")
}

/// Answers a request to the login host.
pub(crate) fn answer(
    world: &mut World,
    method: &str,
    path: &str,
    query: &str,
    basic: bool,
    body: &[u8],
) -> Answer {
    let install = format!("/app/{}/install", world.settings.app.client_id);
    match (method, path) {
        ("GET", "/oauth2/authorize") => authorize(world, &Query::parse(Version::V2, query)),
        ("POST", "/oauth2/token") => token(world, basic, body),
        ("GET", path) if path == install => back(world, &[("external_install", "1".to_owned())]),
        ("GET", path) if path.strip_prefix(&install) == Some("/succeeded") => {
            Answer::text(200, "The app is installed.")
        }
        ("GET", path) if path.strip_prefix(&install) == Some("/failed") => {
            Answer::text(200, "The app is not installed.")
        }
        _ => Answer::text(404, "There is no such page."),
    }
}

fn authorize(world: &mut World, query: &Query) -> Answer {
    let given = |name: &str| query.text(name).unwrap_or_default().to_owned();
    let app = &world.settings.app;
    if given("client_id") != app.client_id {
        return Answer::text(400, "There is no such app.");
    }
    if given("redirect_uri") != app.redirect {
        return Answer::text(400, "The redirect is not the registered one.");
    }
    if given("context") != format!("stores/{}", world.hash) {
        return Answer::text(400, "There is no such store.");
    }
    back(world, &[("state", given("state"))])
}

/// The browser is sent back with a code.
fn back(world: &mut World, further: &[(&str, String)]) -> Answer {
    let app = world.settings.app.clone();
    let mut pairs = if app.refused {
        vec![("error", "access_denied".to_owned())]
    } else {
        let code = uuid::Uuid::new_v4().simple().to_string();
        world.codes.insert(code.clone(), world.now());
        vec![
            ("code", code),
            ("scope", app.scopes.join(" ")),
            ("context", format!("stores/{}", world.hash)),
            ("account_uuid", "5c1b4e3a-0000-4000-8000-000000000001".to_owned()),
        ]
    };
    pairs.extend(further.iter().cloned());
    let query: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    Answer::text(302, "").with("location", format!("{}?{}", app.redirect, query.join("&")))
}

fn token(world: &mut World, basic: bool, body: &[u8]) -> Answer {
    let refuse = |status: u16, error: &str| Answer::json(status, &json!({ "error": error }));
    let Ok(sent) = serde_json::from_slice::<Value>(body) else {
        return refuse(400, "invalid_request");
    };
    let text = |name: &str| sent[name].as_str().unwrap_or_default();
    let app = world.settings.app.clone();
    // The credentials belong into the body.
    if basic || text("client_id") != app.client_id || text("client_secret") != app.client_secret {
        return refuse(401, "invalid_client");
    }
    if text("grant_type") != "authorization_code" {
        return refuse(400, "unsupported_grant_type");
    }
    if text("redirect_uri") != app.redirect {
        return refuse(400, "redirect_uri_mismatch");
    }
    // A code is good once.
    let issued = world.codes.remove(text("code"));
    if issued.is_none_or(|issued| world.now() - issued > GOOD_FOR) {
        return refuse(400, "invalid_grant");
    }
    let context = format!("stores/{}", world.hash);
    // Seen in the field: without its context a token has no scope, and every call with it is 403.
    let passed_on = text("context") == context;
    let scopes = if passed_on { app.scopes.clone() } else { Vec::new() };
    world.settings.accounts.insert(app.token.clone(), scopes);
    world.changed();
    let scope = if passed_on {
        json!(app.scopes.join(" "))
    } else {
        Value::Null
    };
    let owner = json!({ "id": 1, "username": "owner@sandbox.example", "email": "owner@sandbox.example" });
    Answer::json(
        200,
        &json!({
            "access_token": app.token, "scope": scope, "user": owner, "owner": owner, "context": context,
            "account_uuid": "5c1b4e3a-0000-4000-8000-000000000001",
        }),
    )
}
