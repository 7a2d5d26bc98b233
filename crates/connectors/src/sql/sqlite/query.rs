//! A person's SELECT on a SQLite file.

use std::sync::{Arc, Mutex};

use connector_kit::{Error, Result};
use rusqlite::{Connection, InterruptHandle, Statement};
use serde_json::Value as Json;

use super::{
    cells::cell,
    dialect::{self, trouble},
    file::File,
};
use crate::sql::{
    query::{Selection, Start, Taking, not_a_select},
    spool::Spool,
};

/// Stops the query when nobody waits for it any more.
#[derive(Clone, Default)]
struct Stop(Arc<Mutex<Option<InterruptHandle>>>);

impl Stop {
    fn set(&self, handle: Option<InterruptHandle>) {
        *self.0.lock().expect("nothing panics while it holds this lock") = handle;
    }
}

struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        let handle = self.0.0.lock().expect("nothing panics while it holds this lock");
        if let Some(handle) = handle.as_ref() {
            handle.interrupt();
        }
    }
}

/// See [`Engine::select`](crate::sql::engine::Engine::select).
pub(super) async fn select(file: File, selection: Arc<Selection>, taking: Taking) -> Result<Spool> {
    let stop = Stop::default();
    let _stopped = StopOnDrop(stop.clone());
    let read = tokio::task::spawn_blocking(move || {
        let connection = file.open_to_read()?;
        stop.set(Some(connection.get_interrupt_handle()));
        let filled = fill(&connection, &file, &selection, taking);
        stop.set(None);
        filled
    });
    read.await
        .map_err(|error| Error::bug("reading a query broke off").source(error))?
}

fn fill(connection: &Connection, file: &File, selection: &Selection, taking: Taking) -> Result<Spool> {
    let name = file.name();
    let said = |error| trouble(&name, error);
    let columns = columns(connection, selection, &name)?;
    let folder = file.path.parent().unwrap_or(std::path::Path::new("."));
    let mut rows = taking.begin(columns.clone(), folder)?;
    let order: Vec<&str> = selection
        .order(&columns)
        .into_iter()
        .map(|at| columns[at].as_str())
        .collect();
    let sql = dialect::selection(&selection.sql, &order, &selection.start);
    let mut statement = connection.prepare(&sql).map_err(said)?;
    if !statement.readonly() {
        return Err(not_a_select());
    }
    bind(&mut statement, &selection.start).map_err(said)?;
    let mut found = statement.raw_query();
    while let Some(row) = found.next().map_err(said)? {
        let cells: rusqlite::Result<Vec<_>> =
            (0..columns.len()).map(|at| row.get_ref(at).map(cell)).collect();
        rows.row(&cells.map_err(said)?)?;
    }
    rows.done()
}

/// The columns of the query.
fn columns(connection: &Connection, selection: &Selection, name: &str) -> Result<Vec<String>> {
    let statement = connection.prepare(&selection.sql).map_err(|error| match error {
        rusqlite::Error::MultipleStatement => not_a_select(),
        error => trouble(name, error),
    })?;
    if !statement.readonly() || statement.column_count() == 0 {
        return Err(not_a_select());
    }
    Ok(statement.column_names().into_iter().map(str::to_owned).collect())
}

fn bind(statement: &mut Statement<'_>, start: &Start) -> rusqlite::Result<()> {
    let values: &[Json] = match start {
        Start::First => &[],
        Start::Beyond(key) => key,
        Start::Value(value) => std::slice::from_ref(value),
        Start::Instant(instant) => &[Json::from(instant.to_string())],
    };
    for (at, value) in values.iter().enumerate() {
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
