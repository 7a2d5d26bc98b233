//! A table as a database describes it.

use connector_kit::{Error, Result};

use super::{
    Kind,
    names::{listed, same},
    wish::{How, Wish},
};

/// A table that is there.
pub(super) struct Table {
    /// Its name as the database spells it.
    pub(super) name: String,
    /// Its columns in order.
    pub(super) columns: Vec<Column>,
    /// Sets of columns that no two rows share: the primary key, unique indexes.
    pub(super) unique: Vec<Vec<String>>,
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
    /// The column of that name.
    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| same(&column.name, name))
    }

    /// True when no two rows can have the same `key`.
    fn is_unique(&self, key: &[String]) -> bool {
        let within = |columns: &Vec<String>| {
            columns.len() == key.len()
                && columns
                    .iter()
                    .all(|column| key.iter().any(|part| same(part, column)))
        };
        self.unique.iter().any(within)
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

    /// These names in the database's own spelling; those it does not have are left out.
    pub(super) fn spelled<'t>(&'t self, names: &'t [String]) -> Vec<&'t str> {
        let columns = names.iter().filter_map(|name| self.column(name));
        columns.map(|column| column.name.as_str()).collect()
    }

    /// A step that updates by a key needs the table to hold it unique. `remedy` is the statement that would.
    pub(super) fn check_unique(&self, wish: &Wish, remedy: impl FnOnce() -> String) -> Result<()> {
        if wish.how != How::Upsert || self.is_unique(&wish.key) {
            return Ok(());
        }
        Err(Error::config(format!(
            "table `{}` does not hold ({}) unique: rows could double",
            self.name,
            listed(&wish.key)
        ))
        .hint(format!("Let the database see to it: {}", remedy())))
    }
}

/// Sets of columns from the rows of a catalogue: the name of an index, and a column of it. An index over something that
/// is no whole column says nothing about columns, and is left out.
pub(super) fn unique_sets(rows: impl IntoIterator<Item = Vec<Option<String>>>) -> Vec<Vec<String>> {
    let mut indexes: Vec<(String, Option<Vec<String>>)> = Vec::new();
    for row in rows {
        let Ok([Some(index), column]) = <[Option<String>; 2]>::try_from(row) else {
            continue;
        };
        if indexes.last().is_none_or(|(last, _)| *last != index) {
            indexes.push((index, Some(Vec::new())));
        }
        if let Some((_, columns)) = indexes.last_mut() {
            *columns = columns.take().zip(column).map(|(mut columns, column)| {
                columns.push(column);
                columns
            });
        }
    }
    indexes.into_iter().filter_map(|(_, columns)| columns).collect()
}

/// A table that is missing and that no step may make.
pub(super) fn absent(name: &str, database: &str) -> Error {
    Error::config(format!("table `{name}` is not in {database}")).hint(
        "Make the table, correct its name, or let the step make it: \
         `create: { COLUMN: text, … }` under `with`.",
    )
}

/// Something of that name which cannot be written.
pub(super) fn not_a_table(name: &str, database: &str, what: &str) -> Error {
    Error::config(format!(
        "`{name}` in {database} is {what}, which cannot be written"
    ))
    .hint("Name the table behind it.")
}
