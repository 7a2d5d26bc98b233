//! SQLite: a file on this machine.

mod cells;
mod dialect;
mod file;
mod held;
mod plan;
mod query;
mod replace;
mod session;
mod table;

#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::Arc};

use connector_kit::{Clock, Error, Fact, Held, OpenFor, Result, async_trait};

use self::{dialect::trouble, file::File, session::Writing};
use super::{
    engine::{Engine, Work},
    query::{Selection, Taking},
    spool::Spool,
};

/// A database in a file.
#[derive(Clone)]
pub(super) struct Sqlite {
    file: File,
    clock: Arc<dyn Clock>,
}

impl Sqlite {
    /// The database at this path; `create` lets it be made when it is missing.
    pub(super) fn new(path: PathBuf, create: bool, clock: Arc<dyn Clock>) -> Self {
        Self {
            file: File { path, create },
            clock,
        }
    }
}

#[async_trait]
impl Engine for Sqlite {
    async fn try_out(&self) -> Result<Vec<Fact>> {
        let file = self.file.clone();
        let facts = tokio::task::spawn_blocking(move || try_out(&file)).await;
        facts.map_err(|error| Error::bug("validating the database broke off").source(error))?
    }

    async fn open(&self, purpose: OpenFor) -> Result<Box<dyn Work>> {
        Ok(Box::new(Writing::new(self.clone(), purpose).await?))
    }

    async fn look(&self, table: &str, key: &[String], limit: usize) -> Result<Held> {
        held::look(self.file.clone(), table, key, limit).await
    }

    async fn select(&self, selection: Arc<Selection>, taking: Taking) -> Result<Spool> {
        query::select(self.file.clone(), selection, taking).await
    }
}

fn try_out(file: &File) -> Result<Vec<Fact>> {
    let connection = file.open_to_write()?;
    let said = |error| trouble(&file.name(), error);
    let read_only = connection.is_readonly("main").map_err(said)?;
    if !read_only {
        connection
            .execute_batch(dialect::BEGIN)
            .and_then(|()| connection.execute_batch(dialect::ROLLBACK))
            .map_err(said)?;
    }
    Ok(vec![
        Fact::new("Engine", format!("SQLite {}", dialect::version())),
        Fact::new("File", file.path.display().to_string()),
        Fact::new("Journal", dialect::journal_mode(&connection).map_err(said)?),
        Fact::new("Access", if read_only { "read only" } else { "read and write" }),
    ])
}
