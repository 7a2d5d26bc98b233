//! When a processflow runs: every so often, daily, or by a cron expression in a time zone.
//!
//! Pure: no clock, no waiting, no record of what fired. That two runs of a processflow never overlap is the
//! agent's rule.

mod cron;
mod due;
pub mod duration;
#[cfg(test)]
mod oracle;
mod text;

use std::time::Duration;

use connector_kit::Result;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

pub use due::Due;
pub use text::{CatchUp, ScheduleText, Weekday};

use self::cron::Cron;

/// When a processflow runs, and what becomes of runs that were missed.
#[derive(Clone, Debug)]
pub struct Schedule {
    rule: Rule,
    /// See [`CatchUp`].
    pub catch_up: CatchUp,
}

#[derive(Clone, Debug)]
enum Rule {
    /// Exact intervals, counted from `anchor`.
    Every { interval: Duration, anchor: Timestamp },
    /// Times of the wall clock of a zone.
    Cron(Box<Cron>),
}

impl Schedule {
    /// Reads the `schedule:` of a processflow file. `local` is the zone where it names none, `anchor` is where an
    /// interval counts from: the time of deployment, so that it stays the same over restarts.
    ///
    /// # Errors
    /// Config, with what would be right.
    pub fn parse(text: &ScheduleText, local: &TimeZone, anchor: Timestamp) -> Result<Self> {
        text::parse(text, local, anchor)
    }

    /// The first slot after an instant; `None` at the end of time.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.rule {
            Rule::Every { interval, anchor } => next_interval(*interval, *anchor, after),
            Rule::Cron(cron) => cron.next_after(after),
        }
    }

    /// The next `count` slots after an instant, to be shown.
    pub fn next_times(&self, after: Timestamp, count: usize) -> Vec<Timestamp> {
        std::iter::successors(self.next_after(after), |slot| self.next_after(*slot))
            .take(count)
            .collect()
    }
}

/// Slots lie at whole intervals from the anchor, whatever the runs took and whatever the wall clock's zone does.
fn next_interval(interval: Duration, anchor: Timestamp, after: Timestamp) -> Option<Timestamp> {
    let step = i128::try_from(interval.as_nanos()).ok()?;
    let passed = after.as_nanosecond() - anchor.as_nanosecond();
    // Rounds down, before the anchor too.
    let slot = anchor.as_nanosecond() + (passed.div_euclid(step) + 1) * step;
    Timestamp::from_nanosecond(slot).ok()
}

/// An instant a length of time away, held inside the range of times.
fn shifted(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.saturating_add(by).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_stay_where_the_deployment_put_them() {
        let anchor: Timestamp = "2026-03-29T00:07:30Z".parse().expect("a time");
        let text = ScheduleText {
            every: Some("15 min".into()),
            ..ScheduleText::default()
        };
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        let schedule = Schedule::parse(&text, &berlin, anchor).expect("parses");
        let slots = schedule.next_times(anchor, 12);
        for pair in slots.windows(2) {
            let apart = pair[0].duration_until(pair[1]);
            assert_eq!(
                apart,
                SignedDuration::from_mins(15),
                "over the change to summer time at 01:00Z too"
            );
        }
        assert_eq!(
            slots[0].to_string(),
            "2026-03-29T00:22:30Z",
            "counted from the deployment"
        );
        let before = schedule
            .next_after(anchor - SignedDuration::from_mins(20))
            .expect("a slot");
        assert_eq!(
            before.to_string(),
            "2026-03-28T23:52:30Z",
            "on the same grid before it"
        );
        let late = schedule
            .next_after("2026-03-29T00:22:30.000000001Z".parse().expect("a time"))
            .expect("a slot");
        assert_eq!(
            late.to_string(),
            "2026-03-29T00:37:30Z",
            "a late start does not move the grid"
        );
    }
}
