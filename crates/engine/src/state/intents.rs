//! Intents: writes that cannot be undone, noted before they leave.

use std::sync::Arc;

use connector_kit::{Raw, Result};
use rusqlite::{Connection, OptionalExtension, params};

use super::broken;

/// One row that is about to be sent, may have been sent, or was applied and is not settled yet.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The write step.
    pub step: Arc<str>,
    /// The row's key.
    pub key: Arc<str>,
    /// What the row says.
    pub hash: [u8; 16],
    /// The row as JSON, so that it can be looked up after its source forgot it.
    pub row: String,
    /// The record it came from.
    pub source: String,
    /// How far it came.
    pub state: IntentState,
    /// What the destination calls it, once applied.
    pub id: Option<String>,
    /// The destination's answer, once applied.
    pub answer: Option<Raw>,
}

/// How far a write came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentState {
    /// It is about to leave, or left and its process ended before it knew.
    Sending,
    /// It left and the answer was lost.
    Unknown,
    /// It was applied; its record is not settled yet.
    Applied,
}

impl IntentState {
    fn word(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Applied => "applied",
        }
    }
}

const COLUMNS: &str = "SELECT step, key, hash, row, source, state, id, answer FROM intent";

impl Intent {
    /// The intent noted for a row, if any.
    pub(super) fn find(on: &Connection, deployment: &str, step: &str, key: &str) -> Result<Option<Self>> {
        let sql = format!("{COLUMNS} WHERE deployment = ?1 AND step = ?2 AND key = ?3");
        let mut query = on.prepare_cached(&sql).map_err(broken)?;
        query
            .query_row(params![deployment, step, key], from_row)
            .optional()
            .map_err(broken)
    }

    /// All that are noted for a deployment.
    pub(super) fn all(on: &Connection, deployment: &str) -> Result<Vec<Self>> {
        let sql = format!("{COLUMNS} WHERE deployment = ?1 ORDER BY step, key");
        let mut query = on.prepare_cached(&sql).map_err(broken)?;
        let rows = query.query_map([deployment], from_row).map_err(broken)?;
        rows.collect::<Result<_, _>>().map_err(broken)
    }

    pub(super) fn save(&self, on: &Connection, deployment: &str, run: &str, at: &str) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO intent
            (deployment, step, key, hash, row, source, state, id, answer, run, at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        let answer = self.answer.as_ref().map(Raw::as_str);
        let row = params![
            deployment,
            self.step,
            self.key,
            self.hash,
            self.row,
            self.source,
            self.state.word(),
            self.id,
            answer,
            run,
            at
        ];
        on.prepare_cached(sql)
            .and_then(|mut query| query.execute(row))
            .map(drop)
            .map_err(broken)
    }

    pub(super) fn remove(on: &Connection, deployment: &str, step: &str, key: &str) -> Result<()> {
        let sql = "DELETE FROM intent WHERE deployment = ?1 AND step = ?2 AND key = ?3";
        let row = params![deployment, step, key];
        on.prepare_cached(sql)
            .and_then(|mut query| query.execute(row))
            .map(drop)
            .map_err(broken)
    }
}

fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Intent> {
    let (state, answer): (String, Option<String>) = (row.get(5)?, row.get(7)?);
    Ok(Intent {
        step: row.get(0)?,
        key: row.get(1)?,
        hash: row.get(2)?,
        row: row.get(3)?,
        source: row.get(4)?,
        state: match state.as_str() {
            "applied" => IntentState::Applied,
            "unknown" => IntentState::Unknown,
            _ => IntentState::Sending,
        },
        id: row.get(6)?,
        answer: answer.and_then(|text| Raw::parse(text).ok()),
    })
}
