//! Going back to a version, checked like a deployment.

use std::sync::Arc;

use connector_kit::{Error, Result, async_trait};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Acts, DEPLOYING, Log, compiled, succeeded};
use crate::{
    agent::Agent,
    state::{CheckedPart, DeployingKind, Deployment, Version},
};

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
