//! The deployment log of one deployment, a line for each check.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Error, OpenFor, Result, http::Priority};

use crate::{
    agent::Agent,
    drafts::Drafts,
    processflow::{self, Plan},
    state::{
        Check, CheckOutcome, CheckedPart, Deploying, DeployingKind, DeployingState, Deployment,
        DeploymentState,
    },
};

/// A deployment's entry in the log while it is under way; every line is on the disk before the next check begins.
pub(super) struct Log {
    agent: Arc<Agent>,
    pub(super) entry: Deploying,
}

impl Log {
    pub(super) async fn begin(
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

    pub(super) async fn note(
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

    pub(super) async fn good(&mut self, about: CheckedPart, name: Option<&str>, message: &str) -> Result<()> {
        self.note(about, name, CheckOutcome::Good, message.to_owned(), None)
            .await
    }

    /// Writes down what stops the deployment; what is good comes back.
    pub(super) async fn told<T>(
        &mut self,
        about: CheckedPart,
        name: Option<&str>,
        checked: Result<T>,
    ) -> Result<T> {
        if let Err(error) = &checked {
            let (message, hint) = (error.message.clone(), error.hint.clone());
            self.note(about, name, CheckOutcome::Bad, message, hint).await?;
        }
        checked
    }

    /// Cases show what a person meant; one that comes out otherwise is told, and the person has decided.
    pub(super) async fn cases(&mut self, plan: &Plan, draft: &str) -> Result<()> {
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
    pub(super) async fn destinations(
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
            .told(
                CheckedPart::Connection,
                None,
                agent.bound(bound, Priority::High).await,
            )
            .await?;
        for (alias, name) in bound {
            let message = format!("`{alias}` is connection `{name}`.");
            self.good(CheckedPart::Connection, Some(alias), &message).await?;
        }
        for write in plan.writes() {
            let live = connections.get(&write.alias).expect("every alias was bound");
            let ready = async { live.open(purpose.clone()).await?.ready(&write.step).await }.await;
            let about = format!("{}/{}", write.alias, write.step.action);
            self.told(CheckedPart::Destination, Some(&about), ready).await?;
            let message = format!("Step {} can write.", write.step.id);
            self.good(CheckedPart::Destination, Some(&about), &message)
                .await?;
        }
        Ok(())
    }

    /// The end of one that did not succeed. The error stays what it is, also when the log cannot be written.
    pub(super) async fn failed<T>(mut self, error: Error) -> Result<T> {
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

/// The log's last line goes into the same transaction as the version: neither stands without the other.
pub(super) fn succeeded(entry: &mut Deploying, version: u64, new: bool, at: String) {
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
