//! `query`: rows of a person's own SELECT as records.
//!
//! The query runs once, on a connection that can only read, and its rows are set down in an unnamed file
//! ([`super::spool`]): a SELECT held open while a run writes would lock the writer out (or, where the run writes
//! to the same database, the run itself).

mod selection;
mod taking;

use std::sync::Arc;

use connector_kit::{
    Batch, Clock, Error, JsonSchema, ReadAction, Reading, Result, Source, Span, Watermark, async_trait,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub(super) use self::{
    selection::{Selection, Start, not_a_select},
    taking::{Cell, Taking},
};
use super::{
    Database,
    engine::Engine,
    spool::{Entry, Spool},
};

/// A query may take so long before it is stopped.
const LONGEST: std::time::Duration = std::time::Duration::from_mins(15);

/// Records and bytes of one batch.
const BATCH: usize = 1_000;
const BATCH_BYTES: usize = 4 << 20;

/// Reads what a SELECT finds. Records come in the order of `after` and `key`.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// One SELECT statement. It can read everything in the database and change nothing.
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
        Ok(Box::new(Rows {
            engine: database.engine.clone(),
            clock: database.clock.clone(),
            query: self,
            reading,
            position,
            rows: None,
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

/// One reading of a query: run it once, set its rows down, hand them out batch by batch.
struct Rows {
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
    query: Query,
    reading: Reading,
    position: Position,
    rows: Option<Spool>,
}

#[async_trait]
impl Source for Rows {
    async fn next(&mut self) -> Result<Option<Batch>> {
        let mut rows = match self.rows.take() {
            Some(rows) => rows,
            None => self.run().await?,
        };
        let taken = tokio::task::spawn_blocking(move || {
            let taken = rows.take(BATCH, BATCH_BYTES);
            (rows, taken)
        });
        let (rows, taken) = taken
            .await
            .map_err(|error| Error::bug("reading a query broke off").source(error))?;
        // After an error the next call runs the query again, from the position of the last batch.
        let entries = taken.map_err(|error| {
            Error::unavailable("the rows of the query that were set down cannot be read").source(error)
        })?;
        let (expected, at_end) = (rows.length(), rows.at_end());
        self.rows = Some(rows);
        if entries.is_empty() {
            return Ok(None);
        }
        self.position.advance(&self.query, &entries, at_end);
        let records = entries.into_iter().map(Entry::record).collect();
        Ok(Some(Batch {
            expected: Some(expected),
            ..Batch::new(records, Watermark::of(&self.position))
        }))
    }
}

impl Rows {
    /// Runs the query and sets its rows down.
    async fn run(&self) -> Result<Spool> {
        let selection = Arc::new(Selection {
            sql: self.query.statement().to_owned(),
            key: self.query.key.clone(),
            after: self.query.after.clone(),
            start: self.start()?,
        });
        let taking = Taking::new(
            selection.clone(),
            &self.reading,
            self.position.after.clone().filter(|_| self.query.after.is_some()),
            self.position.seen.iter().cloned().collect(),
        );
        tokio::select! {
            found = self.engine.select(selection, taking) => found,
            () = self.clock.sleep(LONGEST) => {
                Err(Error::config("the query took longer than 15 minutes and was stopped")
                    .hint("Add an index for it, or read fewer rows at a time with `after`."))
            }
        }
    }

    fn start(&self) -> Result<Start> {
        let position = &self.position;
        Ok(match (&self.reading.span, &self.query.after) {
            (Span::Since(instant), Some(_)) => Start::Instant(*instant),
            (Span::Since(_), None) => {
                return Err(
                    Error::config("this query has no column that says when a row changed")
                        .hint("Name one with `after`, or run without `--since`."),
                );
            }
            (Span::Ids(_), _) => Start::First,
            (_, Some(_)) => position.after.clone().map_or(Start::First, Start::Value),
            (_, None) => position.pass.clone().map_or(Start::First, Start::Beyond),
        })
    }
}

impl Position {
    /// Moves on behind these rows.
    fn advance(&mut self, query: &Query, entries: &[Entry], at_end: bool) {
        self.query = 1;
        if query.after.is_none() {
            let last = entries.last().map(|entry| entry.place.clone());
            *self = Self {
                query: 1,
                pass: last.filter(|_| !at_end),
                ..Self::default()
            };
            return;
        }
        for entry in entries {
            let value = entry.place.first().filter(|value| !value.is_null());
            if let Some(value) = value.filter(|value| self.after.as_ref() != Some(*value)) {
                self.after = Some(value.clone());
                self.seen.clear();
            }
            if value.is_some() {
                self.seen.push(entry.hash());
            }
        }
    }
}
