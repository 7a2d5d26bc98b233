//! Values of arguments: `key=value`, instants, lengths of time.

use std::str::FromStr;

use connector_kit::{Error, Result};
use jiff::{Span, Timestamp, civil, tz::TimeZone};

/// `key=value`. The value may hold further equals signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyValue {
    pub(crate) key: String,
    pub(crate) value: String,
}

impl FromStr for KeyValue {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => Ok(Self {
                key: key.trim().to_owned(),
                value: value.to_owned(),
            }),
            _ => Err("it is written as KEY=VALUE"),
        }
    }
}

/// An instant as people name it: `2026-11-01T08:00:00Z`, `2026-11-01` (this machine's midnight), `2h` (ago).
#[derive(Clone, Debug)]
pub(crate) enum When {
    At(Timestamp),
    /// On this machine's clock.
    Civil(civil::DateTime),
    Ago(Span),
}

impl FromStr for When {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Ok(at) = text.parse() {
            return Ok(Self::At(at));
        }
        if let Ok(civil) = text.parse() {
            return Ok(Self::Civil(civil));
        }
        match text.parse::<Length>() {
            Ok(Length(span)) => Ok(Self::Ago(span)),
            Err(_) => Err(
                "write an instant (2026-11-01T08:00:00Z), a day (2026-11-01) or how long ago (2h, 3 days)",
            ),
        }
    }
}

impl When {
    /// The instant, seen from `now` in this zone.
    pub(crate) fn resolve(&self, now: Timestamp, zone: &TimeZone) -> Result<Timestamp> {
        let found = match self {
            Self::At(at) => Ok(*at),
            Self::Civil(civil) => civil.to_zoned(zone.clone()).map(|zoned| zoned.timestamp()),
            Self::Ago(span) => now
                .to_zoned(zone.clone())
                .checked_sub(*span)
                .map(|zoned| zoned.timestamp()),
        };
        found.map_err(|error| Error::config(format!("that instant lies outside of time: {error}")))
    }
}

/// A length of time: `90 min`, `2h`, `1 day`.
#[derive(Clone, Debug)]
pub(crate) struct Length(pub(crate) Span);

impl FromStr for Length {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().parse::<Span>() {
            Ok(span) if span.is_positive() => Ok(Self(span)),
            _ => Err("write a length of time, as in 90 min, 2h or 1 day"),
        }
    }
}

impl Length {
    /// In seconds, counted from `now` in this zone: a day may have 23 hours.
    pub(crate) fn seconds(&self, now: Timestamp, zone: &TimeZone) -> Result<u64> {
        let then = now.to_zoned(zone.clone()).checked_add(self.0);
        let then = then.map_err(|error| Error::config(format!("that is too long: {error}")))?;
        Ok(then.timestamp().duration_since(now).as_secs().unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_may_hold_equals_signs() {
        let pair: KeyValue = "filter=a=b".parse().unwrap();
        assert_eq!(
            (pair.key.as_str(), pair.value.as_str()),
            ("filter", "a=b"),
            "only the first one separates"
        );
        assert!(
            "=x".parse::<KeyValue>().is_err(),
            "a value without a key says nothing"
        );
    }

    #[test]
    fn instants_are_read_as_people_write_them() {
        let now: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let cases = [
            ("2026-11-01T08:00:00Z", "2026-11-01T08:00:00Z"),
            ("2026-11-01T08:00:00+01:00", "2026-11-01T07:00:00Z"),
            ("2026-11-01", "2026-10-31T23:00:00Z"),
            ("2026-07-01", "2026-06-30T22:00:00Z"),
            ("2026-11-01 08:00", "2026-11-01T07:00:00Z"),
            ("2h", "2026-11-21T08:00:00Z"),
            ("90 min", "2026-11-21T08:30:00Z"),
            ("3 days", "2026-11-18T10:00:00Z"),
        ];
        for (text, want) in cases {
            let found = text.parse::<When>().expect(text).resolve(now, &berlin).unwrap();
            assert_eq!(found.to_string(), want, "`{text}` in Berlin");
        }
        for text in ["", "soon", "-2h", "2026-13-01"] {
            assert!(text.parse::<When>().is_err(), "`{text}` is no instant");
        }
    }
}
