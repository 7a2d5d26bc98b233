//! Another token for a connection that is in use: tested beside the first, switched between two runs, and the first one
//! forgotten.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Error, Result, Secret, Validation, async_trait};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Acts,
    connections::{Given, note_checked, tried_with},
    permissions::{lacks, needed_scopes},
    tickets::Ticket,
};
use crate::{
    agent::{Agent, is_sandbox},
    state::SavedConnection,
};

/// Changes the secrets of a connection once they were found to be good for every deployed processflow. While they are
/// tested, and when they are not good, the connection goes on with those it has.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ChangeToken {
    /// The connection.
    pub name: String,
    /// The new secrets by field.
    pub secrets: BTreeMap<String, Given>,
    /// A name of the caller's choice, to cancel the test by (`cancel_try`).
    #[serde(default)]
    pub ticket: Option<String>,
}

/// A token that took the other's place.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct TokenChanged {
    /// What the new one was found to do.
    pub validation: Validation,
    /// Processflows that run now: these runs end with the old one. What begins later has the new one.
    pub running: Vec<String>,
}

#[async_trait]
impl Acts for ChangeToken {
    type Output = TokenChanged;
    const NAME: &'static str = "change_token";
    const ENDS_WITH_CALLER: bool = true;

    async fn act(self, agent: &Arc<Agent>) -> Result<TokenChanged> {
        let ticket = Ticket::new(self.ticket);
        let given = self
            .secrets
            .into_iter()
            .map(|(field, given)| (field, given.0))
            .collect();
        let saved = agent.saved(&self.name).await?;
        refuse(agent, &saved, &given).await?;
        let testing = tested(agent, &saved, given.clone());
        let validation = ticket
            .unless_cancelled("the change of the token", testing)
            .await?;
        // From here on it is done to its end, whether somebody waits for it or not.
        let (agent, name) = (agent.clone(), self.name);
        let switching =
            tokio::spawn(async move { switched(&agent, &name, &saved.seal, given, validation).await });
        switching
            .await
            .map_err(|error| Error::bug("the change of the token broke off").source(error))?
    }
}

async fn refuse(agent: &Agent, saved: &SavedConnection, given: &BTreeMap<String, Secret>) -> Result<()> {
    let connector = agent.desk().connector(&saved.connector)?;
    if is_sandbox(saved) {
        return Err(Error::config(format!(
            "connection `{}` is a sandbox and has no token to change",
            saved.name
        ))
        .hint("Only a connection to a store of your own has one."));
    }
    if connector.sign_in(&saved.settings, "")?.is_some() {
        return Err(Error::config(format!(
            "connection `{}` gets its token by signing in",
            saved.name
        ))
        .hint(format!(
            "Sign in again: `processflow connections sign-in {}`.",
            saved.name
        )));
    }
    if given.is_empty() {
        return Err(Error::config("no new token was given").hint("Enter it; nothing was changed."));
    }
    if agent.keeps_already(saved, given).await {
        return Err(Error::config(format!("connection `{}` has this token already", saved.name))
            .hint("Enter the token of the new API account. Delete the old account only once the connection has the new token."));
    }
    Ok(())
}

/// Tries the new secrets with everything that the old ones are used for. Nothing is changed.
async fn tested(
    agent: &Agent,
    saved: &SavedConnection,
    given: BTreeMap<String, Secret>,
) -> Result<Validation> {
    let unchanged = "Nothing was changed: the connection goes on with the token it has";
    let found = tried_with(agent, saved, given, &[])
        .await
        .map_err(|error| error.context(unchanged))?;
    let needs = needed_scopes(agent.desk(), &saved.name)?;
    match lacks(&needs, &found) {
        None => Ok(found),
        Some(lacking) => Err(Error::config(format!("The new token lacks permissions: {lacking}."))
            .context(unchanged)
            .hint("Create an API account with these permissions; those of an existing one cannot be changed.")),
    }
}

async fn switched(
    agent: &Arc<Agent>,
    name: &str,
    seal: &str,
    given: BTreeMap<String, Secret>,
    validation: Validation,
) -> Result<TokenChanged> {
    let mut saved = agent.saved(name).await?;
    if saved.seal != seal {
        return Err(Error::config(format!(
            "connection `{name}` was changed meanwhile and leads elsewhere; its token was left as it is"
        ))
        .hint("Try again."));
    }
    agent.switch_secrets(&mut saved, given).await?;
    let found = Ok(validation);
    note_checked(agent, name, &found).await?;
    let users = needed_scopes(agent.desk(), name)?.processflows();
    Ok(TokenChanged {
        validation: found?,
        running: agent.running_among(&users),
    })
}
