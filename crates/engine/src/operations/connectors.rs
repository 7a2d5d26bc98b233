//! What there is to connect with: connectors as their forms draw them, and the catalogue of their actions.

use connector_kit::{Action, Connector, Does, Guarantee, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::Reads;
use crate::agent::Desk;

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

fn connector_row(connector: &Connector) -> ConnectorRow {
    let reads = |action: &&Action| matches!(action.does, Does::Read(_));
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
    pub guarantee: Option<Guarantee>,
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

fn action_row(connector: &str, action: &Action) -> ActionRow {
    let (does, guarantee, largest_batch) = match &action.does {
        Does::Read(_) => ("read", None, None),
        Does::Write(write) => ("write", Some(write.guarantee()), Some(write.largest_batch())),
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
