//! What passed through each step of a run: the counts on the edges of its picture. The balance of the run stays the
//! truth about its records; this tells where they went.

use connector_kit::Result;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::broken;

/// What passed through one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StepCounts {
    /// Records that came to it; of the first step, those that were read.
    pub records: u64,
    /// Records it left out by its rule.
    pub skipped: u64,
    /// Records that failed in it.
    pub failed: u64,
    /// Rows it wrote; a record may have none or many.
    pub written: u64,
    /// Rows that were there already.
    pub unchanged: u64,
}

impl StepCounts {
    /// Records that went on to the next step.
    pub fn passed(&self) -> u64 {
        self.records.saturating_sub(self.skipped + self.failed)
    }

    fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.skipped += other.skipped;
        self.failed += other.failed;
        self.written += other.written;
        self.unchanged += other.unchanged;
    }

    /// Adds what a batch came to, step by step, in the transaction that settles it.
    pub(super) fn settle(on: &Connection, run: i64, batch: &[Self]) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut steps = Self::of_run(on, run)?;
        steps.resize(steps.len().max(batch.len()), Self::default());
        for (all, own) in steps.iter_mut().zip(batch) {
            all.add(own);
        }
        let text = serde_json::to_string(&steps).expect("numbers serialise");
        on.prepare_cached("UPDATE run SET steps = ?2 WHERE number = ?1")
            .and_then(|mut query| query.execute(params![run, text]))
            .map(drop)
            .map_err(broken)
    }

    /// The steps of a run in the order of its file; none for a run of an older program.
    pub fn of_run(on: &Connection, run: i64) -> Result<Vec<Self>> {
        let text: Option<String> = on
            .prepare_cached("SELECT steps FROM run WHERE number = ?1")
            .and_then(|mut query| query.query_row([run], |row| row.get(0)).optional())
            .map_err(broken)?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }
}
