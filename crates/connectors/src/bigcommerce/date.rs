//! Dates as the store writes them: v2 RFC 2822, v3 ISO 8601 with or without fractions, elsewhere Unix seconds.

use jiff::{Timestamp, fmt::rfc2822};

/// A date in any of the store's spellings; `None` for an empty or unknown one.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let first = text.as_bytes().first()?;
    if first.is_ascii_alphabetic() {
        return rfc2822::parse(text).ok().map(|zoned| zoned.timestamp());
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Timestamp::from_second(text.parse().ok()?).ok();
    }
    // Without an offset a date of the store means UTC. BigCommerce reference, orders v2: "always UTC".
    text.parse().ok().or_else(|| format!("{text}Z").parse().ok())
}

/// A filter's date as both versions of the API read it: ISO 8601, with its time and an offset. `None` when it is no date,
/// which the store would pass over in silence.
///
/// One without a time would get the present time of day added by the server (BigCommerce reference, products v3), so
/// midnight UTC is written out. RFC 2822 is read by v2 alone, Unix seconds by v3 alone.
pub(super) fn full(value: &str) -> Option<String> {
    let value = value.trim();
    if let Ok(date) = value.parse::<jiff::civil::Date>()
        && value.len() == 10
    {
        return Some(format!("{date}T00:00:00Z"));
    }
    let instant = read(value)?;
    let is_whole = value.contains(['T', 't']) && value.parse::<Timestamp>().is_ok();
    Some(if is_whole {
        value.to_owned()
    } else {
        instant.to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_an_instant_are_the_same() {
        for text in [
            "Tue, 05 Mar 2019 21:40:11 +0000",
            "2019-03-05T21:40:11Z",
            "2019-03-05T21:40:11+00:00",
            "2019-03-05T22:40:11+01:00",
            "2019-03-05T21:40:11.000Z",
            "2019-03-05T21:40:11",
            "1551822011",
        ] {
            assert_eq!(
                read(text).map(Timestamp::as_second),
                Some(1_551_822_011),
                "{text}"
            );
        }
        assert_eq!(read(""), None, "`date_shipped` is empty until it is set");
    }

    #[test]
    fn a_filter_never_goes_out_without_a_time() {
        for (written, sent) in [
            ("2026-01-15", "2026-01-15T00:00:00Z"),
            ("2026-01-15T09:00:00+02:00", "2026-01-15T09:00:00+02:00"),
            ("2026-01-15T09:00:00", "2026-01-15T09:00:00Z"),
            ("2026-01-15 09:00:00", "2026-01-15T09:00:00Z"),
            ("Thu, 15 Jan 2026 09:00:00 +0200", "2026-01-15T07:00:00Z"),
            ("1768460400", "2026-01-15T07:00:00Z"),
        ] {
            assert_eq!(full(written).as_deref(), Some(sent), "{written}");
        }
        for wrong in ["", "15.01.2026", "yesterday", "2026-13-01"] {
            assert_eq!(full(wrong), None, "`{wrong}` would be passed over in silence");
        }
    }
}
