//! A record's life line: every run it appeared in, and what people did with it, in the order of time.

use connector_kit::Result;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Label, LedgerEntry, SetAside, Trigger, broken};

/// What a person did with a set-aside record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Changed its payload.
    Edited,
    /// Sent it again.
    Retried,
    /// Let it go.
    Dismissed,
}

impl Touch {
    fn word(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Retried => "retried",
            Self::Dismissed => "dismissed",
        }
    }

    /// Writes down that it happened.
    pub fn note(self, on: &Connection, number: i64, at: &str, note: Option<&str>) -> Result<()> {
        let sql = "INSERT INTO touched (set_aside, at, what, note) VALUES (?1, ?2, ?3, ?4)";
        on.prepare_cached(sql)
            .and_then(|mut query| query.execute(params![number, at, self.word(), note]))
            .map(drop)
            .map_err(broken)
    }
}

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LifeWhat {
    /// A run put it there.
    Written,
    /// A run found it there already.
    Unchanged,
    /// A rule of the processflow left it out.
    Skipped,
    /// A run set it aside.
    Failed,
    /// A person changed its payload.
    Edited,
    /// A person sent it again.
    Retried,
    /// A person let it go.
    Dismissed,
}

/// One thing that happened to a record.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct LifeEvent {
    /// When.
    pub at: String,
    /// What.
    pub what: LifeWhat,
    /// In which processflow.
    pub processflow: String,
    /// The record's id in its source.
    pub source: String,
    /// Other names.
    pub labels: Vec<String>,
    /// The run, where a run did it.
    pub run: Option<String>,
    /// What started that run.
    pub trigger: Option<Trigger>,
    /// What the destination calls it.
    pub target: Option<String>,
    /// The reason it was skipped, why it failed, or what the person wrote.
    pub detail: Option<String>,
    /// Its number among the set-aside records.
    pub set_aside: Option<i64>,
}

impl LifeEvent {
    /// The life line that these entries and set-aside records make.
    pub fn line(on: &Connection, entries: &[LedgerEntry], aside: &[SetAside]) -> Result<Vec<Self>> {
        let mut line: Vec<Self> = entries.iter().map(Self::of_entry).collect();
        for record in aside {
            line.extend(Self::touches(on, record)?);
        }
        line.sort_by_key(|event| event.at.parse::<jiff::Timestamp>().unwrap_or_default());
        Ok(line)
    }

    fn of_entry(entry: &LedgerEntry) -> Self {
        Self {
            at: entry.at.clone(),
            what: match entry.outcome {
                Label::Written => LifeWhat::Written,
                Label::Unchanged => LifeWhat::Unchanged,
                Label::Skipped => LifeWhat::Skipped,
                Label::Failed => LifeWhat::Failed,
            },
            processflow: entry.processflow.clone(),
            source: entry.source.clone(),
            labels: entry.labels.clone(),
            run: Some(entry.run.clone()),
            trigger: Some(entry.trigger),
            target: entry.target.clone(),
            detail: entry.detail.clone(),
            set_aside: entry.set_aside,
        }
    }

    fn touches(on: &Connection, record: &SetAside) -> Result<Vec<Self>> {
        let sql = "SELECT at, what, note FROM touched WHERE set_aside = ?1 ORDER BY number";
        let mut query = on.prepare_cached(sql).map_err(broken)?;
        let rows = query.query_map([record.number], |row| {
            let what: String = row.get(1)?;
            Ok(Self {
                at: row.get(0)?,
                what: match what.as_str() {
                    "edited" => LifeWhat::Edited,
                    "retried" => LifeWhat::Retried,
                    _ => LifeWhat::Dismissed,
                },
                processflow: record.processflow.clone(),
                source: record.source.clone(),
                labels: record.labels.clone(),
                run: None,
                trigger: None,
                target: None,
                detail: row.get(2)?,
                set_aside: Some(record.number),
            })
        });
        rows.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)
    }
}
