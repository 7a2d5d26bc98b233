//! A table as the database describes it, and the table that `create` makes.

use connector_kit::{Error, Result};
use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    Create, Kind,
    dialect::{self, trouble},
    names::{listed, same},
};

/// A table that is there.
pub(super) struct Table {
    /// Its name as the database spells it.
    pub(super) name: String,
    /// Its columns in order.
    pub(super) columns: Vec<Column>,
    /// Sets of columns that no two rows share: the primary key, unique indexes.
    unique: Vec<Vec<String>>,
}

/// A column that is there.
pub(super) struct Column {
    /// Its name as the database spells it.
    pub(super) name: String,
    /// What it takes.
    pub(super) kind: Kind,
    /// The database computes it.
    pub(super) computed: bool,
}

impl Table {
    /// The table of that name. A view of that name is Config: it cannot be written.
    pub(super) fn find(connection: &Connection, file: &str, name: &str) -> Result<Option<Self>> {
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
            return Err(
                Error::config(format!("`{name}` in {file} is a view, which cannot be written"))
                    .hint("Name the table behind it."),
            );
        }
        Self::read(connection, name)
            .map(Some)
            .map_err(|error| trouble(file, error))
    }

    fn read(connection: &Connection, name: String) -> rusqlite::Result<Self> {
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
        Ok(Self {
            name,
            columns: described.into_iter().map(|(column, _)| column).collect(),
            unique,
        })
    }

    /// The column of that name.
    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| same(&column.name, name))
    }

    /// True when no two rows can have the same `key`.
    pub(super) fn is_unique(&self, key: &[String]) -> bool {
        let within = |columns: &Vec<String>| {
            columns.len() == key.len()
                && columns
                    .iter()
                    .all(|column| key.iter().any(|part| same(part, column)))
        };
        self.unique.iter().any(within)
    }

    /// The table of that name, made by `create` where it is missing. Never alters one that is there.
    pub(super) fn find_or_create(
        connection: &Connection,
        file: &str,
        name: &str,
        create: Option<&Create>,
        key: &[String],
    ) -> Result<Self> {
        if let Some(table) = Self::find(connection, file, name)? {
            return Ok(table);
        }
        let Some(create) = create else {
            return Err(Error::config(format!("table `{name}` is not in {file}")).hint(
                "Make the table, correct its name, or let the step make it: \
                 `create: { COLUMN: text, … }` under `with`.",
            ));
        };
        let key: Vec<&str> = key.iter().map(String::as_str).collect();
        let statement = dialect::create(name, create.columns(), &key);
        connection
            .execute_batch(&statement)
            .map_err(|error| trouble(file, error))?;
        Self::find(connection, file, name)?
            .ok_or_else(|| Error::bug(format!("table `{name}` was made and is not there")))
    }

    /// The columns of that name in the database's own spelling; Config names those that are missing.
    pub(super) fn require(&self, wanted: &[String], created: bool) -> Result<Vec<&Column>> {
        let missing: Vec<&String> = wanted.iter().filter(|name| self.column(name).is_none()).collect();
        if !missing.is_empty() {
            let has: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
            let way = if created {
                "A table that is there is never altered: add"
            } else {
                "Add"
            };
            return Err(Error::config(format!(
                "table `{}` has no column {}",
                self.name,
                listed(&missing)
            ))
            .hint(format!(
                "{way} it to the table, or map another; there are {}.",
                listed(&has)
            )));
        }
        if let Some(computed) = wanted
            .iter()
            .filter_map(|name| self.column(name))
            .find(|column| column.computed)
        {
            return Err(Error::config(format!(
                "column `{}` of `{}` is computed by the database",
                computed.name, self.name
            ))
            .hint("Take it out of the `map`."));
        }
        Ok(wanted.iter().filter_map(|name| self.column(name)).collect())
    }
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
