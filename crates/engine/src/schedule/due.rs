//! Which slot is due, given the last one that fired.

use jiff::{SignedDuration, Timestamp};

use super::{CatchUp, Schedule, shifted};

/// A slot that lies further back than this was missed: the agent looks every few seconds.
const LATE: SignedDuration = SignedDuration::from_mins(1);
/// A clock that was this far ahead was wrong, and what fired by it does not count. Below, the slots that fired
/// wait for the clock to catch up with them, so none fires twice.
const CLOCK_WAS_WRONG: SignedDuration = SignedDuration::from_hours(1);
/// More missed slots than this are not counted.
const MOST: u32 = 1000;

/// What the scheduler does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The slot to fire, if one is due: the latest of those that passed. Store it as fired.
    pub slot: Option<Timestamp>,
    /// Slots that were missed and get no run of their own, 1000 at most. With `catch_up: none` that can be all of
    /// them; then `seen` is to be stored.
    pub missed: u32,
    /// Up to here all slots are dealt with: what to pass as `last` the next time.
    pub seen: Timestamp,
    /// When to look again: the next slot.
    pub next: Option<Timestamp>,
    /// The clock went back behind the last slot that fired; worth one warning.
    pub clock_went_back: bool,
}

impl Schedule {
    /// What is due at `now`, when the slots up to `last` are dealt with: the last slot that fired, or the time of
    /// deployment (or resumption) when none has. Missed slots collapse into one.
    pub fn due(&self, last: Timestamp, now: Timestamp) -> Due {
        let ahead = now.duration_until(last);
        if ahead > CLOCK_WAS_WRONG {
            let next = self.next_after(now);
            return Due {
                slot: None,
                missed: 0,
                seen: now,
                next,
                clock_went_back: true,
            };
        }
        let next = self.next_after(last.max(now));
        let nothing = Due {
            slot: None,
            missed: 0,
            seen: last,
            next,
            clock_went_back: ahead.is_positive(),
        };
        let Some(latest) = self.latest(last, now) else {
            return nothing;
        };
        let passed = self.count(last, latest);
        if self.catch_up == CatchUp::None && latest.duration_until(now) > LATE {
            return Due {
                missed: passed,
                seen: latest,
                ..nothing
            };
        }
        Due {
            slot: Some(latest),
            missed: passed - 1,
            seen: latest,
            ..nothing
        }
    }

    /// The last slot in (`last`, `now`]. Looks back in growing strides, so that neither a year off nor a
    /// yearly schedule takes long.
    fn latest(&self, last: Timestamp, now: Timestamp) -> Option<Timestamp> {
        for hours in [1, 24, 24 * 32, 24 * 400, 24 * 366 * 30] {
            let from = shifted(now, -SignedDuration::from_hours(hours)).max(last);
            let slots = std::iter::successors(self.next_after(from), |slot| self.next_after(*slot));
            let latest = slots.take_while(|slot| *slot <= now).last();
            if latest.is_some() || from == last {
                return latest;
            }
        }
        None
    }

    fn count(&self, last: Timestamp, latest: Timestamp) -> u32 {
        let slots = std::iter::successors(self.next_after(last), |slot| self.next_after(*slot));
        slots
            .take_while(|slot| *slot <= latest)
            .take(MOST as usize)
            .count() as u32
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::schedule::ScheduleText;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn schedule(yaml: &str) -> Schedule {
        let text: ScheduleText = serde_saphyr::from_str(yaml).expect("YAML");
        Schedule::parse(&text, &TimeZone::UTC, time("2026-11-01T00:00:00Z")).expect("parses")
    }

    #[test]
    fn missed_slots_collapse_into_one() {
        // Story S7: reboot at 03:10, back at 03:17; 03:10 and 03:15 were missed.
        let due = schedule("every: 5 min").due(time("2026-11-22T03:05:00Z"), time("2026-11-22T03:17:10Z"));
        assert_eq!(due.slot, Some(time("2026-11-22T03:15:00Z")), "one run for both");
        assert_eq!(
            (due.missed, due.next),
            (1, Some(time("2026-11-22T03:20:00Z"))),
            "and on with the next"
        );
        let again = schedule("every: 5 min").due(due.seen, time("2026-11-22T03:17:20Z"));
        assert_eq!((again.slot, again.missed), (None, 0), "it is not due twice");
    }

    #[test]
    fn without_catching_up_missed_slots_are_left_out() {
        let schedule = schedule("daily: \"06:00\"\ncatch_up: none");
        let due = schedule.due(time("2026-11-18T06:00:00Z"), time("2026-11-21T09:00:00Z"));
        assert_eq!((due.slot, due.missed), (None, 3), "three mornings off");
        assert_eq!(due.next, Some(time("2026-11-22T06:00:00Z")), "tomorrow it runs");
        let due = schedule.due(due.seen, time("2026-11-22T06:00:07Z"));
        assert_eq!(
            due.slot,
            Some(time("2026-11-22T06:00:00Z")),
            "seen a few seconds late is in time"
        );
    }

    #[test]
    fn a_clock_that_goes_back_repeats_no_slot() {
        let schedule = schedule("cron: \"*/15 * * * *\"");
        let fired = time("2026-11-21T10:00:00Z");
        for minutes in 1..=60 {
            let due = schedule.due(fired, fired - SignedDuration::from_mins(minutes));
            assert_eq!(due.slot, None, "{minutes} min back");
            assert!(due.clock_went_back, "worth a warning");
            assert_eq!(
                due.next,
                Some(time("2026-11-21T10:15:00Z")),
                "the next one is a new one"
            );
        }
    }

    #[test]
    fn a_clock_that_was_years_ahead_stops_nothing_for_years() {
        let schedule = schedule("cron: \"*/15 * * * *\"");
        let due = schedule.due(time("2036-11-21T10:00:00Z"), time("2026-11-21T10:01:00Z"));
        assert_eq!(
            (due.slot, due.clock_went_back),
            (None, true),
            "nothing fires for the mistake"
        );
        assert_eq!(
            due.next,
            Some(time("2026-11-21T10:15:00Z")),
            "but the schedule goes on"
        );
        let due = schedule.due(due.seen, time("2026-11-21T10:15:01Z"));
        assert_eq!(due.slot, Some(time("2026-11-21T10:15:00Z")), "at its time");
    }

    #[test]
    fn a_clock_that_jumps_ahead_fires_once() {
        let schedule = schedule("cron: \"0 * * * *\"");
        let due = schedule.due(time("2026-11-21T01:00:00Z"), time("2026-11-21T03:10:00Z"));
        assert_eq!(
            (due.slot, due.missed),
            (Some(time("2026-11-21T03:00:00Z")), 1),
            "one catch-up run"
        );
    }

    #[test]
    fn years_off_are_counted_in_no_time() {
        for yaml in [
            "every: 1 s",
            "cron: \"* * * * *\"",
            "cron: \"0 0 29 2 *\"",
            "cron: \"* * 1 1 *\"",
        ] {
            let due = schedule(yaml).due(time("2006-01-01T00:00:00Z"), time("2026-11-21T00:00:30Z"));
            assert!(due.slot.is_some() && due.missed < MOST, "{yaml}: {due:?}");
        }
    }
}
