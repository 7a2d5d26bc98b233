//! Processflows: checked, deployed as versions, taken back, paused.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Error, Result, async_trait};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Acts, Reads};
use crate::{
    agent::{Agent, Desk},
    processflow::{Plan, Report},
    state::{Deployment, DeploymentState, Run, SavedConnection, SetAside, Version},
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

/// Deploys a processflow file: it becomes the next version on this agent.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct Deploy {
    /// The file's text.
    pub text: String,
    /// What messages call it.
    pub file: String,
    /// Which saved connection stands behind which alias. Left out: the one of the version before, the one that
    /// carries the alias's name, or the only one of its connector.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub connections: BTreeMap<String, String>,
    /// Who deploys it: the operating system's account.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub author: String,
}

/// What was deployed.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct Deployed {
    /// The processflow.
    pub processflow: String,
    /// Its version.
    pub version: u64,
    /// `Successful`; an unsuccessful deployment is an error and leaves the version before in place.
    pub state: String,
    /// False when exactly this was deployed already.
    pub new: bool,
    /// Which connection stands behind which alias.
    pub connections: BTreeMap<String, String>,
    /// When it runs next, by its schedule.
    pub next: Option<String>,
}

#[async_trait]
impl Acts for Deploy {
    type Output = Deployed;
    const NAME: &'static str = "deploy";

    async fn act(self, agent: &Arc<Agent>) -> Result<Deployed> {
        let plan = compiled(&self.text, &self.file, agent.desk())?;
        let before = agent.deployment(&plan.name).await?;
        let bindings = self.bindings(agent, &plan, before.as_ref()).await?;
        agent.try_destinations(&plan, &bindings, before.as_ref()).await?;
        let (at, author) = (agent.now(), self.author);
        let (name, text) = (plan.name.clone(), plan.text.clone());
        let kept = bindings.clone();
        let (deployment, new) = agent
            .state()
            .write(move |on| next_version(on, &name, text, kept, author, at))
            .await?;
        agent.schedule_changed();
        let schedule = agent.desk().schedule(&plan, &deployment)?;
        let next = schedule.and_then(|schedule| agent.desk().next_slots(&schedule, 1).pop());
        Ok(Deployed {
            processflow: deployment.name,
            version: deployment.version,
            state: "Successful".to_owned(),
            new,
            connections: bindings,
            next,
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

impl Deploy {
    async fn bindings(
        &self,
        agent: &Agent,
        plan: &Plan,
        before: Option<&Deployment>,
    ) -> Result<BTreeMap<String, String>> {
        let saved = agent.state().read(SavedConnection::all).await?;
        let old = match before {
            Some(deployment) => agent.version(deployment).await?.bindings,
            None => BTreeMap::new(),
        };
        let unknown = self
            .connections
            .keys()
            .find(|alias| !plan.connections.contains_key(*alias));
        if let Some(alias) = unknown {
            return Err(
                Error::config(format!("processflow `{}` has no connection `{alias}`", plan.name))
                    .hint(format!("It has: {}.", words(plan.connections.keys()))),
            );
        }
        let mut bindings = BTreeMap::new();
        for (alias, connector) in &plan.connections {
            let named = self.connections.get(alias).or_else(|| old.get(alias));
            let bound = bind(alias, connector, named.map(String::as_str), &saved)?;
            bindings.insert(alias.clone(), bound);
        }
        Ok(bindings)
    }
}

/// The saved connection behind an alias.
fn bind(alias: &str, connector: &str, named: Option<&str>, saved: &[SavedConnection]) -> Result<String> {
    let fitting: Vec<&SavedConnection> = saved
        .iter()
        .filter(|connection| connection.connector == connector)
        .collect();
    let found = match named {
        Some(name) => saved.iter().find(|connection| connection.name == name),
        None => match fitting.iter().find(|connection| connection.name == alias) {
            Some(connection) => Some(*connection),
            None if fitting.len() == 1 => Some(fitting[0]),
            None => None,
        },
    };
    match found {
        Some(connection) if connection.connector == connector => Ok(connection.name.clone()),
        Some(connection) => Err(Error::config(format!(
            "`{alias}` wants a {connector} connection, and `{}` is a {} connection",
            connection.name, connection.connector
        ))
        .hint(format!("Choose another with `--connection {alias}=NAME`."))),
        None => Err(missing(alias, connector, named, &fitting)),
    }
}

/// `Source Application Not Found`, with what the vendor's message left out: which one, and what to do.
fn missing(alias: &str, connector: &str, named: Option<&str>, fitting: &[&SavedConnection]) -> Error {
    let which = named.map_or_else(
        || format!("`{alias}` ({connector})"),
        |name| format!("`{name}` for `{alias}`"),
    );
    let error = Error::config(format!(
        "Source Application Not Found: there is no connection {which}"
    ));
    if fitting.is_empty() {
        return error.hint(format!(
            "Add one with `processflow connections add {alias} --connector {connector} …`."
        ));
    }
    let names = words(fitting.iter().map(|connection| &connection.name));
    error.hint(format!(
        "Choose one with `--connection {alias}=NAME`; there are: {names}."
    ))
}

pub(crate) fn words<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn next_version(
    on: &rusqlite::Connection,
    name: &str,
    text: String,
    bindings: BTreeMap<String, String>,
    author: String,
    at: String,
) -> Result<(Deployment, bool)> {
    let Some(mut deployment) = Deployment::find(on, name)? else {
        let deployment = Deployment {
            name: name.to_owned(),
            id: uuid::Uuid::new_v4().simple().to_string(),
            version: 1,
            state: DeploymentState::Active,
            paused_until: None,
            epoch: 1,
            batch: 0,
            watermark: None,
            slot: None,
            anchor: at.clone(),
        };
        deployment.save(on)?;
        Version {
            deployment: deployment.id.clone(),
            version: 1,
            text,
            bindings,
            author,
            at,
        }
        .insert(on)?;
        return Ok((deployment, true));
    };
    let same = Version::find(on, &deployment.id, deployment.version)?
        .is_some_and(|version| version.text == text && version.bindings == bindings);
    let was_off = deployment.state == DeploymentState::Undeployed;
    if was_off {
        (deployment.state, deployment.anchor, deployment.slot) = (DeploymentState::Active, at.clone(), None);
    }
    if !same {
        deployment.version = Version::all(on, &deployment.id)?
            .first()
            .map_or(0, |newest| newest.version)
            + 1;
        let version = deployment.version;
        Version {
            deployment: deployment.id.clone(),
            version,
            text,
            bindings,
            author,
            at,
        }
        .insert(on)?;
    }
    deployment.save(on)?;
    Ok((deployment, !same || was_off))
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

/// Goes back to a version; the watermark stays where it is.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct Rollback {
    /// The processflow.
    pub processflow: String,
    /// The version.
    pub version: u64,
}

#[async_trait]
impl Acts for Rollback {
    type Output = ();
    const NAME: &'static str = "rollback";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        let deployment = agent.deployed(&self.processflow).await?;
        let wanted = Deployment {
            version: self.version,
            ..deployment.clone()
        };
        let version = agent.version(&wanted).await?;
        let plan = compiled(&version.text, &self.processflow, agent.desk())?;
        agent
            .try_destinations(&plan, &version.bindings, Some(&deployment))
            .await?;
        agent
            .change(&self.processflow, move |deployment| {
                deployment.version = version.version;
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
}

impl Reads for ListVersions {
    type Output = Vec<VersionRow>;
    const NAME: &'static str = "versions";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let view = desk.view_or_empty(&self.processflow)?;
        let deployment = desk.deployment(view.connection(), &self.processflow)?;
        let versions = Version::all(view.connection(), &deployment.id)?;
        let row = |version: Version| VersionRow {
            runs: version.version == deployment.version,
            version,
        };
        Ok(versions.into_iter().map(row).collect())
    }
}
