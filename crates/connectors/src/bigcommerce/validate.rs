//! Trying a connection: whether the token is good, whose store it opens, what it may read, and whether the clocks
//! agree. Nothing is insisted on that a good token may lack: `/v2/store` needs a permission of its own.

use connector_kit::{
    Access, Allowance, Error, Fact, Permission, Result, Validation,
    http::{Answer, Request},
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    errors::{self, About},
    scopes,
    store::Store,
};

/// A difference of the clocks that is worth a word.
const CLOCK_SECONDS: i64 = 120;

/// Validates with the requests that runs use: first the time, which is the vendor's own probe of credentials, then one
/// harmless question for each permission that is needed.
pub(super) async fn validate(store: &Store, needed: &[String]) -> Result<Validation> {
    let about = About::reading("anything", "Information & Settings");
    let time = could_check(store.ask(Request::get("v2/time")).await)?;
    match time.status {
        401 => return Err(errors::refusal(&time, about)),
        200..300 | 403 | 404 => {}
        _ => return Err(could_not_check(errors::refusal(&time, about))),
    }
    time.json()
        .map_err(could_not_check)
        .or_else(|error| if time.is_success() { Err(error) } else { Ok(None) })?;
    let tried = could_check(scopes::try_all(store, needed).await)?;
    let reads_something = tried
        .iter()
        .any(|tried| tried.status.is_some_and(|status| (200..300).contains(&status)));
    if !time.is_success() && !reads_something {
        return Err(scopes::opens_nothing(store, &tried));
    }
    let granted = store.granted.as_deref();
    let permissions: Vec<Permission> = tried.iter().map(|tried| scopes::found(tried, granted)).collect();
    let (name, quota, ahead) = (name(store).await, quota(store), clock(store, &time));
    let mut facts = vec![Fact::new("Store hash", store.address.hash.clone())];
    facts.extend(name.as_ref().map(|name| Fact::new("Store", name)));
    facts.push(Fact::new("Quota", quota_words(store, quota)));
    facts.extend(ahead.map(|ahead| Fact::new("Clock", clock_words(ahead))));
    Ok(Validation {
        facts,
        missing: missing(&permissions, needed),
        permissions,
        sandbox: store.address.loopback,
        name,
        quota: quota.filter(|_| !store.address.legacy),
        clock_ahead: ahead,
    })
}

/// What is needed and certainly not allowed; without needs, whatever cannot be read.
fn missing(permissions: &[Permission], needed: &[String]) -> Vec<String> {
    let refused = permissions
        .iter()
        .filter(|permission| permission.found == Access::Refused);
    if needed.is_empty() {
        return refused
            .map(|permission| format!("{}: read-only", permission.scope))
            .collect();
    }
    let lacks = |scope: &&String| {
        let found = permissions
            .iter()
            .find(|permission| permission.scope == scopes::title(scope));
        match found.map(|permission| permission.found) {
            Some(Access::Refused) => true,
            Some(Access::ReadOnly) => scope.ends_with(": modify"),
            _ => false,
        }
    };
    needed.iter().filter(lacks).cloned().collect()
}

async fn name(store: &Store) -> Option<String> {
    #[derive(Deserialize)]
    struct Profile {
        name: String,
    }
    let answer = store
        .ask(Request::get("v2/store"))
        .await
        .ok()
        .filter(Answer::is_success)?;
    let profile: Profile = serde_json::from_slice(&answer.body).ok()?;
    Some(profile.name)
}

fn quota(store: &Store) -> Option<Allowance> {
    let reading = store.host.network.quota(&store.address.seal()).reading()?;
    Some(Allowance {
        requests: reading.quota,
        seconds: reading.window_ms / 1000,
    })
}

/// A legacy account is told what is left of a rolling hour, and not how much there was.
fn quota_words(store: &Store, quota: Option<Allowance>) -> String {
    if let Some(Allowance { requests, .. }) = quota.filter(|_| store.address.legacy) {
        return format!("{requests} requests left in this hour");
    }
    quota.map_or_else(
        || "no limit named".to_owned(),
        |Allowance { requests, seconds }| format!("{requests} requests in {seconds} s"),
    )
}

/// Seconds that this machine's clock is ahead of the server's.
fn clock(store: &Store, time: &Answer) -> Option<i64> {
    #[derive(Deserialize)]
    struct Time {
        time: i64,
    }
    let told = serde_json::from_slice(&time.body)
        .ok()
        .and_then(|Time { time }| Timestamp::from_second(time).ok());
    let server = time.server_time.or(told)?;
    Some(store.host.clock.now().as_second() - server.as_second())
}

fn clock_words(ahead: i64) -> String {
    let off = ahead.abs();
    if off <= CLOCK_SECONDS {
        return "this computer's clock agrees with the store's".to_owned();
    }
    let (amount, unit) = match off {
        ..=7_199 => (off / 60, "minutes"),
        7_200..=172_799 => (off / 3_600, "hours"),
        _ => (off / 86_400, "days"),
    };
    let side = if ahead > 0 { "ahead" } else { "behind" };
    format!("This computer's clock is {amount} {unit} {side}.")
}

fn could_check<T>(result: Result<T>) -> Result<T> {
    result.map_err(could_not_check)
}

/// Being asked to wait says nothing about the credentials.
fn could_not_check(error: Error) -> Error {
    if error.is_unavailable() {
        error.context("The connection could not be checked; that does not mean it is wrong")
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_told_in_words() {
        assert_eq!(clock_words(58 * 60), "This computer's clock is 58 minutes ahead.");
        assert_eq!(
            clock_words(-3 * 3_600),
            "This computer's clock is 3 hours behind."
        );
        assert!(
            clock_words(100).contains("agrees"),
            "two minutes are nobody's trouble"
        );
    }
}
