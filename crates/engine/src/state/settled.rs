//! The batches that were settled: which records of the ledger each holds, when that was, and what became of them.
//!
//! Records of a batch lie together, so this is how those of a run are found; an index over the ledger itself would cost
//! every record that is settled.

use connector_kit::Result;
use rusqlite::{Connection, params};

use super::{Counts, Order, broken};

/// The records of one batch, by their numbers; some or all of them may be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SettledBatch {
    pub(super) first: i64,
    pub(super) last: i64,
}

impl SettledBatch {
    /// Notes a batch of a run; `at` is when it was settled.
    pub(super) fn note(self, on: &Connection, run: i64, at: &str, counts: &Counts) -> Result<()> {
        // Numbers come again when the newest records were forgotten.
        let sql = "INSERT OR REPLACE INTO settled (first, last, run, at, written, unchanged, skipped, failed)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let row = params![
            self.first,
            self.last,
            run,
            at,
            counts.written,
            counts.unchanged,
            counts.all_skipped(),
            counts.failed
        ];
        on.prepare_cached(sql)
            .and_then(|mut query| query.execute(row))
            .map(drop)
            .map_err(broken)
    }

    /// Calls `each` with the batches of a run that hold records behind `begin`, until it is satisfied. `counted` tells,
    /// as SQL over the counts, how many of a batch's records are wanted: those with none are passed over.
    pub(super) fn until<T>(
        on: &Connection,
        run: i64,
        order: Order,
        begin: i64,
        counted: &str,
        mut each: impl FnMut(Self) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        let from = match order {
            Order::NewestFirst => "first < ?2 ORDER BY first DESC",
            Order::OldestFirst => {
                "first >= coalesce((SELECT max(first) FROM settled WHERE run = ?1 AND first <= ?2), ?2)
                AND last > ?2 ORDER BY first"
            }
        };
        let sql = format!("SELECT first, last FROM settled WHERE run = ?1 AND {counted} > 0 AND {from}");
        let mut query = on.prepare_cached(&sql).map_err(broken)?;
        let mut rows = query.query(params![run, begin]).map_err(broken)?;
        while let Some(row) = rows.next().map_err(broken)? {
            let batch = Self {
                first: row.get(0).map_err(broken)?,
                last: row.get(1).map_err(broken)?,
            };
            if let Some(found) = each(batch)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// How many records it had.
    pub(super) fn length(self) -> i64 {
        self.last - self.first + 1
    }

    /// The record that comes last.
    pub(super) fn end(self, order: Order) -> i64 {
        match order {
            Order::NewestFirst => self.first,
            Order::OldestFirst => self.last,
        }
    }
}
