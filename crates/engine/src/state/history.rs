//! Forgetting: history has an end, in days and in records. What waits for a person is never forgotten.
//!
//! Done in small portions, between which runs go on. Days are counted by the clock, which can be wrong; so the latest
//! runs of each processflow stay whatever it says.

use connector_kit::Result;
use rusqlite::{Connection, params};

use super::broken;

/// Runs of each processflow that stay, however old they are.
const LATEST: i64 = 100;

/// Rows that are forgotten at once.
const PORTION: i64 = 2_000;

/// What is kept.
#[derive(Clone, Debug)]
pub struct Keep {
    /// Runs that ended later, with what became of each of their records.
    pub runs_since: String,
    /// Payloads of set-aside records that were settled or dismissed later.
    pub payloads_since: String,
    /// Records in the ledger at most, the newest ones.
    pub records: u64,
}

/// Runs that may be forgotten.
const OLD_RUNS: &str = "SELECT number FROM (
    SELECT number, ended_at, row_number() OVER (PARTITION BY processflow ORDER BY number DESC) AS place FROM run
    WHERE status <> 'Running') WHERE place > ?1 AND ended_at < ?2";

/// What belongs to records that are gone.
const BESIDE: &str = "
    DELETE FROM touched WHERE set_aside NOT IN (SELECT number FROM set_aside);
    DELETE FROM settled WHERE run NOT IN (SELECT number FROM run)
        OR last < (SELECT min(number) FROM record);";

/// Forgets one portion; whether there is more to forget.
pub fn forget(on: &Connection, keep: &Keep) -> Result<bool> {
    let records = format!(
        "DELETE FROM record WHERE number IN
        (SELECT record.number FROM settled CROSS JOIN record
            ON record.number BETWEEN settled.first AND settled.last AND record.run = settled.run
        WHERE settled.run IN ({OLD_RUNS}) LIMIT ?3)"
    );
    let of_old_runs = on
        .execute(&records, params![LATEST, keep.runs_since, PORTION])
        .map_err(broken)?;
    let most = i64::try_from(keep.records).unwrap_or(i64::MAX);
    let beyond = "DELETE FROM record WHERE number IN (SELECT number FROM record
        WHERE number <= (SELECT max(number) FROM record) - ?1 ORDER BY number LIMIT ?2)";
    let surplus = on.execute(beyond, params![most, PORTION]).map_err(broken)?;
    if of_old_runs + surplus > 0 {
        return Ok(true);
    }
    let runs = format!("DELETE FROM run WHERE number IN ({OLD_RUNS})");
    on.execute(&runs, params![LATEST, keep.runs_since])
        .map_err(broken)?;
    // Who searches for it still finds that it was there and how it was settled.
    let payloads = "UPDATE set_aside SET payload = 'null'
        WHERE state <> 'open' AND last_at < ?1 AND payload <> 'null'";
    on.execute(payloads, [&keep.payloads_since]).map_err(broken)?;
    let settled = "DELETE FROM set_aside WHERE state <> 'open' AND last_at < ?1 AND last_at < ?2";
    on.execute(settled, [&keep.runs_since, &keep.payloads_since])
        .map_err(broken)?;
    on.execute_batch(BESIDE).map_err(broken)?;
    let activity = "DELETE FROM activity WHERE hour < substr(?1, 1, 13)";
    on.execute(activity, [&keep.runs_since]).map_err(broken)?;
    Ok(false)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{Keep, LATEST, PORTION, forget};
    use crate::state::schema;

    fn state() -> Connection {
        let mut on = Connection::open_in_memory().unwrap();
        schema::migrate(&mut on).unwrap();
        on
    }

    fn run(on: &Connection, number: i64, status: &str, ended_at: Option<&str>, records: i64) {
        let sql = "INSERT INTO run (number, id, processflow, deployment, version, cause, part, status, started_at, ended_at)
            VALUES (?1, 'r' || ?1, 'flow', 'd' || ?1, 1, 'manual', 0, ?2, '2026-01-01T00:00:00Z', ?3)";
        on.execute(sql, (number, status, ended_at)).unwrap();
        for at in 0..records {
            let sql = "INSERT INTO record (run, source, labels, outcome) VALUES (?1, ?2, '', 1)";
            on.execute(sql, (number, at.to_string())).unwrap();
        }
        if records > 0 {
            let sql = "INSERT INTO settled SELECT min(number), max(number), run, '', count(*), 0, 0, 0
                FROM record WHERE run = ?1";
            on.execute(sql, [number]).unwrap();
        }
    }

    fn set_aside(on: &Connection, source: &str, state: &str) {
        let sql = "INSERT INTO set_aside (processflow, deployment, source, labels, payload, class, message, tries,
            run, first_at, last_at, state) VALUES ('flow', 'd', ?1, '', '{\"id\":1}', 'rejected', 'no', 1, 'r1',
            '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', ?2)";
        on.execute(sql, (source, state)).unwrap();
    }

    fn keep() -> Keep {
        let since = "2026-06-01T00:00:00Z".to_owned();
        Keep {
            runs_since: since.clone(),
            payloads_since: since,
            records: 1_000_000,
        }
    }

    fn count(on: &Connection, what: &str) -> i64 {
        on.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| row.get(0))
            .unwrap()
    }

    fn all(on: &Connection, keep: &Keep) -> usize {
        let mut portions = 1;
        while forget(on, keep).unwrap() {
            portions += 1;
        }
        portions
    }

    #[test]
    fn old_runs_go_in_portions_and_the_latest_stay() {
        let on = state();
        run(&on, 1, "Successful", Some("2026-01-02T00:00:00Z"), PORTION + 1);
        for number in 2..=LATEST + 1 {
            run(&on, number, "Successful", Some("2026-01-02T00:00:00Z"), 1);
        }
        assert_eq!(all(&on, &keep()), 3, "two portions of records, then the run");
        assert_eq!(
            (count(&on, "run"), count(&on, "record")),
            (LATEST, LATEST),
            "a wrong clock does not empty it"
        );
    }

    #[test]
    fn a_run_under_way_and_young_ones_stay() {
        let on = state();
        run(&on, 1, "Running", None, 3);
        for number in 2..=LATEST + 5 {
            run(&on, number, "Successful", Some("2026-07-01T00:00:00Z"), 0);
        }
        all(&on, &keep());
        assert_eq!((count(&on, "run"), count(&on, "record")), (LATEST + 5, 3));
    }

    #[test]
    fn the_ledger_has_a_most() {
        let on = state();
        run(&on, 1, "Successful", Some("2026-07-01T00:00:00Z"), 50);
        all(
            &on,
            &Keep {
                records: 20,
                ..keep()
            },
        );
        assert_eq!(count(&on, "record"), 20, "the newest");
        assert_eq!(count(&on, "record WHERE source = '49'"), 1, "the newest");
        assert_eq!(count(&on, "run"), 1, "its balance stays");
    }

    #[test]
    fn what_waits_for_a_person_is_never_forgotten() {
        let on = state();
        set_aside(&on, "1", "open");
        set_aside(&on, "2", "settled");
        set_aside(&on, "3", "dismissed");
        let payloads = Keep {
            runs_since: "2025-01-01T00:00:00Z".to_owned(),
            ..keep()
        };
        all(&on, &payloads);
        assert_eq!(
            count(&on, "set_aside"),
            3,
            "that it was there is history, which is kept longer"
        );
        assert_eq!(
            count(&on, "set_aside WHERE payload <> 'null'"),
            1,
            "only the open one can be sent again"
        );
        all(&on, &keep());
        assert_eq!(count(&on, "set_aside WHERE state = 'open'"), 1);
        assert_eq!(count(&on, "set_aside"), 1);
    }
}
