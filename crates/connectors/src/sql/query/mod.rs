//! `query`: rows of a person's own SELECT as records.
//!
//! The query runs once, on a connection that can only read, and its rows are set down in an unnamed file
//! ([`super::spool`]): a SELECT held open while a run writes would lock the writer out (or, where the run writes
//! to the same file, the run itself).

mod pass;
mod taking;

use std::sync::{Arc, Mutex};

use connector_kit::{
    Batch, Clock, Error, JsonSchema, ReadAction, Reading, Result, Source, Span, async_trait,
};
use rusqlite::InterruptHandle;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use self::pass::Pass;
pub(super) use self::taking::cell;
use super::Database;

/// A query may take so long before it is stopped.
const LONGEST: std::time::Duration = std::time::Duration::from_mins(15);
/// Reads what a SELECT finds. Records come in the order of `after` and `key`.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// One SELECT statement. It can read everything in the file and change nothing.
    sql: String,
    /// The columns that say which record a row is.
    key: Vec<String>,
    /// A column that only grows (an id, a change date): each run reads the rows that came or changed since the
    /// last one. Without it each run reads all rows.
    #[serde(default)]
    after: Option<String>,
}

#[async_trait]
impl ReadAction for Query {
    type System = Database;
    const NAME: &'static str = "query";
    const ABOUT: &'static str = "Rows of a SELECT, all of them or those that came since the last run.";

    fn check(&self) -> Result<()> {
        if self.key.is_empty() {
            return Err(Error::config("`key` of `query` names no column")
                .hint("Name the columns that say which record a row is: key: [ITEM_NO]"));
        }
        if self.statement().is_empty() {
            return Err(Error::config("`sql` of `query` is empty").hint("Write one SELECT statement."));
        }
        Ok(())
    }

    async fn open(self, database: Arc<Database>, reading: Reading) -> Result<Box<dyn Source>> {
        let position = match &reading.span {
            Span::From(watermark) => watermark.read()?,
            _ => Position::default(),
        };
        let pass = Pass {
            query: self,
            file: database.file.clone(),
            reading,
            position,
            rows: None,
        };
        Ok(Box::new(Rows {
            pass: Arc::new(Mutex::new(pass)),
            clock: database.clock.clone(),
            stop: Arc::default(),
        }))
    }
}

impl Query {
    /// A semicolon at the end is a habit, not a second statement.
    fn statement(&self) -> &str {
        self.sql.trim().trim_end_matches(';').trim_end()
    }
}

/// Where a query has come to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    /// Version of this form.
    query: u8,
    /// The highest value of `after` that was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Json>,
    /// Rows delivered at that value, by a hash of their content: others may still come at the same value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    seen: Vec<String>,
    /// The key a reading of all rows has come to; absent when it has come to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pass: Option<Vec<Json>>,
}

struct Rows {
    pass: Arc<Mutex<Pass>>,
    clock: Arc<dyn Clock>,
    stop: Arc<Mutex<Option<InterruptHandle>>>,
}

/// A cancelled run drops its source while the query may still be running.
impl Drop for Rows {
    fn drop(&mut self) {
        interrupt(&self.stop);
    }
}

fn interrupt(stop: &Mutex<Option<InterruptHandle>>) {
    if let Some(handle) = stop
        .lock()
        .expect("nothing panics while it holds this lock")
        .as_ref()
    {
        handle.interrupt();
    }
}

#[async_trait]
impl Source for Rows {
    async fn next(&mut self) -> Result<Option<Batch>> {
        let (pass, stop) = (self.pass.clone(), self.stop.clone());
        let mut reading = tokio::task::spawn_blocking(move || {
            pass.lock()
                .map_err(|_| Error::bug("reading a query broke off before"))?
                .next(&stop)
        });
        let read = tokio::select! {
            read = &mut reading => read,
            () = self.clock.sleep(LONGEST) => {
                interrupt(&self.stop);
                return Err(Error::config("the query took longer than 15 minutes and was stopped")
                    .hint("Add an index for it, or read fewer rows at a time with `after`."));
            }
        };
        read.map_err(|error| Error::bug("reading a query broke off").source(error))?
    }
}
