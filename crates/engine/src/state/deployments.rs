//! Deployments: a processflow on this agent, its versions, its place in its source.

use std::collections::BTreeMap;

use connector_kit::{Result, Watermark};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::broken;

/// A processflow on this agent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deployment {
    /// The processflow's name.
    pub name: String,
    /// What its checkpoints are keyed by; stays over versions.
    pub id: String,
    /// The version that runs.
    pub version: u64,
    /// Whether it runs by its schedule.
    pub state: DeploymentState,
    /// When a pause ends by itself.
    pub paused_until: Option<String>,
    /// See [`connector_kit::Checkpoint::epoch`].
    pub epoch: u64,
    /// The last batch that was settled.
    pub batch: u64,
    /// Where the next run goes on.
    pub watermark: Option<Watermark>,
    /// The last schedule slot that was fired.
    pub slot: Option<String>,
    /// Where interval schedules count from.
    pub anchor: String,
}

/// Whether a deployment runs by its schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentState {
    /// It does.
    Active,
    /// A person stopped it for a while.
    Paused,
    /// It was taken off; its history stays.
    Undeployed,
}

impl DeploymentState {
    fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Undeployed => "undeployed",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "paused" => Self::Paused,
            "undeployed" => Self::Undeployed,
            _ => Self::Active,
        }
    }
}

impl Deployment {
    /// The deployment of that processflow, taken off or not.
    pub fn find(on: &Connection, name: &str) -> Result<Option<Self>> {
        let sql = "SELECT * FROM deployment WHERE name = ?1";
        on.query_row(sql, [name], Self::from_row)
            .optional()
            .map_err(broken)
    }

    /// All that are deployed, by name.
    pub fn all(on: &Connection) -> Result<Vec<Self>> {
        let sql = "SELECT * FROM deployment WHERE state <> 'undeployed' ORDER BY name";
        let mut query = on.prepare(sql).map_err(broken)?;
        let rows = query.query_map([], Self::from_row).map_err(broken)?;
        rows.collect::<Result<_, _>>().map_err(broken)
    }

    /// Inserts it, or changes everything but its id.
    pub fn save(&self, on: &Connection) -> Result<()> {
        let sql = "INSERT INTO deployment
            (name, id, version, state, paused_until, epoch, batch, watermark, slot, anchor)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            ON CONFLICT (name) DO UPDATE SET version = ?3, state = ?4, paused_until = ?5, epoch = ?6,
            batch = ?7, watermark = ?8, slot = ?9, anchor = ?10";
        let watermark = self.watermark.as_ref().map(|watermark| watermark.0.to_string());
        let row = params![
            self.name,
            self.id,
            self.version,
            self.state.word(),
            self.paused_until,
            self.epoch,
            self.batch,
            watermark,
            self.slot,
            self.anchor
        ];
        on.execute(sql, row).map(drop).map_err(broken)
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let watermark: Option<String> = row.get("watermark")?;
        Ok(Self {
            name: row.get("name")?,
            id: row.get("id")?,
            version: row.get("version")?,
            state: DeploymentState::of(&row.get::<_, String>("state")?),
            paused_until: row.get("paused_until")?,
            epoch: row.get("epoch")?,
            batch: row.get("batch")?,
            watermark: watermark.and_then(|text| serde_json::from_str(&text).ok()),
            slot: row.get("slot")?,
            anchor: row.get("anchor")?,
        })
    }
}

/// One deployed version of a processflow file.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Version {
    /// The deployment's id.
    pub deployment: String,
    /// 1, 2, 3 …
    pub version: u64,
    /// The file as it was deployed.
    pub text: String,
    /// Which saved connection stands behind each alias.
    pub bindings: BTreeMap<String, String>,
    /// The operating system's account that deployed it.
    pub author: String,
    /// When.
    pub at: String,
}

impl Version {
    /// Adds it.
    pub fn insert(&self, on: &Connection) -> Result<()> {
        let bindings = serde_json::to_string(&self.bindings).expect("text serialises");
        let sql = "INSERT INTO version (deployment, version, text, bindings, author, at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let row = params![
            self.deployment,
            self.version,
            self.text,
            bindings,
            self.author,
            self.at
        ];
        on.execute(sql, row).map(drop).map_err(broken)
    }

    /// One version.
    pub fn find(on: &Connection, deployment: &str, version: u64) -> Result<Option<Self>> {
        let sql = "SELECT * FROM version WHERE deployment = ?1 AND version = ?2";
        on.query_row(sql, params![deployment, version], Self::from_row)
            .optional()
            .map_err(broken)
    }

    /// All versions of a deployment, newest first.
    pub fn all(on: &Connection, deployment: &str) -> Result<Vec<Self>> {
        let sql = "SELECT * FROM version WHERE deployment = ?1 ORDER BY version DESC";
        let mut query = on.prepare(sql).map_err(broken)?;
        let rows = query.query_map([deployment], Self::from_row).map_err(broken)?;
        rows.collect::<Result<_, _>>().map_err(broken)
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let bindings: String = row.get("bindings")?;
        Ok(Self {
            deployment: row.get("deployment")?,
            version: row.get("version")?,
            text: row.get("text")?,
            bindings: serde_json::from_str(&bindings).unwrap_or_default(),
            author: row.get("author")?,
            at: row.get("at")?,
        })
    }
}
