//! How SQLite says it: quoting, types, statements, settings, errors. Nothing else in this folder holds SQL.

mod errors;
mod statements;

use std::time::Duration;

use connector_kit::Value;
use rusqlite::{
    Connection, OpenFlags, ToSql,
    config::DbConfig,
    ffi,
    limits::Limit,
    types::{ToSqlOutput, ValueRef},
};

pub(super) use errors::{is_of_one_row, trouble};
pub(super) use statements::{
    BEGIN, CHECKPOINT_TABLE, COLUMNS, COMMIT, GROUP, GROUP_DONE, GROUP_UNDO, INDEX_COLUMNS, INDEXES, OBJECT,
    READ_CHECKPOINT, ROLLBACK, WRITE_CHECKPOINT, clear, count, create, delete_row, insert, insert_or_nothing,
    keys_of, last_rows, selection, unique_index, update_row, upsert,
};

use crate::sql::column::{Digits, Kind, parts};

/// How long SQLite itself waits for a lock.
const PATIENCE: Duration = Duration::from_secs(5);

/// Pages of a file that we make: large, because records are (performance.md: 69,000 rows a second become
/// 117,000).
const OWN_PAGE: u32 = 16_384;

/// Opens for writing. A file that is there keeps its journal mode and page size: it is the merchant's.
pub(super) fn open_to_write(path: &std::path::Path, new: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    if new {
        connection.pragma_update(None, "page_size", OWN_PAGE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
    }
    // `fullfsync` is what macOS needs to reach the disk; elsewhere it does nothing. `temp_store`: what a savepoint may have to
    // restore stays in memory, and lies in no file for all.
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; \
         PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY;",
    )?;
    let page: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    if page == OWN_PAGE {
        // 32 MiB of log between checkpoints, and given back afterwards.
        connection
            .execute_batch("PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 33554432;")?;
    }
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Opens for reading alone: nothing that a query or a hostile file says can change anything.
///
/// A program that was killed while writing leaves a journal that must be rolled back before anybody can read;
/// that takes the right to write, once.
pub(super) fn open_to_read(path: &std::path::Path) -> rusqlite::Result<Connection> {
    let opened = read_only(path);
    match &opened {
        Err(rusqlite::Error::SqliteFailure(error, _))
            if matches!(
                error.extended_code,
                ffi::SQLITE_READONLY_ROLLBACK | ffi::SQLITE_READONLY_RECOVERY
            ) =>
        {
            schema_version(&open_to_write(path, false)?)?;
            read_only(path)
        }
        _ => opened,
    }
}

fn read_only(path: &std::path::Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection
        .execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4096;")?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    schema_version(&connection)?;
    Ok(connection)
}

/// Reads the file's head: the first thing that needs a database to be there, whole and not locked.
fn schema_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "schema_version", |row| row.get(0))
}

/// The engine's version.
pub(super) fn version() -> &'static str {
    rusqlite::version()
}

/// The journal mode of an open file.
pub(super) fn journal_mode(connection: &Connection) -> rusqlite::Result<String> {
    connection.pragma_query_value(None, "journal_mode", |row| row.get(0))
}

/// The declared type of a column we make. Decimals are declared so that SQLite keeps their digits as text: a
/// column declared DECIMAL would keep binary numbers, and 12.50 would come back as 12.5.
fn declared(kind: &Kind) -> String {
    match kind {
        Kind::Text(Some(most)) => format!("VARCHAR({most})"),
        Kind::Integer => "INTEGER".to_owned(),
        Kind::Decimal(Some(digits)) => format!("DECIMAL_TEXT({},{})", digits.precision, digits.scale),
        Kind::Decimal(None) => "DECIMAL_TEXT".to_owned(),
        Kind::Boolean => "BOOLEAN".to_owned(),
        _ => "TEXT".to_owned(),
    }
}

/// What a declaration means, by SQLite's own rules of affinity (sqlite.org/datatype3.html, 3.1). SQLite ignores
/// the lengths; we do not.
pub(super) fn kind_of(declaration: &str) -> Kind {
    let (name, arguments) = parts(declaration);
    let digits = match arguments[..] {
        [precision, scale] => Some(Digits { precision, scale }),
        [precision] => Some(Digits { precision, scale: 0 }),
        _ => None,
    };
    let any = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match () {
        () if any(&["decimal_text"]) => Kind::Decimal(digits),
        () if any(&["int"]) => Kind::Integer,
        () if any(&["char", "clob", "text"]) => {
            Kind::Text(arguments.first().copied().filter(|most| *most > 0))
        }
        () if any(&["blob"]) || name.is_empty() => Kind::Any,
        () if any(&["real", "floa", "doub"]) => Kind::Number(None),
        () if any(&["bool"]) => Kind::Boolean,
        () if any(&["dec", "num", "money"]) => Kind::Number(digits),
        () => Kind::Loose,
    }
}

/// A value as SQLite stores it: truth as 1 and 0, decimals and JSON as text.
pub(super) struct Bound<'v>(pub(super) &'v Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Bool(yes) => ValueRef::Integer((*yes).into()),
            Value::Integer(whole) => ValueRef::Integer(*whole),
            Value::Decimal(decimal) => ValueRef::Text(decimal.as_str().as_bytes()),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Json(raw) => ValueRef::Text(raw.as_str().as_bytes()),
        }))
    }
}
