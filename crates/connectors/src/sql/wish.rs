//! What a write step wants of its table, before any database is asked.

use connector_kit::{Error, Result};

use super::{
    Create,
    names::{self, listed, same},
};

/// How rows get into the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Every row is a new one.
    Insert,
    /// A row by its key: inserted, updated, or left as it is.
    Upsert,
    /// The rows of a scope become exactly these.
    Replace,
}

/// What a step wants of its table.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) how: How,
    pub(super) table: String,
    /// The mapped columns, in the order of the rows' values.
    pub(super) columns: Vec<String>,
    /// Columns of the scope, for a step that replaces one.
    pub(super) within: Vec<String>,
    /// Columns that say which row it is; empty for a step that only inserts.
    pub(super) key: Vec<String>,
    /// Columns whose change alone is no reason to write.
    pub(super) ignore: Vec<String>,
    pub(super) create: Option<Create>,
}

impl Wish {
    /// Scope and key: what no two rows may share.
    pub(super) fn identity(&self) -> Vec<String> {
        self.within.iter().chain(&self.key).cloned().collect()
    }

    /// Whether a mapped column is part of the identity.
    pub(super) fn identifies(&self, column: &str) -> bool {
        self.within.iter().chain(&self.key).any(|name| same(name, column))
    }

    /// Whether a change of this column alone is no reason to write.
    pub(super) fn ignores(&self, column: &str) -> bool {
        self.ignore.iter().any(|name| same(name, column))
    }

    /// Places among the mapped columns.
    pub(super) fn places(&self, names: &[String]) -> Vec<usize> {
        let place = |name| self.columns.iter().position(|column| column == name);
        names.iter().filter_map(place).collect()
    }

    /// What can be said without looking at the database.
    pub(super) fn check(&self) -> Result<()> {
        names::table(&self.table)?;
        names::columns(&self.columns)?;
        names::columns(self.create.iter().flat_map(Create::names))?;
        let identity = self.identity();
        if let Some(name) = names::twice(&identity) {
            return Err(Error::config(format!(
                "`{name}` stands twice in `within` and `key` of `{}`",
                self.table
            ))
            .hint("Name each column once: `within` is the scope, `key` the row inside it."));
        }
        let unmapped = |name: &&String| !self.columns.iter().any(|column| column == *name);
        if let Some(name) = identity.iter().find(unmapped) {
            return Err(
                Error::config(format!("key column `{name}` of `{}` is not mapped", self.table))
                    .hint(format!("Add `{name}` to the `map`, spelled as in `key`.")),
            );
        }
        if let Some(name) = self.ignore.iter().find(unmapped) {
            return Err(
                Error::config(format!("`ignore` names `{name}`, which is not mapped"))
                    .hint("Name mapped columns alone."),
            );
        }
        let Some(create) = &self.create else { return Ok(()) };
        let absent: Vec<&String> = self
            .columns
            .iter()
            .chain(&identity)
            .filter(|name| create.kind(name).is_none())
            .collect();
        if !absent.is_empty() {
            return Err(
                Error::config(format!("`create` of `{}` lacks {}", self.table, listed(&absent)))
                    .hint("List every mapped column with its type."),
            );
        }
        Ok(())
    }
}
