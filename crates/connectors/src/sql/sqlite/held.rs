//! What a table holds now, for people who look at what a processflow wrote.

use connector_kit::{Error, Held, Result};
use rusqlite::Connection;

use super::{
    cells::cell,
    dialect::{self, trouble},
    file::File,
    table,
};
use crate::sql::table::Table;

/// See [`Engine::look`](crate::sql::engine::Engine::look).
pub(super) async fn look(file: File, table: &str, key: &[String], limit: usize) -> Result<Held> {
    let (table, key) = (table.to_owned(), key.to_owned());
    let looked = tokio::task::spawn_blocking(move || held(&file, table, &key, limit)).await;
    looked.map_err(|error| Error::bug("looking at a table broke off").source(error))?
}

fn held(file: &File, name: String, key: &[String], limit: usize) -> Result<Held> {
    let nothing = |place| Held {
        place,
        ..Held::default()
    };
    if !file.path.exists() {
        return Ok(nothing(name));
    }
    let connection = file.open_to_read()?;
    let Some(table) = table::find(&connection, &file.name(), &name)? else {
        return Ok(nothing(name));
    };
    rows(&connection, &table, key, limit).map_err(|error| trouble(&file.name(), error))
}

fn rows(connection: &Connection, table: &Table, key: &[String], limit: usize) -> rusqlite::Result<Held> {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let key = table.spelled(key);
    let total = connection.query_row(&dialect::count(&table.name), [], |row| row.get(0))?;
    let mut found = connection.prepare(&dialect::last_rows(&table.name, &columns, &key))?;
    let row = |row: &rusqlite::Row<'_>| {
        (0..columns.len())
            .map(|at| row.get_ref(at).map(|value| cell(value).shown()))
            .collect()
    };
    let rows = found.query_map([limit as i64], row)?;
    Ok(Held {
        rows: rows.collect::<rusqlite::Result<_>>()?,
        place: table.name.clone(),
        columns: columns.iter().map(|&name| name.to_owned()).collect(),
        total,
    })
}
