//! Diagnosis mode: every record of a run with what each step made of it, in a file of the run's own. Only for runs of
//! processflows that a person chose, for a while; other runs pay nothing.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use connector_kit::{Error, Record, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::warn;
use ts_rs::TS;

use super::trace::{Trace, bounded, masked};
use crate::{
    folder::trouble,
    os,
    state::{Entry, Label},
};

/// Bytes of one run's file.
const MOST: u64 = 64 * 1024 * 1024;

/// A record on its way through one run.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SnapshotRecord {
    /// The record's id in its source.
    pub source: String,
    /// Other names.
    pub labels: Vec<String>,
    /// When.
    pub at: String,
    /// What became of it.
    pub outcome: Label,
    /// The reason it was skipped, or why it failed.
    pub detail: Option<String>,
    /// What the destination calls it.
    pub target: Option<String>,
    /// The record as it was read.
    pub input: Value,
    /// What each write step made of it.
    pub steps: Vec<Trace>,
}

/// The file of one run's snapshot, while it runs.
pub struct Snapshot {
    file: File,
    bytes: u64,
    full: bool,
}

impl Snapshot {
    /// The file for a run in that folder; a run that goes on adds to its own.
    pub fn of_run(folder: &Path, run: &str) -> Result<Self> {
        let path = path(folder, run);
        let about = |error| trouble("the snapshot", &path, error);
        os::create_private_folder(folder).map_err(about)?;
        let options = OpenOptions::new().append(true).create(true).clone();
        let file = os::open_private(&path, &options).map_err(about)?;
        let bytes = file.metadata().map_err(about)?.len();
        Ok(Self {
            file,
            bytes,
            full: bytes >= MOST,
        })
    }

    /// Adds a batch. A run never fails for its snapshot: what the disk does not take is left out.
    pub(super) fn add(&mut self, at: &str, records: &[Record], entries: &[Entry], steps: Vec<Vec<Trace>>) {
        let mut text = Vec::new();
        for ((record, entry), steps) in records.iter().zip(entries).zip(steps) {
            let line = SnapshotRecord {
                source: record.id.to_string(),
                labels: record.labels.iter().map(str::to_owned).collect(),
                at: at.to_owned(),
                outcome: entry.outcome,
                detail: entry.detail.as_deref().map(bounded),
                target: entry.target.clone(),
                input: input(record),
                steps,
            };
            serde_json::to_writer(&mut text, &line).expect("plain data serialises");
            text.push(b'\n');
        }
        self.append(&text);
    }

    fn append(&mut self, text: &[u8]) {
        if self.full {
            return;
        }
        let whole = self.bytes + text.len() as u64 <= MOST;
        let written = if whole { self.file.write_all(text) } else { Ok(()) };
        self.bytes += text.len() as u64;
        if let Err(error) = &written {
            warn!(%error, "The snapshot of this run cannot be written; the run goes on without it.");
        }
        self.full = !whole || written.is_err();
    }
}

fn input(record: &Record) -> Value {
    match record.body.read() {
        Ok(value) => masked(value),
        Err(_) => Value::String(bounded(record.body.as_str())),
    }
}

fn path(folder: &Path, run: &str) -> PathBuf {
    folder.join(format!("{run}.jsonl"))
}

/// Whether a run has a snapshot, and of which records: the first `limit` of them.
pub fn held(folder: &Path, run: &str, limit: usize) -> Result<Option<Vec<String>>> {
    #[derive(Deserialize)]
    struct Name {
        source: String,
    }
    let Some(lines) = lines(folder, run)? else {
        return Ok(None);
    };
    let mut names = Vec::new();
    for line in lines {
        let name = serde_json::from_str::<Name>(&line?).map(|name| name.source);
        names.extend(name.ok().filter(|name| !names.contains(name)));
        if names.len() >= limit {
            break;
        }
    }
    Ok(Some(names))
}

/// A record of a run's snapshot: as it was when the run was last at it.
pub fn find(folder: &Path, run: &str, source: &str) -> Result<Option<SnapshotRecord>> {
    let begin = format!("{{\"source\":{},", Value::from(source));
    let mut found = None;
    for line in lines(folder, run)?.into_iter().flatten() {
        let line = line?;
        if line.starts_with(&begin) {
            found = serde_json::from_str(&line).ok().or(found);
        }
    }
    Ok(found)
}

fn lines(folder: &Path, run: &str) -> Result<Option<impl Iterator<Item = Result<String>>>> {
    // The id comes from outside and names a file.
    if !run
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    {
        return Err(Error::config(format!("`{run}` is no run's id")).hint("`processflow runs` lists them."));
    }
    let path = path(folder, run);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(trouble("the snapshot", &path, error)),
    };
    let read =
        move |line: std::io::Result<String>| line.map_err(|error| trouble("the snapshot", &path, error));
    Ok(Some(BufReader::new(file).lines().map(read)))
}
