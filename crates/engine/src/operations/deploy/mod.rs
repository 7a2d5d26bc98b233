//! Deploying, and going back: checked step by step into the deployment log. What fails on the way leaves the version
//! before in place.

mod log;
mod rollback;
mod version;

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Error, Result, async_trait};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Acts, bindings::bindings, compiled};
use crate::{
    agent::Agent,
    processflow::{Heading, checked_name},
    state::{CheckOutcome, CheckedPart, DeployingKind},
};

use log::{Log, succeeded};
use version::next_version;

pub use rollback::Rollback;

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
