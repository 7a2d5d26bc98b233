//! Runs as pictures: the last ones of each processflow, and what came through hour by hour.

use std::collections::BTreeMap;

use connector_kit::{Error, Result};
use jiff::{Timestamp, ToSpan, Unit, Zoned, tz::TimeZone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Reads;
use crate::{
    agent::Desk,
    folder::Settings,
    state::{Activity, Deployment, Moved, Run, RunStatus},
};

/// Points of a plot at most: more than a screen is wide.
const MOST: usize = 5_000;

/// The last runs of each processflow, as a sparkline shows them.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct RunSeries {
    /// Of one processflow only.
    pub processflow: Option<String>,
    /// How many of each at most.
    #[serde(default = "twenty")]
    #[ts(as = "Option<_>", optional)]
    pub runs: u32,
}

fn twenty() -> u32 {
    20
}

/// The last runs of one processflow.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct Series {
    /// The processflow.
    pub processflow: String,
    /// Its last runs, the oldest first.
    pub runs: Vec<SeriesRun>,
}

/// A run in a sparkline.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct SeriesRun {
    /// Its id.
    pub run: String,
    /// How it stands.
    pub status: RunStatus,
    /// When it began.
    pub started_at: String,
    /// How long it took, or has taken so far.
    pub seconds: f64,
    /// Records that were read.
    pub read: u64,
    /// Records that are there now.
    pub written: u64,
    /// Records that were there already.
    pub unchanged: u64,
    /// Records that a rule left out.
    pub skipped: u64,
    /// Records that were set aside.
    pub failed: u64,
}

impl Reads for RunSeries {
    type Output = Vec<Series>;
    const NAME: &'static str = "run_series";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let Some(view) = desk.view()? else {
            return Ok(Vec::new());
        };
        let on = view.connection();
        let names = match self.processflow {
            Some(name) => vec![desk.deployment(on, &name)?.name],
            None => Deployment::all(on)?.into_iter().map(|one| one.name).collect(),
        };
        let now = desk.clock().now();
        let series = |processflow: String| {
            let mut runs = Run::newest(on, Some(&processflow), self.runs)?;
            desk.tell_interrupted(runs.iter_mut());
            let runs = runs.iter().rev().map(|run| point(run, now)).collect();
            Ok(Series { processflow, runs })
        };
        names.into_iter().map(series).collect()
    }
}

fn point(run: &Run, now: Timestamp) -> SeriesRun {
    SeriesRun {
        run: run.id.clone(),
        status: run.status,
        started_at: run.started_at.clone(),
        seconds: run.seconds(now),
        read: run.counts.read,
        written: run.counts.written,
        unchanged: run.counts.unchanged,
        skipped: run.counts.all_skipped(),
        failed: run.counts.failed,
    }
}

/// Records over time: what was settled in each hour or day of a period.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct RunPlot {
    /// Of one processflow only.
    pub processflow: Option<String>,
    /// From this instant on; its hour or day counts whole.
    pub since: Timestamp,
    /// Up to this instant; now when left out.
    pub until: Option<Timestamp>,
    /// How wide a point is.
    pub by: PlotUnit,
    /// The time zone of days, as in `Europe/Berlin`; the settings' when left out.
    pub zone: Option<String>,
}

/// How wide a point of a plot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PlotUnit {
    /// An hour.
    Hour,
    /// A day of the time zone.
    Day,
}

/// What was settled in one hour or day.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct PlotPoint {
    /// When it begins.
    pub at: String,
    /// Records that are there now.
    pub written: u64,
    /// Records that were there already.
    pub unchanged: u64,
    /// Records that a rule left out.
    pub skipped: u64,
    /// Records that were set aside.
    pub failed: u64,
}

impl Reads for RunPlot {
    type Output = Vec<PlotPoint>;
    const NAME: &'static str = "run_plot";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let zone = match &self.zone {
            Some(name) => TimeZone::get(name).map_err(|_| {
                Error::config(format!("there is no time zone `{name}`"))
                    .hint("Name one as in `Europe/Berlin`.")
            })?,
            None => Settings::load(desk.folder())?.time_zone(),
        };
        let until = self.until.unwrap_or_else(|| desk.clock().now());
        let mut points = self.empty(&zone, until)?;
        let Some(view) = desk.view()? else {
            return Ok(told(points));
        };
        let begin = points.keys().next().copied().unwrap_or(until);
        let (since, before) = (hour(begin), hour(until + 1.hour()));
        for activity in Activity::between(view.connection(), self.processflow.as_deref(), &since, &before)? {
            let Ok(at) = format!("{}:00:00Z", activity.hour).parse::<Timestamp>() else {
                continue;
            };
            if let Some((_, point)) = points.range_mut(..=at).next_back() {
                add(point, activity.moved);
            }
        }
        Ok(told(points))
    }
}

impl RunPlot {
    /// Every point of the period, with nothing in it yet: an hour without records is a point at zero, not a gap.
    fn empty(&self, zone: &TimeZone, until: Timestamp) -> Result<BTreeMap<Timestamp, Moved>> {
        let unit = match self.by {
            PlotUnit::Hour => Unit::Hour,
            PlotUnit::Day => Unit::Day,
        };
        let mut points = BTreeMap::new();
        let mut at = begin_of(&self.since.to_zoned(zone.clone()), unit);
        while at.timestamp() <= until && points.len() < MOST {
            points.insert(at.timestamp(), Moved::default());
            let step = if unit == Unit::Day { 1.day() } else { 1.hour() };
            at = at.checked_add(step).map_err(|_| {
                Error::config("this period is beyond the calendar").hint("Choose a shorter one.")
            })?;
        }
        Ok(points)
    }
}

fn begin_of(at: &Zoned, unit: Unit) -> Zoned {
    let begin = match unit {
        Unit::Day => at.start_of_day(),
        _ => at.round(
            jiff::ZonedRound::new()
                .smallest(unit)
                .mode(jiff::RoundMode::Floor),
        ),
    };
    begin.unwrap_or_else(|_| at.clone())
}

fn hour(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H").to_string()
}

fn add(point: &mut Moved, more: Moved) {
    point.written += more.written;
    point.unchanged += more.unchanged;
    point.skipped += more.skipped;
    point.failed += more.failed;
}

fn told(points: BTreeMap<Timestamp, Moved>) -> Vec<PlotPoint> {
    let point = |(at, moved): (Timestamp, Moved)| PlotPoint {
        at: at.to_string(),
        written: moved.written,
        unchanged: moved.unchanged,
        skipped: moved.skipped,
        failed: moved.failed,
    };
    points.into_iter().map(point).collect()
}
