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

/// What panels ask for without reading the ledger: when batches were settled, what came through hour by hour, why
/// records wait, and who did what with them.
const PANELS: &str = "
ALTER TABLE connection ADD COLUMN checked TEXT;      -- JSON of the last check, good or bad

-- When the records from `first` on were settled, up to the next line's.
CREATE TABLE settled (first INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT;

-- What was settled in each hour (UTC, '2026-11-21T10').
CREATE TABLE activity (
    hour TEXT NOT NULL,
    processflow TEXT NOT NULL,
    written INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    PRIMARY KEY (hour, processflow)
) STRICT, WITHOUT ROWID;
INSERT INTO activity SELECT substr(started_at, 1, 13), processflow, sum(written), sum(unchanged),
    sum(read - written - unchanged - failed), sum(failed) FROM run GROUP BY 1, 2;
CREATE INDEX run_with_failures ON run (number) WHERE failed > 0;

ALTER TABLE set_aside ADD COLUMN step TEXT;              -- the step it failed in
ALTER TABLE set_aside ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE set_aside ADD COLUMN trace TEXT;             -- JSON: rows and requests of the step it failed in
CREATE INDEX set_aside_cause ON set_aside (state, processflow, cause);

-- What people did with set-aside records.
CREATE TABLE touched (
    number INTEGER PRIMARY KEY,
    set_aside INTEGER NOT NULL,
    at TEXT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('edited', 'retried', 'dismissed')),
    note TEXT
) STRICT;
CREATE INDEX touched_of ON touched (set_aside);
";

/// Runs under way are asked for every few seconds, and are few among all that ever were.
const RUNNING: &str = "CREATE INDEX run_under_way ON run (number) WHERE status = 'Running';";

/// Batches know their run, their end and what became of their records. Records of a run are found by its batches, and
/// settling a record costs one index less. Records from before batches were noted count as one batch of their run.
const BATCHES: &str = "
CREATE TABLE batch (
    first INTEGER PRIMARY KEY,               -- the numbers of its records
    last INTEGER NOT NULL,
    run INTEGER NOT NULL,
    at TEXT NOT NULL,                        -- when it was settled
    written INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    failed INTEGER NOT NULL
) STRICT;
INSERT INTO batch
    SELECT min(number), max(number), run,
        coalesce((SELECT at FROM settled WHERE settled.first = known.first), run_at, ''),
        sum(outcome = 1), sum(outcome = 2), sum(outcome = 3), sum(outcome = 4)
    FROM (
        SELECT record.number, record.run, record.outcome, run.started_at AS run_at,
            (SELECT max(first) FROM settled WHERE first <= record.number) AS first
        FROM record LEFT JOIN run ON run.number = record.run
    ) AS known GROUP BY run, first;
DROP TABLE settled;
ALTER TABLE batch RENAME TO settled;
CREATE INDEX settled_in ON settled (run, first);
DROP INDEX record_in;
";

/// What processflows keep from one run to the next.
const VARIABLES: &str = "
CREATE TABLE variable (
    deployment TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,                     -- JSON; of an encrypted one its ciphertext
    encrypted INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (deployment, name)
) STRICT, WITHOUT ROWID;
";

/// What processflows look for that may be gone, and when they last did.
const KNOWN_RECORDS: &str = "
CREATE TABLE known (
    deployment TEXT NOT NULL,
    list TEXT NOT NULL,                      -- connection and action
    id TEXT NOT NULL,
    kept TEXT NOT NULL,                      -- JSON: the fields that are kept of it
    listed INTEGER NOT NULL,                 -- 0: it is there and not in the list; delivered as it is, not asked for again
    PRIMARY KEY (deployment, list, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE compared (
    deployment TEXT NOT NULL,
    list TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (deployment, list)
) STRICT, WITHOUT ROWID;
";

/// Records are found by the index in the cache, their ids too.
const RECORDS_BY_ID: &str = "DROP INDEX record_of;";

fn migrations() -> Migrations<'static> {
    Migrations::new(vec![
        M::up(FIRST),
        M::up(DEPLOYING),
        M::up_with_hook(PANELS, |on: &rusqlite::Transaction<'_>| {
            super::cause::name_all(on).map_err(Into::into)
        }),
        M::up(RUNNING),
        M::up(BATCHES),
        M::up(VARIABLES),
        M::up(KNOWN_RECORDS),
        M::up(RECORDS_BY_ID),
    ])
}

/// How many migrations this program knows.
const KNOWN: i64 = 8;

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

/// A reader changes nothing, so it cannot read what an older program left.
pub(super) fn refuse_older(connection: &Connection) -> Result<()> {
    let version: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(broken)?;
    if version == 0 || version >= KNOWN {
        return Ok(());
    }
    Err(
        Error::config("the data folder was written by an older version and is not brought up to date yet")
            .hint("Start the agent once (`processflow serve`, or any run): it does so, and nothing is lost."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Order, Select};

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
    fn history_of_the_version_before_is_carried_over() {
        let mut on = Connection::open_in_memory().unwrap();
        Migrations::new(vec![M::up(FIRST)]).to_latest(&mut on).unwrap();
        on.execute_batch(
            "INSERT INTO run (id, processflow, deployment, version, cause, part, status, started_at, read, written,
                failed, skipped) VALUES ('r', 'flow', 'd', 1, 'manual', 0, 'Successful', '2026-11-21T10:59:59Z',
                10, 6, 1, '{\"no\":3}');
            INSERT INTO set_aside (processflow, deployment, source, labels, payload, class, message, tries, run,
                first_at, last_at, state) VALUES ('flow', 'd', '7', '', '{}', 'rejected', 'row 7: no', 1, 'r',
                '2026-11-21T10:59:59Z', '2026-11-21T10:59:59Z', 'open');",
        )
        .unwrap();
        assert!(refuse_older(&on).is_err(), "a reader says so");
        migrate(&mut on).unwrap();
        let activity: (String, u64, u64) = on
            .query_row("SELECT hour, written, skipped FROM activity", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap();
        assert_eq!(activity, ("2026-11-21T10".to_owned(), 6, 3), "the plot shows it");
        let cause: String = on
            .query_row("SELECT cause FROM set_aside", [], |row| row.get(0))
            .unwrap();
        assert!(!cause.is_empty(), "it has a group");
    }

    #[test]
    fn batches_of_the_version_before_know_their_runs() {
        let mut on = Connection::open_in_memory().unwrap();
        let before = vec![M::up(FIRST), M::up(DEPLOYING), M::up(PANELS), M::up(RUNNING)];
        Migrations::new(before).to_latest(&mut on).unwrap();
        // Two runs side by side; the first three records are older than the notes of batches.
        on.execute_batch(
            "INSERT INTO run (number, id, processflow, deployment, version, cause, part, status, started_at, read)
                VALUES (1, 'a', 'one', 'd1', 1, 'manual', 0, 'Successful', '2026-01-01T00:00:00Z', 3),
                (2, 'b', 'two', 'd2', 1, 'manual', 0, 'Successful', '2026-01-02T00:00:00Z', 3);
            INSERT INTO record (number, run, source, labels, outcome) VALUES
                (1, 1, 'x', '', 1), (2, 2, 'x', '', 4), (3, 1, 'x', '', 3),
                (4, 2, 'x', '', 1), (5, 2, 'x', '', 4), (6, 1, 'x', '', 2);
            INSERT INTO settled (first, at) VALUES (4, '2026-01-03T00:00:00Z'), (6, '2026-01-04T00:00:00Z');",
        )
        .unwrap();
        migrate(&mut on).unwrap();
        let sql = "SELECT format('%d-%d of %d at %s: %d %d %d %d', first, last, run, substr(at, 6, 5),
            written, unchanged, skipped, failed) FROM settled ORDER BY first";
        let mut query = on.prepare(sql).unwrap();
        let batches = query.query_map([], |row| row.get(0)).unwrap();
        let batches: Vec<String> = batches.map(Result::unwrap).collect();
        assert_eq!(
            batches,
            [
                "1-3 of 1 at 01-01: 1 0 1 0",
                "2-2 of 2 at 01-02: 0 0 0 1",
                "4-5 of 2 at 01-03: 1 0 0 1",
                "6-6 of 1 at 01-04: 0 1 0 0",
            ]
        );
        let run_1 = Select {
            run: Some(1),
            ..Select::default()
        };
        let (mut after, mut numbers) = (None, Vec::new());
        loop {
            let page = run_1.page(&on, Order::NewestFirst, after, 1).unwrap();
            numbers.extend(page.entries.iter().map(|entry| entry.number));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(numbers, [6, 3, 1], "though their numbers lie among another's");
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
