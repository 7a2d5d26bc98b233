//! What a person wants to know before deploying, and what was deployed before: the log, the versions, differences.

use std::collections::BTreeMap;

use connector_kit::{Does, Error, Guarantee, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{
    OpenDraft, ReadDraft, Reads, ScheduleRow, bindings::bind, deployed_text, overview::schedule_row,
};
use crate::{
    agent::Desk,
    drafts::Drafts,
    processflow::{
        Difference, Plan,
        editor::{self, Mark},
    },
    state::{CheckOutcome, CheckedPart, Deploying, DeployingState, Deployment, SavedConnection, Version},
};

/// What deploying a file would need and change. Nothing is changed by asking.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct PrepareDeployment {
    /// A draft (or a deployed processflow), instead of a text.
    #[serde(default)]
    pub name: Option<String>,
    /// The file's text.
    #[serde(default)]
    pub text: Option<String>,
}

/// What deploying a file would need and change.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Preparation {
    /// The file's text.
    pub text: String,
    /// The processflow's name; empty while the file has mistakes.
    pub processflow: Option<String>,
    /// What is wrong or odd.
    pub problems: Vec<Mark>,
    /// The connections it needs.
    pub connections: Vec<WantedConnection>,
    /// Its look-up tables.
    pub lookups: Vec<LookupRow>,
    /// When it would run by itself.
    pub schedule: Option<ScheduleRow>,
    /// How often a record is tried while the other side cannot answer.
    pub tries: u32,
    /// What it reads and writes: what a person agrees to.
    pub does: Vec<StepConsent>,
    /// The version that runs now.
    pub deployed: Option<u64>,
    /// What differs from it.
    pub changes: Option<Difference>,
}

/// A connection that a file needs.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct WantedConnection {
    /// Its name in the file.
    pub alias: String,
    /// The connector it must be of.
    pub connector: String,
    /// The saved connection that stands behind it now.
    pub bound: Option<String>,
    /// The one that deploying would take, when nobody chooses.
    pub proposed: Option<String>,
    /// Those that fit.
    pub candidates: Vec<Candidate>,
}

/// A saved connection that fits.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Candidate {
    /// Its name.
    pub name: String,
    /// When it was last found to work.
    pub validated_at: Option<String>,
}

/// A look-up table of a file.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct LookupRow {
    /// Its name.
    pub name: String,
    /// How many values it has.
    pub entries: usize,
    /// Whether it says something for all others; without, a value that is not in it sets the record aside.
    pub default: bool,
}

/// What a step does at the other side.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct StepConsent {
    /// The step's number in the file.
    pub step: String,
    /// Whether it writes.
    pub writes: bool,
    /// The connection's name in the file.
    pub alias: String,
    /// The action.
    pub action: String,
    /// What it does, in a sentence.
    pub about: String,
    /// The permission it needs.
    pub scope: Option<String>,
    /// What a write guarantees.
    pub guarantee: Option<Guarantee>,
    /// What the destination makes where it is missing, as the file says it.
    #[ts(type = "unknown")]
    pub creates: Option<Value>,
}

impl Reads for PrepareDeployment {
    type Output = Preparation;
    const NAME: &'static str = "prepare_deployment";

    fn read(self, desk: &Desk) -> Result<Preparation> {
        let text = match (self.text, self.name) {
            (Some(text), _) => text,
            (None, Some(name)) => ReadDraft { name }.read(desk).map(|OpenDraft { text, .. }| text)?,
            (None, None) => return Err(Error::config("name a draft, or give a text")),
        };
        let (_, problems) = editor::check(&text, desk.connectors());
        match Plan::compile(&text, crate::processflow::FILE_NAME, desk.connectors()) {
            Ok(plan) => prepared(desk, &plan, problems),
            Err(_) => Ok(Preparation {
                text,
                processflow: None,
                problems,
                connections: Vec::new(),
                lookups: Vec::new(),
                schedule: None,
                tries: 0,
                does: Vec::new(),
                deployed: None,
                changes: None,
            }),
        }
    }
}

fn prepared(desk: &Desk, plan: &Plan, problems: Vec<Mark>) -> Result<Preparation> {
    let (saved, old) = known(desk, &plan.name)?;
    let deployed = deployed_text(desk, &plan.name)?;
    let bound = old.as_ref().map(|version| &version.bindings);
    let schedule = plan.schedule.clone();
    Ok(Preparation {
        text: plan.text.clone(),
        processflow: Some(plan.name.clone()),
        problems,
        connections: plan
            .connections
            .iter()
            .map(|(alias, connector)| wanted(alias, connector, bound, &saved))
            .collect(),
        lookups: plan
            .lookups()
            .map(|(name, entries, default)| LookupRow {
                name,
                entries,
                default,
            })
            .collect(),
        schedule: schedule
            .map(|written| schedule_row(desk, written, None, 5))
            .transpose()?,
        tries: plan.on_failure.tries,
        does: does(desk, plan)?,
        changes: deployed
            .as_ref()
            .map(|deployed| Difference::between(deployed, &plan.text)),
        deployed: deployed.and(old).map(|version| version.version),
    })
}

/// The saved connections, and the version under that name, taken off or not.
fn known(desk: &Desk, name: &str) -> Result<(Vec<SavedConnection>, Option<Version>)> {
    let Some(view) = desk.view()? else {
        return Ok((Vec::new(), None));
    };
    let on = view.connection();
    let version = match Deployment::find(on, name)? {
        Some(deployment) => Version::find(on, &deployment.id, deployment.version)?,
        None => None,
    };
    Ok((SavedConnection::all(on)?, version))
}

fn wanted(
    alias: &str,
    connector: &str,
    bound: Option<&BTreeMap<String, String>>,
    saved: &[SavedConnection],
) -> WantedConnection {
    let bound = bound.and_then(|bound| bound.get(alias));
    let proposed = bind(alias, connector, bound.map(String::as_str), saved);
    let fitting = saved.iter().filter(|saved| saved.connector == connector);
    WantedConnection {
        alias: alias.to_owned(),
        connector: connector.to_owned(),
        bound: bound.cloned(),
        // One that was removed or changed its connector is no proposal.
        proposed: proposed.or_else(|_| bind(alias, connector, None, saved)).ok(),
        candidates: fitting
            .map(|saved| Candidate {
                name: saved.name.clone(),
                validated_at: saved.validated_at.clone(),
            })
            .collect(),
    }
}

fn does(desk: &Desk, plan: &Plan) -> Result<Vec<StepConsent>> {
    let read = (String::from("1"), &plan.read.alias, plan.read.action.as_str());
    let fetches = plan
        .fetches()
        .map(|(step, fetch)| (step.to_string(), &fetch.alias, fetch.action.as_str()));
    let writes = plan
        .writes()
        .map(|write| (write.step.id.to_string(), &write.alias, write.step.action));
    let creates = plan.creates();
    let consent = |(step, alias, name): (String, &String, &str)| {
        let connector = desk.connector(&plan.connections[alias])?;
        let action = connector
            .action(name)
            .ok_or_else(|| Error::bug(format!("`{alias}/{name}` was checked")))?;
        let guarantee = match &action.does {
            Does::Read(_) => None,
            Does::Write(write) => Some(write.guarantee()),
        };
        Ok(StepConsent {
            creates: creates.get(&step).cloned(),
            step,
            writes: guarantee.is_some(),
            alias: alias.clone(),
            action: name.to_owned(),
            about: action.about.to_owned(),
            scope: action.scope.map(str::to_owned),
            guarantee,
        })
    };
    [read]
        .into_iter()
        .chain(fetches)
        .chain(writes)
        .map(consent)
        .collect()
}

/// The deployment log of a processflow, newest first. The entry of a deployment that is under way grows.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ListDeployments {
    /// The processflow.
    pub processflow: String,
    /// How many at most.
    #[serde(default = "twenty")]
    #[ts(as = "Option<_>", optional)]
    pub limit: u32,
}

fn twenty() -> u32 {
    20
}

impl Reads for ListDeployments {
    type Output = Vec<Deploying>;
    const NAME: &'static str = "deployments";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let Some(view) = desk.view()? else {
            return Ok(Vec::new());
        };
        let mut log = Deploying::newest(view.connection(), &self.processflow, self.limit)?;
        if log.iter().any(|entry| entry.state == DeployingState::Pending) && desk.holder()?.is_none() {
            log.iter_mut().for_each(interrupted);
        }
        Ok(log)
    }
}

/// One that says it is under way while nobody is the agent was left in the middle.
fn interrupted(entry: &mut Deploying) {
    if entry.state == DeployingState::Pending {
        entry.state = DeployingState::Unsuccessful;
        entry.checks.push(crate::state::Check {
            about: CheckedPart::Version,
            name: None,
            outcome: CheckOutcome::Bad,
            message: "The agent ended in the middle. Nothing was changed.".to_owned(),
            hint: Some("Deploy it again.".to_owned()),
            at: entry.at.clone(),
        });
    }
}

/// What differs between two versions of a processflow, or between a version and its draft.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct DiffVersions {
    /// The processflow.
    pub processflow: String,
    /// The first version; the draft when left out.
    #[serde(default)]
    pub a: Option<u64>,
    /// The second version; the draft when left out.
    #[serde(default)]
    pub b: Option<u64>,
}

impl Reads for DiffVersions {
    type Output = Difference;
    const NAME: &'static str = "diff_versions";

    fn read(self, desk: &Desk) -> Result<Difference> {
        let text = |version| text_of(desk, &self.processflow, version);
        Ok(Difference::between(&text(self.a)?, &text(self.b)?))
    }
}

fn text_of(desk: &Desk, name: &str, version: Option<u64>) -> Result<String> {
    let Some(number) = version else {
        return Ok(Drafts::of(desk.folder()).exactly(name)?.text);
    };
    let view = desk.view_or_empty(name)?;
    let deployment = desk.deployment(view.connection(), name)?;
    let found = Version::find(view.connection(), &deployment.id, number)?;
    found.map(|version| version.text).ok_or_else(|| {
        Error::config(format!("processflow `{name}` has no version {number}"))
            .hint(format!("`processflow versions {name}` lists them."))
    })
}
