//! SQLite's error codes as sentences: what happened, what it means for the data, one next step.

use connector_kit::Error;
use rusqlite::{ErrorCode, ffi};

/// The refusal of one row, which leaves the transaction as it was.
pub(in crate::sql::sqlite) fn is_of_one_row(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig)
    )
}

/// What the program and a person should know of it. `file` is the database as people know it.
pub(in crate::sql::sqlite) fn trouble(file: &str, error: rusqlite::Error) -> Error {
    let said = said(&error);
    let sentence = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
            Error::unavailable(format!("{file} is being used by another program"))
                .hint("Nothing is lost: the batch was taken back and is written again when the file is free.")
        }
        Some(ErrorCode::DiskFull) => Error::unavailable(format!("the disk of {file} is full"))
            .hint("Nothing is lost: the batch was taken back. Free space there; the run goes on by itself."),
        Some(ErrorCode::SystemIoFailure) => {
            Error::unavailable(format!("{file} could not be read or written ({said})"))
                .hint("Check the disk or the network share it lies on. The batch was taken back.")
        }
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Error::config(format!(
            "{file} cannot be opened ({said})"
        ))
        .hint(
            "Give the account that the agent runs under the right to read and write the file and its folder.",
        ),
        Some(ErrorCode::ReadOnly) => Error::config(format!("{file} cannot be written: it is read-only"))
            .hint("Give the account that the agent runs under the right to write the file and its folder."),
        Some(ErrorCode::NotADatabase) => Error::config(format!("{file} is not a SQLite database"))
            .hint("Check `url` of the connection; an encrypted database cannot be read."),
        Some(ErrorCode::DatabaseCorrupt) => Error::config(format!("{file} is damaged ({said})"))
            .hint("Restore it from a backup; the run goes on from what the backup holds."),
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig) => {
            row_refused(&error, &said)
        }
        Some(ErrorCode::OperationInterrupted) => Error::unavailable(format!("reading {file} was stopped")),
        _ => Error::config(format!("{file} refused a statement: {said}"))
            .hint("Check the table, its columns and, in a query, the SQL."),
    };
    sentence.source(error)
}

fn row_refused(error: &rusqlite::Error, said: &str) -> Error {
    let detail = said.split_once(": ").map_or(said, |(_, detail)| detail);
    let extended = error.sqlite_error().map_or(0, |error| error.extended_code);
    match extended {
        ffi::SQLITE_CONSTRAINT_NOTNULL => Error::rejected(format!("column {detail} must not be empty"))
            .hint("Map a value to it, or skip such records with a rule."),
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            Error::rejected(format!("another row has this {detail} already"))
                .hint("The record may be there under another key; compare both rows.")
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => {
            Error::rejected("it refers to a row of another table that is not there".to_owned())
                .hint("Write the other table first, in the same processflow, or add the row it refers to.")
        }
        ffi::SQLITE_CONSTRAINT_CHECK => Error::rejected(format!("a rule of the table refuses it ({detail})"))
            .hint("Compare the row's values with the table's CHECK."),
        _ => Error::rejected(format!("the table refuses it ({detail})")),
    }
}

/// SQLite's own words without the statement, which may hold values.
fn said(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(said)) => said.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}
