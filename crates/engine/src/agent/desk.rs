//! What can be known of a data folder without being its agent.
//!
//! Takes no lock, recovers nothing, changes nothing: reading commands and panels work beside a running agent,
//! and on a folder that nobody serves.

use std::sync::Arc;

use connector_kit::{Clock, Connector, Error, Result};
use jiff::Timestamp;

use crate::{
    folder::{DataFolder, Holder, Settings},
    os,
    processflow::Plan,
    schedule::Schedule,
    state::{Deployment, DeploymentState, Run, RunStatus, View},
};

/// A data folder as its readers see it.
#[derive(Clone)]
pub struct Desk {
    folder: DataFolder,
    connectors: Arc<Vec<Connector>>,
    clock: Arc<dyn Clock>,
}

impl Desk {
    /// A desk on that folder, with these connectors.
    pub fn new(folder: DataFolder, connectors: Arc<Vec<Connector>>, clock: Arc<dyn Clock>) -> Self {
        Self {
            folder,
            connectors,
            clock,
        }
    }

    /// The data folder.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// Time.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// All connectors of this program.
    pub fn connectors(&self) -> &[Connector] {
        &self.connectors
    }

    /// One connector.
    pub fn connector(&self, name: &str) -> Result<&Connector> {
        self.connectors
            .iter()
            .find(|connector| connector.name == name)
            .ok_or_else(|| {
                let names: Vec<String> = self
                    .connectors
                    .iter()
                    .map(|known| format!("`{}`", known.name))
                    .collect();
                Error::config(format!("there is no connector `{name}`"))
                    .hint(format!("There are: {}.", names.join(", ")))
            })
    }

    /// The state, read-only; `None` while nothing was ever saved.
    pub fn view(&self) -> Result<Option<View>> {
        let file = self.folder.state_db();
        let there = file.metadata().is_ok_and(|file| file.len() > 0);
        there.then(|| View::open(&file)).transpose()
    }

    /// The state, read-only; Config while nothing was ever saved.
    pub fn view_or_empty(&self, what: &str) -> Result<View> {
        self.view()?.ok_or_else(|| {
            Error::config(format!("there is no `{what}`: nothing was deployed on this data folder yet"))
                .hint("Deploy a processflow with `processflow deploy FOLDER`, or name another folder with `--data-dir`.")
        })
    }

    /// A processflow that is (or was) deployed.
    pub fn deployment(&self, on: &rusqlite::Connection, name: &str) -> Result<Deployment> {
        Deployment::find(on, name)?.ok_or_else(|| not_deployed(on, name))
    }

    /// Who is the agent of this folder now.
    pub fn holder(&self) -> Result<Option<Holder>> {
        let socket = self.folder.socket()?;
        Ok(if os::someone_listens(&socket) {
            Some(self.folder.holder()?)
        } else {
            None
        })
    }

    /// A deployment's schedule, if its file has one. Slots of an interval count from when it was deployed; a zone
    /// that the file does not name is the settings'.
    pub fn schedule(&self, plan: &Plan, deployment: &Deployment) -> Result<Option<Schedule>> {
        let Some(text) = &plan.schedule else {
            return Ok(None);
        };
        let zone = Settings::load(&self.folder)?.time_zone();
        let anchor = deployment.anchor.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        Schedule::parse(text, &zone, anchor).map(Some)
    }

    /// The next `count` times of a schedule.
    pub fn next_slots(&self, schedule: &Schedule, count: usize) -> Vec<String> {
        schedule
            .next_times(self.clock.now(), count)
            .into_iter()
            .map(|slot| slot.to_string())
            .collect()
    }

    /// A run that says it is under way while nobody is the agent was interrupted; the state says so only once an
    /// agent takes it up.
    pub fn tell_interrupted<'r>(&self, runs: impl Iterator<Item = &'r mut Run>) {
        for run in runs.filter(|run| run.status == RunStatus::Running) {
            if !os::someone_listens(&self.folder.socket().unwrap_or_default()) {
                run.status = RunStatus::Interrupted;
            }
        }
    }
}

/// `Source Application Not Found` is for connections; this is for processflows.
pub(super) fn not_deployed(on: &rusqlite::Connection, name: &str) -> Error {
    let error = Error::config(format!("processflow `{name}` is not deployed"));
    let known: Vec<String> = Deployment::all(on)
        .unwrap_or_default()
        .into_iter()
        .map(|known| known.name)
        .collect();
    match known.as_slice() {
        [] => error.hint("Deploy it with `processflow deploy FOLDER`."),
        names => error.hint(format!("Deployed are: {}.", names.join(", "))),
    }
}

/// Whether a deployment runs by its schedule at `now`: a pause with an end that has passed is over.
pub(super) fn is_active(deployment: &Deployment, now: Timestamp) -> bool {
    match deployment.state {
        DeploymentState::Active => true,
        DeploymentState::Undeployed => false,
        DeploymentState::Paused => {
            let until = deployment
                .paused_until
                .as_deref()
                .and_then(|until| until.parse::<Timestamp>().ok());
            until.is_some_and(|until| until <= now)
        }
    }
}
