//! Deploying, and going back: checked step by step into the deployment log. What fails on the way leaves the version
//! before in place.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Error, OpenFor, Result, async_trait};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Acts, bindings::bindings, compiled};
use crate::{
    agent::Agent,
    drafts::Drafts,
    processflow::{self, Heading, Plan, Step, checked_name},
    state::{
        Check, CheckOutcome, CheckedPart, Deploying, DeployingKind, DeployingState, Deployment,
        DeploymentState, Version,
    },
};

/// One deployment at a time: what was checked is what is put in place.
static DEPLOYING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Deploys a processflow file: it becomes the next version on this agent. A person who calls this agrees to what the
/// file does.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
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
    /// Why, in that person's words.
    #[serde(default)]
    pub note: Option<String>,
    /// The draft whose cases are run with it.
    #[serde(default)]
    pub draft: Option<String>,
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
        let _one = DEPLOYING.lock().await;
        // A file that does not say how it is called leaves no trace in anybody's log.
        let Some(name) = Heading::of(&self.text)
            .name
            .filter(|name| checked_name(name).is_ok())
        else {
            return Err(match compiled(&self.text, &self.file, agent.desk()) {
                Err(error) => error,
                Ok(_) => Error::bug("a file without a name was compiled"),
            });
        };
        let wanted = (DeployingKind::Deploy, self.author.clone(), self.note.clone());
        let mut log = Log::begin(agent, &name, wanted).await?;
        match self.deploy(agent, &mut log).await {
            Ok(deployed) => Ok(deployed),
            Err(error) => log.failed(error).await,
        }
    }
}

impl Deploy {
    async fn deploy(self, agent: &Arc<Agent>, log: &mut Log) -> Result<Deployed> {
        let plan = compiled(&self.text, &self.file, agent.desk());
        let plan = log.told(CheckedPart::File, None, plan).await?;
        log.good(CheckedPart::File, None, "The file is right.").await?;
        for odd in &plan.warnings {
            let message = format!("line {}: {}", odd.line, odd.message);
            log.note(
                CheckedPart::File,
                None,
                CheckOutcome::Odd,
                message,
                odd.hint.clone(),
            )
            .await?;
        }
        if let Some(draft) = &self.draft {
            log.cases(&plan, draft).await?;
        }
        let before = agent.deployment(&plan.name).await?;
        let bound = bindings(agent, &plan, &self.connections, before.as_ref()).await;
        let bound = log.told(CheckedPart::Connection, None, bound).await?;
        log.destinations(&plan, &bound, before.as_ref()).await?;
        let (at, author) = (agent.now(), self.author);
        let (name, text, kept) = (plan.name.clone(), plan.text.clone(), bound.clone());
        let mut entry = log.entry.clone();
        let written = agent.state().write(move |on| {
            let (deployment, new) = next_version(on, &name, text, kept, author, at.clone())?;
            succeeded(&mut entry, deployment.version, new, at);
            entry.update(on)?;
            Ok((deployment, new))
        });
        let (deployment, new) = written.await?;
        agent.schedule_changed(&deployment.name);
        let schedule = agent.desk().schedule(&plan, &deployment)?;
        let next = schedule.and_then(|schedule| agent.desk().next_slots(&schedule, 1).pop());
        Ok(Deployed {
            processflow: deployment.name,
            version: deployment.version,
            state: "Successful".to_owned(),
            new,
            connections: bound,
            next,
        })
    }
}

/// The log's last line goes into the same transaction as the version: neither stands without the other.
fn succeeded(entry: &mut Deploying, version: u64, new: bool, at: String) {
    let message = match (entry.kind, new) {
        (DeployingKind::Rollback, _) => {
            format!("Version {version} runs again. The watermark stays where it is.")
        }
        (_, true) => format!("Version {version} runs from now on."),
        (_, false) => format!("Exactly this is version {version}, which runs already."),
    };
    entry.checks.push(Check {
        about: CheckedPart::Version,
        name: None,
        outcome: CheckOutcome::Good,
        message,
        hint: None,
        at: at.clone(),
    });
    (entry.state, entry.version, entry.ended_at) = (DeployingState::Successful, Some(version), Some(at));
}

/// A deployment's entry in the log while it is under way; every line is on the disk before the next check begins.
struct Log {
    agent: Arc<Agent>,
    entry: Deploying,
}

impl Log {
    async fn begin(
        agent: &Arc<Agent>,
        processflow: &str,
        (kind, author, note): (DeployingKind, String, Option<String>),
    ) -> Result<Self> {
        let before = agent.deployment(processflow).await?;
        let runs = before.filter(|deployment| deployment.state != DeploymentState::Undeployed);
        let mut entry = Deploying {
            number: 0,
            processflow: processflow.to_owned(),
            state: DeployingState::Pending,
            kind,
            version: None,
            before: runs.map(|deployment| deployment.version),
            author,
            note: note.filter(|note| !note.trim().is_empty()),
            at: agent.now(),
            ended_at: None,
            checks: Vec::new(),
        };
        let first = entry.clone();
        entry.number = agent
            .state()
            .write(move |on| {
                Deploying::give_up_pending(on, &first.processflow, &first.at)?;
                first.insert(on)
            })
            .await?;
        Ok(Self {
            agent: agent.clone(),
            entry,
        })
    }

    async fn note(
        &mut self,
        about: CheckedPart,
        name: Option<&str>,
        outcome: CheckOutcome,
        message: String,
        hint: Option<String>,
    ) -> Result<()> {
        self.entry.checks.push(Check {
            about,
            name: name.map(str::to_owned),
            outcome,
            message,
            hint,
            at: self.agent.now(),
        });
        let entry = self.entry.clone();
        self.agent.state().write(move |on| entry.update(on)).await
    }

    async fn good(&mut self, about: CheckedPart, name: Option<&str>, message: &str) -> Result<()> {
        self.note(about, name, CheckOutcome::Good, message.to_owned(), None)
            .await
    }

    /// Writes down what stops the deployment; what is good comes back.
    async fn told<T>(&mut self, about: CheckedPart, name: Option<&str>, checked: Result<T>) -> Result<T> {
        if let Err(error) = &checked {
            let (message, hint) = (error.message.clone(), error.hint.clone());
            self.note(about, name, CheckOutcome::Bad, message, hint).await?;
        }
        checked
    }

    /// Cases show what a person meant; one that comes out otherwise is told, and the person has decided.
    async fn cases(&mut self, plan: &Plan, draft: &str) -> Result<()> {
        let folder = Drafts::of(self.agent.folder()).folder(draft)?;
        let report = processflow::run_cases(plan, &folder)?;
        let differs = report.cases.iter().filter(|case| !case.differences.is_empty());
        for case in differs {
            let message = case.differences.join(" ");
            self.note(
                CheckedPart::Cases,
                Some(&case.name),
                CheckOutcome::Odd,
                message,
                None,
            )
            .await?;
        }
        match report.cases.len() {
            count if report.holds() && count > 0 => {
                self.good(CheckedPart::Cases, None, &format!("All cases hold ({count})."))
                    .await
            }
            _ => Ok(()),
        }
    }

    /// Opens every destination and asks whether its rows can be written: what fails here fails the deployment, not
    /// the first run at night.
    async fn destinations(
        &mut self,
        plan: &Plan,
        bound: &BTreeMap<String, String>,
        deployment: Option<&Deployment>,
    ) -> Result<()> {
        let agent = self.agent.clone();
        let purpose = OpenFor {
            deployment: deployment.map_or_else(|| "deploying".to_owned(), |deployment| deployment.id.clone()),
            epoch: deployment.map_or(1, |deployment| deployment.epoch),
        };
        let connections = self
            .told(CheckedPart::Connection, None, agent.bound(bound).await)
            .await?;
        for (alias, name) in bound {
            let message = format!("`{alias}` is connection `{name}`.");
            self.good(CheckedPart::Connection, Some(alias), &message).await?;
        }
        for step in &plan.steps {
            if let Step::Write(write) = step {
                let live = connections.get(&write.alias).expect("every alias was bound");
                let ready = async { live.open(purpose.clone()).await?.ready(&write.step).await }.await;
                let about = format!("{}/{}", write.alias, write.step.action);
                self.told(CheckedPart::Destination, Some(&about), ready).await?;
                let message = format!("Step {} can write.", write.step.id);
                self.good(CheckedPart::Destination, Some(&about), &message)
                    .await?;
            }
        }
        Ok(())
    }

    /// The end of one that did not succeed. The error stays what it is, also when the log cannot be written.
    async fn failed<T>(mut self, error: Error) -> Result<T> {
        let stays = match self.entry.before {
            Some(version) => format!("Nothing was changed: version {version} stays in place."),
            None => "Nothing was deployed.".to_owned(),
        };
        if !self
            .entry
            .checks
            .iter()
            .any(|check| check.outcome == CheckOutcome::Bad)
        {
            let (message, hint) = (error.message.clone(), error.hint.clone());
            self.note(CheckedPart::Version, None, CheckOutcome::Bad, message, hint)
                .await?;
        }
        self.entry.state = DeployingState::Unsuccessful;
        self.entry.ended_at = Some(self.agent.now());
        let noted = self
            .note(CheckedPart::Version, None, CheckOutcome::Odd, stays, None)
            .await;
        noted.and(Err(error))
    }
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

/// Goes back to a version; the watermark stays where it is.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct Rollback {
    /// The processflow.
    pub processflow: String,
    /// The version.
    pub version: u64,
    /// Who goes back: the operating system's account.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub author: String,
}

#[async_trait]
impl Acts for Rollback {
    type Output = ();
    const NAME: &'static str = "rollback";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        let _one = DEPLOYING.lock().await;
        let deployment = agent.deployed(&self.processflow).await?;
        let wanted = Deployment {
            version: self.version,
            ..deployment.clone()
        };
        let version = agent.version(&wanted).await?;
        let wanted = (DeployingKind::Rollback, self.author, None);
        let mut log = Log::begin(agent, &self.processflow, wanted).await?;
        match go_back(agent, &mut log, &deployment, &version).await {
            Ok(()) => Ok(()),
            Err(error) => log.failed(error).await,
        }
    }
}

async fn go_back(
    agent: &Arc<Agent>,
    log: &mut Log,
    deployment: &Deployment,
    version: &Version,
) -> Result<()> {
    let plan = compiled(&version.text, &deployment.name, agent.desk());
    let plan = log.told(CheckedPart::File, None, plan).await?;
    log.good(CheckedPart::File, None, "The file is right.").await?;
    log.destinations(&plan, &version.bindings, Some(deployment))
        .await?;
    let (name, number, at) = (deployment.name.clone(), version.version, agent.now());
    let mut entry = log.entry.clone();
    agent
        .state()
        .write(move |on| {
            let mut deployment = Deployment::find(on, &name)?
                .ok_or_else(|| Error::config(format!("processflow `{name}` is not deployed")))?;
            deployment.version = number;
            deployment.save(on)?;
            succeeded(&mut entry, number, true, at);
            entry.update(on)
        })
        .await?;
    agent.schedule_changed(&deployment.name);
    Ok(())
}
