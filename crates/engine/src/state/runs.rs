//! Runs and their balance.

use std::{collections::BTreeMap, fmt, str::FromStr};

use connector_kit::{Error, Result};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::broken;

/// One run of a processflow.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Run {
    /// Its place in the order of all runs.
    #[serde(skip)]
    pub number: i64,
    /// Its id.
    #[serde(rename = "run")]
    pub id: String,
    /// The processflow.
    pub processflow: String,
    /// The deployment's id.
    #[serde(skip)]
    pub deployment: String,
    /// The version that ran.
    pub version: u64,
    /// What started it.
    pub trigger: Trigger,
    /// Over chosen records only: it does not move the watermark.
    pub part: bool,
    /// It has read everything; what is left is to publish it.
    #[serde(skip)]
    pub read_everything: bool,
    /// How it stands.
    pub status: RunStatus,
    /// When it began.
    pub started_at: String,
    /// When it ended.
    pub ended_at: Option<String>,
    /// What became of its records.
    #[serde(flatten)]
    pub counts: Counts,
    /// The error that ended it.
    pub problem: Option<Problem>,
}

/// What started a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A person.
    Manual,
    /// The schedule.
    Schedule,
    /// A person sent set-aside records again.
    Retry,
    /// It stopped in the middle and goes on.
    Recovery,
}

impl Trigger {
    pub(super) fn of(word: &str) -> Self {
        serde_json::from_value(word.into()).unwrap_or(Self::Manual)
    }
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum RunStatus {
    /// Under way.
    Running,
    /// All records are where they belong.
    Successful,
    /// Finished; some records were set aside.
    #[serde(rename = "Finished with problems")]
    FinishedWithProblems,
    /// A mistake of this program ended it; everything is kept.
    Failed,
    /// A person ended it at a safe point.
    Cancelled,
    /// Its process ended in the middle; the next run goes on.
    Interrupted,
    /// It cannot go on until the cause is gone.
    Waiting,
}

impl RunStatus {
    /// The word that files, panels and scripts use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Successful => "Successful",
            Self::FinishedWithProblems => "Finished with problems",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::Interrupted => "Interrupted",
            Self::Waiting => "Waiting",
        }
    }
}

impl fmt::Display for RunStatus {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.word())
    }
}

impl FromStr for RunStatus {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        let all = [
            Self::Running,
            Self::Successful,
            Self::FinishedWithProblems,
            Self::Failed,
            Self::Cancelled,
            Self::Interrupted,
            Self::Waiting,
        ];
        let found = all.into_iter().find(|status| status.word() == word);
        found.ok_or_else(|| Error::bug(format!("`{word}` is no status of a run")))
    }
}

/// The balance of a run: `read = written + unchanged + skipped + failed`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Counts {
    /// Records that came from the source and are settled.
    pub read: u64,
    /// Records that are there now.
    pub written: u64,
    /// Records that were there already.
    pub unchanged: u64,
    /// Records a rule left out, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Records set aside.
    pub failed: u64,
}

impl Counts {
    /// True when every record that was read is accounted for.
    pub fn balances(&self) -> bool {
        self.read == self.written + self.unchanged + self.all_skipped() + self.failed
    }

    /// How many were skipped, for whatever reason.
    pub fn all_skipped(&self) -> u64 {
        self.skipped.values().sum()
    }

    /// Adds what another batch came to.
    pub fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.written += other.written;
        self.unchanged += other.unchanged;
        self.failed += other.failed;
        for (reason, count) in &other.skipped {
            *self.skipped.entry(reason.clone()).or_default() += count;
        }
    }
}

/// An error as it is kept and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// See [`connector_kit::Kind`].
    pub kind: connector_kit::Kind,
    /// The thing and the fact.
    pub message: String,
    /// The next step.
    pub hint: Option<String>,
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind,
            message: error.message.clone(),
            hint: error.hint.clone(),
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        let error = Self::new(problem.kind, problem.message);
        problem.hint.into_iter().fold(error, Self::hint)
    }
}

/// Which runs are wanted, the newest first.
#[derive(Clone, Debug, Default)]
pub struct RunSelect {
    /// Of one processflow only.
    pub processflow: Option<String>,
    /// Of these; of all when empty.
    pub statuses: Vec<RunStatus>,
    /// That began at this instant or later.
    pub since: Option<Timestamp>,
    /// That began before this instant.
    pub until: Option<Timestamp>,
    /// With set-aside records only.
    pub with_failures: bool,
    /// Before the run of that number.
    pub before: Option<i64>,
}

impl RunSelect {
    /// `limit` of them at most.
    pub fn page(&self, on: &Connection, limit: u32) -> Result<Vec<Run>> {
        let statuses: Vec<String> = self.statuses.iter().map(|status| format!("'{status}'")).collect();
        let mut sql = String::from("SELECT * FROM run WHERE number < ?1");
        let mut only = |wanted: bool, part: &str| {
            if wanted {
                sql.push_str(part);
            }
        };
        only(self.processflow.is_some(), " AND processflow = ?2");
        only(self.since.is_some(), " AND started_at >= ?3");
        only(self.until.is_some(), " AND started_at < ?4");
        only(self.with_failures, " AND failed > 0");
        only(
            !statuses.is_empty(),
            &format!(" AND status IN ({})", statuses.join(", ")),
        );
        // All parameters are named, so that those no part uses are known all the same.
        sql += " AND (?2 IS NULL OR 1) AND (?3 IS NULL OR 1) AND (?4 IS NULL OR 1) ORDER BY number DESC LIMIT ?5";
        let row = params![
            self.before.unwrap_or(i64::MAX),
            self.processflow,
            self.since.map(second),
            self.until.map(second),
            limit
        ];
        let mut query = on.prepare(&sql).map_err(broken)?;
        let rows = query.query_map(row, Run::from_row).map_err(broken)?;
        rows.collect::<Result<_, _>>().map_err(broken)
    }
}

/// An instant as it sorts among written ones, which have fractions of a second or none.
fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

impl Run {
    /// How long it took or has taken so far, in seconds.
    pub fn seconds(&self, now: Timestamp) -> f64 {
        let began: Timestamp = self.started_at.parse().unwrap_or(now);
        let ended = self.ended_at.as_deref().and_then(|end| end.parse().ok());
        ended.unwrap_or(now).duration_since(began).as_secs_f64().max(0.0)
    }

    /// Adds it; its number comes back. Rejected when another run of the processflow is under way.
    pub fn insert(&self, on: &Connection) -> Result<i64> {
        let sql = "INSERT INTO run (id, processflow, deployment, version, cause, part, status, started_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let trigger = word_of(self.trigger);
        let row = params![
            self.id,
            self.processflow,
            self.deployment,
            self.version,
            trigger,
            self.part,
            self.status.word(),
            self.started_at
        ];
        on.execute(sql, row).map_err(broken)?;
        Ok(on.last_insert_rowid())
    }

    /// Writes how it stands: status, counts, end, problem.
    pub fn update(&self, on: &Connection) -> Result<()> {
        let sql = "UPDATE run SET status = ?2, ended_at = ?3, read = ?4, written = ?5, unchanged = ?6,
            failed = ?7, skipped = ?8, problem = ?9 WHERE id = ?1";
        let row = params![
            self.id,
            self.status.word(),
            self.ended_at,
            self.counts.read,
            self.counts.written,
            self.counts.unchanged,
            self.counts.failed,
            json(&self.counts.skipped),
            self.problem.as_ref().map(json),
        ];
        on.prepare_cached(sql)
            .and_then(|mut query| query.execute(row))
            .map(drop)
            .map_err(broken)
    }

    /// The run whose id begins with `id`. Config when none or several do.
    pub fn find(on: &Connection, id: &str) -> Result<Self> {
        let sql = "SELECT * FROM run WHERE id >= ?1 AND id < ?1 || '~' ORDER BY id LIMIT 2";
        let mut query = on.prepare(sql).map_err(broken)?;
        let rows = query.query_map([id], Self::from_row).map_err(broken)?;
        let mut found: Vec<Self> = rows.collect::<Result<_, _>>().map_err(broken)?;
        match found.len() {
            1 => Ok(found.remove(0)),
            2 if found[0].id == id => Ok(found.remove(0)),
            2 => Err(Error::config(format!("several runs begin with `{id}`")).hint("Give more of the id.")),
            _ => Err(Error::config(format!("there is no run `{id}`")).hint("`processflow runs` lists them.")),
        }
    }

    /// The run of exactly that id.
    pub(super) fn exactly(on: &Connection, id: &str) -> Result<Self> {
        let mut query = on
            .prepare_cached("SELECT * FROM run WHERE id = ?1")
            .map_err(broken)?;
        query.query_row([id], Self::from_row).map_err(broken)
    }

    /// Notes that a run has read everything: what is left is to publish it.
    pub(super) fn has_read_everything(on: &Connection, id: &str) -> Result<()> {
        on.execute("UPDATE run SET read_everything = 1 WHERE id = ?1", [id])
            .map(drop)
            .map_err(broken)
    }

    /// The newest runs, of one processflow or of all.
    pub fn newest(on: &Connection, processflow: Option<&str>, limit: u32) -> Result<Vec<Self>> {
        let sql = match processflow {
            Some(_) => "SELECT * FROM run WHERE processflow = ?1 ORDER BY number DESC LIMIT ?2",
            None => "SELECT * FROM run WHERE ?1 IS NULL ORDER BY number DESC LIMIT ?2",
        };
        let mut query = on.prepare(sql).map_err(broken)?;
        let rows = query
            .query_map(params![processflow, limit], Self::from_row)
            .map_err(broken)?;
        rows.collect::<Result<_, _>>().map_err(broken)
    }

    /// Runs that say they are under way.
    pub fn running(on: &Connection) -> Result<Vec<Self>> {
        let mut query = on
            .prepare("SELECT * FROM run WHERE status = 'Running'")
            .map_err(broken)?;
        let rows = query.query_map([], Self::from_row).map_err(broken)?;
        rows.collect::<Result<_, _>>().map_err(broken)
    }

    /// The run of that number.
    pub fn numbered(on: &Connection, number: i64) -> Result<Option<Self>> {
        let sql = "SELECT * FROM run WHERE number = ?1";
        on.query_row(sql, [number], Self::from_row)
            .optional()
            .map_err(broken)
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let status: String = row.get("status")?;
        let skipped: String = row.get("skipped")?;
        let problem: Option<String> = row.get("problem")?;
        let trigger: String = row.get("cause")?;
        Ok(Self {
            number: row.get("number")?,
            id: row.get("id")?,
            processflow: row.get("processflow")?,
            deployment: row.get("deployment")?,
            version: row.get("version")?,
            trigger: Trigger::of(&trigger),
            part: row.get("part")?,
            read_everything: row.get("read_everything")?,
            status: status.parse().unwrap_or(RunStatus::Interrupted),
            started_at: row.get("started_at")?,
            ended_at: row.get("ended_at")?,
            counts: Counts {
                read: row.get("read")?,
                written: row.get("written")?,
                unchanged: row.get("unchanged")?,
                failed: row.get("failed")?,
                skipped: serde_json::from_str(&skipped).unwrap_or_default(),
            },
            problem: problem.and_then(|text| serde_json::from_str(&text).ok()),
        })
    }
}

fn word_of(trigger: Trigger) -> String {
    let value = serde_json::to_value(trigger).expect("a unit variant serialises");
    value.as_str().expect("to its name").to_owned()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("maps with text keys serialise")
}
