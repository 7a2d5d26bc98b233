//! The deployment log: what was checked whenever somebody deployed or went back, and how it ended.

use connector_kit::Result;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::broken;

/// One deployment, while it is under way and for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Deploying {
    /// Its place in the log.
    pub number: i64,
    /// The processflow.
    pub processflow: String,
    /// How it stands.
    pub state: DeployingState,
    /// What was wanted.
    pub kind: DeployingKind,
    /// The version that runs because of it; none while it is under way, or when it did not succeed.
    pub version: Option<u64>,
    /// The version that ran before, and goes on when this one did not succeed.
    pub before: Option<u64>,
    /// The operating system's account.
    pub author: String,
    /// Why, in that person's words.
    pub note: Option<String>,
    /// When it began.
    pub at: String,
    /// When it ended.
    pub ended_at: Option<String>,
    /// What was checked, in order.
    pub checks: Vec<Check>,
}

/// How a deployment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum DeployingState {
    /// It is under way, or its process ended in the middle: then nothing was changed.
    Pending,
    /// It runs.
    Successful,
    /// It does not; the version before stays.
    Unsuccessful,
}

/// What was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeployingKind {
    /// A file as the next version.
    Deploy,
    /// A version that was there already.
    Rollback,
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Check {
    /// What it is about.
    pub about: CheckedPart,
    /// Which one: the connection's or the step's name.
    pub name: Option<String>,
    /// How it came out.
    pub outcome: CheckOutcome,
    /// The thing and the fact.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
    /// When.
    pub at: String,
}

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckedPart {
    /// The file itself.
    File,
    /// The cases beside it.
    Cases,
    /// A connection it uses.
    Connection,
    /// The place a step writes to.
    Destination,
    /// The version that was made, or the one that stays.
    Version,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// As it should.
    Good,
    /// Odd, and no obstacle.
    Odd,
    /// It stops the deployment.
    Bad,
}

impl Deploying {
    /// Writes the beginning down; its number comes back.
    pub fn insert(&self, on: &Connection) -> Result<i64> {
        let sql = "INSERT INTO deploying (processflow, state, kind, before, author, note, at, checks)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let row = params![
            self.processflow,
            word(&self.state),
            word(&self.kind),
            self.before,
            self.author,
            self.note,
            self.at,
            json(&self.checks)
        ];
        on.execute(sql, row).map_err(broken)?;
        Ok(on.last_insert_rowid())
    }

    /// Writes down how far it is.
    pub fn update(&self, on: &Connection) -> Result<()> {
        let sql =
            "UPDATE deploying SET state = ?2, version = ?3, ended_at = ?4, checks = ?5 WHERE number = ?1";
        let row = params![
            self.number,
            word(&self.state),
            self.version,
            self.ended_at,
            json(&self.checks)
        ];
        on.execute(sql, row).map(drop).map_err(broken)
    }

    /// What its process left in the middle: nothing of it was changed.
    pub fn give_up_pending(on: &Connection, processflow: &str, at: &str) -> Result<()> {
        let sql = "UPDATE deploying SET state = 'Unsuccessful', ended_at = ?2
            WHERE processflow = ?1 AND state = 'Pending'";
        on.execute(sql, [processflow, at]).map(drop).map_err(broken)
    }

    /// The newest of a processflow.
    pub fn newest(on: &Connection, processflow: &str, limit: u32) -> Result<Vec<Self>> {
        let sql = "SELECT * FROM deploying WHERE processflow = ?1 ORDER BY number DESC LIMIT ?2";
        let mut query = on.prepare(sql).map_err(broken)?;
        let rows = query
            .query_map(params![processflow, limit], Self::from_row)
            .map_err(broken)?;
        rows.collect::<Result<_, _>>().map_err(broken)
    }

    /// Why a version was deployed, by the log.
    pub fn note_of(on: &Connection, processflow: &str, version: u64) -> Result<Option<String>> {
        let sql = "SELECT note FROM deploying WHERE processflow = ?1 AND version = ?2 AND kind = 'deploy'
            AND note IS NOT NULL ORDER BY number DESC LIMIT 1";
        let mut query = on.prepare_cached(sql).map_err(broken)?;
        let mut rows = query.query(params![processflow, version]).map_err(broken)?;
        let row = rows.next().map_err(broken)?;
        row.map(|row| row.get(0)).transpose().map_err(broken)
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (state, kind): (String, String) = (row.get("state")?, row.get("kind")?);
        let checks: String = row.get("checks")?;
        Ok(Self {
            number: row.get("number")?,
            processflow: row.get("processflow")?,
            state: serde_json::from_value(state.into()).unwrap_or(DeployingState::Unsuccessful),
            kind: serde_json::from_value(kind.into()).unwrap_or(DeployingKind::Deploy),
            version: row.get("version")?,
            before: row.get("before")?,
            author: row.get("author")?,
            note: row.get("note")?,
            at: row.get("at")?,
            ended_at: row.get("ended_at")?,
            checks: serde_json::from_str(&checks).unwrap_or_default(),
        })
    }
}

fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).expect("a unit variant serialises");
    value.as_str().expect("to its name").to_owned()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data serialises")
}
