//! `query`: rows of a person's own SELECT as records.
//!
//! The query runs once, on a connection that can only read, and its rows are set down in an unnamed file
//! ([`super::spool`]): a SELECT held open while a run writes would lock the writer out (or, where the run writes
//! to the same file, the run itself).

use std::sync::{Arc, Mutex};

use connector_kit::{
    Batch, Clock, Error, JsonSchema, ReadAction, Reading, Record, Result, Source, Span, Watermark,
    async_trait,
};
use rusqlite::{Connection, InterruptHandle, Statement, types::ValueRef};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    Database,
    dialect::{self, From, trouble},
    names::{listed, same},
    open::File,
    spool::{Entry, Spool},
};

/// A query may take so long before it is stopped.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(15 * 60);
/// Records and bytes of one batch.
const BATCH: usize = 1_000;
const BATCH_BYTES: usize = 4 << 20;

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

/// One reading of a query.
struct Pass {
    query: Query,
    file: File,
    reading: Reading,
    position: Position,
    rows: Option<Spool>,
}

impl Pass {
    fn next(&mut self, stop: &Mutex<Option<InterruptHandle>>) -> Result<Option<Batch>> {
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
        let mut taking = Taking::of(self, &columns)?;
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
                    statement.raw_bind_parameter(at + 1, number.as_i64())?
                }
                other => statement.raw_bind_parameter(at + 1, other.as_f64())?,
            }
        }
        Ok(())
    }
}

fn place(columns: &[String], name: &str) -> usize {
    columns
        .iter()
        .position(|column| same(column, name))
        .unwrap_or_default()
}

fn not_a_select() -> Error {
    Error::config("`sql` of `query` must be one SELECT statement")
        .hint("What writes belongs into a step of its own: `table.upsert`, `table.replace`, `table.insert`.")
}

fn set_down(error: &std::io::Error) -> Error {
    Error::unavailable(format!("the rows of the query cannot be set down ({error})"))
        .hint("Free space on the disk of the database, or of the temporary folder.")
}

/// Turns rows into entries of the spool.
struct Taking<'p> {
    pass: &'p Pass,
    columns: &'p [String],
    /// `"NAME":` of each column.
    names: Vec<Vec<u8>>,
    key: Vec<usize>,
    after: Option<usize>,
    filter: Vec<(usize, &'p String)>,
    spool: Spool,
}

impl<'p> Taking<'p> {
    fn of(pass: &'p Pass, columns: &'p [String]) -> Result<Self> {
        let folder = pass.file.path.parent().unwrap_or(std::path::Path::new("."));
        Ok(Self {
            pass,
            columns,
            names: columns
                .iter()
                .map(|name| format!("{}:", Json::from(name.as_str())).into_bytes())
                .collect(),
            key: pass.query.key.iter().map(|name| place(columns, name)).collect(),
            after: pass.query.after.as_ref().map(|name| place(columns, name)),
            filter: pass
                .reading
                .filter
                .iter()
                .map(|(name, value)| (place(columns, name), value))
                .collect(),
            spool: Spool::new(folder),
        })
    }

    fn row(&mut self, row: &rusqlite::Row<'_>) -> rusqlite::Result<Result<()>> {
        let field = |at: usize| row.get_ref(at).map(|value| cell(value).0);
        for (at, want) in &self.filter {
            if plain(&field(*at)?) != **want {
                return Ok(Ok(()));
            }
        }
        let (mut body, mut cause) = (Vec::with_capacity(256), None);
        for (at, (name, json)) in self.columns.iter().zip(&self.names).enumerate() {
            let (value, legible) = cell(row.get_ref(at)?);
            if !legible {
                cause = Some(format!("column {name} holds bytes that are not UTF-8 text"));
            }
            body.push(if at == 0 { b'{' } else { b',' });
            body.extend_from_slice(json);
            serde_json::to_writer(&mut body, &value).expect("writing to memory does not fail");
        }
        body.push(b'}');
        let key: Vec<Json> = self
            .key
            .iter()
            .map(|at| field(*at))
            .collect::<rusqlite::Result<_>>()?;
        if key.iter().any(|part| plain(part).is_empty()) {
            cause = Some(format!("key column {} is empty", listed(&self.pass.query.key)));
        }
        let id = key.iter().map(plain).collect::<Vec<_>>().join("/");
        let place = match self.after {
            None => key,
            Some(at) => vec![field(at)?],
        };
        if let Some(at) = self.after.filter(|_| place[0].is_null()) {
            cause = Some(format!(
                "column {} is empty, so the row has no place in the order",
                self.columns[at]
            ));
        }
        let body = String::from_utf8(body).expect("JSON is text");
        let entry = Entry {
            id,
            body,
            cause,
            place,
        };
        Ok(if self.is_wanted(&entry) {
            self.spool.add(&entry).map_err(|error| set_down(&error))
        } else {
            Ok(())
        })
    }

    fn is_wanted(&self, entry: &Entry) -> bool {
        if let Span::Ids(ids) = &self.pass.reading.span {
            return ids.contains(&entry.id);
        }
        let position = &self.pass.position;
        // Rows at the value a former run ended with come again; those it delivered are known.
        let at_the_border = self.after.is_some() && position.after.as_ref() == entry.place.first();
        !(at_the_border && position.seen.contains(&entry.hash()))
    }
}

/// A value as JSON, and whether it was legible. Bytes become hexadecimal text, as SQLite writes them.
fn cell(value: ValueRef<'_>) -> (Json, bool) {
    match value {
        ValueRef::Null => (Json::Null, true),
        ValueRef::Integer(whole) => (whole.into(), true),
        ValueRef::Real(number) => {
            let json =
                serde_json::Number::from_f64(number).map_or_else(|| number.to_string().into(), Json::Number);
            (json, true)
        }
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => (text.into(), true),
            Err(_) => (String::from_utf8_lossy(text).into(), false),
        },
        ValueRef::Blob(bytes) => (
            bytes
                .iter()
                .map(|byte| format!("{byte:02X}"))
                .collect::<String>()
                .into(),
            true,
        ),
    }
}

fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Entry {
    fn record(self) -> Record {
        let body = connector_kit::Raw::parse(self.body).unwrap_or_else(|_| connector_kit::Raw::of(&()));
        let unreadable = self.cause.map(|cause| {
            Error::rejected(cause)
                .hint("Correct the row in the database, or leave it out with the query's WHERE.")
        });
        Record {
            unreadable,
            ..Record::new(self.id, body)
        }
    }
}
