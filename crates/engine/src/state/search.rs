//! An index over the ids and the other names of records, so that a part of one finds its records at once however long the
//! history.
//!
//! It lies in the cache: it can be cleared at any instant, is filled while no run is under way, and whoever looks reads
//! what is not in it yet the slow way. It only proposes; what the ledger says decides. So what it knows too much does no
//! harm, and what it might know too little of (another history stands in its place) makes it useless as a whole. The
//! ledger has no such index of its own: a run would pay for it with every record.

use std::path::{Path, PathBuf};

use connector_kit::Result;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::broken;
use crate::os;

const FILE: &str = "search.db";

/// Records that are taken in at once: some tens of milliseconds.
const PORTION: i64 = 2_000;

/// Letters that the index can tell apart; a shorter text is looked for the slow way.
const LEAST: usize = 3;

/// An index of an earlier version has another table in place of `known_by`, and counts as damaged.
const TABLES: &str = "
    CREATE VIRTUAL TABLE known_by USING fts5(text, content='', columnsize=0, tokenize='trigram');
    CREATE TABLE place (one INTEGER PRIMARY KEY CHECK (one = 1), first INTEGER NOT NULL, last INTEGER NOT NULL,
        run TEXT NOT NULL, source TEXT NOT NULL) STRICT;";

/// The index of a data folder.
#[derive(Clone, Debug)]
pub struct SearchIndex {
    file: PathBuf,
}

/// How far the index has come, and how to know that it is of this history.
struct Place {
    first: i64,
    last: i64,
    run: String,
    source: String,
}

/// The index, opened by one who looks.
pub(super) struct Opened {
    index: Connection,
    /// The last record that is in it.
    pub(super) last: i64,
}

impl SearchIndex {
    /// The index in the cache folder.
    pub fn of(cache: &Path) -> Self {
        Self {
            file: cache.join(FILE),
        }
    }

    /// Takes in the next records; whether there may be more. To be called while no run is under way: what a power cut
    /// could take back must not be in it.
    pub fn fill(&self, ledger: &Connection) -> Result<bool> {
        let Ok(mut index) = self.open_to_fill() else {
            // A cache that cannot be written knows nothing.
            return Ok(false);
        };
        let place = match place(&index) {
            Some(place) if place.stands(ledger)? && !place.is_stale(ledger)? => Some(place),
            Some(_) => {
                self.remove();
                return Ok(true);
            }
            None => None,
        };
        let after = place.as_ref().map_or(0, |place| place.last);
        let taken = take_in(&mut index, ledger, place, after);
        taken.or_else(|error| match error {
            Trouble::Ledger(error) => Err(error),
            Trouble::Index => {
                self.remove();
                Ok(false)
            }
        })
    }

    /// Opens it for a look; `None` where it is not there, busy, damaged, or of another history.
    pub(super) fn look(&self, ledger: &Connection, text: &str) -> Result<Option<Opened>> {
        if text.chars().count() < LEAST || text.contains('\0') {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let Ok(index) = Connection::open_with_flags(&self.file, flags) else {
            return Ok(None);
        };
        if index.busy_timeout(std::time::Duration::from_millis(200)).is_err() {
            return Ok(None);
        }
        Ok(match place(&index) {
            Some(place) if place.stands(ledger)? => Some(Opened {
                index,
                last: place.last,
            }),
            _ => None,
        })
    }

    fn open_to_fill(&self) -> rusqlite::Result<Connection> {
        os::touch_private(&self.file).map_err(|_| rusqlite::Error::InvalidPath(self.file.clone()))?;
        let index = Connection::open(&self.file)?;
        index.busy_timeout(std::time::Duration::from_secs(1))?;
        let there = index.query_row(
            "SELECT count(*) FROM sqlite_schema WHERE name = 'place'",
            [],
            |row| row.get::<_, i64>(0),
        );
        match there {
            Ok(0) => index.execute_batch(TABLES)?,
            Ok(_) => {}
            Err(error) => {
                self.remove();
                return Err(error);
            }
        }
        Ok(index)
    }

    /// It is made anew the next time.
    fn remove(&self) {
        for end in ["", "-journal"] {
            let mut file = self.file.as_os_str().to_owned();
            file.push(end);
            drop(std::fs::remove_file(file));
        }
    }
}

enum Trouble {
    Ledger(connector_kit::Error),
    Index,
}

impl From<rusqlite::Error> for Trouble {
    fn from(_: rusqlite::Error) -> Self {
        Self::Index
    }
}

fn take_in(
    index: &mut Connection,
    ledger: &Connection,
    place: Option<Place>,
    after: i64,
) -> Result<bool, Trouble> {
    let rows = next(ledger, after).map_err(|error| Trouble::Ledger(broken(error)))?;
    let Some(last) = rows.last() else {
        return Ok(false);
    };
    let transaction = index.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO known_by (rowid, text) VALUES (?1, ?2)")?;
        for row in &rows {
            insert.execute(params![row.number, row.names])?;
        }
    }
    let first = place.map_or(rows[0].number, |place| place.first);
    let sql = "INSERT OR REPLACE INTO place (one, first, last, run, source) VALUES (1, ?1, ?2, ?3, ?4)";
    transaction.execute(sql, params![first, last.number, last.run, last.source])?;
    transaction.commit()?;
    Ok(rows.len() as i64 == PORTION)
}

struct Named {
    number: i64,
    run: String,
    source: String,
    names: String,
}

fn next(ledger: &Connection, after: i64) -> rusqlite::Result<Vec<Named>> {
    let sql = "SELECT record.number, run.id, record.source, record.labels, record.target
        FROM record JOIN run ON run.number = record.run WHERE record.number > ?1 ORDER BY record.number LIMIT ?2";
    let mut query = ledger.prepare_cached(sql)?;
    let rows = query.query_map([after, PORTION], |row| {
        let (labels, target): (String, Option<String>) = (row.get(3)?, row.get(4)?);
        let source: String = row.get(2)?;
        let names = [&source, labels.as_str(), target.as_deref().unwrap_or_default()].join("\n");
        Ok(Named {
            number: row.get(0)?,
            run: row.get(1)?,
            source,
            names,
        })
    })?;
    rows.collect()
}

fn place(index: &Connection) -> Option<Place> {
    let sql = "SELECT first, last, run, source FROM place";
    let row = index.query_row(sql, [], |row| {
        Ok(Place {
            first: row.get(0)?,
            last: row.get(1)?,
            run: row.get(2)?,
            source: row.get(3)?,
        })
    });
    row.ok()
}

impl Place {
    /// Whether the record it came to is still the one that the ledger has there.
    fn stands(&self, ledger: &Connection) -> Result<bool> {
        let sql = "SELECT run.id, record.source FROM record JOIN run ON run.number = record.run
            WHERE record.number = ?1";
        let there: Option<(String, String)> = ledger
            .query_row(sql, [self.last], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map_err(broken)?;
        Ok(there.is_some_and(|(run, source)| run == self.run && source == self.source))
    }

    /// Whether most of what is in it was forgotten meanwhile.
    fn is_stale(&self, ledger: &Connection) -> Result<bool> {
        let oldest = ledger.query_row("SELECT min(number) FROM record", [], |row| row.get(0));
        let oldest: i64 = oldest.map_err(broken)?;
        Ok(oldest - self.first > (self.last - self.first) / 2 + 10_000)
    }
}

impl Opened {
    /// Records that may carry `text`, newest first, as long as `wants` says so. `None` where the index turned out to be
    /// damaged.
    pub(super) fn proposed(
        &self,
        text: &str,
        mut wants: impl FnMut(i64) -> Result<bool>,
    ) -> Result<Option<()>> {
        let phrase = format!("\"{}\"", text.replace('"', "\"\""));
        let sql = "SELECT rowid FROM known_by WHERE known_by MATCH ?1 ORDER BY rowid DESC";
        let Ok(mut query) = self.index.prepare(sql) else {
            return Ok(None);
        };
        let Ok(mut rows) = query.query([phrase]) else {
            return Ok(None);
        };
        loop {
            let number = match rows.next() {
                Ok(Some(row)) => row.get(0),
                Ok(None) => return Ok(Some(())),
                Err(error) => Err(error),
            };
            match number {
                Ok(number) if wants(number)? => {}
                Ok(_) => return Ok(Some(())),
                Err(_) => return Ok(None),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rusqlite::Connection;

    use super::SearchIndex;
    use crate::state::{LedgerEntry, schema};

    fn ledger() -> Connection {
        let mut on = Connection::open_in_memory().unwrap();
        schema::migrate(&mut on).unwrap();
        run(&on, 1);
        on
    }

    fn run(on: &Connection, number: i64) {
        let sql =
            "INSERT INTO run (number, id, processflow, deployment, version, cause, part, status, started_at)
            VALUES (?1, 'r' || ?1, 'flow', 'd', 1, 'manual', 0, 'Successful', '2026-01-01T00:00:00Z')";
        on.execute(sql, [number]).unwrap();
    }

    fn record(on: &Connection, source: &str, labels: &str, target: Option<&str>) {
        let sql = "INSERT INTO record (run, source, labels, outcome, target) VALUES (1, ?1, ?2, 1, ?3)";
        on.execute(sql, (source, labels, target)).unwrap();
    }

    fn found(on: &Connection, index: Option<&SearchIndex>, text: &str, limit: u32) -> Vec<i64> {
        let entries = LedgerEntry::search(on, index, text, limit).unwrap();
        entries.iter().map(|entry| entry.number).collect()
    }

    fn fill(on: &Connection, index: &SearchIndex) {
        while index.fill(on).unwrap() {}
    }

    proptest! {
        /// Whatever is searched, wherever the index has come to, whatever was forgotten: the same as without it.
        #[test]
        fn it_finds_what_a_look_at_every_record_finds(
            records in prop::collection::vec(("[ab]{1,3}", "([aAbBäÄ%\"']{0,5}\n?){0,3}", prop::option::of("[aAb]{1,4}")), 1..40),
            filled in 0_usize..40,
            forgotten in 0_i64..12,
            text in "[aAbBäÄ%\"']{1,5}",
            limit in 1_u32..8,
        ) {
            let cache = tempfile::tempdir().unwrap();
            let index = SearchIndex::of(cache.path());
            let on = ledger();
            for (at, (source, labels, target)) in records.iter().enumerate() {
                if at == filled {
                    fill(&on, &index);
                }
                record(&on, source, labels, target.as_deref());
            }
            on.execute("DELETE FROM record WHERE number <= ?1", [forgotten]).unwrap();
            prop_assert_eq!(found(&on, Some(&index), &text, limit), found(&on, None, &text, limit));
        }
    }

    #[test]
    fn the_index_is_asked() {
        let cache = tempfile::tempdir().unwrap();
        let index = SearchIndex::of(cache.path());
        let on = ledger();
        for at in 0..4_500 {
            record(
                &on,
                &at.to_string(),
                &format!("MUG-{at:05}\nada{at}@example.com"),
                None,
            );
        }
        fill(&on, &index);
        let opened = index.look(&on, "mug-00042").unwrap().expect("it is filled");
        assert_eq!(opened.last, 4_500, "portion by portion");
        let mut proposed = Vec::new();
        let all = opened.proposed("g-00042", |number| {
            proposed.push(number);
            Ok(true)
        });
        assert!(all.unwrap().is_some());
        assert_eq!(proposed, [43], "in the middle of a name, in any case");
        assert_eq!(
            found(&on, Some(&index), "MUG-0004", 500).len(),
            10,
            "the beginning of one"
        );
    }

    #[test]
    fn another_history_in_its_place_makes_it_useless() {
        let cache = tempfile::tempdir().unwrap();
        let index = SearchIndex::of(cache.path());
        let first = ledger();
        record(&first, "1", "MUG-RED", None);
        fill(&first, &index);
        let second = ledger();
        second.execute("UPDATE run SET id = 'other'", []).unwrap();
        record(&second, "1", "MUG-BLUE", None);
        assert_eq!(found(&second, Some(&index), "blue", 5), [1], "the slow way");
        fill(&second, &index);
        assert!(index.look(&second, "blue").unwrap().is_some(), "it was made anew");
        assert_eq!(found(&second, Some(&index), "blue", 5), [1]);
    }

    #[test]
    fn one_of_an_earlier_version_is_made_anew() {
        let cache = tempfile::tempdir().unwrap();
        let index = SearchIndex::of(cache.path());
        let on = ledger();
        record(&on, "1042", "MUG-RED", None);
        fill(&on, &index);
        let file = Connection::open(cache.path().join(super::FILE)).unwrap();
        file.execute_batch("ALTER TABLE known_by RENAME TO name").unwrap();
        record(&on, "1043", "MUG-BLUE", None);
        assert_eq!(found(&on, Some(&index), "1042", 5), [1], "the slow way");
        fill(&on, &index);
        fill(&on, &index);
        let opened = index.look(&on, "1042").unwrap().expect("it was made anew");
        assert_eq!(opened.last, 2);
        assert_eq!(found(&on, Some(&index), "1042", 5), [1]);
    }

    #[test]
    fn a_damaged_or_cleared_index_costs_nothing_but_time() {
        let cache = tempfile::tempdir().unwrap();
        let index = SearchIndex::of(cache.path());
        let on = ledger();
        record(&on, "1", "MUG-RED", None);
        std::fs::write(cache.path().join(super::FILE), vec![7; 8192]).unwrap();
        assert_eq!(found(&on, Some(&index), "mug", 5), [1]);
        fill(&on, &index);
        fill(&on, &index);
        assert!(index.look(&on, "mug").unwrap().is_some(), "it is made anew");
        std::fs::remove_file(cache.path().join(super::FILE)).unwrap();
        assert_eq!(found(&on, Some(&index), "mug", 5), [1]);
    }
}
