//! What a table holds now, for people who look at what a processflow wrote.

use std::sync::Arc;

use connector_kit::{Error, Held, Result};
use rusqlite::{Connection, types::ValueRef};
use serde_json::Value as Json;

use super::{
    Database,
    dialect::{self, trouble},
    open::File,
    query::cell,
    table::Table,
};

/// Whole numbers beyond it are not the same any more once a page has read them.
const EXACT: u64 = 1 << 53;

/// Rows of `table`, those with the largest `key` first, on a connection of its own that can only read. No rows while the
/// table is not there yet.
pub(super) async fn look(
    database: Arc<Database>,
    table: &str,
    key: &[String],
    limit: usize,
) -> Result<Option<Held>> {
    let (file, table, key) = (database.file.clone(), table.to_owned(), key.to_owned());
    let looked = tokio::task::spawn_blocking(move || held(&file, table, &key, limit)).await;
    looked
        .map_err(|error| Error::bug("looking at a table broke off").source(error))?
        .map(Some)
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
    let Some(table) = Table::find(&connection, &file.name(), &name)? else {
        return Ok(nothing(name));
    };
    rows(&connection, &table, key, limit).map_err(|error| trouble(&file.name(), error))
}

fn rows(connection: &Connection, table: &Table, key: &[String], limit: usize) -> rusqlite::Result<Held> {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let key: Vec<&str> = key
        .iter()
        .filter_map(|name| table.column(name))
        .map(|column| column.name.as_str())
        .collect();
    let total = connection.query_row(&dialect::count(&table.name), [], |row| row.get(0))?;
    let mut found = connection.prepare(&dialect::last_rows(&table.name, &columns, &key))?;
    let row = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|at| row.get_ref(at).map(shown)).collect();
    let rows = found.query_map([limit as i64], row)?;
    Ok(Held {
        rows: rows.collect::<rusqlite::Result<_>>()?,
        place: table.name.clone(),
        columns: columns.iter().map(|&name| name.to_owned()).collect(),
        total,
    })
}

fn shown(value: ValueRef<'_>) -> Json {
    let (value, _) = cell(value);
    match value {
        Json::Number(number) if number.as_i64().is_none_or(|whole| whole.unsigned_abs() > EXACT) => {
            number.to_string().into()
        }
        other => other,
    }
}
