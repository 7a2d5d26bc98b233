//! What there is to connect with: connectors as their forms draw them, and the catalogue of their actions.

use connector_kit::{Action, Connector, Does, Guarantee, Result, When};
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
    /// The connection is of no use without it.
    pub required: bool,
    /// A field of the settings and the values under which it is asked for; always where there is none.
    pub when: Option<When>,
    /// It takes part in a sign-in through a browser alone.
    pub for_sign_in: bool,
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
    let secret = |secret: &connector_kit::SecretField| SecretField {
        field: secret.name.to_owned(),
        title: secret.title.to_owned(),
        required: secret.required,
        when: secret.when.map(|(field, values)| When {
            field: field.to_owned(),
            values: values.iter().map(|&value| value.to_owned()).collect(),
        }),
        for_sign_in: secret.for_sign_in,
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
    /// Whose name and sentence hold these words. With words, also what connectors have for search alone: a system's
    /// whole API.
    pub search: Option<String>,
    /// `read` or `write`; either when left out.
    #[serde(default)]
    pub does: Option<String>,
    /// So many at most.
    #[serde(default)]
    pub limit: Option<usize>,
    /// What is there for search alone, without a search.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub everything: bool,
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
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let whole = self.everything || !words.is_empty();
        let is_wanted = |connector: &Connector, action: &Action| {
            let text = format!("{}/{} {}", connector.name, action.name, action.about).to_lowercase();
            let fits = |does: &str| does == kind(action);
            words.iter().all(|word| text.contains(word)) && self.does.as_deref().is_none_or(fits)
        };
        let mut rows = Vec::new();
        for connector in desk.connectors() {
            if self
                .connector
                .as_deref()
                .is_some_and(|name| name != connector.name)
            {
                continue;
            }
            let catalogue = if whole { connector.catalogue() } else { &[] };
            let actions = connector.actions.iter().chain(catalogue);
            let wanted = actions.filter(|action| is_wanted(connector, action));
            let left = self.limit.unwrap_or(usize::MAX) - rows.len();
            rows.extend(wanted.take(left).map(|action| action_row(connector.name, action)));
        }
        Ok(rows)
    }
}

fn kind(action: &Action) -> &'static str {
    match action.does {
        Does::Read(_) => "read",
        Does::Write(_) => "write",
    }
}

fn action_row(connector: &str, action: &Action) -> ActionRow {
    let (guarantee, largest_batch) = match &action.does {
        Does::Read(_) => (None, None),
        Does::Write(write) => (Some(write.guarantee()), Some(write.largest_batch())),
    };
    ActionRow {
        connector: connector.to_owned(),
        action: action.name.to_owned(),
        does: kind(action).to_owned(),
        about: action.about.to_owned(),
        scope: action.scope.map(str::to_owned),
        guarantee,
        largest_batch,
        with: (action.schema)().to_value(),
    }
}
