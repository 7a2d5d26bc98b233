//! What stands before every handler, in the vendor's order: is there such a route, is the token good, is it
//! this store's, has it the scope.

use crate::answer::{Answer, v3_error};
use crate::routes::Need;
use crate::settings::Settings;

/// The gateway's 404, decided before the token is looked at.
pub(crate) fn unknown_route() -> Answer {
    Answer::text(404, "The route is not found, check the URL")
}

/// Checks the token as it came in `X-Auth-Token`.
pub(crate) fn token(settings: &Settings, sent: Option<&str>) -> Result<(), Answer> {
    match sent {
        None => Err(Answer::text(401, "X-Auth-Token header is required")),
        Some("") => Err(Answer::text(
            401,
            "X-Auth-Token header should have correct format",
        )),
        Some(token) if token == settings.token && !settings.revoked => Ok(()),
        Some(_) => Err(v3_error(401, "Unauthorized", serde_json::Map::new())),
    }
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
pub(crate) fn scope(settings: &Settings, need: Need, writes: bool) -> Result<(), Answer> {
    let names = need.scopes();
    let granted = names.is_empty()
        || settings.scopes.iter().any(|scope| {
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
