//! The files of the log: one a day, several when a day is long, and the oldest removed.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use connector_kit::Clock;
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::{Console, Line, LogFiles, LogLevel};
use crate::os;

/// After a failure the disk is left alone for this long.
const TRY_AGAIN: SignedDuration = SignedDuration::from_secs(5);

/// A file of the log, by its name: `processflow-2026-11-21.jsonl`, then `processflow-2026-11-21.1.jsonl`.
/// Ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) day: Date,
    number: u32,
}

/// Takes lines and never fails: what the disk does not take is counted.
pub(super) struct DayFiles {
    limits: LogFiles,
    clock: Arc<dyn Clock>,
    failed: Arc<AtomicU64>,
    console: Console,
    open: Option<Open>,
    /// Since the failure that lasts; `None` when all is well.
    broken: Option<Broken>,
}

struct Open {
    name: Name,
    file: File,
    bytes: u64,
}

struct Broken {
    until: Timestamp,
    lost: u64,
}

impl DayFiles {
    pub(super) fn new(
        limits: LogFiles,
        clock: Arc<dyn Clock>,
        failed: Arc<AtomicU64>,
        console: Console,
    ) -> Self {
        Self {
            limits,
            clock,
            failed,
            console,
            open: None,
            broken: None,
        }
    }

    fn line(&mut self, line: &[u8]) {
        let now = self.clock.now();
        if self
            .broken
            .as_ref()
            .is_some_and(|broken| now < broken.until && now >= broken.until - TRY_AGAIN)
        {
            self.lost(now);
            return;
        }
        match self.put(line, now) {
            Ok(()) => self.recovered(now),
            Err(error) => {
                if self.broken.is_none() {
                    self.warn(&error);
                }
                self.open = None;
                self.lost(now);
                if let Some(broken) = &mut self.broken {
                    broken.until = now + TRY_AGAIN;
                }
            }
        }
    }

    fn put(&mut self, line: &[u8], now: Timestamp) -> io::Result<()> {
        let day = now.to_zoned(TimeZone::UTC).date();
        let fits = self.open.as_ref().is_some_and(|open| {
            open.name.day == day
                && (open.bytes + line.len() as u64 <= self.limits.file_bytes || open.bytes == 0)
        });
        if !fits {
            self.open = Some(open(&self.limits, day, line.len() as u64)?);
            // What cannot be removed today is removed tomorrow.
            drop(self.retire(day));
        }
        let open = self.open.as_mut().expect("opened above");
        open.file.write_all(line)?;
        open.bytes += line.len() as u64;
        Ok(())
    }

    fn retire(&self, today: Date) -> io::Result<()> {
        let oldest = today.saturating_sub(i64::from(self.limits.days).days());
        let mut left: u64 = 0;
        for (place, name) in list(&self.limits.folder)?.into_iter().rev().enumerate() {
            let path = name.path(&self.limits.folder);
            left += fs::metadata(&path)?.len();
            // The newest is the one being written.
            if place > 0 && (name.day <= oldest || left > self.limits.total_bytes) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn lost(&mut self, now: Timestamp) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        self.broken
            .get_or_insert(Broken {
                until: now + TRY_AGAIN,
                lost: 0,
            })
            .lost += 1;
    }

    fn recovered(&mut self, now: Timestamp) {
        let Some(Broken { lost, .. }) = self.broken.take() else {
            return;
        };
        let mut line = Line::own(
            &*self.clock,
            LogLevel::Warn,
            "Lines of the log were lost: the disk took none.",
        );
        line.fields.insert("lost".into(), lost.into());
        self.console.show(&line);
        drop(self.put(line.text().as_bytes(), now));
    }

    fn warn(&self, error: &io::Error) {
        let folder = self.limits.folder.display();
        let words = format!("The log in {folder} cannot be written ({error}); work goes on without it.");
        self.console
            .show(&Line::own(&*self.clock, LogLevel::Warn, &words));
    }
}

impl Write for DayFiles {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.line(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Name {
    pub(super) fn path(self, folder: &Path) -> PathBuf {
        folder.join(self.to_string())
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        let middle = name.strip_prefix("processflow-")?.strip_suffix(".jsonl")?;
        let (day, number) = middle.split_once('.').unwrap_or((middle, "0"));
        let name = Self {
            day: day.parse().ok()?,
            number: number.parse().ok()?,
        };
        Some(name)
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.number {
            0 => write!(out, "processflow-{}.jsonl", self.day),
            number => write!(out, "processflow-{}.{number}.jsonl", self.day),
        }
    }
}

/// The files of the log, the oldest first.
pub(super) fn list(folder: &Path) -> io::Result<Vec<Name>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.extend(entry?.file_name().to_str().and_then(Name::parse));
    }
    names.sort();
    Ok(names)
}

fn open(limits: &LogFiles, day: Date, wanted: u64) -> io::Result<Open> {
    os::create_private_folder(&limits.folder)?;
    let newest = list(&limits.folder)?.into_iter().rfind(|name| name.day == day);
    let mut name = newest.unwrap_or(Name { day, number: 0 });
    let held = fs::metadata(name.path(&limits.folder)).map_or(0, |found| found.len());
    if held > 0 && held + wanted > limits.file_bytes {
        name.number += 1;
    }
    let options = OpenOptions::new().read(true).append(true).create(true).clone();
    let mut file = os::open_private(&name.path(&limits.folder), &options)?;
    let mut bytes = file.metadata()?.len();
    if bytes > 0 && !ends_with_newline(&mut file)? {
        // The last line was cut off when a process was killed or the disk was full.
        file.write_all(b"\n")?;
        bytes += 1;
    }
    Ok(Open { name, file, bytes })
}

fn ends_with_newline(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::{super::tests::Hand, *};

    fn files(folder: &Path, clock: &Arc<Hand>) -> DayFiles {
        let limits = LogFiles {
            folder: folder.to_owned(),
            level: LogLevel::Info,
            file_bytes: 100,
            total_bytes: 350,
            days: 3,
        };
        DayFiles::new(limits, clock.clone(), Arc::default(), Console::silent())
    }

    fn names(folder: &Path) -> Vec<String> {
        list(folder)
            .expect("lists")
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_long_day_has_several_files_and_the_oldest_go() {
        let folder = tempfile::tempdir().expect("temp folder");
        let clock = Hand::at("2026-11-21T23:00:00Z");
        let mut log = files(folder.path(), &clock);
        fs::write(folder.path().join("notes.txt"), "mine").expect("is written");
        for _ in 0..6 {
            log.write_all(&[b'x'; 49]).expect("never fails");
        }
        assert_eq!(
            names(folder.path()),
            [
                "processflow-2026-11-21.jsonl",
                "processflow-2026-11-21.1.jsonl",
                "processflow-2026-11-21.2.jsonl"
            ],
            "two lines fit into each"
        );
        clock.turn(SignedDuration::from_hours(2));
        for _ in 0..4 {
            log.write_all(&[b'y'; 49]).expect("never fails");
        }
        let left = names(folder.path());
        assert_eq!(
            left.last().map(String::as_str),
            Some("processflow-2026-11-22.1.jsonl"),
            "a file a day"
        );
        let bytes: u64 = left
            .iter()
            .map(|name| fs::metadata(folder.path().join(name)).expect("is there").len())
            .sum();
        assert!(bytes <= 350 + 49, "{bytes} bytes in all");
        clock.turn(SignedDuration::from_hours(24 * 4));
        log.write_all(&[b'z'; 49]).expect("never fails");
        assert_eq!(
            names(folder.path()),
            ["processflow-2026-11-26.jsonl"],
            "days are kept as long as was said"
        );
        assert!(
            folder.path().join("notes.txt").exists(),
            "other files are none of ours"
        );
    }

    #[test]
    fn a_line_cut_off_by_a_kill_spoils_no_other() {
        let folder = tempfile::tempdir().expect("temp folder");
        let clock = Hand::at("2026-11-21T10:00:00Z");
        let path = folder.path().join("processflow-2026-11-21.jsonl");
        fs::write(&path, "{\"time\":").expect("is written");
        files(folder.path(), &clock)
            .write_all(b"{}\n")
            .expect("never fails");
        assert_eq!(
            fs::read_to_string(&path).expect("reads"),
            "{\"time\":\n{}\n",
            "the new line stands alone"
        );
    }

    #[test]
    fn when_the_disk_takes_lines_again_the_gap_is_told() {
        let outer = tempfile::tempdir().expect("temp folder");
        let folder = outer.path().join("logs");
        fs::write(&folder, "").expect("a file stands where the folder should be");
        let clock = Hand::at("2026-11-21T10:00:00Z");
        let mut log = files(&folder, &clock);
        log.write_all(b"{}\n").expect("never fails");
        fs::remove_file(&folder).expect("is removed");
        log.write_all(b"{}\n").expect("never fails");
        assert!(!folder.exists(), "a sick disk is left alone for a while");
        clock.turn(TRY_AGAIN);
        log.write_all(b"{}\n").expect("never fails");
        let text: String = list(&folder)
            .expect("lists")
            .iter()
            .map(|name| fs::read_to_string(name.path(&folder)).expect("reads"))
            .collect();
        assert!(text.starts_with("{}\n") && text.contains("\"lost\":2"), "{text}");
    }
}
