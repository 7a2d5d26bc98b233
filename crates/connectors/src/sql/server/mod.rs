//! What database servers share: a login, one connection for a run's transaction, and the way rows get into tables.
//!
//! Rows are set down in a temporary table of the connection, with the columns of their table; from there a few
//! statements bring a whole batch where it belongs, and the server says which rows were there already. A batch that is
//! refused because of a row is taken back to its savepoint and tried again in halves, so a bad row fails alone.
//! What a kind of server says in its own way is a [`Link`].

mod login;
mod plan;
mod query;
mod refusals;
mod session;
mod statements;
mod write;

use std::sync::Arc;

use connector_kit::{Clock, Error, Fact, Held, OpenFor, Result, async_trait};
use serde_json::Value as Json;

pub use self::login::Tls;
use self::session::Writing;
pub(super) use self::{
    login::{CONNECT, LOCK, Login, QUERY, STATEMENT, in_time},
    statements::COUNTER,
};
use super::{
    Create, Kind,
    engine::{Engine, Work},
    query::{Cell, Selection, Taking},
    spool::Spool,
    table::Table,
};

/// A connection to a server, and how its kind says things.
#[async_trait]
pub(super) trait Link: Send + Sync + Sized + 'static {
    /// Begins a transaction.
    const BEGIN: &'static str;
    /// Makes the table of checkpoints where it is missing.
    const CHECKPOINT_TABLE: &'static str;
    /// Text may hold the character NUL.
    const HOLDS_NUL: bool;
    /// What true and false are as text.
    const TRUTH: [&'static str; 2];

    /// Connects, for writing or for reading alone.
    async fn connect(login: &Login, access: Access) -> Result<Self>;

    /// The other end is gone, or this one has broken off in the middle.
    fn is_closed(&self) -> bool;

    /// What the server says of itself.
    async fn facts(&mut self) -> Result<Vec<Fact>, Refusal>;

    /// Runs statements.
    async fn execute(&mut self, sql: &str) -> Result<(), Refusal>;

    /// Runs one statement with text bound to it; its rows, as text.
    async fn rows(&mut self, sql: &str, values: &[&str]) -> Result<Vec<Vec<Option<String>>>, Refusal>;

    /// Adds rows to a temporary table: a number, then a value for each column.
    async fn fill(&mut self, stage: &Stage, rows: &[Numbered<'_>]) -> Result<(), Refusal>;

    /// A table as the server describes it, with its name as statements say it. Err: Config for what is no table, or
    /// cannot keep the promises.
    async fn describe(&mut self, name: &str, database: &str) -> Result<Option<Described>>;

    /// Columns of a SELECT, each with what [`Link::bound`] wants to know of it.
    async fn columns(&mut self, sql: &str) -> Result<Vec<(String, String)>, Refusal>;

    /// Reads rows of a SELECT whose columns are said as [`Link::shown`] says them.
    async fn read(&mut self, sql: &str, values: &[Json], each: &mut Each<'_>) -> Result<Result<(), Refusal>>;

    /// A name in quotes.
    fn quoted(name: &str) -> String;

    /// A column of a SELECT that is read by [`Link::read`].
    fn shown(column: &str) -> String;

    /// The place of the `at`th bound value (from 1), compared with a column of this `hint`.
    fn bound(at: usize, hint: &str) -> String;

    /// The place of a bound instant, compared with a column of dates.
    fn bound_instant(at: usize) -> String;

    /// `CREATE TABLE` for a table of ours.
    fn create(table: &str, create: &Create, key: &[String]) -> String;

    /// Makes a temporary table with columns of another, and [`COUNTER`] before them.
    fn create_stage(stage: &str, target: &str, columns: &[String]) -> String;

    /// Said after a stage was filled, so that the server knows how many rows there are.
    fn counted(stage: &str) -> Option<String>;

    /// `t.X` and `s.X` are the same to the letter.
    fn same(column: &str, kind: &Kind) -> String;

    /// Sets columns of `t`, the target, to those of `s`, the stage, where they are joined; a condition may follow.
    fn update(target: &str, stage: &str, joined: &str, set: &[String]) -> String;

    /// Deletes rows of `t`, the target, that are joined to `s`, the stage; a condition may follow.
    fn delete(target: &str, stage: &str, joined: &str) -> String;

    /// What an INSERT says of a row whose key has come to be there meanwhile.
    fn on_conflict(key: &[String], set: &[String]) -> String;
}

/// Takes a row that was read. Err: it ends the reading.
pub(super) type Each<'e> = dyn FnMut(&[Cell]) -> Result<()> + Send + 'e;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Reading alone: nothing that a query says can change anything.
    Read,
    /// Writing.
    Write,
}

/// A temporary table of a connection.
pub(super) struct Stage {
    /// Its name, in quotes.
    pub(super) name: String,
    /// Its columns, in quotes, without [`COUNTER`].
    pub(super) columns: Vec<String>,
    /// What they keep.
    pub(super) kinds: Vec<Kind>,
}

/// A row of a stage: its number, and its values as text.
pub(super) type Numbered<'r> = (usize, &'r [Option<String>]);

/// A table as a server describes it.
pub(super) struct Described {
    pub(super) table: Table,
    /// Its name as statements say it.
    pub(super) target: String,
}

/// Why a server did not do something.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) error: Error,
    pub(super) because: Because,
}

/// What a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Because {
    /// A row: the others may be right.
    Row,
    /// A table that is not there.
    Absent,
    /// Anything else.
    Other,
}

/// A database on a server, spoken to by links of one kind.
pub(super) struct Servers<L> {
    login: Arc<Login>,
    clock: Arc<dyn Clock>,
    links: std::marker::PhantomData<fn() -> L>,
}

impl<L: Link> Servers<L> {
    /// The database behind a login.
    pub(super) fn new(login: Login, clock: Arc<dyn Clock>) -> Self {
        Self {
            login: Arc::new(login),
            clock,
            links: std::marker::PhantomData,
        }
    }
}

#[async_trait]
impl<L: Link> Engine for Servers<L> {
    async fn try_out(&self) -> Result<Vec<Fact>> {
        let mut link = L::connect(&self.login, Access::Write).await?;
        let mut facts = link.facts().await?;
        facts.push(Fact::new(
            "Encrypted",
            if self.login.encrypted { "yes" } else { "no" },
        ));
        Ok(facts)
    }

    async fn open(&self, purpose: OpenFor) -> Result<Box<dyn Work>> {
        let writing = Writing::<L>::new(self.login.clone(), self.clock.clone(), purpose).await?;
        Ok(Box::new(writing))
    }

    async fn look(&self, table: &str, key: &[String], limit: usize) -> Result<Held> {
        let mut link = L::connect(&self.login, Access::Read).await?;
        query::look(&mut link, &self.login.place(), table, key, limit).await
    }

    async fn select(&self, selection: Arc<Selection>, taking: Taking) -> Result<Spool> {
        let mut link = L::connect(&self.login, Access::Read).await?;
        query::select(&mut link, &selection, taking).await
    }
}
