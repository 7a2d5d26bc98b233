//! The outermost layer: one trace line per request, one warning per wait. Never a header, a body or a secret.

use std::time::Duration;

use tracing::{debug, info, trace, warn};

use super::{gate::Why, request::Request};
use crate::Error;

/// A request has its final answer, after all its tries.
pub(super) fn answered(request: &Request, status: u16, took: Duration) {
    let (method, path, ms) = (
        request.method.as_str(),
        request.shown_path(),
        took.as_millis() as u64,
    );
    trace!(method, path, status, ms, "Request answered.");
}

/// A request was given up.
pub(super) fn given_up(request: &Request, error: &Error, took: Duration) {
    let (method, path, ms) = (
        request.method.as_str(),
        request.shown_path(),
        took.as_millis() as u64,
    );
    debug!(method, path, ms, error = error.chain(), "Request given up.");
}

/// One try failed and another follows.
pub(super) fn again(request: &Request, error: &Error, wait: Duration) {
    let (method, path, ms) = (
        request.method.as_str(),
        request.shown_path(),
        wait.as_millis() as u64,
    );
    debug!(
        method,
        path,
        ms,
        error = error.chain(),
        "Trying again in a moment."
    );
}

/// An endpoint has a limit of its own.
pub(super) fn closed(wait: Duration) {
    let minutes = wait.as_secs().div_ceil(60);
    warn!("The store takes no more requests of this kind for {minutes} minutes; others go on.");
}

/// All requests to a store wait; said once, however many wait.
pub(super) fn waiting(why: Why, wait: Duration) {
    let seconds = wait.as_secs_f64().round().max(1.0) as u64;
    match why {
        Why::SlowDown => {
            warn!("The store asked us to slow down. Nothing is lost; continuing in {seconds} s.");
        }
        Why::UsedUp => info!("The store's request budget is used up; continuing in {seconds} s."),
        Why::UnderWay | Why::Paced => {}
    }
}
