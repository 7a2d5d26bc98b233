//! What a deployed processflow keeps from one run to the next: looked at, set and forgotten by a person.

use std::sync::Arc;

use connector_kit::{Error, Result, Value as Kept, async_trait};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{Acts, Given, Reads, compiled};
use crate::{
    agent::{Agent, Desk, Topic},
    processflow::{Plan, Variable},
    run,
    state::{Deployment, StoredVariable, Version},
};

/// The variables of a deployed processflow.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ListVariables {
    /// The processflow.
    pub processflow: String,
}

/// A variable, and what is kept of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct VariableRow {
    /// Its name in the file.
    pub name: String,
    /// Kept encrypted: its value is never shown.
    pub encrypted: bool,
    /// What the next run begins with. Nothing where it is encrypted.
    pub value: Option<Value>,
    /// When it got its value; nothing while it has the one the file says.
    pub at: Option<String>,
}

impl Reads for ListVariables {
    type Output = Vec<VariableRow>;
    const NAME: &'static str = "variables";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let view = desk.view_or_empty(&self.processflow)?;
        let deployment = desk.deployment(view.connection(), &self.processflow)?;
        let version = Version::find(view.connection(), &deployment.id, deployment.version)?
            .ok_or_else(|| Error::bug("a deployment has its version"))?;
        let plan = compiled(&version.text, &deployment.name, desk)?;
        let kept = StoredVariable::of(view.connection(), &deployment.id)?;
        let row = |variable: &Variable| {
            let own = kept.iter().find(|kept| kept.variable.name == variable.name);
            let value = match own {
                _ if variable.encrypted => None,
                Some(kept) => serde_json::from_str(&kept.variable.value).ok(),
                None => Some(variable.start.clone()),
            };
            VariableRow {
                name: variable.name.clone(),
                encrypted: variable.encrypted,
                value,
                at: own.map(|kept| kept.at.clone()),
            }
        };
        Ok(plan.variables.iter().map(row).collect())
    }
}

/// Gives a variable the value that the next run begins with.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct SetVariable {
    /// The processflow.
    pub processflow: String,
    /// The variable.
    pub name: String,
    /// Its value, where it may be seen.
    #[serde(default)]
    #[ts(type = "unknown")]
    pub value: Option<Value>,
    /// Its value as a text, where it is kept encrypted.
    #[serde(default)]
    pub secret: Option<Given>,
}

#[async_trait]
impl Acts for SetVariable {
    type Output = ();
    const NAME: &'static str = "set_variable";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        let (deployment, plan) = idle(agent, &self.processflow).await?;
        let variable = variable(&plan, &self.name)?;
        let (value, locker) = match (variable.encrypted, self.value, self.secret) {
            (true, None, Some(Given(secret))) => {
                let locker = agent.locker(&deployment.id).await?;
                (Kept::Text(secret.expose().to_owned()), Some(locker))
            }
            (true, _, _) => {
                let message = format!("`{}` is kept encrypted, so its value must not be seen", self.name);
                let hint = format!(
                    "Say `--secret {}`: it is then asked for, or read from standard input.",
                    self.name
                );
                return Err(Error::config(message).hint(hint));
            }
            (false, value, None) => (Kept::from(value.unwrap_or_default()), None),
            (false, _, Some(_)) => {
                let message = format!(
                    "`{}` is not kept encrypted, and everybody could see it",
                    self.name
                );
                let hint = "Write `encrypted: true` in the file and deploy it, or say `--set`.";
                return Err(Error::config(message).hint(hint));
            }
        };
        let stored = run::stored(variable, &value, locker.as_ref())?;
        let at = agent.clock().now().to_string();
        agent
            .state()
            .write(move |on| stored.save(on, &deployment.id, &at))
            .await?;
        agent.changed(Topic::Processflow.of(&self.processflow));
        Ok(())
    }
}

/// Forgets what is kept of a variable: the next run begins with what the file says.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ForgetVariable {
    /// The processflow.
    pub processflow: String,
    /// The variable.
    pub name: String,
}

#[async_trait]
impl Acts for ForgetVariable {
    type Output = ();
    const NAME: &'static str = "forget_variable";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        let (deployment, _) = idle(agent, &self.processflow).await?;
        let name = self.name.clone();
        let known = agent
            .state()
            .write(move |on| StoredVariable::forget(on, &deployment.id, &name))
            .await?;
        if !known {
            return Err(
                Error::config(format!("nothing is kept of a variable `{}`", self.name)).hint(format!(
                    "`processflow variables {}` lists what is kept.",
                    self.processflow
                )),
            );
        }
        agent.changed(Topic::Processflow.of(&self.processflow));
        Ok(())
    }
}

/// The processflow's plan while it does not run: a run holds its variables, and would write over what was set.
async fn idle(agent: &Arc<Agent>, name: &str) -> Result<(Deployment, Plan)> {
    let deployment = agent.deployed(name).await?;
    agent.refuse_second(name)?;
    let version = agent.version(&deployment).await?;
    let plan = compiled(&version.text, name, agent.desk())?;
    Ok((deployment, plan))
}

fn variable<'p>(plan: &'p Plan, name: &str) -> Result<&'p Variable> {
    let known = plan.variables.iter().find(|variable| variable.name == name);
    known.ok_or_else(|| {
        let names: Vec<_> = plan.variables.iter().map(|variable| &variable.name).collect();
        let hint = if names.is_empty() {
            "Its file has no `variables`.".to_owned()
        } else {
            connector_kit::suggest::known("They are", &names, name)
        };
        Error::config(format!("processflow `{}` keeps no variable `{name}`", plan.name)).hint(hint)
    })
}
