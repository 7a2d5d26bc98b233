//! What happened: the state database.
//!
//! SQLite in WAL mode with `synchronous=FULL`: a power cut loses nothing that was shown as done. One writer on a
//! thread of its own; readers open their own read-only connections and never wait for it. Tables have a file
//! each, with plain functions over a connection or a transaction. What must happen together happens in one call
//! of [`State::write`].
//!
//! Leaves out: secrets (key store), processflow files (kept here as text only), logs.

mod activity;
mod cause;
mod connections;
mod deploying;
mod deployments;
mod history;
mod intents;
mod journal;
mod known;
mod ledger;
mod life;
mod page;
mod runs;
mod schema;
mod search;
mod set_aside;
mod settled;
mod steps;
mod variables;

use std::path::{Path, PathBuf};

use connector_kit::{Error, Result};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub use activity::{Activity, Moved};
pub use cause::{Group, shape};
pub use connections::{Checked, SavedConnection};
pub use deploying::{Check, CheckOutcome, CheckedPart, Deploying, DeployingKind, DeployingState};
pub use deployments::{Deployment, DeploymentState, Version};
pub use history::{Keep, forget};
pub use intents::{Intent, IntentState};
pub(crate) use journal::new_run;
pub use journal::{Journal, Resumed, Settled, Settlement};
pub use known::{KnownRecord, Whereabouts};
pub use ledger::{Entry, Label, LedgerEntry};
pub use life::{LifeEvent, LifeWhat, Touch};
pub use page::{Order, Page, Place, Select};
pub use runs::{Counts, Problem, Run, RunSelect, RunStatus, Trigger};
pub use search::SearchIndex;
pub use set_aside::{Cause, SetAside, SetAsideState};
use settled::SettledBatch;
pub use steps::StepCounts;
pub use variables::{KeptVariable, StoredVariable};

/// The oldest SQLite this program trusts with its state: 3.7.0 to 3.51.2 can corrupt a WAL database that two
/// connections write or checkpoint at once (SQLite 3.51.3 release notes, "WAL-reset bug").
const SQLITE_FLOOR: i32 = 3_051_003;

/// The state database, opened for writing by the agent that holds the folder's lock.
#[derive(Clone)]
pub struct State {
    writer: tokio_rusqlite::Connection,
    file: PathBuf,
}

impl State {
    /// Opens the database, making or migrating it. Config: a newer program wrote it, or it is not ours.
    pub async fn open(file: &Path) -> Result<Self> {
        assert!(
            rusqlite::version_number() >= SQLITE_FLOOR,
            "SQLite {} is too old",
            rusqlite::version()
        );
        let path = file.to_owned();
        let connection = blocking(move || {
            let mut connection = Connection::open(&path).map_err(broken)?;
            configure(&connection)?;
            schema::migrate(&mut connection)?;
            Ok(connection)
        })
        .await?;
        Ok(Self {
            writer: connection.into(),
            file: file.to_owned(),
        })
    }

    /// Runs `work` in one durable transaction: all of it or nothing.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.writer
            .call(move |connection| transact(connection, work))
            .await
            .map_err(closed)
    }

    /// Runs `work` in one transaction that becomes durable with the next [`State::write`], at no cost of its own.
    /// A killed process takes nothing of it back; a power cut may take it back as a whole, so it is for what can
    /// be worked out again from what is durable already.
    pub async fn write_behind<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let done = self.writer.call(move |connection| {
            connection.execute_batch(BEHIND).map_err(broken)?;
            let done = transact(connection, work);
            connection.execute_batch(DURABLE).map_err(broken)?;
            done
        });
        done.await.map_err(closed)
    }

    /// Reads on the writer's connection: what the last `write` left, without a transaction of its own.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.writer
            .call(move |connection| work(connection))
            .await
            .map_err(closed)
    }

    /// A view for reading that never waits for the writer.
    pub fn view(&self) -> Result<View> {
        View::open(&self.file)
    }
}

/// The state database, read-only. Needs no lock; sees the last committed state.
pub struct View {
    connection: Connection,
}

impl View {
    /// Opens an existing database. Config when there is none or a newer program wrote it.
    pub fn open(file: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags).map_err(broken)?;
        connection
            .busy_timeout(std::time::Duration::from_secs(5))
            .map_err(broken)?;
        schema::refuse_newer(&connection)?;
        schema::refuse_older(&connection)?;
        Ok(Self { connection })
    }

    /// The connection, for the query functions of each table.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// A commit waits for the disk.
const DURABLE: &str = "PRAGMA synchronous = FULL";
/// A commit is in the log, which the next durable one takes to the disk.
const BEHIND: &str = "PRAGMA synchronous = NORMAL";

fn transact<T>(connection: &mut Connection, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(broken)?;
    let value = work(&transaction)?;
    transaction.commit().map_err(broken)?;
    Ok(value)
}

fn configure(connection: &Connection) -> Result<()> {
    let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
        PRAGMA cache_size = -1024; PRAGMA wal_autocheckpoint = 4000; PRAGMA mmap_size = 0;
        PRAGMA trusted_schema = OFF;";
    connection
        .busy_timeout(std::time::Duration::from_secs(5))
        .map_err(broken)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(pragmas).map_err(broken)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .expect("opening the state database does not panic")
}

fn closed(error: tokio_rusqlite::Error<Error>) -> Error {
    match error {
        tokio_rusqlite::Error::Error(error) => error,
        other => Error::bug(format!("the state database is closed: {other}")),
    }
}

/// A failure of the state database, by what the program does about it.
pub(crate) fn broken(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::unavailable("the disk that holds the data folder is full")
            .hint("Free some space. The run goes on where it stopped; nothing was sent without being noted.")
            .source(error),
        // Where no room is left for the file that readers share, SQLite says no more than this.
        Some(ErrorCode::SystemIoFailure) => {
            Error::unavailable("the disk that holds the data folder is full, or does not answer")
                .hint("Free some space and check the disk. The run goes on where it stopped.")
                .source(error)
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Error::unavailable("the state database is busy").source(error)
        }
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            Error::config(format!("the state database cannot be opened ({error})"))
                .hint("Check that this user may read and write the data folder.")
                .source(error)
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            Error::config("the state database is damaged")
                .hint(
                    "Keep the folder as it is and restore the newest backup with `processflow restore FILE`.",
                )
                .source(error)
        }
        _ => Error::bug(format!("the state database: {error}")).source(error),
    }
}
