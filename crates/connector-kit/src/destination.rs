//! Writing: what a destination promises, and what became of each row.

use std::{any::Any, sync::Arc};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Error, Raw, Result, Row};

/// One open end of a run. All write steps of a run on one connection share it, so two tables share a
/// transaction.
#[async_trait]
pub trait Destination: Send {
    /// What it durably has, if it can tell (transactional destinations). Called at the start of a run and after a
    /// commit that failed: whatever is not durable is discarded first.
    async fn resume(&mut self) -> Result<Option<Checkpoint>>;

    /// Checks that rows of this step can be written, and makes what its `create` allows. Called at deploy and at
    /// the start of each run.
    async fn ready(&mut self, step: &WriteStep) -> Result<()>;

    /// Writes rows: one request at most, one outcome per row, in order. `Err` only while nothing can have been
    /// applied; once a request may have left, the answer is an outcome per row.
    async fn write(&mut self, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>>;

    /// Forgets all that was written since the last commit (transactional destinations).
    async fn undo(&mut self) -> Result<()>;

    /// All rows of a batch were written, and its commit follows as soon as the engine has noted what became of them.
    /// What can be brought to the disk meanwhile, without counting yet, is. May be left out.
    async fn flush(&mut self) -> Result<()>;

    /// Makes all that was written durable, and `at` with it. Nothing to do without transactions.
    async fn commit(&mut self, at: &Checkpoint) -> Result<()>;

    /// Settles rows whose outcome is not known: were they applied? One answer per row, in order.
    async fn find(&mut self, step: &WriteStep, rows: &[Row]) -> Result<Vec<Found>>;

    /// The run has read everything and all is committed: publish it (a file takes its name).
    async fn finish(&mut self, at: &Checkpoint) -> Result<()>;
}

/// How far a destination has come, kept by the destination itself, in the transaction of the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Whose: the deployment's id, stable over the versions of a processflow.
    pub deployment: String,
    /// Fence: a checkpoint of a lower epoch belongs to a past that was taken back (a restored state, a
    /// watermark moved by hand); one of a higher epoch must not be overwritten.
    pub epoch: u64,
    /// The last batch it holds; batches of a deployment are numbered through.
    pub batch: u64,
}

/// A write step as its destination sees it.
#[derive(Clone)]
pub struct WriteStep {
    /// Its place in the processflow (`3`), stable while the file is.
    pub id: Arc<str>,
    /// The action's name (`table.upsert`).
    pub action: &'static str,
    /// The action's parameters, of the type that the action declared.
    pub with: Arc<dyn Any + Send + Sync>,
    /// The fields its rows have, in order.
    pub columns: Arc<[String]>,
}

impl std::fmt::Debug for WriteStep {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "WriteStep({} {})", self.id, self.action)
    }
}

/// What an action guarantees; the engine does the rest of the way to "never lost, never doubled".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Guarantee {
    /// Data and checkpoint commit together: exactly-once effect.
    Transactional,
    /// Repeating the same row changes nothing.
    Idempotent,
    /// Not repeatable, but what was applied can be looked up by the row's key.
    Lookup,
    /// Neither: sent once; an unknown outcome waits for a person.
    AtMostOnce,
}

/// What became of one row.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is there now.
    Written {
        /// What the destination calls it.
        id: Option<String>,
        /// The destination's answer, for later steps.
        answer: Option<Raw>,
    },
    /// It was there already, exactly so.
    Unchanged,
    /// It is not there, and why.
    Failed(Error),
    /// The request was refused because of a row in it, and the answer does not say which. The engine sends it
    /// again in halves; a row that is refused alone has failed.
    Suspect(Error),
    /// The request may have been applied: the answer was lost. The engine looks it up, never guesses.
    Unknown(Error),
}

impl Outcome {
    /// Written, with neither id nor answer.
    pub fn written() -> Self {
        Self::Written {
            id: None,
            answer: None,
        }
    }
}

/// What a write step's destination holds now, for people who want to see it with their own eyes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    /// What the destination calls the place: a table's name.
    pub place: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Some of its rows, the largest key first. Numbers that a reader of JSON could change (decimals, and whole ones
    /// beyond 2^53) are text.
    pub rows: Vec<Vec<serde_json::Value>>,
    /// How many rows there are in all.
    pub total: u64,
}

/// What a look-up says of a row whose outcome was unknown.
#[derive(Clone, Debug)]
pub enum Found {
    /// It was applied.
    Yes {
        /// What the destination calls it.
        id: Option<String>,
        /// The record as the destination has it, for later steps.
        answer: Option<Raw>,
    },
    /// It was not applied: sending it again is safe.
    No,
    /// It cannot be told; a person decides.
    Unclear(Error),
}
