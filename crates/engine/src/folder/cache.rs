//! What costs a request to learn and may be forgotten at any instant: a small SQLite file that several processes
//! share.
//!
//! Nothing here may ever fail a run: a cache that is damaged, locked or full is a cache that knows nothing.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use connector_kit::Cache;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use crate::os;

const FILE: &str = "lookups.db";
/// Pages of 4 KiB: 64 MiB, some hundred thousand look-ups.
const MOST_PAGES: u32 = 16 * 1024;

/// The cache of a data folder.
pub struct LookupCache {
    path: PathBuf,
    open: Mutex<Option<Connection>>,
}

impl LookupCache {
    /// The cache in this folder. One that cannot be opened keeps nothing.
    pub fn open(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let open = connect(&path).or_else(|_| {
            remove(&path);
            connect(&path)
        });
        Self {
            path,
            open: Mutex::new(open.ok()),
        }
    }

    /// Looks something up without changing anything, for those who only look.
    pub(crate) fn peek(folder: &Path, key: &str) -> Option<String> {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(folder.join(FILE), flags).ok()?;
        db.busy_timeout(Duration::from_millis(20)).ok()?;
        let value = db.query_row("SELECT value FROM kept WHERE key = ?1", [key], |row| row.get(0));
        value.ok()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.with(forget);
    }

    /// Forgets everything in the cache of that folder, whoever else has it open.
    pub(super) fn clear_in(folder: &Path) {
        if folder.join(FILE).exists() {
            Self::open(folder).clear();
        }
    }

    /// True for the files of the look-ups' database.
    pub(super) fn is_file(name: &OsStr) -> bool {
        name.to_str().is_some_and(|name| name.starts_with(FILE))
    }

    fn with<T>(&self, job: impl Fn(&Connection) -> rusqlite::Result<T>) -> Option<T> {
        // A panic elsewhere cannot leave a connection half used: each job is one statement.
        let mut open = self
            .open
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let error = match job(open.as_ref()?) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        match error.sqlite_error_code() {
            // Full: begin anew, the newest look-ups are the useful ones.
            Some(ErrorCode::DiskFull) => {
                forget(open.as_ref()?).ok()?;
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                *open = None;
                remove(&self.path);
                *open = connect(&self.path).ok();
            }
            _ => {}
        }
        None
    }
}

impl Cache for LookupCache {
    fn get(&self, key: &str) -> Option<String> {
        self.with(|db| {
            let mut find = db.prepare_cached("SELECT value FROM kept WHERE key = ?1")?;
            find.query_row([key], |row| row.get(0)).optional()
        })?
    }

    fn put(&self, key: &str, value: &str) {
        self.with(|db| {
            let mut keep = db.prepare_cached("INSERT OR REPLACE INTO kept (key, value) VALUES (?1, ?2)")?;
            keep.execute(params![key, value])
        });
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    os::touch_private(path).map_err(|_| rusqlite::Error::InvalidPath(path.to_owned()))?;
    let db = Connection::open(path)?;
    // A cache that makes a run wait is worse than none.
    db.busy_timeout(Duration::from_millis(250))?;
    // WAL survives a killed process; a power cut may damage it, and then it is made anew.
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "OFF")?;
    db.pragma_update(None, "max_page_count", MOST_PAGES)?;
    db.execute_batch(
        "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT",
    )?;
    Ok(db)
}

fn forget(db: &Connection) -> rusqlite::Result<()> {
    db.execute("DELETE FROM kept", [])?;
    // Giving the space back waits for nobody: readers may be at work.
    drop(db.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)"));
    Ok(())
}

fn remove(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(end);
        drop(std::fs::remove_file(file));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_cache_is_made_anew() {
        let folder = tempfile::tempdir().expect("temp folder");
        std::fs::write(folder.path().join(FILE), vec![7; 8192]).expect("is written");
        let cache = LookupCache::open(folder.path());
        assert_eq!(cache.get("a"), None, "a damaged cache knows nothing");
        cache.put("a", "1");
        assert_eq!(cache.get("a").as_deref(), Some("1"), "and learns again");
    }

    #[test]
    fn what_one_process_learned_another_knows() {
        let folder = tempfile::tempdir().expect("temp folder");
        let (one, two) = (LookupCache::open(folder.path()), LookupCache::open(folder.path()));
        one.put("email:a@example.com", "17");
        one.put("email:a@example.com", "18");
        assert_eq!(
            two.get("email:a@example.com").as_deref(),
            Some("18"),
            "the last value counts"
        );
    }

    #[test]
    fn a_cache_without_a_folder_keeps_nothing_and_fails_nothing() {
        let cache = LookupCache::open(Path::new("/nowhere/at/all"));
        cache.put("a", "1");
        assert_eq!(cache.get("a"), None, "a run goes on without it");
    }
}
