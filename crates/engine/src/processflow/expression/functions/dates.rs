//! Functions on dates.
//!
//! Every form BigCommerce sends is read: RFC 2822 (orders v2), ISO 8601 (v3), unix seconds; and what files and
//! databases write: `2025-03-30 01:00:00`, `2025-03-30`. A time without an offset is UTC unless `from` says whose.

use connector_kit::{Error, Result};
use jiff::{
    Timestamp, civil,
    fmt::{rfc2822, strtime},
    tz::TimeZone,
};

use super::{Function, Given, PLAIN, may, must};
use crate::processflow::expression::{Unlike, number::short, term::Term};

pub(super) const ALL: &[Function] = &[Function {
    name: "date",
    arguments: &[must("value"), may("format"), may("zone"), may("from")],
    about: "A date in another form. Without `format`, ISO 8601; else \"rfc2822\", \"unix\" or a pattern such as \
            \"%Y-%m-%d %H:%M:%S\". `zone` is the time zone it is shown in (UTC), `from` the one that times without an \
            offset are in (UTC). An empty text gives null.",
    examples: &[
        (
            "'Tue, 20 Nov 2012 00:00:00 +0000' | date",
            "\"2012-11-20T00:00:00Z\"",
        ),
        (
            "'2025-10-26T00:30:00Z' | date(zone='Europe/Berlin')",
            "\"2025-10-26T02:30:00+02:00\"",
        ),
        (
            "'2025-10-26T01:30:00Z' | date(zone='Europe/Berlin')",
            "\"2025-10-26T02:30:00+01:00\"",
        ),
        ("1732060800 | date('%Y%m%d')", "\"20241120\""),
        (
            "'2025-01-15 10:00:00' | date('unix', from='America/New_York')",
            "1736953200",
        ),
        ("'' | date", "null"),
    ],
    apply: date,
    check: Some(check),
    ..PLAIN
}];

fn date<'r>(given: &mut Given<'r>) -> Result<Term<'r>> {
    let value = given.next()?;
    let (format, zone, from) = (given.may_text()?, given.may_text()?, given.may_text()?);
    let from = from.map_or(Ok(TimeZone::UTC), |name| named(&name))?;
    let instant = match &value {
        Term::Text(text) if text.trim().is_empty() => return Ok(Term::Null),
        Term::Text(text) => read(text.trim(), &from)?,
        Term::Integer(seconds) => unix(*seconds)?,
        other => {
            let error = Error::rejected(format!("{} is not a date", other.kind()));
            return Err(Unlike::mark(error, other));
        }
    };
    written(instant, format.as_deref(), zone.as_deref())
}

fn named(zone: &str) -> Result<TimeZone> {
    TimeZone::get(zone).map_err(|_| {
        Error::rejected(format!("`{}` is not a time zone", short(zone)))
            .hint("Zones are named like `Europe/Berlin`.")
    })
}

fn read(text: &str, from: &TimeZone) -> Result<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return unix(seconds);
    }
    if let Ok(instant) = rfc2822::DateTimeParser::new().parse_timestamp(text) {
        return Ok(instant);
    }
    let unclear = || {
        Error::rejected(format!("`{}` is not a date", short(text)))
            .hint("Dates are read as `2025-03-30T01:00:00Z`, `2025-03-30 01:00:00`, `2025-03-30`, `Sun, 30 Mar 2025 01:00:00 +0000` or unix seconds.")
            .source(Unlike::Type)
    };
    let local: civil::DateTime = text.parse().map_err(|_| unclear())?;
    let instant = from
        .to_ambiguous_zoned(local)
        .compatible()
        .map_err(|_| unclear())?;
    Ok(instant.timestamp())
}

/// A date in any of these forms.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    read(text.trim(), &TimeZone::UTC).ok()
}

fn unix(seconds: i64) -> Result<Timestamp> {
    // Beyond the year 5138 it must be milliseconds.
    let instant = if seconds.abs() >= 100_000_000_000 {
        Timestamp::from_millisecond(seconds)
    } else {
        Timestamp::from_second(seconds)
    };
    instant.map_err(|_| Error::rejected(format!("`{seconds}` is not a date in unix seconds")))
}

fn written<'r>(instant: Timestamp, format: Option<&str>, zone: Option<&str>) -> Result<Term<'r>> {
    let Some(zone) = zone else {
        return shown(instant, format, &instant.to_zoned(TimeZone::UTC), || {
            instant.to_string()
        });
    };
    let local = instant.to_zoned(named(zone)?);
    shown(instant, format, &local, || {
        local.timestamp().display_with_offset(local.offset()).to_string()
    })
}

fn shown<'r>(
    instant: Timestamp,
    format: Option<&str>,
    local: &jiff::Zoned,
    iso: impl FnOnce() -> String,
) -> Result<Term<'r>> {
    Ok(match format {
        None | Some("iso") => Term::text(iso()),
        Some("unix") => Term::Integer(instant.as_second()),
        Some("rfc2822") => Term::text(
            rfc2822::to_string(local).map_err(|_| Error::rejected("the year has no RFC 2822 form"))?,
        ),
        Some(pattern) => Term::text(strtime::format(pattern, local).map_err(|error| {
            Error::rejected(format!(
                "`{}` is not a pattern for dates: {error}",
                short(pattern)
            ))
        })?),
    })
}

fn check(arguments: &[Option<&Term<'_>>]) -> Result<Option<String>, String> {
    let written_out = |at: usize| match arguments.get(at) {
        Some(Some(Term::Text(text))) => Some(&**text),
        _ => None,
    };
    for zone in [2, 3].into_iter().filter_map(written_out) {
        named(zone).map_err(|error| error.message)?;
    }
    let Some(format) = written_out(1) else {
        return Ok(None);
    };
    shown(
        Timestamp::UNIX_EPOCH,
        Some(format),
        &Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC),
        String::new,
    )
    .map_err(|error| error.message)?;
    Ok(repeats(format, written_out(2)).then(|| {
        "on the night the clocks go back, an hour of local times comes twice and cannot be told apart; add the offset \
         (`%:z`) or leave `zone` out"
            .to_owned()
    }))
}

/// Local times of day without their offset, in a zone that may have summer time.
fn repeats(format: &str, zone: Option<&str>) -> bool {
    let time = ["%H", "%T", "%R", "%I", "%M", "%X", "%c"]
        .iter()
        .any(|part| format.contains(part));
    let offset = ["%z", "%:z", "%Q", "%Z", "%s"]
        .iter()
        .any(|part| format.contains(part));
    zone.is_some_and(|zone| !matches!(zone, "UTC" | "Etc/UTC")) && time && !offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_store_means_the_same_instant() {
        let forms = [
            "Sun, 30 Mar 2025 01:00:00 +0000",
            "Sun, 30 Mar 2025 03:00:00 +0200",
            "2025-03-30T01:00:00Z",
            "2025-03-30T01:00:00+00:00",
            "2025-03-30T03:00:00+02:00",
            "2025-03-30T01:00:00.000Z",
            "2025-03-30 01:00:00",
            "1743296400",
            "1743296400000",
        ];
        for form in forms {
            let instant = read(form, &TimeZone::UTC).unwrap();
            assert_eq!(instant.to_string(), "2025-03-30T01:00:00Z", "{form}");
        }
        assert_eq!(
            read("2025-03-30", &TimeZone::UTC).unwrap().to_string(),
            "2025-03-30T00:00:00Z",
            "a day begins"
        );
        assert!(
            read("30.03.2025", &TimeZone::UTC).is_err(),
            "a form that could mean two days is not guessed"
        );
        assert!(
            read("0000-00-00 00:00:00", &TimeZone::UTC).is_err(),
            "MySQL's zero date is no date"
        );
    }

    #[test]
    fn local_times_that_come_twice_are_warned_of() {
        assert!(
            repeats("%Y-%m-%d %H:%M", Some("Europe/Berlin")),
            "T13: 02:30 comes twice in autumn"
        );
        assert!(
            !repeats("%Y-%m-%d %H:%M%:z", Some("Europe/Berlin")),
            "the offset tells them apart"
        );
        assert!(!repeats("%Y-%m-%d", Some("Europe/Berlin")), "a day is a day");
    }
}
