//! The store's clock: the machine's, moved by what a test asks for; and the spellings of time on the wire.
//! Waiting happens here as well, so that it can be found in one place.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt::strtime};

/// The machine's time plus an offset.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Clock {
    offset_ms: i64,
}

impl Clock {
    pub(crate) fn now_ms(self) -> i64 {
        machine_ms() + self.offset_ms
    }

    /// Whole Unix seconds: the store's stamps have no finer part.
    pub(crate) fn now(self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    pub(crate) fn advance(&mut self, seconds: i64) {
        self.offset_ms += seconds * 1000;
    }

    pub(crate) fn set(&mut self, second: i64) {
        self.offset_ms += second * 1000 - self.now_ms();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the sandbox reads the machine's clock"
)]
fn machine_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64)
}

/// Waits in real time: latency and stalling are what a client measures with its own clock.
#[expect(clippy::disallowed_methods, reason = "the one place where the sandbox waits")]
pub(crate) async fn pause(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

fn format(spelling: &str, second: i64) -> String {
    let at = Timestamp::from_second(second)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(TimeZone::UTC);
    strtime::format(spelling, &at).unwrap_or_default()
}

/// `2019-03-05T21:40:11Z`, as v3 customers have it.
pub(crate) fn iso_z(second: i64) -> String {
    format("%Y-%m-%dT%H:%M:%SZ", second)
}

/// `2019-03-05T21:40:11+00:00`, as v3 products have it.
pub(crate) fn iso_offset(second: i64) -> String {
    format("%Y-%m-%dT%H:%M:%S+00:00", second)
}

/// `Tue, 05 Mar 2019 21:40:11 +0000`, as v2 bodies have it.
pub(crate) fn rfc2822(second: i64) -> String {
    format("%a, %d %b %Y %H:%M:%S +0000", second)
}

/// `Tue, 05 Mar 2019 21:40:11 GMT`, as the `Date` header has it.
pub(crate) fn http_date(second: i64) -> String {
    format("%a, %d %b %Y %H:%M:%S GMT", second)
}

/// A time as somebody wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) second: i64,
    pub(crate) has_time: bool,
}

/// Reads RFC 2822, ISO 8601 with or without offset, a bare date, and Unix seconds.
/// A `+` that was not percent-encoded has become a space by now, so such a time is refused: as it should be.
pub(crate) fn parse(text: &str) -> Option<Given> {
    let text = text.trim();
    if let Ok(second) = text.parse::<i64>() {
        return (text.len() >= 9).then_some(Given {
            second,
            has_time: true,
        });
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(Given {
            second: at.as_second(),
            has_time: true,
        });
    }
    if let Ok(at) = DateTimeParser::new().parse_timestamp(text) {
        return Some(Given {
            second: at.as_second(),
            has_time: true,
        });
    }
    if text.len() == 10 {
        let day: Date = text.parse().ok()?;
        return utc(day.to_datetime(jiff::civil::Time::midnight()), false);
    }
    utc(text.parse::<DateTime>().ok()?, true)
}

fn utc(at: DateTime, has_time: bool) -> Option<Given> {
    let at = at.to_zoned(TimeZone::UTC).ok()?;
    Some(Given {
        second: at.timestamp().as_second(),
        has_time,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_instant_is_read_as_that_instant() {
        for text in [
            "2019-03-05T21:40:11Z",
            "2019-03-05T22:40:11+01:00",
            "2019-03-05T21:40:11.000-00:00",
            "Tue, 05 Mar 2019 21:40:11 +0000",
            "2019-03-05T21:40:11",
            "1551822011",
        ] {
            let given = parse(text).map(|given| given.second);
            assert_eq!(given, Some(1_551_822_011), "{text} names the same second");
        }
        assert_eq!(
            parse("2019-03-05").map(|given| given.has_time),
            Some(false),
            "a date alone has no time"
        );
        assert_eq!(
            parse("2019-03-05T22:40:11 01:00"),
            None,
            "an unencoded plus is not guessed at"
        );
    }

    #[test]
    fn times_are_written_as_the_vendor_writes_them() {
        assert_eq!(
            rfc2822(1_551_822_011),
            "Tue, 05 Mar 2019 21:40:11 +0000",
            "v2 bodies are RFC 2822"
        );
        assert_eq!(
            http_date(1_551_822_011),
            "Tue, 05 Mar 2019 21:40:11 GMT",
            "the Date header is RFC 9110"
        );
    }
}
