//! Saved connections: settings, where their secrets may go, the last check. Never a secret.

use std::collections::BTreeMap;

use connector_kit::{Result, Validation};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use ts_rs::TS;

use super::{Problem, broken};

/// A connection as a person saved it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SavedConnection {
    /// Its name.
    pub name: String,
    /// Its connector.
    pub connector: String,
    /// Its settings, without secrets.
    pub settings: serde_json::Value,
    /// Where its secrets may be sent.
    pub seal: String,
    /// Which secrets are set, and when; never what they are.
    pub secrets: BTreeMap<String, String>,
    /// When it was last found to work, and what it told.
    pub validated_at: Option<String>,
    /// See [`Validation`].
    #[serde(skip)]
    pub validation: Option<String>,
    /// The last time it was tried, and what came of it.
    pub checked: Option<Checked>,
    /// When it was last changed.
    pub changed_at: String,
}

/// What came of trying a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(rename = "ConnectionChecked")]
pub struct Checked {
    /// When.
    pub at: String,
    /// What it told of itself, when it works.
    pub found: Option<Validation>,
    /// Why it does not work, or could not be tried (kind `unavailable`).
    pub problem: Option<Problem>,
}

impl SavedConnection {
    /// Inserts it, or replaces what stood under its name.
    pub fn save(&self, on: &Connection) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO connection
            (name, connector, settings, seal, secrets, validation, validated_at, changed_at, checked)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let checked = self.checked.as_ref().map(|checked| json!(checked).to_string());
        let secrets = serde_json::to_string(&self.secrets).expect("text serialises");
        let row = params![
            self.name,
            self.connector,
            self.settings.to_string(),
            self.seal,
            secrets,
            self.validation,
            self.validated_at,
            self.changed_at,
            checked
        ];
        on.execute(sql, row).map(drop).map_err(broken)
    }

    /// The connection of that name.
    pub fn find(on: &Connection, name: &str) -> Result<Option<Self>> {
        let sql = "SELECT * FROM connection WHERE name = ?1";
        on.query_row(sql, [name], Self::from_row)
            .optional()
            .map_err(broken)
    }

    /// All of them by name.
    pub fn all(on: &Connection) -> Result<Vec<Self>> {
        let mut query = on
            .prepare("SELECT * FROM connection ORDER BY name")
            .map_err(broken)?;
        let rows = query.query_map([], Self::from_row).map_err(broken)?;
        rows.collect::<Result<_, _>>().map_err(broken)
    }

    /// Forgets it.
    pub fn remove(on: &Connection, name: &str) -> Result<()> {
        on.execute("DELETE FROM connection WHERE name = ?1", [name])
            .map(drop)
            .map_err(broken)
    }

    /// Notes what came of trying it.
    pub fn checked(on: &Connection, name: &str, checked: &Checked) -> Result<()> {
        let sql = "UPDATE connection SET checked = ?2, validation = coalesce(?3, validation),
            validated_at = CASE WHEN ?3 IS NULL THEN validated_at ELSE ?4 END WHERE name = ?1";
        let found = checked.found.as_ref().map(|found| json!(found).to_string());
        let row = params![name, json!(checked).to_string(), found, checked.at];
        on.execute(sql, row).map(drop).map_err(broken)
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let json = |column: &str| -> rusqlite::Result<serde_json::Value> {
            let text: String = row.get(column)?;
            Ok(serde_json::from_str(&text).unwrap_or_default())
        };
        Ok(Self {
            name: row.get("name")?,
            connector: row.get("connector")?,
            settings: json("settings")?,
            seal: row.get("seal")?,
            secrets: serde_json::from_value(json("secrets")?).unwrap_or_default(),
            validated_at: row.get("validated_at")?,
            validation: row.get("validation")?,
            checked: row
                .get::<_, Option<String>>("checked")?
                .and_then(|text| serde_json::from_str(&text).ok()),
            changed_at: row.get("changed_at")?,
        })
    }
}
