//! What servers refuse in codes of their own, in words of ours. A server's own messages name values of records, so only
//! names are taken from them.

use connector_kit::{Error, Kind};

use super::{Because, Refusal};

/// Nothing is lost, and nobody has to do anything.
const AGAIN: &str = "Nothing is lost: the batch was taken back and is written again.";
const CORRECT: &str = "Correct the value or the mapping, then send the record again.";

impl Refusal {
    fn of_row(why: impl Into<String>, hint: &str) -> Self {
        Self {
            error: Error::rejected(why).hint(hint),
            because: Because::Row,
        }
    }

    /// About anything but a row.
    pub(in crate::sql) fn other(error: Error) -> Self {
        Self {
            error,
            because: Because::Other,
        }
    }

    /// The other end did not answer in time.
    pub(in crate::sql) fn late(database: &str) -> Self {
        Self::other(
            Error::unavailable(format!("{database} did not answer in time"))
                .hint("Nothing is lost: what was under way is taken back and done again."),
        )
    }

    /// The connection is gone.
    pub(in crate::sql) fn broken_off(database: &str) -> Self {
        Self::other(
            Error::unavailable(format!("the connection to {database} broke off"))
                .hint("Nothing is lost: what was under way is taken back and done again."),
        )
    }

    /// A lock, a deadlock, a snapshot that is too old.
    pub(in crate::sql) fn contended(database: &str) -> Self {
        Self::other(
            Error::unavailable(format!("another program changes the same rows of {database}")).hint(AGAIN),
        )
    }

    /// The server's limit of time for a statement.
    pub(in crate::sql) fn too_slow(database: &str) -> Self {
        Self::other(
            Error::unavailable(format!(
                "{database} took too long over a statement and stopped it"
            ))
            .hint("Look for a missing index, or for a program that holds locks. The batch was taken back."),
        )
    }

    /// No room.
    pub(in crate::sql) fn disk_full(database: &str) -> Self {
        Self::other(
            Error::unavailable(format!("the disk of {database} is full"))
                .hint("Free space there; the run goes on by itself. The batch was taken back."),
        )
    }

    /// Too many connections.
    pub(in crate::sql) fn crowded(database: &str) -> Self {
        Self::other(
            Error::unavailable(format!("{database} takes no more connections at the moment"))
                .hint("Close some, or raise `max_connections`. The agent tries again."),
        )
    }

    /// It ends, or begins.
    pub(in crate::sql) fn going(database: &str) -> Self {
        Self::other(
            Error::unavailable(format!("{database} is shutting down or closed the connection")).hint(AGAIN),
        )
    }

    /// The account lacks a right. `temporary` is the one that stages need.
    pub(in crate::sql) fn forbidden(database: &str, temporary: &str) -> Self {
        Self::other(
            Error::config(format!("the account may not do that in {database}")).hint(format!(
                "GRANT it what it needs: SELECT, INSERT, UPDATE and DELETE on the tables, {temporary} on the database, \
                 and CREATE for tables that the agent makes."
            )),
        )
    }

    /// Writing is closed.
    pub(in crate::sql) fn read_only(database: &str) -> Self {
        Self::other(
            Error::config(format!("{database} can only be read")).hint(
                "It is a replica, or the account is read-only: connect to the server that takes writes.",
            ),
        )
    }

    /// A statement that is wrong.
    pub(in crate::sql) fn statement(database: &str, said: &str, because: Because) -> Self {
        Self {
            error: Error::config(format!("{database} refused a statement: {said}"))
                .hint("Check the table, its columns and, in a query, the SQL."),
            because,
        }
    }

    /// An empty value where there must be one.
    pub(in crate::sql) fn empty(column: &str) -> Self {
        Self::of_row(
            format!("column {column} must not be empty"),
            "Map a value to it, or skip such records with a rule.",
        )
    }

    /// A value that another row has.
    pub(in crate::sql) fn doubled(constraint: &str) -> Self {
        Self::of_row(
            format!("another row has the same {constraint} already"),
            "The record may be there under another key; compare both rows.",
        )
    }

    /// A reference that leads nowhere.
    pub(in crate::sql) fn dangling() -> Self {
        Self::of_row(
            "it refers to a row of another table that is not there, or another row refers to it",
            "Write the other table first, in the same processflow, or add the row it refers to.",
        )
    }

    /// A rule of the table.
    pub(in crate::sql) fn ruled_out(constraint: &str) -> Self {
        Self::of_row(
            format!("a rule of the table refuses it ({constraint})"),
            "Compare the row's values with the rule.",
        )
    }

    /// A rule that somebody programmed (a trigger), in its own words.
    pub(in crate::sql) fn forbidden_by_trigger(words: &str) -> Self {
        Self::of_row(format!("the table's own program refuses it: {words}"), CORRECT)
    }

    /// A text that does not fit. `column` is empty, or names it.
    pub(in crate::sql) fn too_long(column: &str) -> Self {
        Self::of_row(
            format!("the value{column} is longer than the column holds"),
            "Shorten it in the `map`, or widen the column.",
        )
    }

    /// A number that does not fit.
    pub(in crate::sql) fn too_large(column: &str) -> Self {
        Self::of_row(
            format!("the number{column} is larger than the column holds"),
            CORRECT,
        )
    }

    /// Any other value that does not fit; `code` is the server's.
    pub(in crate::sql) fn unfit(column: &str, code: &str) -> Self {
        Self::of_row(format!("the table refuses the value{column} ({code})"), CORRECT)
    }

    /// The same, because of this. What a server says of a row holds the row's values, which belong into no log.
    pub(in crate::sql) fn source(self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        if self.because == Because::Row {
            return self;
        }
        Self {
            error: self.error.source(source),
            ..self
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal.because {
            // A refusal of one row that cannot be told from the others is about the table.
            Because::Row => Self {
                kind: Kind::Config,
                ..refusal.error
            },
            _ => refusal.error,
        }
    }
}
