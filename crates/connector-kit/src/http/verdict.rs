//! The one table of outcomes: what an answer, or its absence, says about the request.
//!
//! | signal | verdict |
//! |---|---|
//! | certificate refused, proxy wants a login | hopeless: a person must act, nothing was sent |
//! | error before the first request byte | not applied |
//! | 429 | slow down: not applied; the store's quota pauses |
//! | 423, 503 with the mark of maintenance | not applied |
//! | any error after the first byte, a timeout, a cut answer of 2xx | unclear |
//! | 1xx in place of an answer, 408, 499, 5xx | unclear (501 and 507 are plain answers to a repeatable request: asking again cannot help; after any other, 507 is Config, a person's matter once it was looked up) |
//! | 2xx that is a page (HTML), or not JSON for a write | a page: unclear for a write |
//! | everything else, 3xx among it | an answer |

use std::time::Duration;

use super::{
    failure::Failure,
    request::{Answer, Request},
    said::Said,
    transport::Reply,
};
use crate::{Error, Raw};

/// What came of one try.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The answer to give back.
    Answered(Answer),
    /// 2xx with something that is no data: a login page, a notice of maintenance.
    Page(Answer),
    /// The store asks to slow down; the request was not applied, the quota was told.
    SlowDown,
    /// Certainly not applied.
    NotApplied(Error, Pace),
    /// May have been applied.
    Unclear(Error, Pace),
    /// Certainly not applied, and trying again is pointless until a person has acted.
    Hopeless(Error),
}

/// How soon trying again makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// A connection failed or was cut.
    Line,
    /// The server had an error.
    Server,
    /// The server says when, or not before some time has passed.
    Busy(Option<Duration>),
}

impl Verdict {
    pub(super) fn of(tried: Result<Reply, Failure>, request: &Request, host: &str) -> Self {
        match tried {
            Err(failure) if failure.error.is_unavailable() && failure.may_have_left => {
                Self::Unclear(unclear(failure.error, request), Pace::Line)
            }
            Err(failure) if failure.error.is_unavailable() => Self::NotApplied(failure.error, Pace::Line),
            Err(failure) => Self::Hopeless(failure.error),
            Ok(reply) => Self::of_reply(reply, request, host),
        }
    }

    fn of_reply(reply: Reply, request: &Request, host: &str) -> Self {
        let what = request.what();
        let busy = Pace::Busy(Said::of(&reply.headers).after);
        match reply.status {
            429 => Self::SlowDown,
            423 => Self::NotApplied(
                Error::unavailable(format!(
                    "{host} says this is locked by another change just now ({what}, 423)."
                ))
                .hint("It is tried again by itself."),
                busy,
            ),
            503 if in_maintenance(&reply.body) => Self::NotApplied(
                Error::unavailable(format!(
                    "{host} is closed for maintenance, being upgraded, or suspended for billing (503)."
                ))
                .hint("It goes on by itself when the store is open again. See the vendor's status page."),
                busy,
            ),
            501 | 507 if request.repeatable => Self::Answered(answer(reply, what)),
            ..200 | 408 | 499 | 500.. => Self::Unclear(
                unclear(server_error(reply.status, &what, host), request),
                Pace::Server,
            ),
            200..300 => Self::of_success(reply, request, what),
            _ => Self::Answered(answer(reply, what)),
        }
    }

    fn of_success(mut reply: Reply, request: &Request, what: String) -> Self {
        if let Some(broken) = reply.broken.take() {
            return Self::Unclear(unclear(broken, request), Pace::Line);
        }
        let json = is_json(&reply);
        let page = is_page(&reply);
        let legible = || reply.body.is_empty() || Raw::parse(reply.body.clone()).is_ok();
        // A write's answer is small and decides what became of the write, so it is looked at. A read's is only
        // where its end cannot be told from a cut.
        let suspicious = !request.repeatable || (json && ends_by_closing(&reply));
        if page || (suspicious && !legible()) {
            return Self::Page(answer(reply, what));
        }
        Self::Answered(answer(reply, what))
    }
}

/// For a request that must not be repeated the sentence says what happens next.
fn unclear(error: Error, request: &Request) -> Error {
    // A person's matter is told as it is, once it was looked up.
    if request.repeatable || !error.is_unavailable() {
        return error;
    }
    error.hint("We are checking whether the store already did the work before trying again.")
}

fn server_error(status: u16, what: &str, host: &str) -> Error {
    match status {
        408 | 504 => Error::unavailable(format!("{host} took too long over {what} ({status})."))
            .hint("It is tried again by itself. If it stays so, ask for fewer records at a time."),
        507 => Error::config(format!(
            "{host} refuses {what} because a limit of its plan is reached (507)."
        ))
        .hint("See the limits of the store's plan; delete what is not needed, or change the plan."),
        503 => Error::unavailable(format!("{host} is not available (503, {what})."))
            .hint("It is tried again by itself. See the vendor's status page."),
        _ => Error::unavailable(format!("{host} had an error of its own over {what} ({status})."))
            .hint("It is tried again by itself. See the vendor's status page if it stays so."),
    }
}

fn in_maintenance(body: &[u8]) -> bool {
    let start = &body[..body.len().min(64 << 10)];
    String::from_utf8_lossy(start)
        .to_lowercase()
        .contains("maintenance")
}

fn is_json(reply: &Reply) -> bool {
    let kind = content_type(reply);
    kind == "application/json" || kind.ends_with("+json")
}

fn is_page(reply: &Reply) -> bool {
    let kind = content_type(reply);
    let markup = reply.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    kind == "text/html" || kind == "application/xhtml+xml" || (kind.is_empty() && markup)
}

/// Neither a length nor chunks: a cut looks like the end.
fn ends_by_closing(reply: &Reply) -> bool {
    let names = [http::header::CONTENT_LENGTH, http::header::TRANSFER_ENCODING];
    let closes = reply
        .headers
        .get(http::header::CONNECTION)
        .is_some_and(|value| value == "close");
    closes && names.iter().all(|name| !reply.headers.contains_key(name))
}

fn content_type(reply: &Reply) -> String {
    let value = reply
        .headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = value.unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

fn answer(reply: Reply, what: String) -> Answer {
    const IDS: [&str; 4] = ["x-request-id", "x-correlation-id", "request-id", "cf-ray"];
    let text = |name: &&str| Some(reply.headers.get(*name)?.to_str().ok()?.to_owned());
    Answer {
        status: reply.status,
        content_type: content_type(&reply),
        server_time: Said::date(&reply.headers),
        request_id: IDS.iter().find_map(text),
        body: reply.body,
        what,
    }
}
