//! Schedules against an independent oracle that steps through the minutes and reads a cron expression by itself.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};

use super::cron::Cron;

const ZONES: [&str; 9] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Sao_Paulo",
    "UTC",
    "Europe/London",
    "America/St_Johns",
    "Pacific/Chatham",
];

const FORMS: [&str; 24] = [
    "* * * * *",
    "*/15 * * * *",
    "*/30 * * * *",
    "7 * * * *",
    "0 */2 * * *",
    "5-20/5 * * * *",
    "0 0 * * *",
    "30 0 * * *",
    "59 23 * * *",
    "30 1 * * *",
    "45 1 * * *",
    "0 2 * * *",
    "15 2 * * *",
    "30 2 * * *",
    "45 2 * * *",
    "0 3 * * *",
    "10,50 0-3 * * *",
    "30 2,14 * * *",
    "0 1-5 * * 0",
    "*/20 2 * * *",
    "*/15 8-18 * * 1-5",
    "30 2 * * 7",
    "0 2 29-31 3,10 *",
    "30 2 1 * 0",
];

/// The oracle's own reading of one field, as the set of its numbers.
fn field(text: &str, least: i8, most: i8) -> BTreeSet<i8> {
    let mut set = BTreeSet::new();
    for part in text.split(',') {
        let (range, step) = part
            .split_once('/')
            .map_or((part, 1), |(range, step)| (range, step.parse().expect("a step")));
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (from.parse().expect("a number"), to.parse().expect("a number")),
            None if range == "*" => (least, most),
            None => (range.parse().expect("a number"), range.parse().expect("a number")),
        };
        set.extend((from..=to).step_by(step));
    }
    set
}

/// Fires minute by minute: what the wall clock shows decides, and a set of wall times remembers what came.
fn stepped(form: &str, walls: &[(Timestamp, DateTime)]) -> Vec<Timestamp> {
    let fields: Vec<&str> = form.split(' ').collect();
    let (minutes, hours) = (field(fields[0], 0, 59), field(fields[1], 0, 23));
    let (days, months) = (field(fields[2], 1, 31), field(fields[3], 1, 12));
    let weekdays: BTreeSet<i8> = field(fields[4], 0, 7).into_iter().map(|day| day % 7).collect();
    let fixed = !fields[0].starts_with('*') && !fields[1].starts_with('*');
    let matches = |wall: DateTime| {
        let day = days.contains(&wall.day());
        let weekday = weekdays.contains(&wall.weekday().to_sunday_zero_offset());
        // The old rule: with both fields named, either is enough.
        let date = if fields[2] == "*" || fields[4] == "*" {
            day && weekday
        } else {
            day || weekday
        };
        minutes.contains(&wall.minute())
            && hours.contains(&wall.hour())
            && months.contains(&wall.month())
            && date
    };
    let minute = SignedDuration::from_mins(1);
    let mut slots = Vec::new();
    let mut highest = walls[0].1;
    for &(now, wall) in &walls[1..] {
        let fires = if fixed {
            // Every wall minute that was passed or skipped since the highest one seen.
            let mut any = false;
            while highest < wall {
                highest = highest.checked_add(minute).expect("in range");
                any |= matches(highest);
            }
            any
        } else {
            matches(wall)
        };
        if fires {
            slots.push(now);
        }
    }
    slots
}

#[test]
fn every_slot_around_every_change_of_the_clock_is_the_oracles() {
    let mut compared = 0;
    for name in ZONES {
        let zone = TimeZone::get(name).expect("a zone");
        let begin: Timestamp = "2017-01-01T00:00:00Z".parse().expect("a time");
        let end: Timestamp = "2028-01-01T00:00:00Z".parse().expect("a time");
        let mut changes: Vec<_> = zone
            .following(begin)
            .map(|change| change.timestamp())
            .take_while(|at| *at < end)
            .collect();
        // Four of each kind are enough; São Paulo had its last in 2019.
        changes.truncate(8);
        if changes.is_empty() {
            changes.push("2026-03-29T01:00:00Z".parse().expect("a time"));
        }
        for change in changes {
            let (from, to) = (
                change - SignedDuration::from_hours(27),
                change + SignedDuration::from_hours(27),
            );
            let minutes = (0..=54 * 60).map(|minute| from + SignedDuration::from_mins(minute));
            let walls: Vec<_> = minutes.map(|now| (now, zone.to_datetime(now))).collect();
            for form in FORMS {
                let cron = Cron::parse(form, zone.clone()).expect(form);
                let found: Vec<_> =
                    std::iter::successors(cron.next_after(from), |slot| cron.next_after(*slot))
                        .take_while(|slot| *slot <= to)
                        .collect();
                let wanted = stepped(form, &walls);
                assert_eq!(found, wanted, "{form} in {name} around {change}");
                compared += wanted.len();
            }
        }
    }
    assert!(compared > 100_000, "compared {compared} slots");
}
