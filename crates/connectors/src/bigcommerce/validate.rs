//! Trying a connection: whether the token is good, whose store it opens, what it may read, and whether the clocks
//! agree. Nothing is insisted on that a good token may lack: `/v2/store` needs a permission of its own.

use connector_kit::{
    Allowance, Error, Fact, Result, Validation,
    http::{Answer, Request},
};
use futures::future::join_all;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    errors::{self, About},
    store::Store,
};

/// What can be read to find out about a permission: its name in the control panel, and a cheap question.
const PROBES: &[(&str, &str)] = &[
    ("Orders", "v2/orders"),
    ("Products", "v3/catalog/products"),
    ("Customers", "v3/customers"),
    ("Store Inventory", "v3/inventory/items"),
];

/// A difference of the clocks that is worth a word.
const CLOCK_SECONDS: i64 = 120;

/// Validates with the requests that runs use.
pub(super) async fn validate(store: &Store) -> Result<Validation> {
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
    let probes = probe(store).await?;
    let missing: Vec<String> = probes
        .iter()
        .filter(|(_, status)| *status == 403)
        .map(|(scope, _)| format!("{scope}: read-only"))
        .collect();
    let reads_something = probes.iter().any(|(_, status)| (200..300).contains(status));
    if !time.is_success() && !reads_something {
        return Err(opens_nothing(store, &probes));
    }
    let (name, quota, ahead) = (name(store).await, quota(store), clock(store, &time));
    let mut facts = vec![Fact::new("Store hash", store.address.hash.clone())];
    facts.extend(name.as_ref().map(|name| Fact::new("Store", name)));
    facts.push(Fact::new("Quota", quota_words(quota)));
    facts.extend(ahead.map(|ahead| Fact::new("Clock", clock_words(ahead))));
    Ok(Validation {
        facts,
        missing,
        sandbox: store.address.loopback,
        name,
        quota,
        clock_ahead: ahead,
    })
}

/// The status of each probe. A legacy account has v2 alone.
async fn probe(store: &Store) -> Result<Vec<(&'static str, u16)>> {
    let probes = PROBES
        .iter()
        .filter(|(_, path)| !store.address.legacy || path.starts_with("v2/"));
    let asked = probes.map(|(scope, path)| async move {
        let answer = could_check(store.ask(Request::get(*path).query("limit", 1)).await)?;
        match answer.status {
            401 | 429 | 500.. => Err(could_not_check(errors::refusal(
                &answer,
                About::reading("anything", scope),
            ))),
            status => Ok((*scope, status)),
        }
    });
    join_all(asked).await.into_iter().collect()
}

fn opens_nothing(store: &Store, probes: &[(&str, u16)]) -> Error {
    let hash = &store.address.hash;
    if probes.iter().all(|(_, status)| *status == 404) {
        return Error::config(format!("The store hash `{hash}` does not lead to a store."))
            .hint("Paste the admin address of the store as API Path; the hash is found in it.");
    }
    Error::config(format!("The token is refused everywhere in store `{hash}`: hash and token do not belong together, or the token has no permission at all."))
        .hint("Check the store hash in the API Path first; then create an API account with the permissions your processflows need.")
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

fn quota_words(quota: Option<Allowance>) -> String {
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
