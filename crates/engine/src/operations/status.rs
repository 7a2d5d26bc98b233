//! The agent in one line.

use connector_kit::Result;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Reads, compiled};
use crate::{
    agent::Desk,
    folder::Holder,
    state::{Deployment, DeploymentState, Run, SetAside, Version},
};

/// How the agent of this data folder stands. Takes no lock and reads no ledger row.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct Status {}

/// The agent in one line, and what is under it.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct AgentStatus {
    /// This program's version.
    pub version: String,
    /// The data folder.
    pub data_folder: String,
    /// Who is the agent now; nobody when empty.
    pub agent: Option<Holder>,
    /// Runs under way.
    pub running: Vec<Run>,
    /// Deployed processflows.
    pub processflows: usize,
    /// Saved connections.
    pub connections: u64,
    /// Records that wait set aside.
    pub failed: u64,
    /// Processflows whose last run waits for something or failed, with the cause.
    pub waiting: Vec<Run>,
    /// What each store last said of its request budget; none while no store was spoken to lately.
    pub quotas: Vec<QuotaLeft>,
    /// The next run by a schedule.
    pub next: Option<NextRun>,
    /// Processflows that a person paused.
    pub paused: Vec<PausedRow>,
}

/// What a store last said of its request budget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QuotaLeft {
    /// The store's address.
    pub store: String,
    /// Requests per window.
    pub quota: u32,
    /// Requests left in that window.
    pub left: u32,
    /// When the window starts anew; the budget is whole again from then on.
    pub resets_at: String,
    /// Requests that this agent sent in that window; others sent the rest.
    #[serde(default)]
    pub ours: u32,
    /// Requests of each window that are left to other apps.
    #[serde(default)]
    pub reserve: u32,
    /// Requests that wait for their turn.
    #[serde(default)]
    pub waiting: u32,
    /// When nothing will be left at the present pace, where that comes before the window ends.
    #[serde(default)]
    pub used_up_at: Option<String>,
    /// Until when no request goes out, because the store asked to slow down.
    pub waits_until: Option<String>,
    /// When it said so.
    pub at: String,
}

/// The next run by a schedule.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct NextRun {
    /// The processflow.
    pub processflow: String,
    /// When.
    pub at: String,
}

/// A processflow that a person paused.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PausedRow {
    /// The processflow.
    pub processflow: String,
    /// When the pause ends by itself.
    pub until: Option<String>,
}

impl Reads for Status {
    type Output = AgentStatus;
    const NAME: &'static str = "status";

    fn read(self, desk: &Desk) -> Result<AgentStatus> {
        let mut status = AgentStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_folder: desk.folder().path().display().to_string(),
            agent: desk.holder()?,
            running: Vec::new(),
            processflows: 0,
            connections: 0,
            failed: 0,
            waiting: Vec::new(),
            quotas: desk.quotas(),
            next: None,
            paused: Vec::new(),
        };
        let Some(view) = desk.view()? else {
            return Ok(status);
        };
        let on = view.connection();
        if status.agent.is_some() {
            status.running = Run::running(on)?;
        }
        let deployments = Deployment::all(on)?;
        status.processflows = deployments.len();
        status.connections = crate::state::SavedConnection::all(on)?.len() as u64;
        status.failed = SetAside::count(on, None)?;
        let mut slots: Vec<NextRun> = Vec::new();
        for deployment in deployments {
            match deployment.state {
                DeploymentState::Paused => status.paused.push(PausedRow {
                    processflow: deployment.name.clone(),
                    until: deployment.paused_until.clone(),
                }),
                _ => slots.extend(next(desk, on, &deployment)?),
            }
            let last = Run::newest(on, Some(&deployment.name), 1)?.pop();
            status.waiting.extend(last.filter(|run| run.problem.is_some()));
        }
        status.next = slots
            .into_iter()
            .min_by_key(|slot| slot.at.parse::<Timestamp>().ok());
        Ok(status)
    }
}

/// When a deployment runs next. One whose file no longer compiles has no next run; its own panel tells why.
fn next(desk: &Desk, on: &rusqlite::Connection, deployment: &Deployment) -> Result<Option<NextRun>> {
    let Some(version) = Version::find(on, &deployment.id, deployment.version)? else {
        return Ok(None);
    };
    let Ok(plan) = compiled(&version.text, &deployment.name, desk) else {
        return Ok(None);
    };
    let Some(schedule) = desk.schedule(&plan, deployment)? else {
        return Ok(None);
    };
    let at = desk.next_slots(&schedule, 1).pop();
    Ok(at.map(|at| NextRun {
        processflow: deployment.name.clone(),
        at,
    }))
}
