//! Installing an app: a person agrees in the store, the browser brings a code back, and the code is exchanged for the
//! token of that store. BigCommerce reference: app guide, authentication. The login host is fixed; the client secret goes
//! there and nowhere else.

use std::collections::BTreeMap;

use connector_kit::{
    Error, Fact, Grant, Host, Redirect, Result, Secret, Secrets, SignIn, SignedIn,
    http::{Answer, Client, Method, Request, Sent},
    sign_in::Ends,
};
use serde::Deserialize;
use serde_json::{Map, json};
use url::{Url, form_urlencoded};

use super::{
    address::Address,
    scopes,
    settings::{Auth, Settings},
};

/// BigCommerce's one host for consent and tokens.
const LOGIN: &str = "https://login.bigcommerce.com";
/// Where the browser comes back to when nothing else is registered for the app.
pub(super) const REDIRECT: &str = "https://localhost:47811/signed-in";

const AGAIN: &str = "Sign in again; a code is good for one exchange and for a short time.";

/// The login host. Err: Config for any other than BigCommerce's that is not this machine itself.
pub(super) fn login(settings: &Settings) -> Result<String> {
    let Some(other) = settings
        .login_host
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    else {
        return Ok(LOGIN.to_owned());
    };
    let url = Url::parse(other).ok().filter(|url| {
        let here = Redirect::read(other).is_ok_and(|there| there.is_here());
        here && url.path() == "/" && url.query().is_none()
    });
    url.map(|url| url.origin().ascii_serialization()).ok_or_else(|| {
        Error::config(format!("`{other}` is not BigCommerce's login host, so the client secret would go to somebody else"))
            .hint("Leave it out: only a store that pretends on this machine has a login host of its own, such as http://127.0.0.1:8080.")
    })
}

/// Where the browser starts: with a store, that store is asked for consent and passes the state on; without one, the
/// app's own install page, which knows no state.
pub(super) fn start(settings: &Settings, state: &str) -> Result<Option<SignIn>> {
    if settings.auth != Auth::Oauth {
        return Ok(None);
    }
    let login = login(settings)?;
    let client = client_id(settings)?;
    let redirect = Redirect::read(settings.redirect.as_deref().unwrap_or(REDIRECT))?;
    let app = format!("{login}/app/{}/install", Request::segment(client));
    let ends = Ends {
        when: "external_install",
        succeeded: format!("{app}/succeeded"),
        failed: format!("{app}/failed"),
    };
    let store = wanted_store(settings)?;
    let (start, state) = match &store {
        None => (app, None),
        Some(hash) => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", client)
                .append_pair("redirect_uri", redirect_of(settings))
                .append_pair("context", &format!("stores/{hash}"))
                .append_pair("state", state);
            if let Some(scopes) = settings
                .scopes
                .as_deref()
                .map(str::trim)
                .filter(|text| !text.is_empty())
            {
                query.append_pair("scope", &one_spaced(scopes));
            }
            (
                format!("{login}/oauth2/authorize?{}", query.finish()),
                Some(state.to_owned()),
            )
        }
    };
    Ok(Some(SignIn {
        start,
        redirect,
        state,
        ends: Some(ends),
    }))
}

/// As it was entered: the exchange wants it letter by letter as it is registered.
fn redirect_of(settings: &Settings) -> &str {
    settings.redirect.as_deref().map_or(REDIRECT, str::trim)
}

fn one_spaced(scopes: &str) -> String {
    let words: Vec<&str> = scopes
        .split([' ', ',', '\n', '\t', '+'])
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

fn client_id(settings: &Settings) -> Result<&str> {
    let id = settings
        .client_id
        .as_deref()
        .map(str::trim)
        .filter(|id| !id.is_empty());
    id.ok_or_else(|| {
        Error::config("the client ID of the app is not set")
            .hint("Copy it from the Developer Portal, View Client ID: `--set client_id=…`.")
    })
}

/// The hash of the store that the settings name, if they name one.
fn wanted_store(settings: &Settings) -> Result<Option<String>> {
    if settings.api_path.trim().is_empty() {
        return Ok(None);
    }
    Ok(Some(
        Address::read(&settings.api_path, settings.auth, &settings.allow_host)?.hash,
    ))
}

/// Exchanges a code for the store's token.
pub(super) async fn exchange(
    settings: Settings,
    grant: Grant,
    secrets: &Secrets,
    host: &Host,
) -> Result<SignedIn> {
    if let Some(refused) = grant.get("error") {
        return Err(not_agreed(refused));
    }
    let code = grant.code().ok_or_else(|| {
        Error::config("what came back holds no code")
            .hint("Paste the whole address that the browser ended at, from https:// on.")
    })?;
    let wanted = wanted_store(&settings)?;
    let context = match (grant.get("context"), &wanted) {
        (Some(context), _) => context.to_owned(),
        (None, Some(hash)) => format!("stores/{hash}"),
        (None, None) => {
            return Err(Error::config("the code alone does not say which store it is for")
                .hint("Paste the whole address that the browser ended at, or set the API Path first."));
        }
    };
    let hash = hash_of(&context)?;
    same_store(wanted.as_deref(), &hash)?;
    let secret = secrets.require("client_secret")?;
    let scopes = settings.scopes.as_deref().map(one_spaced);
    let scope = grant
        .get("scope")
        .map(str::to_owned)
        .or(scopes)
        .unwrap_or_default();
    let body = json!({
        "client_id": client_id(&settings)?,
        "client_secret": secret.expose().trim(),
        "code": code.expose(),
        "context": context,
        "scope": scope,
        "grant_type": "authorization_code",
        "redirect_uri": redirect_of(&settings),
    });
    let login = login(&settings)?;
    let client = Client::new(&format!("{login}/"), &login, None, host)?;
    let sent = client
        .write(Request::once(Method::Post, "oauth2/token", &body).sensitive())
        .await;
    let answer = answered(sent)?;
    if !answer.is_success() {
        return Err(refused(&answer));
    }
    told(&answer, &settings, wanted.as_deref(), &login)
}

fn hash_of(context: &str) -> Result<String> {
    let hash = context
        .strip_prefix("stores/")
        .filter(|hash| super::address::is_hash(hash));
    hash.map(str::to_owned).ok_or_else(|| {
        Error::config("the login host named no store, only something else")
            .hint("Install the app in one store; accounts of several stores cannot be used here.")
    })
}

/// Whoever asked for one store must not end up with another.
fn same_store(wanted: Option<&str>, came: &str) -> Result<()> {
    match wanted {
        Some(wanted) if wanted != came => Err(Error::config(format!(
            "the app was approved in store `{came}`, and this connection is for store `{wanted}`"
        ))
        .hint("Log out of the other store in the browser and sign in again, or make a connection of its own for that store.")),
        _ => Ok(()),
    }
}

fn answered(sent: Sent) -> Result<Answer> {
    match sent {
        Sent::Answered(answer) => Ok(answer),
        Sent::NotSent(error) => Err(error.context("the code was not exchanged")),
        Sent::Unknown(error) => Err(error
            .context("whether the code was exchanged is not known")
            .hint(AGAIN)),
    }
}

fn not_agreed(reason: &str) -> Error {
    if reason == "access_denied" {
        return Error::config("the app was not approved in the store")
            .hint("Sign in again and confirm; a store approves all permissions of an app or none.");
    }
    Error::config(format!("the login host ended the sign-in: {}", plain(reason)))
        .hint("Check client ID, redirect and scopes against the Developer Portal.")
}

/// Words of a protocol, and nothing that could be more than that.
fn plain(word: &str) -> String {
    let fits = |letter: &char| letter.is_ascii_alphanumeric() || "_-. ".contains(*letter);
    word.chars().filter(fits).take(80).collect()
}

/// The login host's own words are not repeated: they may hold what was sent.
fn refused(answer: &Answer) -> Error {
    #[derive(Default, Deserialize)]
    struct Said {
        #[serde(default)]
        error: String,
    }
    let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
    match (said.error.as_str(), answer.status) {
        ("invalid_client" | "unauthorized_client", _) | (_, 401) => {
            Error::config("the login host does not accept client ID and client secret")
                .hint("Copy both again from the Developer Portal, View Client ID.")
        }
        ("invalid_grant", _) => Error::config("the code is no longer good").hint(AGAIN),
        ("redirect_uri_mismatch" | "invalid_redirect_uri", _) => {
            Error::config("the redirect is not the one that is registered for the app")
                .hint("Enter it here letter by letter as in the Developer Portal, Auth Callback URL.")
        }
        ("invalid_scope", _) => Error::config("the scopes are not those of the app")
            .hint("Choose the same scopes in the Developer Portal, or leave them out here."),
        (_, 429 | 500..) => Error::unavailable("the login host could not answer just now").hint(AGAIN),
        (word, status) => Error::config(format!(
            "the login host refused the code ({status} {})",
            plain(word)
        ))
        .hint("Check client ID, redirect and scopes against the Developer Portal, then sign in again."),
    }
}

/// What the login host tells of a token.
#[derive(Deserialize)]
struct Token {
    access_token: Option<String>,
    scope: Option<String>,
    context: Option<String>,
    #[serde(default)]
    user: Option<Person>,
    #[serde(default)]
    owner: Option<Person>,
}

#[derive(Deserialize)]
struct Person {
    email: Option<String>,
}

fn told(answer: &Answer, settings: &Settings, wanted: Option<&str>, login: &str) -> Result<SignedIn> {
    let other = || Error::unavailable("the login host answered something else than a token").hint(AGAIN);
    let token: Token = serde_json::from_slice(&answer.body).map_err(|_| other())?;
    let secret = token
        .access_token
        .filter(|token| !token.trim().is_empty())
        .map(Secret::new)
        .ok_or_else(other)?;
    let hash = hash_of(token.context.as_deref().unwrap_or_default())?;
    same_store(wanted, &hash)?;
    let Some(scope) = token.scope.filter(|scope| !scope.trim().is_empty()) else {
        return Err(Error::config("the token came without any scope, so every call with it would be refused")
            .hint("The store was not passed on rightly. Sign in again from the app's install page, and paste the whole address if you paste it."));
    };
    let email = |person: Option<Person>| {
        person
            .and_then(|person| person.email)
            .filter(|email| !email.is_empty())
    };
    let owner = email(token.owner).or_else(|| email(token.user));
    let origin = if settings.login_host.is_some() {
        login.to_owned()
    } else {
        super::address::api_origin()
    };
    let mut known = Map::new();
    if wanted.is_none() {
        known.insert(
            "api_path".to_owned(),
            json!(format!("{origin}/stores/{hash}/v3/")),
        );
    }
    known.insert("granted".to_owned(), json!(scope));
    known.insert("owner".to_owned(), json!(owner));
    let mut facts = vec![
        Fact::new("Store hash", hash),
        Fact::new("Permissions", scopes::in_words(&scope)),
    ];
    facts.extend(owner.map(|owner| Fact::new("Owner", owner)));
    Ok(SignedIn {
        settings: known,
        secrets: BTreeMap::from([("token".to_owned(), secret)]),
        facts,
    })
}
