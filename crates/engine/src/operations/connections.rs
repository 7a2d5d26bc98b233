//! Connections: saved, validated, given their secrets, removed.

use std::{collections::BTreeMap, fmt, sync::Arc};

use connector_kit::{Error, Fact, Result, Secret, Validation, async_trait};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use super::{Acts, Reads, tickets::Ticket};
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
async fn wanted(
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
    if let Some(old) = old.filter(|old| old.seal == saved.seal) {
        saved.secrets = old.secrets;
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
        let tried = match agent.live(&saved).await {
            Ok(live) => live.validate().await,
            Err(error) => Err(error),
        };
        let checked = Checked {
            at: agent.now(),
            found: tried.as_ref().ok().cloned(),
            problem: tried.as_ref().err().map(Problem::from),
        };
        agent.note_quotas();
        agent
            .state()
            .write(move |on| SavedConnection::checked(on, &self.name, &checked))
            .await?;
        agent.changed(Topic::Connection.of(saved.name));
        tried
    }
}

/// Tries a connection as it stands in a form, with the code that runs use. Nothing is saved, not even that it was tried.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct TryConnection {
    /// The saved connection whose settings and secrets are the ground; left out for a new one.
    pub name: Option<String>,
    /// Its connector; may be left out when it is saved already.
    pub connector: Option<String>,
    /// Settings laid over the saved ones; `null` takes one away.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub settings: Map<String, Value>,
    /// Secrets as they were typed. For those left out the saved ones are used, if these settings lead to the place they
    /// were entered for.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub secrets: BTreeMap<String, Given>,
    /// A name of the caller's choice, to cancel it by.
    #[serde(default)]
    pub ticket: Option<String>,
}

#[async_trait]
impl Acts for TryConnection {
    type Output = Validation;
    const NAME: &'static str = "try_connection";
    const ENDS_WITH_CALLER: bool = true;

    async fn act(self, agent: &Arc<Agent>) -> Result<Validation> {
        let ticket = Ticket::new(self.ticket);
        let name = self.name.unwrap_or_default();
        let tried = async {
            let tried = wanted(agent, &name, self.connector, self.settings).await?;
            let given = self.secrets.into_iter().map(|(field, given)| (field, given.0));
            let live = agent.live_with(&tried, given.collect()).await?;
            live.validate().await
        };
        let tried = ticket.unless_cancelled("the test of the connection", tried).await;
        agent.note_quotas();
        tried
    }
}

/// Ends a test of a connection that is under way.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct CancelTry {
    /// The ticket it was asked for with.
    pub ticket: String,
}

#[async_trait]
impl Acts for CancelTry {
    type Output = ();
    const NAME: &'static str = "cancel_try";

    async fn act(self, _: &Arc<Agent>) -> Result<()> {
        Ticket::cancel(&self.ticket);
        Ok(())
    }
}

/// What a connector makes of settings while they are typed: nothing is saved, nothing is sent.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct UnderstandConnection {
    /// The connector.
    pub connector: String,
    /// The settings as they are so far.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub settings: Map<String, Value>,
}

/// What a connector made of settings.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct Understood {
    /// What they say ("store hash abc123"); empty where something is wrong.
    pub facts: Vec<Fact>,
    /// The one place that the secrets would be sent to.
    pub seal: Option<String>,
    /// What is wrong, and the way out.
    pub problem: Option<Problem>,
}

impl Reads for UnderstandConnection {
    type Output = Understood;
    const NAME: &'static str = "understand_connection";

    fn read(self, desk: &Desk) -> Result<Understood> {
        let connector = desk.connector(&self.connector)?;
        let settings = Value::Object(self.settings);
        let understood = connector
            .understood(&settings)
            .and_then(|facts| Ok((facts, connector.seal(&settings)?)));
        Ok(match understood {
            Ok((facts, seal)) => Understood {
                facts,
                seal: Some(seal),
                problem: None,
            },
            Err(error) => Understood {
                facts: Vec::new(),
                seal: None,
                problem: Some(Problem::from(&error)),
            },
        })
    }
}

/// Every connector, with what it takes to draw its form.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct ListConnectors {}

/// A connector as its form draws it.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct ConnectorRow {
    /// Its name in processflow files.
    pub connector: String,
    /// The name people read.
    pub title: String,
    /// One sentence.
    pub about: String,
    /// JSON Schema of its settings; its secrets are not among them.
    pub settings: Value,
    /// Its secret fields, in the order of the form.
    pub secrets: Vec<SecretField>,
    /// How many actions read.
    pub reads: usize,
    /// How many actions write.
    pub writes: usize,
}

/// A secret field of a connection's form: typed in, never shown again.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct SecretField {
    /// Its name, as `save_connection` takes it.
    pub field: String,
    /// The words of the form.
    pub title: String,
}

impl Reads for ListConnectors {
    type Output = Vec<ConnectorRow>;
    const NAME: &'static str = "connectors";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        Ok(desk.connectors().iter().map(connector_row).collect())
    }
}

fn connector_row(connector: &connector_kit::Connector) -> ConnectorRow {
    let reads = |action: &&connector_kit::Action| matches!(action.does, connector_kit::Does::Read(_));
    let secret = |(field, title): &(&str, &str)| SecretField {
        field: (*field).to_owned(),
        title: (*title).to_owned(),
    };
    let read = connector.actions.iter().filter(reads).count();
    ConnectorRow {
        connector: connector.name.to_owned(),
        title: connector.title.to_owned(),
        about: connector.about.to_owned(),
        settings: (connector.settings)().to_value(),
        secrets: connector.secrets.iter().map(secret).collect(),
        reads: read,
        writes: connector.actions.len() - read,
    }
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

/// The catalogue of actions.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ListActions {
    /// Of one connector only.
    pub connector: Option<String>,
    /// Whose name or sentence holds this text.
    pub search: Option<String>,
}

/// An action of the catalogue.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct ActionRow {
    /// Its connector.
    pub connector: String,
    /// Its name.
    pub action: String,
    /// `read` or `write`.
    pub does: String,
    /// One sentence.
    pub about: String,
    /// The permission it needs.
    pub scope: Option<String>,
    /// What a write guarantees.
    pub guarantee: Option<connector_kit::Guarantee>,
    /// Rows in one request at most.
    pub largest_batch: Option<usize>,
    /// JSON Schema of its parameters.
    pub with: Value,
}

impl Reads for ListActions {
    type Output = Vec<ActionRow>;
    const NAME: &'static str = "actions";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        if let Some(name) = &self.connector {
            desk.connector(name)?;
        }
        let wanted = self.search.unwrap_or_default().to_lowercase();
        let mut rows = Vec::new();
        for connector in desk.connectors() {
            if self
                .connector
                .as_deref()
                .is_none_or(|name| name == connector.name)
            {
                rows.extend(
                    connector
                        .actions
                        .iter()
                        .map(|action| action_row(connector.name, action)),
                );
            }
        }
        rows.retain(|row| {
            let text = format!("{} {} {}", row.connector, row.action, row.about).to_lowercase();
            text.contains(&wanted) || format!("{}/{}", row.connector, row.action).contains(&wanted)
        });
        Ok(rows)
    }
}

fn action_row(connector: &str, action: &connector_kit::Action) -> ActionRow {
    let (does, guarantee, largest_batch) = match &action.does {
        connector_kit::Does::Read(_) => ("read", None, None),
        connector_kit::Does::Write(write) => ("write", Some(write.guarantee()), Some(write.largest_batch())),
    };
    ActionRow {
        connector: connector.to_owned(),
        action: action.name.to_owned(),
        does: does.to_owned(),
        about: action.about.to_owned(),
        scope: action.scope.map(str::to_owned),
        guarantee,
        largest_batch,
        with: (action.schema)().to_value(),
    }
}
