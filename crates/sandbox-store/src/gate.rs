//! What stands before every handler, in the vendor's order: is there such a route, is the token good, is it
//! this store's, has it the scope.

use base64::Engine as _;

use crate::answer::{Answer, v2_error, v3_error};
use crate::routes::Need;
use crate::settings::Settings;

/// The gateway's 404, decided before the token is looked at.
pub(crate) fn unknown_route() -> Answer {
    Answer::text(404, "The route is not found, check the URL")
}

/// Whom a request comes from.
pub(crate) enum Account<'a> {
    /// An API account or an app, with these scopes.
    Scoped(&'a [String]),
    /// The legacy account, which has no scopes.
    Legacy,
}

/// Checks the token as it came in `X-Auth-Token`.
pub(crate) fn token<'a>(settings: &'a Settings, sent: Option<&str>) -> Result<Account<'a>, Answer> {
    match sent {
        None => Err(Answer::text(401, "X-Auth-Token header is required")),
        Some("") => Err(Answer::text(
            401,
            "X-Auth-Token header should have correct format",
        )),
        Some(token) if token == settings.token && !settings.revoked => Ok(Account::Scoped(&settings.scopes)),
        Some(token) if settings.accounts.contains_key(token) => {
            Ok(Account::Scoped(&settings.accounts[token]))
        }
        Some(_) => Err(v3_error(401, "Unauthorized", serde_json::Map::new())),
    }
}

/// Checks the legacy account's Basic login.
pub(crate) fn legacy<'a>(settings: &Settings, sent: Option<&str>) -> Result<Account<'a>, Answer> {
    let (name, token) = &settings.legacy;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{token}"));
    if sent == Some(&format!("Basic {pair}")) {
        return Ok(Account::Legacy);
    }
    Err(v2_error(401, "No credentials were supplied in the request."))
}

/// A good token at another store. The vendor names the status and not the body.
pub(crate) fn store(hash: &str, sent: &str) -> Result<(), Answer> {
    if hash == sent {
        Ok(())
    } else {
        Err(v3_error(403, "Forbidden", serde_json::Map::new()))
    }
}

/// Checks the scope: reading needs either form, writing the modifying one.
pub(crate) fn scope(account: &Account<'_>, need: Need, writes: bool) -> Result<(), Answer> {
    let Account::Scoped(scopes) = account else {
        return Ok(());
    };
    let names = need.scopes();
    let granted = names.is_empty()
        || scopes.iter().any(|scope| {
            names
                .iter()
                .any(|name| scope == name || (!writes && scope.strip_suffix("_read_only") == Some(*name)))
        });
    if granted {
        return Ok(());
    }
    Err(v3_error(
        403,
        "You don't have a required scope to access the endpoint",
        serde_json::Map::new(),
    ))
}
