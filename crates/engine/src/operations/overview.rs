//! All processflows of this agent, deployed and draft side by side: what the panel lists.

use std::collections::BTreeMap;

use connector_kit::Result;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Against, DraftRow, ListDrafts, ListProcessflows, ProcessflowRow, Reads};
use crate::{
    agent::Desk,
    folder::Settings,
    processflow::{Heading, Plan},
    schedule::{Schedule, ScheduleText},
    state::{Deployment, DeploymentState, RunStatus},
};

/// All processflows: what is deployed, what is a draft, and how the two stand to each other. The runs behind a
/// sparkline are asked for by the processflow's name.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
pub struct OverviewProcessflows {}

/// A processflow: deployed, a draft, or both.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ProcessflowOverview {
    /// Its name.
    pub name: String,
    /// What it does, in its own words.
    pub description: Option<String>,
    /// How it stands, in one word and its cause.
    pub standing: Standing,
    /// True when the draft says something else than what is deployed.
    pub changed: bool,
    /// The names it uses, and the connector of each.
    pub connectors: BTreeMap<String, String>,
    /// When it runs by itself: of what is deployed, else of the draft.
    pub schedule: Option<ScheduleRow>,
    /// What is deployed.
    pub deployed: Option<ProcessflowRow>,
    /// What is being worked on.
    pub draft: Option<DraftRow>,
}

/// How a processflow stands. Of several that are true at once the first in this order is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// What is deployed (or the draft, when nothing is) is not right for this program.
    FileBroken {
        /// The first mistake.
        problem: String,
    },
    /// Its last run waits for something, or a mistake of this program ended it.
    Waiting {
        /// For what.
        problem: String,
        /// What helps.
        hint: Option<String>,
    },
    /// A person stopped its schedule.
    Paused {
        /// Until when; until it is resumed when empty.
        until: Option<String>,
    },
    /// It is under way.
    Running,
    /// It is deployed.
    Deployed,
    /// It is a draft only.
    NotDeployed,
}

/// When a processflow runs by itself, in parts that any language can put into words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ScheduleRow {
    /// As it is written.
    pub written: ScheduleText,
    /// The time zone it counts in; of an interval, the one it is shown in.
    pub zone: String,
    /// The next times, with the offset of that zone: `2026-11-22T06:00:00+01:00`. None while it is paused or not
    /// deployed.
    pub next: Vec<String>,
}

impl Reads for OverviewProcessflows {
    type Output = Vec<ProcessflowOverview>;
    const NAME: &'static str = "list_processflows";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let deployed = (ListProcessflows {}).read(desk)?;
        let mut parts: Vec<Part> = deployed
            .into_iter()
            .map(|row| (row.processflow.clone(), Some(row), None))
            .collect();
        for draft in (ListDrafts {}).read(desk)? {
            let name = draft.processflow.as_ref().unwrap_or(&draft.name);
            // Two folders may call themselves the same: each keeps a line of its own, under its folder's name.
            let free = parts
                .iter()
                .position(|(known, _, taken)| known == name && taken.is_none());
            let known = parts.iter().any(|(known, ..)| known == name);
            match free {
                Some(at) => parts[at].2 = Some(draft),
                None if known => parts.push((draft.name.clone(), None, Some(draft))),
                None => parts.push((name.clone(), None, Some(draft))),
            }
        }
        parts.sort_by(|one, other| one.0.cmp(&other.0));
        parts
            .into_iter()
            .map(|(name, deployed, draft)| overview(desk, name, deployed, draft))
            .collect()
    }
}

/// A name, what is deployed under it, and the draft of it.
type Part = (String, Option<ProcessflowRow>, Option<DraftRow>);

fn overview(
    desk: &Desk,
    name: String,
    deployed: Option<ProcessflowRow>,
    draft: Option<DraftRow>,
) -> Result<ProcessflowOverview> {
    let schedule = schedule(desk, &name, deployed.as_ref(), draft.as_ref())?;
    let description = deployed.as_ref().and_then(|row| row.description.clone());
    let text = deployed
        .as_ref()
        .map(|_| super::deployed_text(desk, &name))
        .transpose()?
        .flatten();
    let connectors = match (&draft, text) {
        (_, Some(text)) => Heading::of(&text).connections,
        (Some(draft), None) => draft.connections.clone(),
        (None, None) => BTreeMap::new(),
    };
    Ok(ProcessflowOverview {
        standing: standing(deployed.as_ref(), draft.as_ref()),
        changed: draft
            .as_ref()
            .is_some_and(|draft| draft.against == Against::Different),
        description: description.or_else(|| draft.as_ref()?.description.clone()),
        connectors,
        schedule,
        deployed,
        draft,
        name,
    })
}

fn standing(deployed: Option<&ProcessflowRow>, draft: Option<&DraftRow>) -> Standing {
    let Some(row) = deployed else {
        let problem = draft.and_then(|draft| draft.problem.clone());
        return problem.map_or(Standing::NotDeployed, |problem| Standing::FileBroken { problem });
    };
    if let Some(problem) = &row.problem {
        return Standing::FileBroken {
            problem: problem.clone(),
        };
    }
    let last = row.last.as_ref();
    if let Some(problem) = last.and_then(|run| run.problem.clone()) {
        return Standing::Waiting {
            problem: problem.message,
            hint: problem.hint,
        };
    }
    match row.state {
        DeploymentState::Paused => Standing::Paused {
            until: row.paused_until.clone(),
        },
        _ if last.is_some_and(|run| run.status == RunStatus::Running) => Standing::Running,
        _ => Standing::Deployed,
    }
}

fn schedule(
    desk: &Desk,
    name: &str,
    deployed: Option<&ProcessflowRow>,
    draft: Option<&DraftRow>,
) -> Result<Option<ScheduleRow>> {
    let text = match (deployed, draft) {
        (Some(_), _) => super::deployed_text(desk, name)?,
        (None, Some(draft)) => crate::drafts::Drafts::of(desk.folder())
            .read(&draft.name)?
            .map(|draft| draft.text),
        (None, None) => None,
    };
    let plan = text.and_then(|text| Plan::compile(&text, name, desk.connectors()).ok());
    let Some(written) = plan.and_then(|plan| plan.schedule) else {
        return Ok(None);
    };
    let anchor = match deployed {
        Some(row) if row.state == DeploymentState::Active => anchor(desk, name)?,
        _ => None,
    };
    let count = if anchor.is_some() { 5 } else { 0 };
    schedule_row(desk, written, anchor.as_deref(), count).map(Some)
}

fn anchor(desk: &Desk, name: &str) -> Result<Option<String>> {
    let Some(view) = desk.view()? else { return Ok(None) };
    Ok(Deployment::find(view.connection(), name)?.map(|deployment| deployment.anchor))
}

/// A schedule in parts, with its next times. Intervals count from `anchor`, or from now.
pub(crate) fn schedule_row(
    desk: &Desk,
    written: ScheduleText,
    anchor: Option<&str>,
    count: usize,
) -> Result<ScheduleRow> {
    let local = Settings::load(desk.folder())?.time_zone();
    let now = desk.clock().now();
    let anchor = anchor.and_then(|anchor| anchor.parse().ok()).unwrap_or(now);
    let schedule = Schedule::parse(&written, &local, anchor)?;
    let zone = match &written.zone {
        Some(zone) => TimeZone::get(zone).unwrap_or_else(|_| local.clone()),
        None => local,
    };
    let shown = |slot: jiff::Timestamp| {
        slot.to_zoned(zone.clone())
            .strftime("%Y-%m-%dT%H:%M:%S%:z")
            .to_string()
    };
    Ok(ScheduleRow {
        next: schedule.next_times(now, count).into_iter().map(shown).collect(),
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        written,
    })
}

/// The next times of a schedule that is being chosen.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct PreviewSchedule {
    /// As it would stand in the file.
    pub schedule: ScheduleText,
}

impl Reads for PreviewSchedule {
    type Output = ScheduleRow;
    const NAME: &'static str = "preview_schedule";

    fn read(self, desk: &Desk) -> Result<ScheduleRow> {
        schedule_row(desk, self.schedule, None, 5)
    }
}
