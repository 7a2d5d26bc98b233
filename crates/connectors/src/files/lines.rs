//! What the two formats have in common when they are read: records one by one, and what an illegible one says.

use std::borrow::Cow;

use connector_kit::{Error, Raw, Record, Result};

use super::text::Place;

/// A format of files, with its parameters.
pub(super) trait Format: Send + Sync {
    /// Opens a file of that name at a place, or at its beginning.
    fn open(&self, file: std::fs::File, name: &str, from: Option<Place>) -> Result<Box<dyn Lines>>;
}

/// The records of one file.
pub(super) trait Lines: Send {
    /// The next record; an illegible one is a record too. `Err` when the file cannot be read on.
    fn next(&mut self) -> Result<Option<Record>>;
    /// Where the next record begins.
    fn place(&self) -> Place;
}

/// A record that could not be made sense of: where, why, what to do, and what was legible of it.
pub(super) fn illegible(file: &str, line: u64, why: &str, hint: &str, legible: Raw) -> Record {
    let error = Error::rejected(format!("{file} line {line}: {why}")).hint(hint);
    Record {
        unreadable: Some(Box::new(error)),
        ..Record::new(format!("{file}:{line}"), legible)
    }
}

/// What is legible of a line, at most 64 KiB of it.
pub(super) fn legible(line: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(&line[..line.len().min(64 << 10)])
}
