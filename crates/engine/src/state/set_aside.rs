//! Records set aside: payload and cause, kept until a run or a person settles them.

use connector_kit::{Error, Result};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Entry, broken};

/// Why a record was set aside, with what it takes to send it again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cause {
    /// `rejected` (not acceptable as it is), `exhausted` (tried often enough), `unknown` (a person decides).
    pub class: String,
    /// The thing and the fact.
    pub message: String,
    /// The next step.
    pub hint: Option<String>,
    /// The record as it was read, JSON text.
    pub payload: String,
    /// How often it was tried in that run.
    pub tries: u32,
    /// The step it failed in, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// What that step made of it and what was asked and answered, JSON text without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// A record that was set aside.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SetAside {
    /// Its number, what people name it by.
    pub number: i64,
    /// Its processflow.
    pub processflow: String,
    /// Its id in its source.
    pub source: String,
    /// Other names.
    pub labels: Vec<String>,
    /// See [`Cause::class`].
    pub class: String,
    /// The thing and the fact.
    pub message: String,
    /// The next step.
    pub hint: Option<String>,
    /// How often it was tried, over all runs.
    pub tries: u32,
    /// The last run it failed in.
    pub run: String,
    /// When it failed first.
    pub first_at: String,
    /// When it failed last.
    pub last_at: String,
    /// Whether it still waits.
    pub state: SetAsideState,
    /// What the person who dismissed it wrote.
    pub note: Option<String>,
    /// The step it failed in, where it is known.
    pub step: Option<String>,
    /// Its group: those that failed alike, see [`Group`](super::Group).
    pub group: String,
}

/// Whether a set-aside record still waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SetAsideState {
    /// It waits.
    Open,
    /// A later run settled it.
    Settled,
    /// A person let it go.
    Dismissed,
}

impl SetAside {
    /// Open ones with a number above `after`, of one processflow or of all, of one group or of all, oldest first.
    pub fn open(
        on: &Connection,
        processflow: Option<&str>,
        group: Option<&str>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Self>> {
        let sql = "SELECT * FROM set_aside WHERE state = 'open' AND (?1 IS NULL OR processflow = ?1)
            AND (?2 IS NULL OR cause = ?2) AND number > ?3 ORDER BY number LIMIT ?4";
        select(on, sql, params![processflow, group, after, limit])
    }

    /// The record of that number, of whatever state. Config when there is none.
    pub fn any(on: &Connection, number: i64) -> Result<Self> {
        let sql = "SELECT * FROM set_aside WHERE number = ?1";
        let found = on.query_row(sql, [number], from_row).optional().map_err(broken)?;
        found.ok_or_else(|| none(number))
    }

    /// What the step made of it that it failed in, and what was asked and answered.
    pub fn trace(on: &Connection, number: i64) -> Result<Option<String>> {
        let sql = "SELECT trace FROM set_aside WHERE number = ?1";
        on.query_row(sql, [number], |row| row.get(0)).map_err(broken)
    }

    /// Those that carry `text` as source id or other name, of whatever state.
    pub fn search(on: &Connection, text: &str) -> Result<Vec<Self>> {
        let sql = "SELECT * FROM set_aside WHERE source = ?1 OR instr(lower(labels), lower(?1)) > 0
            ORDER BY number LIMIT 200";
        select(on, sql, params![text])
    }

    /// The record of that id that failed last in that run.
    pub fn of_run(on: &Connection, run: &str, source: &str) -> Result<Option<Self>> {
        let sql = "SELECT * FROM set_aside WHERE source = ?2 AND run = ?1 ORDER BY number DESC LIMIT 1";
        on.query_row(sql, params![run, source], from_row)
            .optional()
            .map_err(broken)
    }

    /// Ids of the records that failed last in that run.
    pub fn sources_of(on: &Connection, run: &str, limit: usize) -> Result<Vec<String>> {
        let sql = "SELECT source FROM set_aside WHERE run = ?1 ORDER BY number LIMIT ?2";
        let mut query = on.prepare(sql).map_err(broken)?;
        let rows = query.query_map(params![run, limit as i64], |row| row.get(0));
        rows.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)
    }

    /// One open record by its number. Config when there is none.
    pub fn numbered(on: &Connection, number: i64) -> Result<Self> {
        let sql = "SELECT * FROM set_aside WHERE number = ?1 AND state = 'open'";
        let found = on.query_row(sql, [number], from_row).optional().map_err(broken)?;
        found.ok_or_else(|| none(number))
    }

    /// The record as it was read (or as a person edited it).
    pub fn payload(on: &Connection, number: i64) -> Result<String> {
        let sql = "SELECT payload FROM set_aside WHERE number = ?1";
        on.query_row(sql, [number], |row| row.get(0)).map_err(broken)
    }

    /// Replaces the payload.
    pub fn edit(on: &Connection, number: i64, payload: &str) -> Result<()> {
        let sql = "UPDATE set_aside SET payload = ?2 WHERE number = ?1 AND state = 'open'";
        on.execute(sql, params![number, payload])
            .map(drop)
            .map_err(broken)
    }

    /// Lets it go, with a note that says why.
    pub fn dismiss(on: &Connection, number: i64, note: &str, at: &str) -> Result<()> {
        let sql = "UPDATE set_aside SET state = 'dismissed', note = ?2, last_at = ?3
            WHERE number = ?1 AND state = 'open'";
        on.execute(sql, params![number, note, at])
            .map(drop)
            .map_err(broken)
    }

    /// How many wait, by processflow.
    pub fn count(on: &Connection, processflow: Option<&str>) -> Result<u64> {
        let sql = "SELECT count(*) FROM set_aside WHERE state = 'open' AND (?1 IS NULL OR processflow = ?1)";
        on.query_row(sql, params![processflow], |row| row.get(0))
            .map_err(broken)
    }
}

fn none(number: i64) -> Error {
    Error::config(format!("no record is set aside under the number {number}"))
        .hint("`processflow failed` lists those that wait, with their numbers.")
}

/// Whose records are being settled.
pub(super) struct Owner<'a> {
    pub(super) processflow: &'a str,
    pub(super) deployment: &'a str,
    pub(super) run: &'a str,
    pub(super) at: &'a str,
}

/// Sets failed records aside, and settles those that came through this time.
pub(super) fn settle(on: &Connection, owner: &Owner<'_>, entries: &[Entry]) -> Result<()> {
    let mut waiting = count_of(on, owner.deployment)?;
    for entry in entries {
        if let Some(cause) = &entry.cause {
            set_aside(on, owner, entry, cause)?;
            waiting += 1;
        } else if waiting > 0 {
            let sql = "UPDATE set_aside SET state = 'settled', last_at = ?3
                WHERE deployment = ?1 AND source = ?2 AND state = 'open'";
            let row = params![owner.deployment, entry.source.as_str(), owner.at];
            on.prepare_cached(sql)
                .and_then(|mut query| query.execute(row))
                .map_err(broken)?;
        }
    }
    Ok(())
}

fn count_of(on: &Connection, deployment: &str) -> Result<u64> {
    let sql = "SELECT count(*) FROM set_aside WHERE state = 'open' AND deployment = ?1";
    on.query_row(sql, [deployment], |row| row.get(0)).map_err(broken)
}

fn set_aside(on: &Connection, owner: &Owner<'_>, entry: &Entry, cause: &Cause) -> Result<()> {
    let sql = "INSERT INTO set_aside (processflow, deployment, source, labels, payload, class, message,
            hint, tries, run, first_at, last_at, state, step, cause, trace)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, 'open', ?12, ?13, ?14)
        ON CONFLICT (deployment, source) WHERE state = 'open' DO UPDATE SET
            labels = ?4, payload = ?5, class = ?6, message = ?7, hint = ?8, tries = tries + ?9,
            run = ?10, last_at = ?11, step = ?12, cause = ?13, trace = ?14";
    let step = cause.step.as_deref();
    let group = super::cause::name(owner.processflow, &cause.class, step, &cause.message);
    let row = params![
        owner.processflow,
        owner.deployment,
        entry.source.as_str(),
        entry.labels.as_str(),
        cause.payload,
        cause.class,
        cause.message,
        cause.hint,
        cause.tries,
        owner.run,
        owner.at,
        step,
        group,
        cause.trace
    ];
    on.prepare_cached(sql)
        .and_then(|mut query| query.execute(row))
        .map(drop)
        .map_err(broken)
}

fn select(on: &Connection, sql: &str, with: impl rusqlite::Params) -> Result<Vec<SetAside>> {
    let mut query = on.prepare(sql).map_err(broken)?;
    let rows = query.query_map(with, from_row).map_err(broken)?;
    rows.collect::<Result<_, _>>().map_err(broken)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<SetAside> {
    let (labels, state): (String, String) = (row.get("labels")?, row.get("state")?);
    Ok(SetAside {
        number: row.get("number")?,
        processflow: row.get("processflow")?,
        source: row.get("source")?,
        labels: labels.lines().map(str::to_owned).collect(),
        class: row.get("class")?,
        message: row.get("message")?,
        hint: row.get("hint")?,
        tries: row.get("tries")?,
        run: row.get("run")?,
        first_at: row.get("first_at")?,
        last_at: row.get("last_at")?,
        state: match state.as_str() {
            "open" => SetAsideState::Open,
            "settled" => SetAsideState::Settled,
            _ => SetAsideState::Dismissed,
        },
        note: row.get("note")?,
        step: row.get("step")?,
        group: row.get("cause")?,
    })
}
