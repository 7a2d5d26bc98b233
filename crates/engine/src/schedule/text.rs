//! The `schedule:` of a processflow file.

use connector_kit::{Error, Result};
use jiff::{Timestamp, civil::Time, tz::TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Rule, Schedule, cron::Cron, duration};

/// When to run: one of `every`, `daily` and `cron`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ScheduleText {
    /// Every so often, from the time of deployment on: `15 min`, `2 h`, `1 day`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["15 min", "2 h"]))]
    pub every: Option<String>,
    /// Once a day at this time, as in "06:00" (in quotes).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^\d{1,2}:\d{2}$"), extend("examples" = ["06:00"]))]
    pub daily: Option<String>,
    /// A cron expression of five fields: minute, hour, day of month, month, day of week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["*/15 8-18 * * 1-5"]))]
    pub cron: Option<String>,
    /// With `daily`: only on these days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<_>", optional)]
    pub weekdays: Vec<Weekday>,
    /// The time zone of `daily` and `cron`, as in `Europe/Berlin`. Without it the machine's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["Europe/Berlin"]))]
    pub zone: Option<String>,
    /// What becomes of runs missed while the agent was off.
    #[serde(default, skip_serializing_if = "is_default")]
    #[ts(as = "Option<_>", optional)]
    pub catch_up: CatchUp,
}

/// What becomes of runs that were missed while the agent was off or asleep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
pub enum CatchUp {
    /// One run makes up for all of them.
    #[default]
    One,
    /// They are left out; the next one comes at its time.
    None,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl ScheduleText {
    /// True when it is right; what [`Schedule::parse`] would say of it otherwise.
    pub fn check(&self) -> Result<()> {
        parse(self, &TimeZone::UTC, Timestamp::UNIX_EPOCH).map(drop)
    }
}

pub(super) fn parse(text: &ScheduleText, local: &TimeZone, anchor: Timestamp) -> Result<Schedule> {
    if !text.weekdays.is_empty() && text.daily.is_none() {
        return Err(Error::config("`weekdays` goes with `daily` alone").hint(
            "Write `daily: \"06:00\"` beside it, or the days into the cron expression (`* * * * 1-5`).",
        ));
    }
    let rule = match (&text.every, &text.daily, &text.cron) {
        (Some(every), None, None) => Rule::Every {
            interval: interval(every)?,
            anchor,
        },
        (None, Some(daily), None) => Rule::Cron(Box::new(Cron::parse(
            &at(daily, &text.weekdays)?,
            zone(text, local)?,
        )?)),
        (None, None, Some(cron)) => Rule::Cron(Box::new(Cron::parse(cron, zone(text, local)?)?)),
        (None, None, None) => return Err(one_of("the schedule says nothing of when to run")),
        _ => return Err(one_of("the schedule says more than one time to run")),
    };
    if text.zone.is_some() && text.every.is_some() {
        return Err(
            Error::config("`every` counts real time, so a `zone` changes nothing")
                .hint("Leave `zone` out, or use `daily` or `cron`."),
        );
    }
    Ok(Schedule {
        rule,
        catch_up: text.catch_up,
    })
}

fn one_of(message: &str) -> Error {
    Error::config(message).hint(
        "Write one of `every: 15 min`, `daily: \"06:00\"` and `cron: \"*/15 8-18 * * 1-5\"`. A file without \
         `schedule` runs when it is told to.",
    )
}

fn interval(every: &str) -> Result<std::time::Duration> {
    let interval = duration::parse(every)?;
    if interval.is_zero() {
        return Err(Error::config("`every` cannot be nothing").hint("The shortest is `every: 1 s`."));
    }
    Ok(interval)
}

fn at(daily: &str, weekdays: &[Weekday]) -> Result<String> {
    let time = Time::strptime("%H:%M", daily).map_err(|_| {
        Error::config(format!("`{daily}` is no time of day"))
            .hint("Write hours and minutes in quotes, as in `daily: \"06:00\"`.")
    })?;
    let days: Vec<_> = weekdays.iter().map(|day| (*day as u8 + 1).to_string()).collect();
    let days = if days.is_empty() {
        "*".to_owned()
    } else {
        days.join(",")
    };
    Ok(format!("{} {} * * {days}", time.minute(), time.hour()))
}

fn zone(text: &ScheduleText, local: &TimeZone) -> Result<TimeZone> {
    let Some(name) = &text.zone else {
        return Ok(local.clone());
    };
    TimeZone::get(name).map_err(|_| {
        Error::config(format!("no time zone is called `{name}`"))
            .hint("Write its full name, as in `Europe/Berlin`, `America/New_York` or `UTC`.")
    })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it so")]
fn is_default(catch_up: &CatchUp) -> bool {
    *catch_up == CatchUp::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(text: &str) -> ScheduleText {
        serde_saphyr::from_str(text).expect(text)
    }

    #[test]
    fn the_forms_of_the_design_are_understood() {
        for (text, first) in [
            ("every: 15 min", "2026-11-21T00:15:00Z"),
            ("daily: \"06:00\"\nzone: Europe/Berlin", "2026-11-21T05:00:00Z"),
            (
                "cron: \"*/15 8-18 * * 1-5\"\nzone: Europe/Berlin",
                "2026-11-23T07:00:00Z",
            ),
            (
                "daily: \"06:30\"\nweekdays: [mon, tue]\nzone: UTC\ncatch_up: none",
                "2026-11-23T06:30:00Z",
            ),
        ] {
            let anchor = "2026-11-21T00:00:00Z".parse().expect("a time");
            let schedule = Schedule::parse(&yaml(text), &TimeZone::UTC, anchor).expect(text);
            assert_eq!(
                schedule.next_after(anchor).expect("a slot").to_string(),
                first,
                "{text}"
            );
        }
    }

    #[test]
    fn a_wrong_schedule_says_what_would_be_right() {
        for (text, part) in [
            ("{}", "nothing of when"),
            ("every: 5 min\ndaily: \"06:00\"", "more than one"),
            ("every: 0 s", "nothing"),
            ("every: soon", "no length of time"),
            ("every: 5 min\nzone: UTC", "changes nothing"),
            ("daily: \"25:00\"", "no time of day"),
            ("daily: six", "no time of day"),
            ("cron: \"* * *\"", "cron expression"),
            ("cron: \"0 0 31 2 *\"", "never"),
            ("cron: \"0 0 30,31 2 *\"", "never"),
            ("cron: \"61 * * * *\"", "cron expression"),
            ("cron: \"0 * * * * *\"", "cron expression"),
            ("cron: \"0 6 * * *\"\nzone: Europe/Bremen", "no time zone"),
            ("cron: \"0 6 * * *\"\nweekdays: [mon]", "goes with `daily`"),
        ] {
            let error = yaml(text).check().expect_err(text);
            assert!(error.message.contains(part), "{text}: {}", error.message);
            assert!(error.hint.is_some(), "{text}: the way out");
        }
    }

    #[test]
    fn unknown_keys_are_refused_and_defaults_left_out() {
        serde_saphyr::from_str::<ScheduleText>("evry: 5 min").expect_err("a typo must not mean never");
        let text = yaml("every: 5 min");
        assert_eq!(
            serde_json::to_string(&text).expect("is JSON"),
            r#"{"every":"5 min"}"#,
            "as it was written"
        );
    }
}
