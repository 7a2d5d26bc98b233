//! What response headers say of quota and waiting. Only plain whole numbers count; anything else is as good as
//! absent.
//!
//! BigCommerce reference, rate limits: `X-Rate-Limit-Requests-Quota`, `-Requests-Left`, `-Time-Reset-Ms` (time
//! left, not a time of day) and `-Time-Window-Ms`; `X-Retry-After` in seconds; where several say how long to
//! wait, the longest counts. Stores without a limit send none of them. Legacy accounts have a header of their own,
//! `X-BC-ApiLimit-Remaining`: what is left of a rolling hour.

use std::time::Duration;

use http::HeaderMap;
use jiff::{Timestamp, fmt::rfc2822};

/// No wait longer than this is believed: a damaged header must not stop a store for a year.
const LONGEST: Duration = Duration::from_hours(1);
/// The documented window, for stores that leave it out.
const WINDOW_MS: u64 = 30_000;
/// When a budget that comes back bit by bit is looked at again.
const ROLLING: Duration = Duration::from_mins(1);

/// What an answer's headers say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The quota, where the answer told it.
    pub(super) budget: Option<Budget>,
    /// When the window of the quota starts anew; every answer may say it.
    reset: Option<Duration>,
    /// When to come back; only an answer that means "not now" says it.
    pub(super) after: Option<Duration>,
}

/// A quota as one answer told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    pub(super) quota: u32,
    pub(super) left: u32,
    pub(super) reset: Duration,
    pub(super) window: Duration,
}

impl Budget {
    /// What is left of a rolling hour; how much there was is not told. Some of it comes back all the time, so it is
    /// looked at again soon.
    fn rolling(left: u32) -> Self {
        Self {
            quota: left,
            left,
            reset: ROLLING,
            window: Duration::from_hours(1),
        }
    }
}

impl Said {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
        let small = |name: &str| number(name).map(|value| u32::try_from(value).unwrap_or(u32::MAX));
        let reset = number("x-rate-limit-time-reset-ms").map(|ms| Duration::from_millis(ms).min(LONGEST));
        let window = number("x-rate-limit-time-window-ms")
            .filter(|ms| *ms > 0)
            .unwrap_or(WINDOW_MS);
        let window = Duration::from_millis(window).min(LONGEST);
        let budget = small("x-rate-limit-requests-left").map(|left| Budget {
            quota: small("x-rate-limit-requests-quota").unwrap_or(left),
            left,
            reset: reset.unwrap_or(window),
            window,
        });
        let rolling = || small("x-bc-apilimit-remaining").map(Budget::rolling);
        let seconds = |name: &str| number(name).map(|s| Duration::from_secs(s).min(LONGEST));
        let after = [seconds("x-retry-after"), seconds("retry-after"), until(headers)];
        Self {
            budget: budget.or_else(rolling),
            reset,
            after: after.into_iter().flatten().max(),
        }
    }

    /// How long to wait after "slow down", where the answer told it: the longest of all that was said.
    pub(super) fn wait(&self) -> Option<Duration> {
        self.reset.max(self.after)
    }

    /// The server's own clock.
    pub(super) fn date(headers: &HeaderMap) -> Option<Timestamp> {
        instant(headers, "date")
    }
}

/// `Retry-After` as a date, measured by the server's own clock.
fn until(headers: &HeaderMap) -> Option<Duration> {
    let wait = instant(headers, "retry-after")?.duration_since(Said::date(headers)?);
    Some(Duration::try_from(wait).ok()?.min(LONGEST))
}

fn instant(headers: &HeaderMap, name: &str) -> Option<Timestamp> {
    let text = headers.get(name)?.to_str().ok()?;
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(pairs: &[(&'static str, &str)]) -> Said {
        let pairs = pairs.iter().map(|(name, value)| {
            (
                http::HeaderName::from_static(name),
                http::HeaderValue::from_str(value).unwrap(),
            )
        });
        Said::of(&pairs.collect())
    }

    #[test]
    fn the_longest_wait_counts() {
        let wait = |pairs: &[(&'static str, &str)]| said(pairs).wait().map(|wait| wait.as_millis());
        assert_eq!(wait(&[]), None, "nothing said is not zero");
        assert_eq!(
            wait(&[("x-rate-limit-time-reset-ms", "1500")]),
            Some(1500),
            "time left, in milliseconds"
        );
        assert_eq!(
            wait(&[("x-retry-after", "3"), ("x-rate-limit-time-reset-ms", "1500")]),
            Some(3000)
        );
        assert_eq!(wait(&[("retry-after", "5"), ("x-retry-after", "3")]), Some(5000));
        let dates = [
            ("retry-after", "Sat, 21 Nov 2026 10:00:07 GMT"),
            ("date", "Sat, 21 Nov 2026 10:00:00 GMT"),
        ];
        assert_eq!(
            wait(&dates),
            Some(7000),
            "a date is measured by the server's clock"
        );
        for odd in ["-5", "soon", "1.5", "", "99999999999999999999999"] {
            assert_eq!(
                wait(&[("x-retry-after", odd)]),
                None,
                "`{odd}` is as good as absent"
            );
        }
        let huge = wait(&[("x-rate-limit-time-reset-ms", "999999999999")]);
        assert_eq!(
            huge,
            Some(3_600_000),
            "a damaged header must not stop a store for a year"
        );
    }

    #[test]
    fn a_budget_needs_what_is_left() {
        assert_eq!(said(&[("x-rate-limit-requests-quota", "150")]).budget, None);
        let budget = said(&[
            ("x-rate-limit-requests-left", "7"),
            ("x-rate-limit-time-reset-ms", "900"),
        ])
        .budget;
        let expected = Budget {
            quota: 7,
            left: 7,
            reset: Duration::from_millis(900),
            window: Duration::from_secs(30),
        };
        assert_eq!(
            budget,
            Some(expected),
            "the documented window stands in for a missing header"
        );
    }
}
