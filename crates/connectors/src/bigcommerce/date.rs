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

/// A filter's date. One without a time would get the present time of day added by the server (BigCommerce
/// reference, products v3), so midnight UTC is written out.
pub(super) fn full(value: &str) -> String {
    match value.trim().parse::<jiff::civil::Date>() {
        Ok(date) if value.trim().len() == 10 => format!("{date}T00:00:00Z"),
        _ => value.to_owned(),
    }
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
        assert_eq!(full("2026-01-15"), "2026-01-15T00:00:00Z");
        assert_eq!(
            full("2026-01-15T09:00:00+02:00"),
            "2026-01-15T09:00:00+02:00",
            "what is whole stays"
        );
    }
}
