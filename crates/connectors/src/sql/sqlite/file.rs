//! Opening the file: where it lies, who makes it, and what is checked before anything is read or written.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use connector_kit::{Error, Result};
use rusqlite::Connection;

use super::dialect::{self, trouble};

/// The file of a connection.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// Where it is.
    pub(super) path: PathBuf,
    /// May be made when it is missing.
    pub(super) create: bool,
}

impl File {
    /// The file as people know it, for messages.
    pub(super) fn name(&self) -> String {
        self.path.file_name().map_or_else(
            || self.path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        )
    }

    /// Opens it for writing, making it where that is allowed.
    pub(super) fn open_to_write(&self) -> Result<Connection> {
        self.make_if_missing()?;
        // An empty file has no settings yet: they are ours to choose, once.
        let new = std::fs::metadata(&self.path).is_ok_and(|found| found.len() == 0);
        let connection =
            dialect::open_to_write(&self.path, new).map_err(|error| trouble(&self.name(), error))?;
        self.is_database(connection)
    }

    /// Opens it for reading alone. Never makes it.
    pub(super) fn open_to_read(&self) -> Result<Connection> {
        if !self.path.exists() {
            return Err(self.missing());
        }
        let connection = dialect::open_to_read(&self.path).map_err(|error| trouble(&self.name(), error))?;
        self.is_database(connection)
    }

    /// Reading its head is what tells a database from another file.
    fn is_database(&self, connection: Connection) -> Result<Connection> {
        dialect::journal_mode(&connection).map_err(|error| trouble(&self.name(), error))?;
        Ok(connection)
    }

    /// Makes the file, empty and for this account alone (orders are personal data), under its name in one step.
    fn make_if_missing(&self) -> Result<()> {
        if self.path.is_dir() {
            return Err(
                Error::config(format!("{} is a folder, not a database", self.path.display()))
                    .hint("Give `url` the name of a file: sqlite:erp.db"),
            );
        }
        if self.path.exists() {
            return Ok(());
        }
        let folder = self.folder();
        if !self.create || !folder.is_dir() {
            return Err(self.missing());
        }
        let made = tempfile::NamedTempFile::new_in(folder).and_then(|file| {
            match file.persist_noclobber(&self.path) {
                Err(taken) if taken.error.kind() != ErrorKind::AlreadyExists => Err(taken.error),
                _ => Ok(()),
            }
        });
        made.map_err(|error| {
            Error::config(format!("{} cannot be made ({error})", self.path.display()))
                .hint("Give the account that the agent runs under the right to write the folder.")
                .source(error)
        })
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// A folder that is not there may be a share that is not mounted: waiting can help. A missing file cannot
    /// come back by itself.
    fn missing(&self) -> Error {
        if !self.folder().is_dir() {
            return Error::unavailable(format!("the folder {} is not reachable", self.folder().display()))
                .hint("Check the path, and that the share is mounted for the account the agent runs under.");
        }
        Error::config(format!("there is no database {}", self.path.display())).hint(
            "Correct `url` of the connection, or set its `create` to true: then the agent makes the file.",
        )
    }
}
