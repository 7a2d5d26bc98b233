//! What a query asks of a database, before any engine says it in its own way.

use connector_kit::{Error, Result};
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::sql::names::{self, listed, same};

/// A person's SELECT, in which order its rows come, and where they start.
pub(in crate::sql) struct Selection {
    pub(in crate::sql) sql: String,
    pub(in crate::sql) key: Vec<String>,
    pub(in crate::sql) after: Option<String>,
    pub(in crate::sql) start: Start,
}

/// Where a selection starts.
pub(in crate::sql) enum Start {
    /// At the first row.
    First,
    /// Behind the row with this key.
    Beyond(Vec<Json>),
    /// At this value of the column `after`; rows without one come too.
    Value(Json),
    /// At this instant in the column `after`; rows without one come too.
    Instant(Timestamp),
}

impl Selection {
    /// The places of the columns that rows are ordered by.
    pub(in crate::sql) fn order(&self, columns: &[String]) -> Vec<usize> {
        let names = self.after.iter().chain(&self.key);
        names.map(|name| place(columns, name)).collect()
    }

    /// Checks the columns that a database found in the SELECT: each with a name of its own, and those that are
    /// needed among them. `also` are names that something else needs.
    pub(in crate::sql) fn check<'n>(
        &'n self,
        columns: &[String],
        also: impl Iterator<Item = &'n String>,
    ) -> Result<()> {
        if let Some(twice) = names::twice(columns) {
            return Err(
                Error::config(format!("the query has two columns named `{twice}`"))
                    .hint("Give one of them another name: SELECT … AS other_name."),
            );
        }
        let wanted = self.key.iter().chain(&self.after).chain(also);
        let missing: Vec<&String> = wanted
            .filter(|name| !columns.iter().any(|column| same(column, name)))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(
            Error::config(format!("the query has no column {}", listed(&missing)))
                .hint(format!("Its columns are {}.", listed(columns))),
        )
    }
}

/// The place of a column that is there.
pub(super) fn place(columns: &[String], name: &str) -> usize {
    columns
        .iter()
        .position(|column| same(column, name))
        .unwrap_or_default()
}

/// What `sql` must be.
pub(in crate::sql) fn not_a_select() -> Error {
    Error::config("`sql` of `query` must be one SELECT statement")
        .hint("What writes belongs into a step of its own: `table.upsert`, `table.replace`, `table.insert`.")
}
