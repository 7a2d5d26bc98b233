//! The agent in one line.

use connector_kit::Result;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Reads;
use crate::{
    agent::Desk,
    folder::Holder,
    state::{Deployment, Run, SetAside},
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
        for deployment in deployments {
            let last = Run::newest(on, Some(&deployment.name), 1)?.pop();
            status.waiting.extend(last.filter(|run| run.problem.is_some()));
        }
        Ok(status)
    }
}
