//! What a run holds open on a database: one transaction at a time, on one connection with a thread of its own.
//!
//! The transaction begins with the first row of a batch and ends with [`Session::commit`], which writes the
//! checkpoint into it. It is fenced twice: where it begins, so that no work is done in vain, and where it ends.

use std::{collections::HashMap, sync::Arc};

use connector_kit::{Checkpoint, Error, OpenFor, Outcome, Result, Row, async_trait};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Sqlite, dialect,
    dialect::trouble,
    plan::{self, Plan, Statements},
    replace,
};
use crate::sql::{
    engine::{self, Work, unready},
    wish::Wish,
};

/// What a run holds open on a file.
pub(super) struct Writing {
    database: Sqlite,
    purpose: OpenFor,
    connection: tokio_rusqlite::Connection,
    plans: HashMap<Arc<str>, Arc<Plan>>,
}

impl Writing {
    /// Opens the database for a deployment.
    pub(super) async fn new(database: Sqlite, purpose: OpenFor) -> Result<Self> {
        let connection = connect(&database).await?;
        Ok(Self {
            database,
            purpose,
            connection,
            plans: HashMap::new(),
        })
    }

    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let name = self.database.file.name();
        self.connection.call(work).await.map_err(|error| match error {
            tokio_rusqlite::Error::Error(error) => error,
            _ => Error::bug(format!("the thread that holds {name} open has ended")),
        })
    }
}

#[async_trait]
impl Work for Writing {
    async fn resume(&mut self) -> Result<Option<Checkpoint>> {
        // Whatever became of the last COMMIT: a new connection sees what the file holds.
        self.connection = connect(&self.database).await?;
        let (file, purpose) = (self.database.file.name(), self.purpose.clone());
        self.call(move |connection| {
            read(connection, &purpose.deployment).map_err(|error| trouble(&file, error))
        })
        .await
    }

    async fn undo(&mut self) -> Result<()> {
        let file = self.database.file.name();
        self.call(move |connection| roll_back(connection, &file)).await
    }

    async fn commit(&mut self, at: &Checkpoint) -> Result<()> {
        let (file, purpose, at) = (self.database.file.name(), self.purpose.clone(), at.clone());
        let now = self.database.clock.now().to_string();
        self.call(move |connection| {
            let committed = commit(connection, &file, &purpose, &at, &now);
            if committed.is_err() {
                roll_back(connection, &file)?;
            }
            committed
        })
        .await
    }

    /// Makes the checkpoint table and works out a step's plan. Both in one transaction: a table whose step turns
    /// out to be wrong is not left behind.
    async fn ready(&mut self, step: &Arc<str>, wish: Wish) -> Result<()> {
        let file = self.database.file.name();
        let plan = self
            .call(move |connection| {
                let said = |error| trouble(&file, error);
                if connection.is_readonly("main").map_err(said)? {
                    return Err(Error::config(format!("{file} cannot be written: it is read-only"))
                        .hint("Give the account that the agent runs under the right to write the file and its folder."));
                }
                let own = connection.is_autocommit();
                if own {
                    connection.execute_batch(dialect::BEGIN).map_err(said)?;
                }
                let plan = connection
                    .execute_batch(dialect::CHECKPOINT_TABLE)
                    .map_err(said)
                    .and_then(|()| Plan::of(connection, &file, &wish));
                let end = if plan.is_ok() { dialect::COMMIT } else { dialect::ROLLBACK };
                if own && !connection.is_autocommit() {
                    connection.execute_batch(end).map_err(said)?;
                }
                plan
            })
            .await?;
        self.plans.insert(step.clone(), Arc::new(plan));
        Ok(())
    }

    async fn write(&mut self, step: &Arc<str>, rows: &[Row]) -> Result<Vec<Outcome>> {
        let plan = self.plans.get(step).cloned().ok_or_else(|| unready(step))?;
        let (rows, purpose) = (rows.to_vec(), self.purpose.clone());
        self.call(move |connection| {
            begin(connection, &plan.file, &purpose)?;
            let outcomes = apply(connection, &plan, &rows).and_then(|outcomes| {
                // A rule of the table (ON CONFLICT ROLLBACK, RAISE(ROLLBACK)) can end the transaction
                // under us, and the rows before this one with it.
                if connection.is_autocommit() {
                    Err(ended(&plan))
                } else {
                    Ok(outcomes)
                }
            });
            if outcomes.is_err() {
                roll_back(connection, &plan.file)?;
            }
            outcomes
        })
        .await
    }

    /// The file may not grow.
    #[cfg(test)]
    async fn fill_disk(&mut self, full: bool) {
        let pages = move |connection: &mut Connection| {
            let now: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
            connection.pragma_update(None, "max_page_count", if full { now } else { 1 << 30 })
        };
        self.connection.call(pages).await.expect("the pragma is right");
    }
}

fn apply(connection: &Connection, plan: &Plan, rows: &[Row]) -> Result<Vec<Outcome>> {
    match &plan.statements {
        Statements::Each(statement) => plan::write_each(connection, plan, statement, rows),
        Statements::Replace { .. } => replace::apply(connection, plan, rows),
    }
}

async fn connect(database: &Sqlite) -> Result<tokio_rusqlite::Connection> {
    let file = database.file.clone();
    let opened = tokio::task::spawn_blocking(move || file.open_to_write()).await;
    let connection = opened.map_err(|error| Error::bug("opening the database broke off").source(error))??;
    Ok(tokio_rusqlite::Connection::from(connection))
}

/// Begins the transaction of a batch, unless it has begun. `IMMEDIATE`: the lock is taken now, or nothing is.
fn begin(connection: &Connection, file: &str, purpose: &OpenFor) -> Result<()> {
    if !connection.is_autocommit() {
        return Ok(());
    }
    connection
        .execute_batch(dialect::BEGIN)
        .map_err(|error| trouble(file, error))?;
    let there = read(connection, &purpose.deployment).map_err(|error| trouble(file, error))?;
    match there {
        Some(there) if there.epoch > purpose.epoch => Err(fenced(file, connection)),
        _ => Ok(()),
    }
}

/// The checkpoint and the rows, together. Without rows the same batch may be said again; with rows it would be
/// written twice.
fn commit(connection: &Connection, file: &str, purpose: &OpenFor, at: &Checkpoint, now: &str) -> Result<()> {
    let said = |error| trouble(file, error);
    let has_rows = !connection.is_autocommit();
    if !has_rows {
        connection
            .execute_batch(dialect::CHECKPOINT_TABLE)
            .map_err(said)?;
    }
    begin(connection, file, purpose)?;
    let lowest = at.batch as i64 - i64::from(has_rows);
    let values = params![at.deployment, at.epoch as i64, at.batch as i64, now, lowest];
    let changed = connection
        .prepare_cached(dialect::WRITE_CHECKPOINT)
        .and_then(|mut write| write.execute(values));
    if changed.map_err(said)? == 0 {
        return Err(fenced(file, connection));
    }
    connection
        .execute_batch(dialect::COMMIT)
        .map_err(|error| match trouble(file, error) {
            // Rules that are checked at the end (DEFERRABLE) name no row.
            error if error.kind == connector_kit::Kind::Rejected => Error {
                kind: connector_kit::Kind::Config,
                ..error
            },
            error => error,
        })
}

fn read(connection: &Connection, deployment: &str) -> rusqlite::Result<Option<Checkpoint>> {
    let there = connection
        .query_row(dialect::OBJECT, ["_processflow_checkpoint"], |_| Ok(()))
        .optional()?;
    if there.is_none() {
        return Ok(None);
    }
    let checkpoint = |row: &rusqlite::Row<'_>| {
        let (epoch, batch): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok(Checkpoint {
            deployment: deployment.to_owned(),
            epoch: epoch as u64,
            batch: batch as u64,
        })
    };
    connection
        .query_row(dialect::READ_CHECKPOINT, [deployment], checkpoint)
        .optional()
}

fn roll_back(connection: &Connection, file: &str) -> Result<()> {
    if connection.is_autocommit() {
        return Ok(());
    }
    connection
        .execute_batch(dialect::ROLLBACK)
        .map_err(|error| trouble(file, error))
}

fn fenced(file: &str, connection: &Connection) -> Error {
    // The caller rolls back; a transaction that only read would otherwise keep its lock.
    let _unlocked = connection.execute_batch(dialect::ROLLBACK);
    engine::fenced(file)
}

fn ended(plan: &Plan) -> Error {
    Error::config(format!(
        "a rule of table `{}` ended the whole batch instead of refusing one row",
        plan.table
    ))
    .hint("Change its `ON CONFLICT ROLLBACK` or `RAISE(ROLLBACK)` to ABORT. The batch was taken back.")
}
