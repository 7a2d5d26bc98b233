//! One reading of a query: run it once, set its rows down, hand them out batch by batch.

use std::sync::Mutex;

use connector_kit::{Batch, Error, Reading, Result, Span, Watermark};
use rusqlite::{Connection, InterruptHandle, Statement};
use serde_json::Value as Json;

use super::{Position, Query, taking::Taking};
use crate::sql::{
    dialect::{self, From, trouble},
    names::{listed, same},
    open::File,
    spool::{Entry, Spool},
};

/// Records and bytes of one batch.
const BATCH: usize = 1_000;
const BATCH_BYTES: usize = 4 << 20;

/// One reading of a query.
pub(super) struct Pass {
    pub(super) query: Query,
    pub(super) file: File,
    pub(super) reading: Reading,
    pub(super) position: Position,
    pub(super) rows: Option<Spool>,
}

impl Pass {
    pub(super) fn next(&mut self, stop: &Mutex<Option<InterruptHandle>>) -> Result<Option<Batch>> {
        if self.rows.is_none() {
            self.rows = Some(self.run(stop)?);
        }
        let file = self.file.name();
        let rows = self.rows.as_mut().expect("it was filled above");
        let taken = rows.take(BATCH, BATCH_BYTES);
        let (expected, at_end) = (rows.length(), rows.at_end());
        let entries = taken.map_err(|error| {
            // The next call runs the query again, from the position of the last batch.
            self.rows = None;
            Error::unavailable(format!("the rows of {file} that were set down cannot be read")).source(error)
        })?;
        if entries.is_empty() {
            return Ok(None);
        }
        self.advance(&entries, at_end);
        let records = entries.into_iter().map(Entry::record).collect();
        Ok(Some(Batch {
            expected: Some(expected),
            ..Batch::new(records, Watermark::of(&self.position))
        }))
    }

    fn advance(&mut self, entries: &[Entry], at_end: bool) {
        self.position.query = 1;
        if self.query.after.is_none() {
            let last = entries.last().map(|entry| entry.place.clone());
            self.position = Position {
                query: 1,
                pass: last.filter(|_| !at_end),
                ..Position::default()
            };
            return;
        }
        for entry in entries {
            let value = entry.place.first().filter(|value| !value.is_null());
            if let Some(value) = value.filter(|value| self.position.after.as_ref() != Some(*value)) {
                self.position.after = Some(value.clone());
                self.position.seen.clear();
            }
            if value.is_some() {
                self.position.seen.push(entry.hash());
            }
        }
    }

    /// Runs the query and sets its rows down.
    fn run(&self, stop: &Mutex<Option<InterruptHandle>>) -> Result<Spool> {
        let connection = self.file.open_to_read()?;
        *stop.lock().expect("nothing panics while it holds this lock") =
            Some(connection.get_interrupt_handle());
        let filled = self.fill(&connection);
        *stop.lock().expect("nothing panics while it holds this lock") = None;
        filled
    }

    fn fill(&self, connection: &Connection) -> Result<Spool> {
        let file = self.file.name();
        let said = |error| trouble(&file, error);
        let columns = self.columns(connection)?;
        let order: Vec<&str> = self
            .query
            .after
            .iter()
            .chain(&self.query.key)
            .map(|name| columns[place(&columns, name)].as_str())
            .collect();
        let from = self.from(&order)?;
        let sql = dialect::selection(self.query.statement(), &order, from);
        let mut statement = connection.prepare(&sql).map_err(said)?;
        if !statement.readonly() {
            return Err(not_a_select());
        }
        self.bind(&mut statement).map_err(said)?;
        let mut taking = Taking::of(self, &columns);
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(said)? {
            taking.row(row).map_err(said)??;
        }
        taking.spool.ready().map_err(|error| set_down(&error))?;
        Ok(taking.spool)
    }

    /// The columns of the query, each with a name of its own.
    fn columns(&self, connection: &Connection) -> Result<Vec<String>> {
        let sql = self.query.statement();
        let statement = connection.prepare(sql).map_err(|error| match error {
            rusqlite::Error::MultipleStatement => not_a_select(),
            error => trouble(&self.file.name(), error),
        })?;
        if !statement.readonly() || statement.column_count() == 0 {
            return Err(not_a_select());
        }
        let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        if let Some(twice) = columns.iter().enumerate().find_map(|(at, name)| {
            columns[..at]
                .iter()
                .any(|other| same(other, name))
                .then_some(name)
        }) {
            return Err(
                Error::config(format!("the query has two columns named `{twice}`"))
                    .hint("Give one of them another name: SELECT … AS other_name."),
            );
        }
        let wanted = self
            .query
            .key
            .iter()
            .chain(&self.query.after)
            .chain(self.reading.filter.keys());
        let missing: Vec<&String> = wanted
            .filter(|name| !columns.iter().any(|column| same(column, name)))
            .collect();
        if !missing.is_empty() {
            return Err(
                Error::config(format!("the query has no column {}", listed(&missing)))
                    .hint(format!("Its columns are {}.", listed(&columns))),
            );
        }
        Ok(columns)
    }

    fn from<'n>(&'n self, order: &'n [&'n str]) -> Result<From<'n>> {
        match (&self.reading.span, &self.query.after) {
            (Span::Since(_), Some(_)) => Ok(From::Instant(order[0])),
            (Span::Since(_), None) => Err(Error::config(
                "this query has no column that says when a row changed",
            )
            .hint("Name one with `after`, or run without `--since`.")),
            (Span::Ids(_), _) => Ok(From::Start),
            (_, Some(_)) if self.position.after.is_some() => Ok(From::Value(order[0])),
            (_, None) if self.position.pass.is_some() => Ok(From::Beyond(order)),
            _ => Ok(From::Start),
        }
    }

    fn bind(&self, statement: &mut Statement<'_>) -> rusqlite::Result<()> {
        let since = match (&self.reading.span, &self.query.after) {
            (Span::Since(instant), _) => Some(vec![Json::from(instant.to_string())]),
            (Span::Ids(_), _) => None,
            (_, Some(_)) => self.position.after.clone().map(|value| vec![value]),
            (_, None) => self.position.pass.clone(),
        };
        for (at, value) in since.into_iter().flatten().enumerate() {
            match value {
                Json::String(text) => statement.raw_bind_parameter(at + 1, text)?,
                Json::Number(number) if number.is_i64() => {
                    statement.raw_bind_parameter(at + 1, number.as_i64())?;
                }
                other => statement.raw_bind_parameter(at + 1, other.as_f64())?,
            }
        }
        Ok(())
    }
}

pub(super) fn place(columns: &[String], name: &str) -> usize {
    columns
        .iter()
        .position(|column| same(column, name))
        .unwrap_or_default()
}

fn not_a_select() -> Error {
    Error::config("`sql` of `query` must be one SELECT statement")
        .hint("What writes belongs into a step of its own: `table.upsert`, `table.replace`, `table.insert`.")
}

pub(super) fn set_down(error: &std::io::Error) -> Error {
    Error::unavailable(format!("the rows of the query cannot be set down ({error})"))
        .hint("Free space on the disk of the database, or of the temporary folder.")
}
