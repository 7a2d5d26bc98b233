//! Reading the log: the last lines that match, found from the end, those before them, and those that come after.
//!
//! Files are read in chunks and no further than asked: a page of a log of any size costs what the page costs. A look for
//! rare lines ends after so many bytes and tells where the next look goes on.

mod chunks;
mod filter;
mod position;
#[cfg(test)]
mod tests;

use std::{
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use connector_kit::Result;
use jiff::{Timestamp, tz::TimeZone};

use super::{Line, files::Name};
use crate::folder::trouble;

use chunks::{backwards, first_at, names, open, whole_lines};
use filter::{DISORDER, Search, Taken};

pub use filter::Filter;
pub use position::Position;

/// Bytes that one look at a growing file takes at most.
const LOOK: u64 = 4 * 1024 * 1024;

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
