//! What the program tells: JSON lines by day in the data folder, and talk on standard error.
//!
//! Logs are for people who look for a cause. What happened to records is in the state database, so a lost log
//! line loses nothing else; a sync never waits for a log.

mod console;
mod export;
mod files;
mod line;
mod read;
mod talk;

use std::{
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
};

use connector_kit::{Clock, Error, Result};
use tracing::Subscriber;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::layer::SubscriberExt;

pub use console::Console;
pub use export::export;
pub use line::Line;
pub use read::{Filter, Found, Position, after, earlier, follow, read};

use self::{files::DayFiles, talk::Talk};
pub use crate::folder::LogLevel;
use crate::{
    folder::{DataFolder, Settings},
    secrets::Redaction,
};

/// Lines that wait for the disk; some 5 MB.
const MOST_WAITING: usize = 16 * 1024;

/// What the logs of a process are to be like.
pub struct LogSetup {
    /// Where the files go; `None` for a command that only reads and should leave no trace.
    pub files: Option<LogFiles>,
    /// What is said on standard error.
    pub console: Console,
    /// The time of each line.
    pub clock: Arc<dyn Clock>,
}

/// The files of the log and their limits.
#[derive(Clone, Debug)]
pub struct LogFiles {
    /// The folder.
    pub folder: PathBuf,
    /// The least level that is written.
    pub level: LogLevel,
    /// Bytes of one file; a day that needs more has several.
    pub file_bytes: u64,
    /// Bytes of all files together; the oldest go first.
    pub total_bytes: u64,
    /// Days a file is kept.
    pub days: u32,
}

impl LogFiles {
    /// As the settings of a data folder say.
    pub fn of(folder: &DataFolder, settings: &Settings) -> Self {
        let total_bytes = u64::from(settings.log_megabytes) * 1_000_000;
        Self {
            folder: folder.logs(),
            level: settings.log_level,
            file_bytes: total_bytes / 10,
            total_bytes,
            days: settings.log_days,
        }
    }
}

/// The logs of this process. Dropping it writes what waits, for a second at most.
pub struct Logs {
    level: Arc<AtomicU8>,
    crowded: Option<ErrorCounter>,
    failed: Arc<AtomicU64>,
    _writer: Option<WorkerGuard>,
}

/// The level of this process's files, once they were started.
static FILE_LEVEL: OnceLock<Arc<AtomicU8>> = OnceLock::new();

/// Changes what the files of this process hold, from now on. Nothing where it writes none.
pub fn set_level(level: LogLevel) {
    if let Some(shared) = FILE_LEVEL.get() {
        change(shared, level);
    }
}

fn change(shared: &AtomicU8, level: LogLevel) {
    shared.store(level as u8, Ordering::Relaxed);
    tracing::callsite::rebuild_interest_cache();
}

/// Starts the logs of this process, once.
///
/// # Errors
/// Bug when they were started already. A folder that cannot be written is no error: the program goes on without
/// files, and says so once on standard error.
pub fn start(setup: LogSetup) -> Result<Logs> {
    let files = setup.files.is_some();
    let (subscriber, logs) = build(setup, Redaction::global());
    tracing::subscriber::set_global_default(subscriber)
        .map_err(|error| Error::bug("the logs were started twice").source(error))?;
    if files {
        FILE_LEVEL.get_or_init(|| logs.level.clone());
    }
    report_panics();
    Ok(logs)
}

impl Logs {
    /// Lines that were lost since the start: too many at once, or a disk that took none.
    pub fn dropped_lines(&self) -> u64 {
        let crowded = self
            .crowded
            .as_ref()
            .map_or(0, |counter| counter.dropped_lines() as u64);
        crowded + self.failed.load(Ordering::Relaxed)
    }

    /// Changes what the files hold, from now on.
    pub fn set_level(&self, level: LogLevel) {
        change(&self.level, level);
    }
}

fn build(setup: LogSetup, redaction: &'static Redaction) -> (impl Subscriber + Send + Sync, Logs) {
    let failed = Arc::new(AtomicU64::new(0));
    let level = Arc::new(AtomicU8::new(
        setup
            .files
            .as_ref()
            .map_or(talk::SILENT, |files| files.level as u8),
    ));
    let (mut file, mut crowded, mut writer) = (None, None, None);
    if let Some(files) = setup.files {
        let files = DayFiles::new(files, setup.clock.clone(), failed.clone(), setup.console.clone());
        let (queue, guard) = NonBlockingBuilder::default()
            .buffered_lines_limit(MOST_WAITING)
            .lossy(true)
            .thread_name("logs")
            .finish(files);
        crowded = Some(queue.error_counter());
        (file, writer) = (Some(queue), Some(guard));
    }
    let talk = Talk {
        file,
        file_level: level.clone(),
        console: setup.console,
        clock: setup.clock,
        redaction,
    };
    (
        tracing_subscriber::registry().with(talk),
        Logs {
            level,
            crowded,
            failed,
            _writer: writer,
        },
    )
}

/// A panic is told by its place. Its words may hold anything, a record or a secret, so they are left out.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        tracing::error!(target: "processflow", place, "A mistake of this program; please report it.");
    }));
}

#[cfg(test)]
mod tests {
    use std::{sync::Mutex, time::Duration};

    use connector_kit::{Secret, async_trait};
    use jiff::{SignedDuration, Timestamp};
    use tracing::{debug, error, info, info_span, trace, warn};

    use super::*;

    /// A clock that a test sets.
    pub(super) struct Hand(Mutex<Timestamp>);

    impl Hand {
        pub(super) fn at(text: &str) -> Arc<Self> {
            Arc::new(Self(Mutex::new(text.parse().expect("a time"))))
        }
        pub(super) fn turn(&self, by: SignedDuration) {
            *self.0.lock().expect("no panic") += by;
        }
    }

    #[async_trait]
    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            *self.0.lock().expect("no panic")
        }
        async fn sleep(&self, _duration: Duration) {}
    }

    fn setup(folder: &std::path::Path, console: Console) -> LogSetup {
        let files = LogFiles {
            folder: folder.to_owned(),
            level: LogLevel::Info,
            file_bytes: 1_000_000,
            total_bytes: 10_000_000,
            days: 30,
        };
        LogSetup {
            files: Some(files),
            console,
            clock: Hand::at("2026-11-21T10:00:00.25Z"),
        }
    }

    fn heard() -> (Console, Arc<Mutex<Vec<String>>>) {
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let out = lines.clone();
        let console = Console::through(LogLevel::Warn, move |line| {
            out.lock().expect("no panic").push(line.to_owned());
        });
        (console, lines)
    }

    fn redaction() -> &'static Redaction {
        let redaction = Box::leak(Box::<Redaction>::default());
        redaction.register(&Secret::new("t0ken-of-\"shop\"".into()));
        redaction
    }

    fn written(folder: &std::path::Path, job: impl FnOnce(&Logs)) -> Vec<String> {
        let (console, _) = heard();
        let (subscriber, logs) = build(setup(folder, console), redaction());
        tracing::subscriber::with_default(subscriber, || job(&logs));
        drop(logs);
        let text = std::fs::read_to_string(folder.join("processflow-2026-11-21.jsonl")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_line_carries_its_run_and_its_fields() {
        let folder = tempfile::tempdir().expect("temp folder");
        let lines = written(folder.path(), |_| {
            let run = info_span!("run", run = "r-1", processflow = "orders");
            let _in_run = run.enter();
            let _in_batch = info_span!("batch", batch = 7_u64).entered();
            info!(read = 500, ok = true, share = 0.5, "Run finished.");
        });
        let whole = r#"{"time":"2026-11-21T10:00:00.25Z","level":"info","run":"r-1","processflow":"orders","target":"engine::logs::tests","message":"Run finished.","batch":7,"read":500,"ok":true,"share":0.5}"#;
        assert_eq!(lines, [whole], "in this order, so that people can read it too");
    }

    #[test]
    fn levels_and_other_crates_are_held_apart() {
        let folder = tempfile::tempdir().expect("temp folder");
        let lines = written(folder.path(), |logs| {
            debug!("not asked for");
            info!(target: "hyper::client", "not ours");
            warn!(target: "hyper::client", "not ours, but serious");
            logs.set_level(LogLevel::Trace);
            trace!("asked for now");
        });
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(
            lines[0].contains("serious") && lines[1].contains("asked for now"),
            "{lines:?}"
        );
    }

    #[test]
    fn no_secret_reaches_a_file_or_the_console() {
        let folder = tempfile::tempdir().expect("temp folder");
        let (console, heard) = heard();
        let (subscriber, logs) = build(setup(folder.path(), console), redaction());
        let secret = "t0ken-of-\"shop\"";
        tracing::subscriber::with_default(subscriber, || {
            let span = info_span!("run", run = secret, late = tracing::field::Empty);
            span.record("late", secret);
            let _inside = span.entered();
            warn!("in the words: {secret}");
            warn!(token = secret, "as text");
            warn!(token = %secret, "shown");
            warn!(token = ?secret, "as debug");
            warn!(headers = ?[("X-Auth-Token", secret)], "deep inside");
            let source = std::io::Error::other(format!("refused {secret}"));
            error!(error = &source as &dyn std::error::Error, "as an error");
            warn!(target: "hyper", url = %"/?token=t0ken-of-%22shop%22", "in a URL");
        });
        drop(logs);
        let text =
            std::fs::read_to_string(folder.path().join("processflow-2026-11-21.jsonl")).expect("reads");
        let said = heard.lock().expect("no panic").join("\n");
        assert_eq!(
            (text.lines().count(), said.lines().count()),
            (7, 7),
            "every line is there"
        );
        assert!(!text.contains("t0ken") && text.contains("[redacted]"), "{text}");
        assert!(!said.contains("t0ken") && said.contains("[redacted]"), "{said}");
    }

    #[test]
    fn control_characters_and_lines_in_values_cannot_forge_a_line() {
        let folder = tempfile::tempdir().expect("temp folder");
        let (console, heard) = heard();
        let (subscriber, logs) = build(setup(folder.path(), console), redaction());
        let bad = "A\n{\"level\":\"info\"}\r\u{1b}[31m\u{9b}2J\u{202e}\u{7f}\u{2028}B";
        tracing::subscriber::with_default(subscriber, || warn!(name = bad, "{bad}"));
        drop(logs);
        let text =
            std::fs::read_to_string(folder.path().join("processflow-2026-11-21.jsonl")).expect("reads");
        let said = heard.lock().expect("no panic").join("\n");
        for (place, text) in [("file", text.trim_end()), ("console", said.as_str())] {
            assert_eq!(text.lines().count(), 1, "{place}: one event is one line: {text}");
            for sign in ['\u{1b}', '\u{9b}', '\u{202e}', '\u{7f}', '\u{2028}', '\r'] {
                assert!(!text.contains(sign), "{place}: {sign:?} in {text:?}");
            }
        }
        let line: Line = serde_json::from_str(&text).expect("is JSON");
        assert_eq!(line.message, bad, "a program reads back what was said");
    }

    #[test]
    fn a_folder_that_cannot_be_written_stops_nothing() {
        let at = tempfile::tempdir().expect("temp folder");
        std::fs::write(at.path().join("file"), "").expect("is written");
        let (console, heard) = heard();
        let (subscriber, logs) = build(setup(&at.path().join("file/logs"), console), redaction());
        tracing::subscriber::with_default(subscriber, || {
            for n in 0..100 {
                info!(n, "The sync goes on.");
            }
        });
        let failed = logs.failed.clone();
        drop(logs);
        assert_eq!(failed.load(Ordering::Relaxed), 100, "each lost line is counted");
        let heard = heard.lock().expect("no panic");
        assert_eq!(heard.len(), 1, "one warning, not one a line: {heard:?}");
    }

    #[test]
    fn a_long_value_is_cut() {
        let folder = tempfile::tempdir().expect("temp folder");
        let lines = written(folder.path(), |_| {
            info!(body = "ä".repeat(100_000), "Odd answer.");
        });
        assert!(
            lines[0].len() < 20_000,
            "a whole record has no place in a log: {} bytes",
            lines[0].len()
        );
        assert!(lines[0].contains("(cut)"), "and it says so");
    }
}
