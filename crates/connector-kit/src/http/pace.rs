//! What a person says of a store's quota: how much of it is left to others, how fast requests may come, when the store is
//! left alone; and who goes first.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whose requests go first when a store's quota is short. Each tenth goes to whoever has waited longest, so that nobody
/// waits for ever.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// What can wait: catalogues.
    Low,
    /// Between the two.
    #[default]
    Normal,
    /// What cannot wait: orders. Quiet hours do not hold it up.
    High,
}

/// What a person says of a store's quota.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pace {
    /// Hundredths of each window that are left to other programs, at most 90.
    pub reserve: u8,
    /// Requests a second at most.
    pub speed: Option<f64>,
    /// When only requests of high priority go out.
    pub quiet: Option<Quiet>,
}

/// Hours of each day.
#[derive(Clone, Debug, PartialEq)]
pub struct Quiet {
    from: Time,
    to: Time,
    zone: TimeZone,
}

impl Quiet {
    /// `22:00-06:00`, with a time zone behind it or in this machine's; what is wrong with another text.
    pub fn read(text: &str) -> Result<Self, String> {
        let (hours, zone) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let unclear = || format!("`{text}` are no hours of the day");
        let (from, to) = hours.split_once('-').ok_or_else(unclear)?;
        let time = |text: &str| text.trim().parse::<Time>().map_err(|_| unclear());
        let zone = match zone.trim() {
            "" => TimeZone::system(),
            name => TimeZone::get(name).map_err(|_| format!("`{name}` is not a time zone"))?,
        };
        let (from, to) = (time(from)?, time(to)?);
        if from == to {
            return Err(format!("`{text}` begins and ends at once"));
        }
        Ok(Self { from, to, zone })
    }

    /// How long it stays quiet; `None` outside of these hours.
    pub(super) fn left(&self, now: Timestamp) -> Option<Duration> {
        let here = now.to_zoned(self.zone.clone());
        let time = here.time();
        let is_quiet = if self.from < self.to {
            (self.from..self.to).contains(&time)
        } else {
            time >= self.from || time < self.to
        };
        if !is_quiet {
            return None;
        }
        let day = if time < self.to {
            here.date()
        } else {
            here.date().tomorrow().ok()?
        };
        let end = day.to_datetime(self.to).to_zoned(self.zone.clone()).ok()?;
        let left: SignedDuration = end.timestamp().duration_since(now);
        Duration::try_from(left).ok().filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_reach_over_midnight_and_over_the_change_of_clocks() {
        let quiet = Quiet::read("22:00-06:00 Europe/Berlin").unwrap();
        for (now, left) in [
            ("2026-01-15T20:59:59Z", None),
            ("2026-01-15T21:00:00Z", Some(8 * 3_600)),
            ("2026-01-16T04:59:00Z", Some(60)),
            ("2026-01-16T05:00:00Z", None),
            // The night that has an hour more, and the one that has an hour less.
            ("2026-10-24T20:00:00Z", Some(9 * 3_600)),
            ("2026-03-28T21:00:00Z", Some(7 * 3_600)),
        ] {
            let told = quiet.left(now.parse().unwrap()).map(|left| left.as_secs());
            assert_eq!(told, left, "{now}");
        }
        let noon = Quiet::read("12:00-13:30 UTC").unwrap();
        assert_eq!(
            noon.left("2026-01-15T13:00:00Z".parse().unwrap())
                .map(|left| left.as_secs()),
            Some(1_800)
        );
        for wrong in [
            "",
            "22",
            "22:00",
            "25:00-06:00",
            "08:00-08:00",
            "08:00-09:00 Mars/Base",
        ] {
            assert!(Quiet::read(wrong).is_err(), "`{wrong}`");
        }
    }
}
