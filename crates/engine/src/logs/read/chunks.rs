//! Files of the log, read a chunk at a time: backwards, by halves to an instant, and no further than asked.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use jiff::Timestamp;

use super::filter::time_of;
use crate::logs::files::{Name, list};

const CHUNK: u64 = 64 * 1024;

pub(super) fn names(folder: &Path) -> io::Result<Vec<Name>> {
    match list(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        names => names,
    }
}

/// `None` when it was removed meanwhile.
pub(super) fn open(folder: &Path, name: Name) -> io::Result<Option<File>> {
    match File::open(name.path(folder)) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The end of the last line that has its newline.
pub(super) fn whole_lines(file: &mut File) -> io::Result<u64> {
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
pub(super) fn backwards(
    file: &mut File,
    mut end: u64,
    mut each: impl FnMut(&[u8], u64) -> bool,
) -> io::Result<u64> {
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

/// Where the first line from an instant on begins, or the end: lines are in the order of time, so halves are enough.
pub(super) fn first_at(file: &mut File, end: u64, time: Timestamp) -> io::Result<u64> {
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
