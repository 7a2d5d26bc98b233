//! Tables and their migrations.
//!
//! `user_version` counts migrations. A database that a newer program wrote is refused, never downgraded.

use connector_kit::{Error, Result};
use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::broken;

const FIRST: &str = "
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE connection (
    name TEXT PRIMARY KEY,
    connector TEXT NOT NULL,
    settings TEXT NOT NULL,                  -- JSON, no secrets
    seal TEXT NOT NULL,                      -- where its secrets may be sent
    secrets TEXT NOT NULL,                   -- JSON: {field: when it was set}
    validation TEXT,                         -- JSON of the last check
    validated_at TEXT,
    changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A processflow on this agent. `id` names its checkpoints and stays over versions; `batch` numbers what was
-- settled; `epoch` fences checkpoints of a past that was taken back.
CREATE TABLE deployment (
    name TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'undeployed')),
    paused_until TEXT,
    epoch INTEGER NOT NULL DEFAULT 1,
    batch INTEGER NOT NULL DEFAULT 0,
    watermark TEXT,
    slot TEXT,                               -- the last schedule slot that was fired
    anchor TEXT NOT NULL                     -- where interval schedules count from
) STRICT, WITHOUT ROWID;

CREATE TABLE version (
    deployment TEXT NOT NULL REFERENCES deployment (id),
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    bindings TEXT NOT NULL,                  -- JSON: {alias: connection}
    author TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (deployment, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    processflow TEXT NOT NULL,
    deployment TEXT NOT NULL,
    version INTEGER NOT NULL,
    cause TEXT NOT NULL,                     -- what started it
    part INTEGER NOT NULL,                   -- over chosen records: does not move the watermark
    read_everything INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    read INTEGER NOT NULL DEFAULT 0,
    written INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    skipped TEXT NOT NULL DEFAULT '{}',      -- JSON: {reason: count}
    problem TEXT                             -- JSON of the error that ended it
) STRICT;
CREATE INDEX run_of ON run (processflow, number);
-- Never two runs of one processflow at once.
CREATE UNIQUE INDEX run_active ON run (deployment) WHERE status = 'Running';

-- The ledger: what became of each record of each run. Written at settle only.
CREATE TABLE record (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    source TEXT NOT NULL,
    labels TEXT NOT NULL,
    outcome INTEGER NOT NULL,
    detail TEXT,
    target TEXT
) STRICT;
CREATE INDEX record_of ON record (source);
CREATE INDEX record_in ON record (run, outcome);

-- Records set aside, with payload and cause, until a person or a later run settles them.
CREATE TABLE set_aside (
    number INTEGER PRIMARY KEY,
    processflow TEXT NOT NULL,
    deployment TEXT NOT NULL,
    source TEXT NOT NULL,
    labels TEXT NOT NULL,
    payload TEXT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('rejected', 'exhausted', 'unknown')),
    message TEXT NOT NULL,
    hint TEXT,
    tries INTEGER NOT NULL,
    run TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'settled', 'dismissed')),
    note TEXT
) STRICT;
CREATE UNIQUE INDEX set_aside_open ON set_aside (deployment, source) WHERE state = 'open';
CREATE INDEX set_aside_of ON set_aside (source);

-- Writes that cannot be undone: noted before they leave, kept until their record is settled.
CREATE TABLE intent (
    deployment TEXT NOT NULL,
    step TEXT NOT NULL,
    key TEXT NOT NULL,
    hash BLOB NOT NULL,
    row TEXT NOT NULL,                       -- JSON of the row, to look it up after its source forgot it
    source TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sending', 'unknown', 'applied')),
    id TEXT,
    answer TEXT,
    run TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (deployment, step, key)
) STRICT, WITHOUT ROWID;

-- changes_only: the hash of what was last written under a key.
CREATE TABLE fingerprint (
    deployment TEXT NOT NULL,
    step TEXT NOT NULL,
    key TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (deployment, step, key)
) STRICT, WITHOUT ROWID;

-- The one batch of a deployment that is written but not settled.
CREATE TABLE prepared (
    deployment TEXT PRIMARY KEY,
    batch INTEGER NOT NULL,
    settlement TEXT NOT NULL                 -- JSON
) STRICT, WITHOUT ROWID;
";

/// Where records went step by step, and how deployments came out.
const DEPLOYING: &str = "
ALTER TABLE run ADD COLUMN steps TEXT NOT NULL DEFAULT '[]';   -- JSON: what passed through each step

-- The deployment log.
CREATE TABLE deploying (
    number INTEGER PRIMARY KEY,
    processflow TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('Pending', 'Successful', 'Unsuccessful')),
    kind TEXT NOT NULL CHECK (kind IN ('deploy', 'rollback')),
    version INTEGER,
    before INTEGER,
    author TEXT NOT NULL,
    note TEXT,
    at TEXT NOT NULL,
    ended_at TEXT,
    checks TEXT NOT NULL                     -- JSON
) STRICT;
CREATE INDEX deploying_of ON deploying (processflow, number);
";

fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(FIRST), M::up(DEPLOYING)])
}

/// How many migrations this program knows.
const KNOWN: i64 = 2;

pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    refuse_newer(connection)?;
    migrations().to_latest(connection).map_err(|error| {
        Error::config(format!(
            "the state database could not be brought up to date ({error})"
        ))
        .hint("Nothing was changed. Start the version that wrote it, or restore a backup.")
    })
}

pub(super) fn refuse_newer(connection: &Connection) -> Result<()> {
    let version: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(broken)?;
    if version <= KNOWN {
        return Ok(());
    }
    Err(Error::config(format!(
        "the data folder was written by a newer version (state {version}, known {KNOWN})"
    ))
    .hint("Install that version again, or start with another data folder."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_apply_and_count() {
        migrations()
            .validate()
            .expect("every migration applies to an empty database");
        let mut connection = Connection::open_in_memory().expect("SQLite opens in memory");
        migrate(&mut connection).expect("a new database is migrated");
        let version: i64 = connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(
            version, KNOWN,
            "the number of known migrations is kept in step with the list"
        );
    }

    #[test]
    fn a_newer_database_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("PRAGMA user_version = 99").unwrap();
        let error = migrate(&mut connection).expect_err("it must not be touched");
        assert!(
            error.message.contains("newer version"),
            "the message says why: {error}"
        );
    }
}
