//! The ledger: what became of each record of each run. Rows appear at settle and never change.

use connector_kit::{Result, SmolStr};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{SearchIndex, SettledBatch, Trigger, broken};

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// It is there now.
    Written,
    /// It was there already.
    Unchanged,
    /// A rule of the processflow says no.
    Skipped,
    /// It was set aside.
    Failed,
}

impl Label {
    pub(super) fn number(self) -> i64 {
        match self {
            Self::Written => 1,
            Self::Unchanged => 2,
            Self::Skipped => 3,
            Self::Failed => 4,
        }
    }

    fn of(number: i64) -> Self {
        match number {
            1 => Self::Written,
            2 => Self::Unchanged,
            3 => Self::Skipped,
            _ => Self::Failed,
        }
    }

    /// The word people see (Sync Info).
    pub fn word(self) -> &'static str {
        match self {
            Self::Written | Self::Unchanged => "Success",
            Self::Skipped => "Skipped",
            Self::Failed => "Failed",
        }
    }
}

/// What became of one record of a batch, as it is settled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// The record's id in its source.
    #[serde(rename = "s")]
    pub source: SmolStr,
    /// Other names it is searched by, a line each.
    #[serde(rename = "l", default, skip_serializing_if = "SmolStr::is_empty")]
    pub labels: SmolStr,
    /// What became of it.
    #[serde(rename = "o")]
    pub outcome: Label,
    /// The reason it was skipped, or why it failed.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What the destination calls it.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// For a failed one: payload and cause, to be set aside.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Box<super::Cause>>,
}

impl Entry {
    /// Writes the entries of a batch; where there are any, which ones they are in the ledger comes back.
    pub(super) fn insert_all(entries: &[Self], on: &Connection, run: i64) -> Result<Option<SettledBatch>> {
        let (groups, rest) = entries.as_chunks::<TOGETHER>();
        for group in groups {
            Self::insert(group, on, run)?;
        }
        for entry in rest {
            Self::insert(std::slice::from_ref(entry), on, run)?;
        }
        // Each gets the number behind the largest one.
        let last = on.last_insert_rowid();
        let batch = SettledBatch {
            first: last + 1 - entries.len() as i64,
            last,
        };
        Ok((!entries.is_empty()).then_some(batch))
    }

    fn insert(entries: &[Self], on: &Connection, run: i64) -> Result<()> {
        let rows = vec!["(?, ?, ?, ?, ?, ?)"; entries.len()].join(", ");
        let sql = format!("INSERT INTO record (run, source, labels, outcome, detail, target) VALUES {rows}");
        let mut insert = on.prepare_cached(&sql).map_err(broken)?;
        let mut place = 0;
        let mut bind = |value: &dyn ToSql| {
            place += 1;
            insert.raw_bind_parameter(place, value).map_err(broken)
        };
        for entry in entries {
            bind(&run)?;
            bind(&entry.source.as_str())?;
            bind(&entry.labels.as_str())?;
            bind(&entry.outcome.number())?;
            bind(&entry.detail)?;
            bind(&entry.target)?;
        }
        insert.raw_execute().map(drop).map_err(broken)
    }
}

/// Entries that one statement writes: a statement for each costs half as much again.
const TOGETHER: usize = 32;

/// A line of the ledger with the run it belongs to.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct LedgerEntry {
    /// Its number in the ledger.
    pub number: i64,
    /// The run's number.
    #[serde(skip)]
    pub run_number: i64,
    /// The run.
    pub run: String,
    /// Its processflow.
    pub processflow: String,
    /// What started that run.
    pub trigger: Trigger,
    /// When it was settled.
    pub at: String,
    /// The record's id in its source.
    pub source: String,
    /// Other names.
    pub labels: Vec<String>,
    /// What became of it.
    pub outcome: Label,
    /// Success, Skipped or Failed.
    pub status: String,
    /// The reason it was skipped, or why it failed.
    pub detail: Option<String>,
    /// What the destination calls it.
    pub target: Option<String>,
    /// How often it was tried, over all runs that failed with it.
    pub tries: u32,
    /// Its number among the set-aside records, if it failed.
    pub set_aside: Option<i64>,
}

/// What a failed one knows of its set-aside record is looked up for failed ones alone.
const COLUMNS: &str = "SELECT record.number, run.number, run.id, run.processflow, run.cause,
    coalesce((SELECT at FROM settled WHERE settled.run = record.run AND first <= record.number ORDER BY first DESC LIMIT 1),
        run.started_at),
    record.source, record.labels, record.outcome, record.detail, record.target, aside.tries, aside.number
    FROM record JOIN run ON run.number = record.run
    LEFT JOIN set_aside AS aside ON record.outcome = 4 AND aside.number = (
        SELECT number FROM set_aside WHERE source = record.source AND deployment = run.deployment
        AND last_at >= run.started_at ORDER BY number LIMIT 1)";

/// What a record is found by.
const NAMED: &str = "(source = ?1 OR target = ?1 OR instr(lower(labels), lower(?1)) > 0)";

/// The newest records with `text` as source id, as target id or as a part of another name.
fn named(on: &Connection, index: Option<&SearchIndex>, text: &str, limit: u32) -> Result<Vec<i64>> {
    let opened = match index {
        Some(index) => index.look(on, text)?,
        None => None,
    };
    if let Some(opened) = opened {
        let mut found = named_after(on, opened.last, text, limit)?;
        let sql = format!("SELECT 1 FROM record WHERE number = ?2 AND {NAMED}");
        let mut carries = on.prepare_cached(&sql).map_err(broken)?;
        let all = opened.proposed(text, |number| {
            if found.len() < limit as usize && number <= opened.last {
                let is_one = carries.exists(params![text, number]).map_err(broken)?;
                found.extend(is_one.then_some(number));
            }
            Ok(found.len() < limit as usize)
        })?;
        if all.is_some() {
            return Ok(found);
        }
    }
    named_after(on, 0, text, limit)
}

fn named_after(on: &Connection, after: i64, text: &str, limit: u32) -> Result<Vec<i64>> {
    let sql =
        format!("SELECT number FROM record WHERE number > ?2 AND {NAMED} ORDER BY number DESC LIMIT ?3");
    numbers(on, &sql, params![text, after, limit])
}

fn numbers(on: &Connection, sql: &str, with: impl rusqlite::Params) -> Result<Vec<i64>> {
    let mut query = on.prepare_cached(sql).map_err(broken)?;
    let rows = query.query_map(with, |row| row.get(0)).map_err(broken)?;
    rows.collect::<Result<_, _>>().map_err(broken)
}

impl LedgerEntry {
    /// The life line of whatever carries `text`: as source id, as target id, or as a part of its other names. The newest
    /// `limit` of them, oldest first. The index only makes it quick.
    pub fn search(on: &Connection, index: Option<&SearchIndex>, text: &str, limit: u32) -> Result<Vec<Self>> {
        let mut found = named(on, index, text, limit)?;
        found.reverse();
        Self::numbered(on, &found)
    }

    /// These records, in this order.
    pub(super) fn numbered(on: &Connection, numbers: &[i64]) -> Result<Vec<Self>> {
        let sql = format!("{COLUMNS} WHERE record.number = ?1");
        let mut query = on.prepare_cached(&sql).map_err(broken)?;
        let mut found = Vec::with_capacity(numbers.len());
        for number in numbers {
            let entry = query.query_row([number], Self::from_row).optional();
            // One that was forgotten in between is no longer there.
            found.extend(entry.map_err(broken)?);
        }
        Ok(found)
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (trigger, labels): (String, String) = (row.get(4)?, row.get(7)?);
        let outcome = Label::of(row.get(8)?);
        Ok(Self {
            number: row.get(0)?,
            run_number: row.get(1)?,
            run: row.get(2)?,
            processflow: row.get(3)?,
            trigger: Trigger::of(&trigger),
            at: row.get(5)?,
            source: row.get(6)?,
            labels: labels.lines().map(str::to_owned).collect(),
            outcome,
            status: outcome.word().to_owned(),
            detail: row.get(9)?,
            target: row.get(10)?,
            tries: row.get::<_, Option<u32>>(11)?.unwrap_or(1),
            set_aside: row.get(12)?,
        })
    }
}
