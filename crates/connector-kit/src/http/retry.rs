//! Whether and when a request is sent again. The only place of the agent that does so for a single request.
//!
//! - The store says "slow down" (429): as often as it says so, the quota does the waiting, until the patience of
//!   the request is used up.
//! - Certainly not applied (never sent, 423, maintenance): a few tries with growing waits, also for a request
//!   that must not be repeated.
//! - May have been applied (cut, timeout, 5xx): a few tries for a repeatable request; none for another.

use std::time::Duration;

use rand::Rng;

use super::{
    client::Inner,
    log,
    request::{Answer, Request},
    verdict::{Pace, Verdict},
};
use crate::Error;

/// Waits in milliseconds between tries after a failed connection or a cut answer.
const LINE: &[u64] = &[200, 600, 2_000, 5_000];
/// After an error of the server: growing, as BigCommerce asks for after 500.
const SERVER: &[u64] = &[500, 2_000, 8_000, 30_000];
/// While something is locked or closed.
const BUSY: &[u64] = &[2_000, 10_000, 30_000, 60_000];
/// After a login or maintenance page in place of data.
const PAGE: &[u64] = &[1_000, 4_000];

/// A request that came to no answer, or to none that is data.
#[derive(Debug)]
pub(super) struct Stopped {
    /// Certainly not applied: no try can have been.
    pub(super) not_applied: bool,
    pub(super) error: Error,
    /// The page that came in place of data.
    pub(super) page: Option<Answer>,
}

/// Sends `request` until there is an answer or nothing more to be gained.
pub(super) async fn until_answered(inner: &Inner, request: &Request) -> Result<Answer, Stopped> {
    let stop = |not_applied, error| Stopped {
        not_applied,
        error,
        page: None,
    };
    let url = inner.address(request).map_err(|error| stop(true, error))?;
    let mut not_applied = true;
    let mut patience = inner.patience();
    let mut tries = 0;
    loop {
        let (error, wait, page) = match inner.attempt(request, &url, &mut patience).await {
            Verdict::Answered(answer) => return Ok(answer),
            Verdict::SlowDown => continue,
            Verdict::Hopeless(error) => return Err(stop(not_applied, error)),
            Verdict::NotApplied(error, pace) => (error, pause(pace, tries), None),
            Verdict::Unclear(error, pace) => {
                not_applied = false;
                (error, pause(pace, tries), None)
            }
            Verdict::Page(answer) => {
                not_applied = false;
                (answer.not_data(), nth(PAGE, tries), Some(answer))
            }
        };
        let again = not_applied || request.repeatable;
        let Some(wait) = wait.filter(|_| again) else {
            return Err(Stopped {
                not_applied,
                error,
                page,
            });
        };
        if wait > patience {
            return Err(stop(not_applied, error.retry_after(wait)));
        }
        tries += 1;
        patience -= wait;
        log::again(request, &error, wait);
        inner.sleep(spread(wait)).await;
    }
}

/// The wait before the next try; `None` after the last one.
fn pause(pace: Pace, tries: usize) -> Option<Duration> {
    match pace {
        Pace::Line => nth(LINE, tries),
        Pace::Server => nth(SERVER, tries),
        Pace::Busy(said) => nth(BUSY, tries).map(|wait| wait.max(said.unwrap_or_default())),
    }
}

fn nth(waits: &[u64], tries: usize) -> Option<Duration> {
    waits.get(tries).copied().map(Duration::from_millis)
}

/// Up to a quarter more, so that those who failed together do not come back together.
fn spread(wait: Duration) -> Duration {
    wait.mul_f64(rand::rng().random_range(1.0..1.25))
}
