//! A data folder as years make it: written straight into its files, for nobody waits that long.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use connector_kit::{Clock, SystemClock};
use jiff::{SignedDuration, Timestamp};
use kit::{World, history};
use rusqlite::{Connection, params};
use sandbox_store::Config;

/// The processflow that all of it is of.
pub(crate) const ORDERS: &str = "orders-to-database";
/// Records of one run of the history.
const OF_A_RUN: u32 = 500;
/// The id of the history's first record.
pub(crate) const FIRST: u32 = 100_000;
/// How far the history goes back.
const DAYS: i64 = 60;
/// How far the log goes back.
const LOG_DAYS: i64 = 10;
/// Orders of the store, for the long run.
const STORE: u32 = 20_000;

/// How much there is.
pub(crate) struct Size {
    /// Records in the history.
    pub(crate) records: u32,
    /// Megabytes of log.
    pub(crate) log_megabytes: u32,
}

/// A world with all of it; its agent ran nothing yet.
pub(crate) fn build(size: &Size) -> World {
    let world = World::with_orders_to_database(Config {
        products: 50,
        customers: 50,
        orders: STORE,
        ..Config::default()
    });
    let room = format!("log_megabytes={}", 2 * size.log_megabytes.max(100));
    let settings = [
        room.as_str(),
        "log_days=90",
        "history_days=365",
        "history_records=5000000",
        "pages_under_way=1",
    ];
    for setting in settings {
        world.processflow(&["settings", "set", setting]).ok();
    }
    let now = SystemClock.now();
    let state = world.data().join("state.db");
    history(&state, size.records / OF_A_RUN, now).unwrap_or_else(|error| panic!("the history: {error}"));
    log(&world.data().join("logs"), size.log_megabytes, now)
        .unwrap_or_else(|error| panic!("the log: {error}"));
    world
}

/// Runs in equal distances up to now; in each twentieth five records failed and wait.
fn history(state: &Path, runs: u32, now: Timestamp) -> rusqlite::Result<()> {
    let mut state = Connection::open(state)?;
    let on = state.transaction()?;
    let of: String = on.query_row("SELECT id FROM deployment WHERE name = ?1", [ORDERS], |row| {
        row.get(0)
    })?;
    let apart = SignedDuration::from_hours(24 * DAYS) / i32::try_from(runs.max(1)).unwrap_or(i32::MAX);
    for run in 1..=runs {
        let at = now - apart * i32::try_from(runs - run + 1).unwrap_or(i32::MAX);
        let failed = if run % 20 == 0 { 5 } else { 0 };
        let run = OldRun {
            number: run,
            id: format!("01a00000-0000-7000-8000-{run:012x}"),
            deployment: &of,
            at,
            failed,
        };
        run.add(&on)?;
        run.add_records(&on)?;
        run.set_aside(&on)?;
    }
    on.execute_batch(history::COUNT_ACTIVITY)?;
    on.commit()
}

/// A run of the history.
struct OldRun<'a> {
    number: u32,
    id: String,
    deployment: &'a str,
    at: Timestamp,
    failed: u32,
}

impl OldRun<'_> {
    fn add(&self, on: &Connection) -> rusqlite::Result<()> {
        let status = if self.failed > 0 {
            "Finished with problems"
        } else {
            "Successful"
        };
        let ended = self.at + SignedDuration::from_secs(20);
        let sql =
            "INSERT INTO run (number, id, processflow, deployment, version, cause, part, read_everything,
                status, started_at, ended_at, read, written, unchanged, failed, skipped)
            VALUES (?1, ?2, ?3, ?4, 1, 'schedule', 0, 1, ?5, ?6, ?7, ?8, ?9, 0, ?10, '{\"not paid yet\":5}')";
        on.prepare_cached(sql)?
            .execute(params![
                self.number,
                self.id,
                ORDERS,
                self.deployment,
                status,
                self.at.to_string(),
                ended.to_string(),
                OF_A_RUN,
                OF_A_RUN - 5 - self.failed,
                self.failed
            ])
            .map(drop)
    }

    fn add_records(&self, on: &Connection) -> rusqlite::Result<()> {
        let first = self.first();
        let sql = "INSERT INTO settled (first, last, run, at, written, unchanged, skipped, failed)
            VALUES (?1, ?2, ?3, ?4, ?5, 0, 5, ?6)";
        on.prepare_cached(sql)?.execute(params![
            first,
            first + OF_A_RUN - 1,
            self.number,
            self.at.to_string(),
            OF_A_RUN - 5 - self.failed,
            self.failed
        ])?;
        let sql = "INSERT INTO record (number, run, source, labels, outcome, detail, target)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let mut insert = on.prepare_cached(sql)?;
        for place in 0..OF_A_RUN {
            let number = first + place;
            let (outcome, detail, target) = match place {
                place if place < self.failed => (4, Some(self.message()), None),
                place if place >= OF_A_RUN - 5 => (3, Some("not paid yet".to_owned()), None),
                _ => (1, None, Some(format!("sandbox1 · {}", FIRST + number))),
            };
            let labels = format!("customer.{}@example.com", number % 40_000);
            insert.execute(params![
                number,
                self.number,
                (FIRST + number).to_string(),
                labels,
                outcome,
                detail,
                target
            ])?;
        }
        Ok(())
    }

    /// The number of its first record.
    fn first(&self) -> u32 {
        (self.number - 1) * OF_A_RUN + 1
    }

    fn message(&self) -> String {
        format!(
            "field TOTAL: `{}` is no number",
            ["ten", "much", "a lot"][self.number as usize % 3]
        )
    }

    /// Waiting records with what they hold.
    fn set_aside(&self, on: &Connection) -> rusqlite::Result<()> {
        let sql = "INSERT INTO set_aside (processflow, deployment, source, labels, payload, class, message, hint,
                tries, run, first_at, last_at, state, step, cause)
            VALUES (?1, ?2, ?3, '', ?4, 'rejected', ?5, 'Correct it in the store.', 1, ?6, ?7, ?7, 'open', '3', ?8)";
        let mut insert = on.prepare_cached(sql)?;
        for place in 0..self.failed {
            let source = FIRST + self.first() + place;
            let payload = format!("{{\"id\":{source},\"total_inc_tax\":\"ten\",\"status_id\":11}}");
            let cause = format!("cause{}", self.number % 3);
            insert.execute(params![
                ORDERS,
                self.deployment,
                source.to_string(),
                payload,
                self.message(),
                self.id,
                self.at.to_string(),
                cause
            ])?;
        }
        Ok(())
    }
}

/// Files of the days before today, of equal size.
fn log(folder: &Path, megabytes: u32, now: Timestamp) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let of_a_day = u64::from(megabytes) * 1_000_000 / LOG_DAYS.unsigned_abs();
    for back in (1..=LOG_DAYS).rev() {
        let begin = now - SignedDuration::from_hours(24 * back);
        let day = begin.to_zoned(jiff::tz::TimeZone::UTC).date();
        let midnight: Timestamp = format!("{day}T00:00:00Z").parse().expect("an instant");
        let file = File::create(folder.join(format!("processflow-{day}.jsonl")))?;
        write_day(BufWriter::new(file), midnight, of_a_day)?;
    }
    Ok(())
}

fn write_day(mut file: impl Write, midnight: Timestamp, bytes: u64) -> std::io::Result<()> {
    let (mut written, mut line) = (0_u64, 0_u64);
    // Some 170 bytes a line: spread over the day.
    let apart =
        SignedDuration::from_millis(i64::try_from(86_000_000 * 170 / bytes.max(1)).unwrap_or(1).max(1));
    let mut at = midnight;
    while written < bytes {
        let (level, message) = match line % 1000 {
            0 => ("error", "Run ended."),
            1..20 => ("warn", "The store asked to slow down."),
            _ => ("debug", "Batch settled."),
        };
        let text = format!(
            "{{\"time\":\"{at:.3}\",\"level\":\"{level}\",\"run\":\"01a00000-0000-7000-8000-{:012x}\",\"processflow\":\"{ORDERS}\",\"target\":\"engine::run\",\"message\":\"{message}\",\"batch\":{line}}}\n",
            line / 500
        );
        file.write_all(text.as_bytes())?;
        written += text.len() as u64;
        line += 1;
        at += apart;
    }
    file.flush()
}
