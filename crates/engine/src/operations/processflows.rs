//! Processflows: checked, deployed as versions, taken back, paused.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Error, Result, async_trait};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Acts, Reads};
use crate::{
    agent::{Agent, Desk},
    processflow::{Plan, Report},
    state::{Deploying, Deployment, DeploymentState, Run, SetAside, Version},
};

/// Checks a processflow file without deploying it.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct CheckProcessflow {
    /// The file's text.
    pub text: String,
    /// What messages call it.
    pub file: String,
}

/// What a check found.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct Checked {
    /// The processflow's name, when it can be deployed.
    pub processflow: Option<String>,
    /// What is wrong, with line, column and the way out.
    pub problems: serde_json::Value,
}

impl Reads for CheckProcessflow {
    type Output = Checked;
    const NAME: &'static str = "check";

    fn read(self, desk: &Desk) -> Result<Checked> {
        Ok(match Plan::compile(&self.text, &self.file, desk.connectors()) {
            Ok(plan) => Checked {
                processflow: Some(plan.name),
                problems: serde_json::json!([]),
            },
            Err(report) => Checked {
                processflow: None,
                problems: report.to_json(),
            },
        })
    }
}

/// A plan, or the report of what is wrong with it as one error.
pub(crate) fn compiled(text: &str, file: &str, desk: &Desk) -> Result<Plan> {
    Plan::compile(text, file, desk.connectors()).map_err(|report: Report| {
        Error::config(report.to_string())
            .hint("Mend the file and deploy it again; `processflow check` shows it.")
    })
}

/// Takes a processflow off this agent. Its history, watermark and set-aside records stay.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct Undeploy {
    /// The processflow.
    pub processflow: String,
}

#[async_trait]
impl Acts for Undeploy {
    type Output = ();
    const NAME: &'static str = "undeploy";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        agent
            .change(&self.processflow, |deployment| {
                deployment.state = DeploymentState::Undeployed;
            })
            .await
    }
}

/// Stops a processflow's schedule; runs by hand stay possible.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct Pause {
    /// The processflow.
    pub processflow: String,
    /// For how long, in seconds; until resumed when left out.
    pub seconds: Option<u64>,
}

#[async_trait]
impl Acts for Pause {
    type Output = ();
    const NAME: &'static str = "pause";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        let until = self
            .seconds
            .map(|seconds| agent.clock().now() + std::time::Duration::from_secs(seconds));
        agent
            .change(&self.processflow, move |deployment| {
                deployment.state = DeploymentState::Paused;
                deployment.paused_until = until.map(|until| until.to_string());
            })
            .await
    }
}

/// Lets a processflow's schedule go on.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct Resume {
    /// The processflow.
    pub processflow: String,
}

#[async_trait]
impl Acts for Resume {
    type Output = ();
    const NAME: &'static str = "resume";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        agent
            .change(&self.processflow, |deployment| {
                (deployment.state, deployment.paused_until) = (DeploymentState::Active, None);
            })
            .await
    }
}

/// All deployed processflows.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct ListProcessflows {}

/// A deployed processflow.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ProcessflowRow {
    /// Its name.
    pub processflow: String,
    /// What it does, in its own words.
    pub description: Option<String>,
    /// The version that runs.
    pub version: u64,
    /// Whether it runs by its schedule.
    pub state: DeploymentState,
    /// When a pause ends by itself.
    pub paused_until: Option<String>,
    /// Which connection stands behind which alias.
    pub connections: BTreeMap<String, String>,
    /// The next times it runs, by its schedule.
    pub next: Vec<String>,
    /// Its last run.
    pub last: Option<Run>,
    /// How many of its records wait set aside.
    pub failed: u64,
    /// Why it cannot run, when the deployed file no longer compiles with this program.
    pub problem: Option<String>,
}

impl Reads for ListProcessflows {
    type Output = Vec<ProcessflowRow>;
    const NAME: &'static str = "processflows";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let Some(view) = desk.view()? else {
            return Ok(Vec::new());
        };
        let on = view.connection();
        Deployment::all(on)?
            .into_iter()
            .map(|deployment| row(desk, on, deployment))
            .collect()
    }
}

fn row(desk: &Desk, on: &rusqlite::Connection, deployment: Deployment) -> Result<ProcessflowRow> {
    let version = Version::find(on, &deployment.id, deployment.version)?;
    let (text, connections) = version
        .map(|version| (version.text, version.bindings))
        .unwrap_or_default();
    let compiled = compiled(&text, &deployment.name, desk);
    let (description, schedule, problem) = match compiled {
        Ok(plan) => (plan.description.clone(), desk.schedule(&plan, &deployment)?, None),
        Err(error) => (None, None, Some(error.message)),
    };
    let next = match schedule {
        Some(schedule) if deployment.state == DeploymentState::Active => desk.next_slots(&schedule, 5),
        _ => Vec::new(),
    };
    let mut last = Run::newest(on, Some(&deployment.name), 1)?.pop();
    desk.tell_interrupted(last.as_mut().into_iter());
    Ok(ProcessflowRow {
        description,
        version: deployment.version,
        state: deployment.state,
        paused_until: deployment.paused_until,
        connections,
        next,
        last,
        failed: SetAside::count(on, Some(&deployment.name))?,
        problem,
        processflow: deployment.name,
    })
}

/// All versions of a processflow.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ListVersions {
    /// The processflow.
    pub processflow: String,
}

/// A version, and whether it is the one that runs.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct VersionRow {
    /// The version.
    #[serde(flatten)]
    pub version: Version,
    /// Whether it is the one that runs.
    pub runs: bool,
    /// Why it was deployed, in that person's words.
    pub note: Option<String>,
}

impl Reads for ListVersions {
    type Output = Vec<VersionRow>;
    const NAME: &'static str = "versions";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let view = desk.view_or_empty(&self.processflow)?;
        let deployment = desk.deployment(view.connection(), &self.processflow)?;
        let on = view.connection();
        let row = |version: Version| {
            Ok(VersionRow {
                runs: version.version == deployment.version,
                note: Deploying::note_of(on, &deployment.name, version.version)?,
                version,
            })
        };
        Version::all(on, &deployment.id)?.into_iter().map(row).collect()
    }
}
