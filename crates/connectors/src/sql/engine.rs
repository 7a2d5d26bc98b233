//! What an engine does for the actions: SQLite, PostgreSQL and MySQL each in a folder of their own.

use std::sync::Arc;

use connector_kit::{
    Checkpoint, Error, Fact, Held, OpenFor, Outcome, Result, Row, Session, WriteStep, async_trait,
};

use super::{
    query::{Selection, Taking},
    spool::Spool,
    wish::Wish,
};

/// A database of one engine, not yet opened.
#[async_trait]
pub(super) trait Engine: Send + Sync {
    /// Tries it, with the code that runs use.
    async fn try_out(&self) -> Result<Vec<Fact>>;

    /// Opens it for the write steps of a deployment.
    async fn open(&self, purpose: OpenFor) -> Result<Box<dyn Work>>;

    /// Rows of `table`, those with the largest `key` first, read on a connection of its own that changes nothing. No
    /// rows while the table is not there yet.
    async fn look(&self, table: &str, key: &[String], limit: usize) -> Result<Held>;

    /// Runs a SELECT on a connection that changes nothing, and sets its rows down. Dropping the future stops it.
    async fn select(&self, selection: Arc<Selection>, taking: Taking) -> Result<Spool>;
}

/// One transaction at a time on a database: it begins with the first row of a batch and ends with its commit.
#[async_trait]
pub(super) trait Work: Send {
    /// See [`Session::resume`]: on a connection that knows nothing of the one before.
    async fn resume(&mut self) -> Result<Option<Checkpoint>>;

    /// Takes the transaction back.
    async fn undo(&mut self) -> Result<()>;

    /// Writes the checkpoint into the transaction and ends it. Err: it was taken back, or nobody knows.
    async fn commit(&mut self, at: &Checkpoint) -> Result<()>;

    /// Works out how a step's rows are written, making the table where its `create` allows it.
    async fn ready(&mut self, step: &Arc<str>, wish: Wish) -> Result<()>;

    /// Writes rows of a step that is ready; an outcome each. Err: the transaction was taken back.
    async fn write(&mut self, step: &Arc<str>, rows: &[Row]) -> Result<Vec<Outcome>>;

    /// A disk that is full, for tests.
    #[cfg(test)]
    async fn fill_disk(&mut self, _full: bool) {}
}

/// What a run holds open on a database.
pub struct Open {
    work: Box<dyn Work>,
    /// The transaction was given up in the middle of a batch: nothing more goes into it until it is undone.
    given_up: bool,
}

impl Open {
    /// See [`Work`].
    pub(super) fn of(work: Box<dyn Work>) -> Self {
        Self {
            work,
            given_up: false,
        }
    }

    /// See [`Work::ready`].
    pub(super) async fn ready(&mut self, step: &WriteStep, wish: Wish) -> Result<()> {
        self.work.ready(&step.id, wish).await
    }

    /// See [`Work::write`].
    pub(super) async fn write(&mut self, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        self.usable()?;
        // A write that is broken off in the middle has given the batch up as well.
        self.given_up = true;
        let written = self.work.write(&step.id, rows).await;
        self.given_up = written.is_err();
        written
    }

    #[cfg(test)]
    pub(super) async fn fill_disk(&mut self, full: bool) {
        self.work.fill_disk(full).await;
    }

    fn usable(&self) -> Result<()> {
        if self.given_up {
            return Err(Error::bug("the batch was taken back and is being written on"));
        }
        Ok(())
    }
}

#[async_trait]
impl Session for Open {
    async fn resume(&mut self) -> Result<Option<Checkpoint>> {
        let there = self.work.resume().await?;
        self.given_up = false;
        Ok(there)
    }

    async fn undo(&mut self) -> Result<()> {
        self.work.undo().await?;
        self.given_up = false;
        Ok(())
    }

    async fn commit(&mut self, at: &Checkpoint) -> Result<()> {
        self.usable()?;
        self.given_up = true;
        let committed = self.work.commit(at).await;
        self.given_up = committed.is_err();
        committed
    }
}

/// A step that was written to before it was ready.
pub(super) fn unready(step: &str) -> Error {
    Error::bug(format!("step {step} was written to before it was ready"))
}

/// Somebody else went on from where this agent stands.
pub(super) fn fenced(database: &str) -> Error {
    Error::config(format!(
        "in {database} this processflow has come further than this agent knows"
    ))
    .hint(
        "Another agent, or the original of a restored copy, went on here. Stop one of the two; then move the \
         watermark of this one, or deploy the processflow anew.",
    )
}
