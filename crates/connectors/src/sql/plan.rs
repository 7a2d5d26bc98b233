//! A write step, compared with the table as it is: columns and statements, worked out once a run.

use std::borrow::Cow;

use connector_kit::{Error, Result, Row, Value};
use rusqlite::{CachedStatement, Connection};

use super::{
    Create, Kind,
    dialect::{self, Bound, trouble},
    names::{self, listed, same},
    table::Table,
};

/// What a step wants of its table.
pub(super) struct Wish<'s> {
    pub(super) table: &'s str,
    /// The mapped columns, in the order of the rows' values.
    pub(super) columns: &'s [String],
    /// Columns of the scope, for a step that replaces one.
    pub(super) within: &'s [String],
    /// Columns that say which row it is; empty for a step that only inserts.
    pub(super) key: &'s [String],
    pub(super) create: Option<&'s Create>,
}

impl Wish<'_> {
    /// Scope and key: what no two rows may share.
    pub(super) fn identity(&self) -> Vec<String> {
        self.within.iter().chain(self.key).cloned().collect()
    }

    /// What can be said without looking at the database.
    pub(super) fn check(&self) -> Result<()> {
        names::table(self.table)?;
        names::columns(self.columns)?;
        names::columns(self.create.into_iter().flat_map(Create::names))?;
        let identity = self.identity();
        if let Some(name) = identity.iter().enumerate().find_map(|(at, name)| {
            identity[..at]
                .iter()
                .any(|other| same(other, name))
                .then_some(name)
        }) {
            return Err(Error::config(format!(
                "`{name}` stands twice in `within` and `key` of `{}`",
                self.table
            ))
            .hint("Name each column once: `within` is the scope, `key` the row inside it."));
        }
        let mapped = |name: &&String| !self.columns.iter().any(|column| column == *name);
        if let Some(name) = identity.iter().find(mapped) {
            return Err(
                Error::config(format!("key column `{name}` of `{}` is not mapped", self.table))
                    .hint(format!("Add `{name}` to the `map`, spelled as in `key`.")),
            );
        }
        if let (Some(create), name) = (self.create, self.columns.iter().chain(&identity)) {
            let absent: Vec<&String> = name.filter(|name| create.kind(name).is_none()).collect();
            if !absent.is_empty() {
                return Err(
                    Error::config(format!("`create` of `{}` lacks {}", self.table, listed(&absent)))
                        .hint("List every mapped column with its type."),
                );
            }
        }
        Ok(())
    }
}

/// A step ready to write.
pub(super) struct Plan {
    /// The file as people know it, for messages.
    pub(super) file: String,
    pub(super) table: String,
    columns: Vec<Fitting>,
    /// Places of the scope's columns among the values.
    pub(super) within: Vec<usize>,
    /// Places of the key's columns among the values.
    pub(super) key: Vec<usize>,
    pub(super) statements: Statements,
}

/// A column and what its values must pass: the type that `create` gives it and the one the table has.
struct Fitting {
    name: String,
    kinds: Vec<Kind>,
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
    /// Compares a wish with the database, making the table where `create` allows it. `statements` gets the
    /// columns, scope and key in the database's own spelling.
    pub(super) fn of(
        connection: &Connection,
        file: &str,
        wish: &Wish<'_>,
        statements: impl FnOnce(&Table, &[&str]) -> Result<Statements>,
    ) -> Result<Self> {
        wish.check()?;
        let identity = wish.identity();
        let table = Table::find_or_create(connection, file, wish.table, wish.create, &identity)?;
        let columns = table.require(wish.columns, wish.create.is_some())?;
        let spelled: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let statements = statements(&table, &spelled)?;
        let fitting = columns.iter().map(|column| {
            let made = wish
                .create
                .and_then(|create| create.kind(&column.name))
                .filter(|kind| **kind != column.kind);
            Fitting {
                name: column.name.clone(),
                kinds: made.cloned().into_iter().chain([column.kind.clone()]).collect(),
            }
        });
        let columns = fitting.collect();
        let places = |names: &[String]| {
            let place = |name| wish.columns.iter().position(|column| column == name);
            names.iter().filter_map(place).collect::<Vec<_>>()
        };
        let (within, key) = (places(wish.within), places(wish.key));
        Ok(Self {
            file: file.to_owned(),
            table: table.name,
            columns,
            within,
            key,
            statements,
        })
    }

    /// The row's values as the table stores them, or why one cannot be.
    pub(super) fn fit<'r>(&self, row: &'r Row) -> Result<Vec<Cow<'r, Value>>> {
        let fitted: Vec<_> = self
            .columns
            .iter()
            .zip(&*row.values)
            .map(|(column, value)| column.fit(value))
            .collect::<Result<_>>()?;
        match self.within.iter().chain(&self.key).find(|place| is_empty(&fitted[**place])) {
            Some(place) => Err(Error::rejected(format!("key column {} is empty", self.columns[*place].name))
                .hint("A row without a key cannot be told from others: map a value, or skip such records with a rule.")),
            None => Ok(fitted),
        }
    }

    /// The values of the scope alone, as the table stores them.
    pub(super) fn fit_scope<'v>(&self, scope: &'v [Value]) -> Result<Vec<Cow<'v, Value>>> {
        self.within
            .iter()
            .zip(scope)
            .map(|(place, value)| self.columns[*place].fit(value))
            .collect()
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

impl Fitting {
    fn fit<'v>(&self, value: &'v Value) -> Result<Cow<'v, Value>> {
        let mut fitted = Cow::Borrowed(value);
        for kind in &self.kinds {
            fitted = match fitted {
                Cow::Borrowed(value) => kind.fit(value),
                Cow::Owned(value) => kind.fit(&value).map(|again| Cow::Owned(again.into_owned())),
            }
            .map_err(|why| self.refusal(why))?;
        }
        Ok(fitted)
    }

    fn refusal(&self, why: Error) -> Error {
        Error {
            message: format!("the value for column {} {}", self.name, why.message),
            ..why
        }
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Null) || matches!(value, Value::Text(text) if text.is_empty())
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
pub(super) fn outcome(plan: &Plan, changed: rusqlite::Result<usize>) -> Result<connector_kit::Outcome> {
    use connector_kit::Outcome;
    match changed {
        Ok(0) => Ok(Outcome::Unchanged),
        Ok(_) => Ok(Outcome::written()),
        Err(error) if dialect::is_of_one_row(&error) => Ok(Outcome::Failed(plan.trouble(error))),
        Err(error) => Err(plan.trouble(error)),
    }
}
