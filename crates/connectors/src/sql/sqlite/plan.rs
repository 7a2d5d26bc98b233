//! A write step on SQLite: its columns and statements, worked out once a run.

use connector_kit::{Error, Outcome, Result, Row, Value};
use rusqlite::{CachedStatement, Connection};

use super::{
    dialect::{self, Bound, trouble},
    table,
};
use crate::sql::{
    fitting::Columns,
    table::Table,
    wish::{How, Wish},
};

/// A step ready to write.
pub(super) struct Plan {
    /// The file as people know it, for messages.
    pub(super) file: String,
    pub(super) table: String,
    pub(super) columns: Columns,
    pub(super) statements: Statements,
}

/// How a step writes.
pub(super) enum Statements {
    /// One statement a row.
    Each(String),
    /// What a group of rows needs.
    Replace {
        keys: String,
        insert: String,
        /// `None` where the identity is all there is.
        update: Option<String>,
        delete: String,
        clear: String,
    },
}

impl Plan {
    /// Compares a wish with the database, making the table where `create` allows it.
    pub(super) fn of(connection: &Connection, file: &str, wish: &Wish) -> Result<Self> {
        wish.check()?;
        let identity = wish.identity();
        let table = table::find_or_create(connection, file, &wish.table, wish.create.as_ref(), &identity)?;
        let columns = table.require(&wish.columns, wish.create.is_some())?;
        let spelled: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        table.check_unique(wish, || {
            dialect::unique_index(&table.name, &table.spelled(&wish.key))
        })?;
        let statements = statements(wish, &table, &spelled);
        Ok(Self {
            file: file.to_owned(),
            columns: Columns::of(wish, &columns),
            table: table.name,
            statements,
        })
    }

    /// The error of a statement on one row, or of all.
    pub(super) fn trouble(&self, error: rusqlite::Error) -> Error {
        trouble(&self.file, error)
    }

    /// A statement, compiled once.
    pub(super) fn prepare<'c>(
        &self,
        connection: &'c Connection,
        statement: &str,
    ) -> Result<CachedStatement<'c>> {
        connection
            .prepare_cached(statement)
            .map_err(|error| self.trouble(error))
    }
}

fn statements(wish: &Wish, table: &Table, columns: &[&str]) -> Statements {
    let name = &table.name;
    let (within, key) = (table.spelled(&wish.within), table.spelled(&wish.key));
    match wish.how {
        How::Insert => Statements::Each(dialect::insert(name, columns)),
        How::Upsert => {
            let among = |wanted: &dyn Fn(&str) -> bool| -> Vec<&str> {
                columns.iter().copied().filter(|column| wanted(column)).collect()
            };
            let set = among(&|column| !wish.identifies(column));
            let compared = among(&|column| !wish.identifies(column) && !wish.ignores(column));
            Statements::Each(if compared.is_empty() {
                dialect::insert_or_nothing(name, columns, &key)
            } else {
                dialect::upsert(name, columns, &key, &set, &compared)
            })
        }
        How::Replace => {
            let identity: Vec<&str> = within.iter().chain(&key).copied().collect();
            Statements::Replace {
                keys: dialect::keys_of(name, &within, &key),
                insert: dialect::insert(name, columns),
                update: (columns.len() > identity.len())
                    .then(|| dialect::update_row(name, columns, &identity)),
                delete: dialect::delete_row(name, &within, &key),
                clear: dialect::clear(name, &within),
            }
        }
    }
}

/// Writes rows by a statement each. A refused row leaves the others as they are.
pub(super) fn write_each(
    connection: &Connection,
    plan: &Plan,
    statement: &str,
    rows: &[Row],
) -> Result<Vec<Outcome>> {
    let mut statement = plan.prepare(connection, statement)?;
    let mut write = |row: &Row| match plan.columns.fit(row) {
        Ok(values) => outcome(plan, run(&mut statement, values.iter().map(AsRef::as_ref))),
        Err(refusal) => Ok(Outcome::Failed(refusal)),
    };
    rows.iter().map(&mut write).collect()
}

/// Runs a statement with these values, in their order; how many rows it changed.
pub(super) fn run<'v>(
    statement: &mut CachedStatement<'_>,
    values: impl IntoIterator<Item = &'v Value>,
) -> rusqlite::Result<usize> {
    bind(statement, values)?;
    statement.raw_execute()
}

/// Binds values in their order.
pub(super) fn bind<'v>(
    statement: &mut CachedStatement<'_>,
    values: impl IntoIterator<Item = &'v Value>,
) -> rusqlite::Result<()> {
    values
        .into_iter()
        .enumerate()
        .try_for_each(|(at, value)| statement.raw_bind_parameter(at + 1, Bound(value)))
}

/// What became of a row that one statement wrote: refused alone, or the end of the batch.
fn outcome(plan: &Plan, changed: rusqlite::Result<usize>) -> Result<Outcome> {
    match changed {
        Ok(0) => Ok(Outcome::Unchanged),
        Ok(_) => Ok(Outcome::written()),
        Err(error) if dialect::is_of_one_row(&error) => Ok(Outcome::Failed(plan.trouble(error))),
        Err(error) => Err(plan.trouble(error)),
    }
}
