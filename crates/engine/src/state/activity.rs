//! What came through in each hour, kept beside the ledger: a plot over months reads some thousand short rows.

use connector_kit::Result;
use rusqlite::{Connection, params};

use super::{Counts, broken};

/// Records that were settled in one hour, by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// They are there now.
    pub written: u64,
    /// They were there already.
    pub unchanged: u64,
    /// A rule left them out.
    pub skipped: u64,
    /// They were set aside.
    pub failed: u64,
}

/// An hour with something in it.
#[derive(Clone, Debug)]
pub struct Activity {
    /// The hour in UTC, as in `2026-11-21T10`.
    pub hour: String,
    /// What was settled in it.
    pub moved: Moved,
}

impl Activity {
    /// Adds what a batch came to; `at` is when it was settled.
    pub(super) fn add(on: &Connection, processflow: &str, at: &str, counts: &Counts) -> Result<()> {
        let sql = "INSERT INTO activity (hour, processflow, written, unchanged, skipped, failed)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (hour, processflow) DO UPDATE SET
            written = written + ?3, unchanged = unchanged + ?4, skipped = skipped + ?5, failed = failed + ?6";
        let row = params![
            at.get(..13),
            processflow,
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

    /// Hours from `since` on and before `until` (both as [`Activity::hour`]), of one processflow or of all.
    pub fn between(
        on: &Connection,
        processflow: Option<&str>,
        since: &str,
        until: &str,
    ) -> Result<Vec<Self>> {
        let sql = "SELECT hour, sum(written), sum(unchanged), sum(skipped), sum(failed) FROM activity
            WHERE hour >= ?1 AND hour < ?2 AND (?3 IS NULL OR processflow = ?3) GROUP BY hour ORDER BY hour";
        let mut query = on.prepare(sql).map_err(broken)?;
        let rows = query.query_map(params![since, until, processflow], |row| {
            let moved = Moved {
                written: row.get(1)?,
                unchanged: row.get(2)?,
                skipped: row.get(3)?,
                failed: row.get(4)?,
            };
            Ok(Self {
                hour: row.get(0)?,
                moved,
            })
        });
        rows.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)
    }
}
