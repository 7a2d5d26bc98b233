//! Connections: saved, validated, given their secrets, removed.

use std::{collections::BTreeMap, fmt, sync::Arc};

use connector_kit::{Error, Fact, Result, Secret, Validation, async_trait};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use super::{Acts, Reads, permissions::needed_scopes};
use crate::{
    agent::{Agent, Desk, Topic},
    state::{Checked, Deployment, Problem, SavedConnection, Version},
};

/// All saved connections.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct ListConnections {}

/// A saved connection, and where it is used.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct ConnectionRow {
    /// The connection; never its secrets.
    #[serde(flatten)]
    pub connection: SavedConnection,
    /// What its settings were understood as ("store hash abc123").
    pub understood: Vec<Fact>,
    /// Deployed processflows that use it.
    pub used_by: Vec<String>,
}

impl Reads for ListConnections {
    type Output = Vec<ConnectionRow>;
    const NAME: &'static str = "connections";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let Some(view) = desk.view()? else {
            return Ok(Vec::new());
        };
        let on = view.connection();
        let uses = uses(on)?;
        let row = |connection: SavedConnection| {
            let understood = desk
                .connector(&connection.connector)
                .and_then(|connector| connector.understood(&connection.settings))
                .unwrap_or_default();
            let used_by = uses.get(&connection.name).cloned().unwrap_or_default();
            ConnectionRow {
                connection,
                understood,
                used_by,
            }
        };
        Ok(SavedConnection::all(on)?.into_iter().map(row).collect())
    }
}

/// Which deployed processflows use which connection.
fn uses(on: &rusqlite::Connection) -> Result<BTreeMap<String, Vec<String>>> {
    let mut uses: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for deployment in Deployment::all(on)? {
        if let Some(version) = Version::find(on, &deployment.id, deployment.version)? {
            for connection in version.bindings.into_values() {
                uses.entry(connection).or_default().push(deployment.name.clone());
            }
        }
    }
    Ok(uses)
}

/// Saves a connection: a new one, or changed settings of one that is there.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct SaveConnection {
    /// Its name.
    pub name: String,
    /// Its connector; may be left out when it exists already.
    pub connector: Option<String>,
    /// Settings to set; `null` takes one away.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub settings: Map<String, Value>,
    /// Secrets to set with it.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub secrets: BTreeMap<String, Given>,
}

#[async_trait]
impl Acts for SaveConnection {
    type Output = ConnectionRow;
    const NAME: &'static str = "save_connection";

    async fn act(self, agent: &Arc<Agent>) -> Result<Self::Output> {
        let Self {
            name,
            connector,
            settings,
            secrets,
        } = self;
        plain_name(&name)?;
        let mut saved = wanted(agent, &name, connector, settings).await?;
        let connector = agent.desk().connector(&saved.connector)?;
        let understood = connector.understood(&saved.settings)?;
        agent
            .save_with_secrets(
                &mut saved,
                secrets.into_iter().map(|(name, given)| (name, given.0)).collect(),
            )
            .await?;
        Ok(ConnectionRow {
            connection: saved,
            understood,
            used_by: Vec::new(),
        })
    }
}

/// The connection as it would be with these settings laid over those it has. Secrets stay with it while it leads to the
/// place they were entered for.
pub(crate) async fn wanted(
    agent: &Agent,
    name: &str,
    connector: Option<String>,
    settings: Map<String, Value>,
) -> Result<SavedConnection> {
    let old = agent.connection(name).await?;
    let kind = connector
        .or_else(|| old.as_ref().map(|old| old.connector.clone()))
        .ok_or_else(|| {
            Error::config(format!("connection `{name}` is new: which connector is it?"))
                .hint("Say `--connector bigcommerce`, `--connector sql` or `--connector files`.")
        })?;
    if old.as_ref().is_some_and(|old| old.connector != kind) {
        return Err(
            Error::config(format!("connection `{name}` is not a {kind} connection"))
                .hint("Choose another name, or remove it first."),
        );
    }
    let mut saved = agent.merged(name, &kind, settings, old.as_ref())?;
    if let Some(old) = old {
        let connector = agent.desk().connector(&kind)?;
        let stays = |field: &str| {
            if !connector.is_for_sign_in(field) {
                return old.seal == saved.seal;
            }
            let place = |of: &SavedConnection| connector.place(&of.settings, field).ok();
            place(&old).is_some() && place(&old) == place(&saved)
        };
        saved.secrets = old
            .secrets
            .iter()
            .filter(|(field, _)| stays(field))
            .map(|(field, at)| (field.clone(), at.clone()))
            .collect();
    }
    Ok(saved)
}

/// Names are words that files, scripts and panels can carry.
fn plain_name(name: &str) -> Result<()> {
    let plain = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
    if !name.is_empty() && name.len() <= 64 && name.chars().all(plain) {
        return Ok(());
    }
    Err(Error::config(format!("`{name}` cannot be a connection's name"))
        .hint("Use up to 64 letters, digits, `-`, `_` or `.`."))
}

/// Forgets a connection and its secrets.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct RemoveConnection {
    /// Its name.
    pub name: String,
}

#[async_trait]
impl Acts for RemoveConnection {
    type Output = ();
    const NAME: &'static str = "remove_connection";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        let saved = agent.saved(&self.name).await?;
        agent.forget_secrets(&saved).await?;
        agent
            .state()
            .write(move |on| SavedConnection::remove(on, &self.name))
            .await?;
        agent.changed(Topic::Connection.of(saved.name));
        Ok(())
    }
}

/// Sets one secret of a connection. It is never given back.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct SetSecret {
    /// The connection.
    pub name: String,
    /// The field.
    pub field: String,
    /// The secret.
    pub secret: Given,
}

#[async_trait]
impl Acts for SetSecret {
    type Output = ();
    const NAME: &'static str = "set_secret";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        let mut saved = agent.saved(&self.name).await?;
        agent
            .save_with_secrets(&mut saved, BTreeMap::from([(self.field, self.secret.0)]))
            .await
    }
}

/// Tries a connection with the code that runs use.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ValidateConnection {
    /// Its name.
    pub name: String,
}

#[async_trait]
impl Acts for ValidateConnection {
    type Output = Validation;
    const NAME: &'static str = "validate_connection";

    async fn act(self, agent: &Arc<Agent>) -> Result<Validation> {
        let saved = agent.saved(&self.name).await?;
        tried(agent, &saved).await
    }
}

/// Tries a saved connection for the processflows that use it, and notes what came of it.
pub(crate) async fn tried(agent: &Agent, saved: &SavedConnection) -> Result<Validation> {
    let tried = tried_with(agent, saved, BTreeMap::new(), &[]).await;
    note_checked(agent, &saved.name, &tried).await?;
    tried
}

/// Tries a connection, with secrets that are not saved, for the processflows that use it and these further permissions.
pub(super) async fn tried_with(
    agent: &Agent,
    saved: &SavedConnection,
    given: BTreeMap<String, Secret>,
    further: &[String],
) -> Result<Validation> {
    let needed = needed_scopes(agent.desk(), &saved.name)?;
    let mut scopes = needed.all();
    scopes.extend(
        further
            .iter()
            .filter(|scope| !needed.all().contains(scope))
            .cloned(),
    );
    let tried = match agent.live_with(saved, given).await {
        Ok(live) => live.validate_for(&scopes).await,
        Err(error) => Err(error),
    };
    agent.note_quotas();
    tried
}

/// Notes what came of trying a saved connection.
pub(super) async fn note_checked(agent: &Agent, name: &str, tried: &Result<Validation>) -> Result<()> {
    let checked = Checked {
        at: agent.now(),
        found: tried.as_ref().ok().cloned(),
        problem: tried.as_ref().err().map(Problem::from),
    };
    let named = name.to_owned();
    agent
        .state()
        .write(move |on| SavedConnection::checked(on, &named, &checked))
        .await?;
    agent.changed(Topic::Connection.of(name));
    Ok(())
}

/// A secret on its way from a shell to the agent: over the local socket, never further. The only secret that
/// serialises, and it prints `[redacted]`.
#[derive(Clone, TS)]
pub struct Given(#[ts(type = "string")] pub Secret);

impl fmt::Debug for Given {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl Serialize for Given {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}
