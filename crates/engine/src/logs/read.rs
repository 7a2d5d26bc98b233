//! Reading the log: the last lines that match, found from the end, those before them, and those that come after.
//!
//! Files are read in chunks and no further than asked: a page of a log of any size costs what the page costs. A look for
//! rare lines ends after so many bytes and tells where the next look goes on.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use aho_corasick::AhoCorasick;
use connector_kit::Result;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
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
/// Lines are in the order of time but for threads that wrote at the same moment.
const DISORDER: SignedDuration = SignedDuration::from_secs(60);

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
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// The last so many; all when there is no limit.
    pub limit: Option<usize>,
}

/// A place between two lines of the log. As text: the file's name and how many of its bytes lie before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Position {
    /// The name of the file; empty before the first.
    file: String,
    offset: u64,
}

impl From<Position> for String {
    fn from(position: Position) -> Self {
        format!("{}@{}", position.file, position.offset)
    }
}

impl TryFrom<String> for Position {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts = text.split_once('@');
        let position = parts.and_then(|(file, offset)| {
            let known = file.is_empty() || Name::parse(file).is_some();
            Some((file.to_owned(), offset.parse().ok()?)).filter(|_| known)
        });
        position
            .map(|(file, offset)| Self { file, offset })
            .ok_or_else(|| format!("`{text}` is no place in the log"))
    }
}

/// Lines of the log, in the order of time, and where they lie.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The lines.
    pub lines: Vec<Line>,
    /// Where the look for earlier lines goes on.
    pub begin: Position,
    /// Where [`follow`] goes on.
    pub end: Position,
    /// Whether earlier lines were not looked at.
    pub earlier: bool,
    /// Bytes of the log before the first line that was looked at, and of all of it.
    pub before: u64,
    /// See `before`.
    pub total: u64,
}

/// The last lines that match, in the order of time, and the position to go on from with [`follow`].
pub fn read(folder: &Path, filter: &Filter) -> Result<(Vec<Line>, Position)> {
    let found = earlier(folder, filter, None, u64::MAX)?;
    Ok((found.lines, found.end))
}

/// The last lines that match and lie before a position (or in all of the log), reading `most` bytes at most.
pub fn earlier(folder: &Path, filter: &Filter, before: Option<&Position>, most: u64) -> Result<Found> {
    search(folder, filter, before, most).map_err(|error| trouble("the log", folder, error))
}

/// The lines that came after a position, over the ends of files and days; moves the position on. Nothing new is
/// an empty list: ask again in a moment.
pub fn follow(folder: &Path, filter: &Filter, position: &mut Position) -> Result<Vec<Line>> {
    later(folder, filter, position, usize::MAX).map_err(|error| trouble("the log", folder, error))
}

/// The lines after a position, as a page: `limit` of them at most.
pub fn after(folder: &Path, filter: &Filter, position: &Position) -> Result<Found> {
    let mut end = position.clone();
    let limit = filter.limit.unwrap_or(usize::MAX);
    let about = |error| trouble("the log", folder, error);
    let lines = later(folder, filter, &mut end, limit).map_err(about)?;
    let (before, total) = bytes_before(folder, position).map_err(about)?;
    Ok(Found {
        lines,
        begin: position.clone(),
        end,
        earlier: before > 0,
        before,
        total,
    })
}

fn search(folder: &Path, filter: &Filter, before: Option<&Position>, most: u64) -> io::Result<Found> {
    let search = Search::of(filter);
    let limit = filter.limit.unwrap_or(usize::MAX);
    let days = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
    let (since, until) = (filter.since.map(days), filter.until.map(days));
    let from = before.and_then(|before| Name::parse(&before.file));
    let mut found = Found::default();
    let (mut left, mut newest, mut begin) = (most, None, None);
    for name in names(folder)?.into_iter().rev() {
        let Some(mut file) = open(folder, name)? else {
            continue;
        };
        let whole = whole_lines(&mut file)?;
        newest.get_or_insert_with(|| Position::at(name, whole));
        if from.is_some_and(|from| name > from) || until.is_some_and(|until| name.day > until) {
            continue;
        }
        if found.lines.len() >= limit || left == 0 || since.is_some_and(|since| name.day < since) {
            found.earlier = since.is_none_or(|since| name.day >= since);
            break;
        }
        let mut end = match before {
            Some(before) if Some(name) == from => before.offset.min(whole),
            _ => whole,
        };
        if let Some(until) = filter.until {
            end = end.min(first_at(&mut file, whole, until + DISORDER)?);
        }
        let mut too_early = false;
        let start = backwards(&mut file, end, |text, at| {
            left = left.saturating_sub(text.len() as u64 + 1);
            match search.take(text) {
                Taken::Line(line) => found.lines.push(*line),
                Taken::TooEarly => too_early = true,
                Taken::Not => {}
            }
            // The line at `at` was looked at; the next look begins before it.
            begin = Some(Position::at(name, at));
            found.lines.len() < limit && left > 0 && !too_early
        })?;
        found.earlier = start > 0 && !too_early;
        if start == 0 {
            begin = Some(Position::at(name, 0));
        }
        if too_early {
            break;
        }
    }
    found.lines.reverse();
    found.end = before.cloned().or(newest).unwrap_or_default();
    found.begin = begin.unwrap_or_else(|| found.end.clone());
    (found.before, found.total) = bytes_before(folder, &found.begin)?;
    Ok(found)
}

impl Position {
    fn at(name: Name, offset: u64) -> Self {
        Self {
            file: name.to_string(),
            offset,
        }
    }
}

/// Bytes of the log before a position, and in all.
fn bytes_before(folder: &Path, position: &Position) -> io::Result<(u64, u64)> {
    let at = Name::parse(&position.file);
    let (mut before, mut total) = (0, 0);
    for name in names(folder)? {
        let Ok(found) = std::fs::metadata(name.path(folder)) else {
            continue;
        };
        total += found.len();
        before += match at {
            Some(at) if name < at => found.len(),
            Some(at) if name == at => position.offset.min(found.len()),
            _ => 0,
        };
    }
    Ok((before, total))
}

/// Where the first line from an instant on begins, or the end: lines are in the order of time, so halves are enough.
fn first_at(file: &mut File, end: u64, time: Timestamp) -> io::Result<u64> {
    let (mut low, mut high) = (0, end);
    while high - low > CHUNK {
        let middle = low + (high - low) / 2;
        match line_from(file, middle, high)? {
            Some((begin, at)) if at < time => low = begin.max(low + 1),
            _ => high = middle,
        }
    }
    // The line that `high` may lie inside of, and the rest of this chunk, are looked at one by one.
    Ok((high + CHUNK).min(end))
}

/// The first whole line that begins after a place: where, and its time.
fn line_from(file: &mut File, from: u64, end: u64) -> io::Result<Option<(u64, Timestamp)>> {
    let chunk = part(file, from, (from + CHUNK).min(end))?;
    let mut begin = 0;
    while let Some(newline) = chunk[begin..].iter().position(|byte| *byte == b'\n') {
        begin += newline + 1;
        if let Some(time) = time_of(&chunk[begin..]) {
            return Ok(Some((from + begin as u64, time)));
        }
    }
    Ok(None)
}

/// The time that a line begins with.
fn time_of(text: &[u8]) -> Option<Timestamp> {
    let rest = text.strip_prefix(b"{\"time\":\"")?;
    let end = rest.iter().take(40).position(|byte| *byte == b'"')?;
    std::str::from_utf8(&rest[..end]).ok()?.parse().ok()
}

/// The level's word, which follows the time.
fn level_of(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"{\"time\":\"")?;
    let end = rest.iter().take(40).position(|byte| *byte == b'"')?;
    let rest = rest[end..].strip_prefix(b"\",\"level\":\"")?;
    let end = rest.iter().take(10).position(|byte| *byte == b'"')?;
    Some(&rest[..end])
}

fn later(folder: &Path, filter: &Filter, position: &mut Position, limit: usize) -> io::Result<Vec<Line>> {
    let search = Search::of(filter);
    let seen = Name::parse(&position.file);
    let mut lines = Vec::new();
    let mut left = LOOK;
    for name in names(folder)?
        .into_iter()
        .filter(|name| seen.is_none_or(|seen| *name >= seen))
    {
        if left == 0 || lines.len() >= limit {
            break;
        }
        let Some(mut file) = open(folder, name)? else {
            continue;
        };
        let from = if Some(name) == seen { position.offset } else { 0 };
        let mut text = Vec::new();
        file.seek(SeekFrom::Start(from))?;
        let read = file.take(left).read_to_end(&mut text)? as u64;
        // A line still being written is left for the next time.
        let end = text
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |last| last + 1);
        let mut at = 0;
        while at < end && lines.len() < limit {
            let length = text[at..end]
                .iter()
                .position(|byte| *byte == b'\n')
                .unwrap_or(end - at);
            if let Taken::Line(line) = search.take(&text[at..at + length]) {
                lines.push(*line);
            }
            at += length + 1;
        }
        *position = Position::at(name, from + at.min(end) as u64);
        left -= read;
    }
    Ok(lines)
}

/// A filter, ready to look at many lines.
struct Search<'f> {
    filter: &'f Filter,
    /// Finds the text in capitals or not, where it has no letters beyond ASCII.
    text: Option<AhoCorasick>,
    /// Words of the levels that are not wanted.
    unwanted: Vec<&'static [u8]>,
}

/// What a line is to a search.
enum Taken {
    Line(Box<Line>),
    Not,
    /// Written so long before the period that no earlier line can belong to it.
    TooEarly,
}

impl<'f> Search<'f> {
    fn of(filter: &'f Filter) -> Self {
        let ascii = filter
            .text
            .as_deref()
            .filter(|text| text.is_ascii() && !text.is_empty());
        let text = ascii.and_then(|text| {
            let search = AhoCorasick::builder().ascii_case_insensitive(true).build([text]);
            search.ok()
        });
        let levels = [LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace];
        let unwanted = levels
            .into_iter()
            .filter(|level| filter.level.is_some_and(|wanted| *level > wanted))
            .map(|level| level.as_str().as_bytes())
            .collect();
        Self {
            filter,
            text,
            unwanted,
        }
    }

    fn take(&self, text: &[u8]) -> Taken {
        if let Some(since) = self.filter.since
            && time_of(text).is_some_and(|time| time < since - DISORDER)
        {
            return Taken::TooEarly;
        }
        // Cheap first: most lines of a big file are not meant.
        let level = level_of(text);
        if text.is_empty() || level.is_some_and(|level| self.unwanted.contains(&level)) {
            return Taken::Not;
        }
        if self.text.as_ref().is_some_and(|search| !search.is_match(text)) {
            return Taken::Not;
        }
        let line = self.filter.take(text, self.text.is_some());
        line.map_or(Taken::Not, |line| Taken::Line(Box::new(line)))
    }
}

impl Filter {
    fn take(&self, text: &[u8], has_text: bool) -> Option<Line> {
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
        if let Some(part) = self.text.as_ref().filter(|_| !has_text)
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
            && self.until.is_none_or(|until| line.time < until)
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

/// Hands over the lines before `end` with their beginnings, the last first, until told to stop; where the last one
/// that was handed over begins.
fn backwards(file: &mut File, mut end: u64, mut each: impl FnMut(&[u8], u64) -> bool) -> io::Result<u64> {
    // The end of a line whose beginning lies in an earlier chunk.
    let mut rest: Vec<u8> = Vec::new();
    let mut reached = end;
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
        let mut stop = chunk.len();
        while stop > first {
            // A line's own newline is its last byte.
            let body = &chunk[first..stop - usize::from(chunk[stop - 1] == b'\n')];
            let begin = first
                + body
                    .iter()
                    .rposition(|byte| *byte == b'\n')
                    .map_or(0, |last| last + 1);
            reached = start + begin as u64;
            if !each(&chunk[begin..first + body.len()], reached) {
                return Ok(reached);
            }
            stop = begin;
        }
        chunk.truncate(first);
        rest = chunk;
    }
    Ok(reached)
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
    fn pages_go_back_and_forth_and_meet() {
        let folder = folder();
        let filter = Filter {
            limit: Some(7),
            ..Filter::default()
        };
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let page = earlier(folder.path(), &filter, before.as_ref(), u64::MAX).expect("reads");
            let mut lines = numbers(&page.lines);
            lines.extend(seen);
            seen = lines;
            before = Some(page.begin.clone());
            if !page.earlier {
                assert_eq!(page.before, 0, "nothing lies before the first line");
                break;
            }
        }
        assert_eq!(seen, (0..100).collect::<Vec<_>>(), "backwards each line once");
        let (mut seen, mut at) = (Vec::new(), before.expect("a place"));
        loop {
            let page = after(folder.path(), &filter, &at).expect("reads");
            if page.lines.is_empty() {
                break;
            }
            seen.extend(numbers(&page.lines));
            at = page.end;
        }
        assert_eq!(seen, (0..100).collect::<Vec<_>>(), "and forwards too");
    }

    #[test]
    fn a_look_for_rare_lines_ends_and_goes_on() {
        let folder = folder();
        let filter = Filter {
            text: Some("line 3\"".into()),
            ..Filter::default()
        };
        let (mut looks, mut before) = (0, None);
        let found = loop {
            let page = earlier(folder.path(), &filter, before.as_ref(), 1_000).expect("reads");
            looks += 1;
            if !page.lines.is_empty() {
                break numbers(&page.lines);
            }
            assert!(page.earlier, "it is not found yet, so there is more");
            before = Some(page.begin);
        };
        assert_eq!(found, [3], "found in the end");
        assert!(looks > 5, "after {looks} short looks");
    }

    #[test]
    fn a_period_is_found_without_reading_the_rest() {
        let folder = tempfile::tempdir().expect("temp folder");
        let start: Timestamp = "2026-11-20T00:00:00Z".parse().expect("a time");
        let text: String = (0..60_000)
            .map(|n| {
                let time = start + SignedDuration::from_secs(n);
                format!("{{\"time\":\"{time}\",\"level\":\"info\",\"target\":\"t\",\"message\":\"m\",\"n\":{n}}}\n")
            })
            .collect();
        fs::write(folder.path().join("processflow-2026-11-20.jsonl"), &text).expect("is written");
        let filter = Filter {
            since: Some(start + SignedDuration::from_secs(20_000)),
            until: Some(start + SignedDuration::from_secs(20_003)),
            ..Filter::default()
        };
        let found = earlier(folder.path(), &filter, None, 300_000).expect("reads");
        assert_eq!(
            numbers(&found.lines),
            [20_000, 20_001, 20_002],
            "inside the period"
        );
        assert!(!found.earlier, "and nothing earlier is looked for");
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
