//! A table as SQLite describes it, and the table that `create` makes.

use connector_kit::{Error, Result};
use rusqlite::{Connection, OptionalExtension, Row};

use super::dialect::{self, trouble};
use crate::sql::{
    Create,
    table::{Column, Table, absent, not_a_table},
};

/// The table of that name. A view of that name is Config: it cannot be written.
pub(super) fn find(connection: &Connection, file: &str, name: &str) -> Result<Option<Table>> {
    let found = connection
        .query_row(dialect::OBJECT, [name], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })
        .optional()
        .map_err(|error| trouble(file, error))?;
    let Some((name, kind)) = found else {
        return Ok(None);
    };
    if kind != "table" {
        return Err(not_a_table(&name, file, "a view"));
    }
    read(connection, name)
        .map(Some)
        .map_err(|error| trouble(file, error))
}

fn read(connection: &Connection, name: String) -> rusqlite::Result<Table> {
    let described = all(connection, dialect::COLUMNS, &name, |row| {
        let (name, declared): (String, String) = (row.get(0)?, row.get(1)?);
        let (in_key, hidden): (i64, i64) = (row.get(2)?, row.get(3)?);
        Ok((
            Column {
                name,
                kind: dialect::kind_of(&declared),
                computed: hidden != 0,
            },
            in_key > 0,
        ))
    })?;
    let primary = described
        .iter()
        .filter(|(_, in_key)| *in_key)
        .map(|(column, _)| column.name.clone())
        .collect();
    let mut unique: Vec<Vec<String>> = vec![primary];
    for index in all(connection, dialect::INDEXES, &name, |row| row.get::<_, String>(0))? {
        let columns = all(connection, dialect::INDEX_COLUMNS, &index, |row| {
            row.get::<_, Option<String>>(0)
        })?;
        // An index over an expression says nothing about columns.
        unique.extend(columns.into_iter().collect::<Option<Vec<String>>>());
    }
    unique.retain(|columns| !columns.is_empty());
    Ok(Table {
        name,
        columns: described.into_iter().map(|(column, _)| column).collect(),
        unique,
    })
}

/// The table of that name, made by `create` where it is missing. Never alters one that is there.
pub(super) fn find_or_create(
    connection: &Connection,
    file: &str,
    name: &str,
    create: Option<&Create>,
    key: &[String],
) -> Result<Table> {
    if let Some(table) = find(connection, file, name)? {
        return Ok(table);
    }
    let Some(create) = create else {
        return Err(absent(name, file));
    };
    let key: Vec<&str> = key.iter().map(String::as_str).collect();
    let statement = dialect::create(name, create.columns(), &key);
    connection
        .execute_batch(&statement)
        .map_err(|error| trouble(file, error))?;
    find(connection, file, name)?
        .ok_or_else(|| Error::bug(format!("table `{name}` was made and is not there")))
}

fn all<T>(
    connection: &Connection,
    statement: &str,
    of: &str,
    each: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    connection
        .prepare_cached(statement)?
        .query_map([of], each)?
        .collect()
}
