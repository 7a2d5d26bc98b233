//! Reading the log: the last lines that match, found from the end, and those that come after.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use connector_kit::Result;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    Line, LogLevel,
    files::{Name, list},
};
use crate::folder::trouble;

const CHUNK: u64 = 64 * 1024;
/// Bytes that one look at a growing file takes at most.
const LOOK: u64 = 4 * 1024 * 1024;

/// Which lines are wanted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
#[serde(default)]
pub struct Filter {
    /// This serious, or more.
    pub level: Option<LogLevel>,
    /// Of this processflow.
    pub processflow: Option<String>,
    /// Of this run.
    pub run: Option<String>,
    /// With these letters anywhere in the line, in capitals or not.
    pub text: Option<String>,
    /// From this instant on.
    pub since: Option<Timestamp>,
    /// The last so many; all when there is no limit.
    pub limit: Option<usize>,
}

/// How far the log was read. Lines after it have not been seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Position {
    /// The name of the file; empty before the first.
    file: String,
    offset: u64,
}

/// The last lines that match, in the order of time, and the position to go on from with [`follow`].
pub fn read(folder: &Path, filter: &Filter) -> Result<(Vec<Line>, Position)> {
    search(folder, filter).map_err(|error| trouble("the log", folder, error))
}

/// The lines that came after a position, over the ends of files and days; moves the position on. Nothing new is
/// an empty list: ask again in a moment.
pub fn follow(folder: &Path, filter: &Filter, position: &mut Position) -> Result<Vec<Line>> {
    later(folder, filter, position).map_err(|error| trouble("the log", folder, error))
}

fn search(folder: &Path, filter: &Filter) -> io::Result<(Vec<Line>, Position)> {
    let names = names(folder)?;
    let limit = filter.limit.unwrap_or(usize::MAX);
    let since = filter.since.map(|since| since.to_zoned(TimeZone::UTC).date());
    let (mut lines, mut position) = (Vec::new(), None);
    for name in names.into_iter().rev() {
        let Some(mut file) = open(folder, name)? else {
            continue;
        };
        let end = whole_lines(&mut file)?;
        position.get_or_insert_with(|| Position {
            file: name.to_string(),
            offset: end,
        });
        if lines.len() >= limit || since.is_some_and(|since| name.day < since) {
            break;
        }
        backwards(&mut file, end, |text| {
            lines.extend(filter.take(text));
            lines.len() < limit
        })?;
    }
    lines.reverse();
    Ok((lines, position.unwrap_or_default()))
}

fn later(folder: &Path, filter: &Filter, position: &mut Position) -> io::Result<Vec<Line>> {
    let seen = Name::parse(&position.file);
    let mut lines = Vec::new();
    for name in names(folder)?
        .into_iter()
        .filter(|name| seen.is_none_or(|seen| *name >= seen))
    {
        let Some(mut file) = open(folder, name)? else {
            continue;
        };
        let from = if Some(name) == seen { position.offset } else { 0 };
        let mut text = Vec::new();
        file.seek(SeekFrom::Start(from))?;
        file.take(LOOK).read_to_end(&mut text)?;
        // A line still being written is left for the next time.
        let end = text
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |last| last + 1);
        lines.extend(
            text[..end]
                .split(|byte| *byte == b'\n')
                .filter_map(|text| filter.take(text)),
        );
        *position = Position {
            file: name.to_string(),
            offset: from + end as u64,
        };
        if text.len() as u64 == LOOK {
            break;
        }
    }
    Ok(lines)
}

impl Filter {
    fn take(&self, text: &[u8]) -> Option<Line> {
        // Cheap first: most lines of a big file are not meant.
        let text = std::str::from_utf8(text).ok()?;
        let names = [&self.run, &self.processflow];
        if text.is_empty()
            || names
                .into_iter()
                .flatten()
                .any(|name| !text.contains(name.as_str()))
        {
            return None;
        }
        if let Some(part) = &self.text
            && !text.to_lowercase().contains(&part.to_lowercase())
        {
            return None;
        }
        Line::parse(text.as_bytes()).ok().filter(|line| self.fits(line))
    }

    fn fits(&self, line: &Line) -> bool {
        self.level.is_none_or(|level| line.level <= level)
            && self.run.as_ref().is_none_or(|run| line.run.as_ref() == Some(run))
            && self
                .processflow
                .as_ref()
                .is_none_or(|name| line.processflow.as_ref() == Some(name))
            && self.since.is_none_or(|since| line.time >= since)
    }
}

fn names(folder: &Path) -> io::Result<Vec<Name>> {
    match list(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        names => names,
    }
}

/// `None` when it was removed meanwhile.
fn open(folder: &Path, name: Name) -> io::Result<Option<File>> {
    match File::open(name.path(folder)) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The end of the last line that has its newline.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let mut end = file.metadata()?.len();
    while end > 0 {
        let start = end.saturating_sub(CHUNK);
        let chunk = part(file, start, end)?;
        if let Some(last) = chunk.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + last as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// Hands over the lines before `end`, the last first, until told to stop.
fn backwards(file: &mut File, mut end: u64, mut each: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
    // The end of a line whose beginning lies in an earlier chunk.
    let mut rest: Vec<u8> = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(CHUNK);
        let mut chunk = part(file, start, end)?;
        chunk.append(&mut rest);
        end = start;
        let first = match chunk.iter().position(|byte| *byte == b'\n') {
            _ if start == 0 => 0,
            Some(newline) => newline + 1,
            None => chunk.len(),
        };
        if !chunk[first..].rsplit(|byte| *byte == b'\n').all(&mut each) {
            return Ok(());
        }
        chunk.truncate(first);
        rest = chunk;
    }
    Ok(())
}

fn part(file: &mut File, start: u64, end: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; (end - start) as usize];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write, fs};

    use super::*;

    fn line(n: usize, level: &str, run: &str) -> String {
        format!(
            "{{\"time\":\"2026-11-{:02}T10:{:02}:00Z\",\"level\":\"{level}\",\"run\":\"{run}\",\"processflow\":\"flow-{run}\",\"target\":\"t\",\"message\":\"Line {n}\",\"n\":{n}}}\n",
            20 + n / 60,
            n % 60
        )
    }

    fn numbers(lines: &[Line]) -> Vec<u64> {
        lines
            .iter()
            .map(|line| line.fields["n"].as_u64().expect("a number"))
            .collect()
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("temp folder");
        let text = |range: std::ops::Range<usize>| {
            range.map(|n| {
                line(
                    n,
                    if n % 10 == 0 { "warn" } else { "debug" },
                    if n % 2 == 0 { "a" } else { "b" },
                )
            })
        };
        let write = |name: &str, range| {
            fs::write(folder.path().join(name), text(range).collect::<String>()).expect("is written");
        };
        write("processflow-2026-11-20.jsonl", 0..40);
        write("processflow-2026-11-20.2.jsonl", 40..50);
        write("processflow-2026-11-20.10.jsonl", 50..60);
        write("processflow-2026-11-21.jsonl", 60..100);
        folder
    }

    #[test]
    fn the_last_lines_that_match_come_in_order() {
        let folder = folder();
        let find = |filter: Filter| numbers(&read(folder.path(), &filter).expect("reads").0);
        assert_eq!(
            find(Filter::default()),
            (0..100).collect::<Vec<_>>(),
            "all, over files and their numbers"
        );
        assert_eq!(
            find(Filter {
                limit: Some(3),
                ..Filter::default()
            }),
            [97, 98, 99],
            "the last"
        );
        let serious = Filter {
            level: Some(LogLevel::Warn),
            limit: Some(6),
            ..Filter::default()
        };
        assert_eq!(
            find(serious),
            [40, 50, 60, 70, 80, 90],
            "as serious or more, over files"
        );
        let run = Filter {
            run: Some("b".into()),
            limit: Some(2),
            ..Filter::default()
        };
        assert_eq!(find(run), [97, 99], "of a run");
        let flow = Filter {
            processflow: Some("flow-a".into()),
            limit: Some(2),
            ..Filter::default()
        };
        assert_eq!(find(flow), [96, 98], "of a processflow");
        let text = Filter {
            text: Some("LINE 4".into()),
            ..Filter::default()
        };
        assert_eq!(
            find(text),
            [4, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49],
            "with these letters"
        );
        let since = Filter {
            since: Some("2026-11-21T10:38:00Z".parse().expect("a time")),
            ..Filter::default()
        };
        assert_eq!(find(since), [98, 99], "since a time");
    }

    #[test]
    fn following_goes_on_over_the_ends_of_files() {
        let folder = folder();
        let (_, mut position) = read(
            folder.path(),
            &Filter {
                limit: Some(1),
                ..Filter::default()
            },
        )
        .expect("reads");
        let mut next =
            || numbers(&follow(folder.path(), &Filter::default(), &mut position).expect("follows"));
        assert!(next().is_empty(), "nothing new");
        let append = |name: &str, text: &str| {
            let path = folder.path().join(name);
            let mut file = fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open(path)
                .expect("opens");
            io::Write::write_all(&mut file, text.as_bytes()).expect("is written");
        };
        let whole = line(101, "info", "a");
        append(
            "processflow-2026-11-21.jsonl",
            &(line(100, "info", "a") + &whole[..20]),
        );
        assert_eq!(next(), [100], "half a line waits");
        append("processflow-2026-11-21.jsonl", &whole[20..]);
        append("processflow-2026-11-21.1.jsonl", &line(102, "info", "a"));
        append("processflow-2026-11-22.jsonl", &line(103, "info", "a"));
        assert_eq!(
            next(),
            [101, 102, 103],
            "the rest of the old file, then the new ones"
        );
        append("processflow-2026-11-23.jsonl", &line(104, "info", "a"));
        fs::remove_file(folder.path().join("processflow-2026-11-22.jsonl")).expect("was retired");
        assert_eq!(next(), [104], "a retired file is no end");
    }

    #[test]
    fn a_log_that_is_not_there_yet_is_empty() {
        let outer = tempfile::tempdir().expect("temp folder");
        let folder = outer.path().join("logs");
        let (lines, mut position) = read(&folder, &Filter::default()).expect("reads");
        assert!(lines.is_empty(), "nothing was said yet");
        fs::create_dir(&folder).expect("is made");
        fs::write(folder.join("processflow-2026-11-21.jsonl"), line(1, "info", "a")).expect("is written");
        let lines = follow(&folder, &Filter::default(), &mut position).expect("follows");
        assert_eq!(numbers(&lines), [1], "the first line is not missed");
    }

    #[test]
    fn chunks_cut_no_line_and_damage_spoils_no_other() {
        let folder = tempfile::tempdir().expect("temp folder");
        let mut text = String::from("{\"time\": cut off\n");
        for n in 0..3000 {
            text += &line(n % 400, "info", "a");
            if n % 1000 == 0 {
                writeln!(text, "{{\"long\":\"{}\"}}", "x".repeat(200_000)).expect("text takes everything");
            }
        }
        fs::write(folder.path().join("processflow-2026-11-20.jsonl"), text).expect("is written");
        let (lines, _) = read(folder.path(), &Filter::default()).expect("reads");
        let wanted: Vec<_> = (0..3000).map(|n| n % 400).collect();
        assert_eq!(
            numbers(&lines),
            wanted,
            "each line once and whole; those that are no lines are left out"
        );
    }
}
