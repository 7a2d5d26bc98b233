//! Cron expressions in a time zone, right on the days when clocks change.
//!
//! The expression is matched against the wall clock (by `croner`, without a zone); which instants a wall time
//! means is decided here:
//! - fixed times (neither minute nor hour starts with `*`): a time that the clock skips runs once, right after
//!   the gap; one that comes twice runs the first time;
//! - intervals (`*/30 * * * *`): every instant whose wall time matches, so the distance stays exact.

use connector_kit::{Error, Result};
use croner::parser::{CronParser, Seconds, Year};
use jiff::{
    Timestamp,
    civil::{DateTime, date},
    tz::{AmbiguousOffset, TimeZone},
};

/// A cron expression and its zone.
#[derive(Clone, Debug)]
pub(super) struct Cron {
    pattern: croner::Cron,
    zone: TimeZone,
    fixed: bool,
}

impl Cron {
    /// Five fields; names of months and days, `L`, `W`, `#` and `@daily` as croner knows them.
    pub(super) fn parse(text: &str, zone: TimeZone) -> Result<Self> {
        let parser = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build();
        let pattern = parser.parse(text).map_err(|error| {
            Error::config(format!("`{text}` is no cron expression: {error}"))
                .hint("Five fields: minute, hour, day of month, month, day of week; `*/15 8-18 * * 1-5`.")
        })?;
        // In 28 years every date meets every weekday; what has not come by then (31 February) never comes.
        let first = pattern.find_next_occurrence(&date(2000, 1, 1).at(0, 0, 0, 0), true);
        if first.is_ok_and(|first| first.year() < 2028) {
            let fixed = is_fixed(pattern.as_str());
            return Ok(Self { pattern, zone, fixed });
        }
        Err(
            Error::config(format!("`{text}` never comes: there is no such day"))
                .hint("Look at its day of month and its month, the third and fourth field."),
        )
    }

    pub(super) fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        if self.fixed {
            self.next_fixed(after)
        } else {
            self.next_matching(after)
        }
    }

    /// Wall times that match, one by one, until one of them means an instant after `after`. A wall time never
    /// means an earlier instant than one before it, so the search may start at the wall time of `after`.
    fn next_fixed(&self, after: Timestamp) -> Option<Timestamp> {
        let mut wall = self.zone.to_datetime(after);
        loop {
            wall = self.next_wall(wall, false)?;
            let instant = self.meant(wall)?;
            if instant > after {
                return Some(instant);
            }
        }
    }

    fn meant(&self, wall: DateTime) -> Option<Timestamp> {
        let meant = self.zone.to_ambiguous_timestamp(wall);
        match meant.offset() {
            // Before the gap's end the old offset holds: the first instant of the new one is the end.
            AmbiguousOffset::Gap { before, .. } => {
                let skipped = before.to_timestamp(wall).ok()?;
                let change = self
                    .zone
                    .preceding(skipped.checked_add(jiff::SignedDuration::from_nanos(1)).ok()?);
                change.into_iter().next().map(|change| change.timestamp())
            }
            AmbiguousOffset::Fold { .. } => meant.earlier().ok(),
            AmbiguousOffset::Unambiguous { .. } => meant.unambiguous().ok(),
        }
    }

    /// Between two changes of the clock the wall runs evenly, so the next match is found by walking from one
    /// such stretch to the next.
    fn next_matching(&self, after: Timestamp) -> Option<Timestamp> {
        let (mut from, mut inclusive) = (after, false);
        loop {
            let offset = self.zone.to_offset(from);
            let end = self.zone.following(from).next().map(|change| change.timestamp());
            let wall = self.next_wall(offset.to_datetime(from), inclusive)?;
            let found = offset.to_timestamp(wall).ok()?;
            match end {
                Some(end) if found >= end => (from, inclusive) = (end, true),
                _ => return Some(found),
            }
        }
    }

    fn next_wall(&self, from: DateTime, inclusive: bool) -> Option<DateTime> {
        // croner knows whole seconds. A fraction is past the second it stands in.
        let inclusive = inclusive && from.subsec_nanosecond() == 0;
        let from = from.with().subsec_nanosecond(0).build().ok()?;
        self.pattern.find_next_occurrence(&from, inclusive).ok()
    }
}

/// True when minute and hour are named. croner normalises `@daily` and names before this sees the pattern.
fn is_fixed(pattern: &str) -> bool {
    pattern
        .split_whitespace()
        .take(2)
        .all(|field| !field.starts_with('*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(text: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let cron = Cron::parse(text, TimeZone::get(zone).expect("a zone")).expect("parses");
        let from: Timestamp = from.parse().expect("a time");
        std::iter::successors(cron.next_after(from), |slot| cron.next_after(*slot))
            .take(count)
            .map(|slot| slot.to_string())
            .collect()
    }

    #[test]
    fn a_fixed_time_that_the_clock_skips_runs_once_right_after_the_gap() {
        let found = slots("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2);
        assert_eq!(
            found,
            ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
            "03:00 that day, then 02:30 again"
        );
        let found = slots("10,40 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2);
        assert_eq!(
            found,
            ["2026-03-29T01:00:00Z", "2026-03-30T00:10:00Z"],
            "two skipped times make one run"
        );
        // Cairo's clock skips the first hour of the day.
        let found = slots("0 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z", 2);
        assert_eq!(
            found,
            ["2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"],
            "01:00 that day"
        );
        // Samoa left a whole day out.
        let found = slots("0 6 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", 1);
        assert_eq!(found, ["2011-12-30T10:00:00Z"], "the first instant of the 31st");
    }

    #[test]
    fn a_fixed_time_that_comes_twice_runs_the_first_time() {
        let found = slots("30 2,14 * * *", "Europe/Berlin", "2026-10-24T13:00:00Z", 3);
        let wanted = [
            "2026-10-25T00:30:00Z",
            "2026-10-25T13:30:00Z",
            "2026-10-26T01:30:00Z",
        ];
        assert_eq!(found, wanted, "02:30 summer time, and not again an hour later");
        let between = slots("30 2 * * *", "Europe/Berlin", "2026-10-25T01:00:00Z", 1);
        assert_eq!(
            between,
            ["2026-10-26T01:30:00Z"],
            "nor when the agent starts between the two"
        );
    }

    #[test]
    fn intervals_stay_exact_over_both_changes() {
        for (zone, from) in [
            ("Europe/Berlin", "2026-03-28T23:00:00Z"),
            ("Europe/Berlin", "2026-10-24T23:00:00Z"),
            ("Australia/Lord_Howe", "2026-04-04T13:00:00Z"),
            ("Australia/Lord_Howe", "2026-10-03T13:00:00Z"),
        ] {
            let found = slots("*/30 * * * *", zone, from, 12);
            for pair in found.windows(2) {
                let [one, two] = pair else {
                    unreachable!("windows of two")
                };
                let (one, two): (Timestamp, Timestamp) =
                    (one.parse().expect("time"), two.parse().expect("time"));
                assert_eq!(
                    one.duration_until(two).as_mins(),
                    30,
                    "{zone}: half an hour is half an hour"
                );
            }
        }
    }

    #[test]
    fn sundays_weekdays_and_last_days() {
        let from = "2026-11-21T00:00:00Z";
        assert_eq!(
            slots("0 0 * * 7", "UTC", from, 1),
            ["2026-11-22T00:00:00Z"],
            "7 is Sunday, as is 0"
        );
        assert_eq!(
            slots("0 0 L * *", "UTC", from, 1),
            ["2026-11-30T00:00:00Z"],
            "the last of the month"
        );
        assert_eq!(
            slots("@daily", "UTC", from, 1),
            ["2026-11-22T00:00:00Z"],
            "midnight"
        );
        assert_eq!(
            slots("0 0 29 2 *", "UTC", from, 1),
            ["2028-02-29T00:00:00Z"],
            "leap days come"
        );
        assert_eq!(
            slots("0 6 * jan mon", "UTC", from, 1),
            ["2027-01-04T06:00:00Z"],
            "names of days and months"
        );
    }
}
