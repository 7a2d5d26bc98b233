//! The ledger of what a deployment has committed to files: one hidden file in the folder, replaced in one step.
//!
//! It is the commit. Part files are durable before it names their lengths; what it does not name does not count.

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek, SeekFrom, Write},
};

use connector_kit::{Checkpoint, Error, Result};
use serde::{Deserialize, Serialize};

use super::{Mode, place::Root, trouble::trouble};

/// Bytes at the end of a file that stand for it: nobody edits a file and leaves them as they were.
const TAIL: u64 = 4096;

/// What a deployment has committed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ledger {
    /// Version of this form.
    pub(super) processflow: u8,
    pub(super) checkpoint: Option<Checkpoint>,
    pub(super) files: BTreeMap<String, Entry>,
}

/// What is committed to one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) mode: Mode,
    /// Lines that are committed and not visible yet, in the part file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) part: Option<Seal>,
    /// The file that is appended to, as we left it or found it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<Seal>,
    /// The file that is appended to, once the part is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) then: Option<Seal>,
}

/// A length and a hash of the last bytes before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seal {
    pub(super) length: u64,
    pub(super) tail: String,
}

impl Seal {
    /// The seal of a file's first `length` bytes.
    pub(super) fn of(file: &mut (impl Read + Seek), length: u64) -> io::Result<Self> {
        Ok(Self::from_tail(length, &tail(file, length)?))
    }

    fn from_tail(length: u64, tail: &[u8]) -> Self {
        Self { length, tail: blake3::hash(tail).to_hex()[..32].to_owned() }
    }

    /// The seal of `before` bytes of one file with `more` bytes of another behind them.
    pub(super) fn joined<F: Read + Seek>(
        target: Option<(&mut F, u64)>,
        part: &mut (impl Read + Seek),
        more: u64,
    ) -> io::Result<Self> {
        let (mut bytes, before) = match target {
            Some((file, length)) => (tail(file, length)?, length),
            None => (Vec::new(), 0),
        };
        bytes.extend(tail(part, more)?);
        let surplus = bytes.len().saturating_sub(TAIL as usize);
        Ok(Self::from_tail(before + more, &bytes[surplus..]))
    }
}

fn tail(file: &mut (impl Read + Seek), length: u64) -> io::Result<Vec<u8>> {
    let from = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = vec![0; (length - from) as usize];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

impl Ledger {
    /// The ledger's name in the folder.
    pub(super) fn name(deployment: &str) -> String {
        format!(".processflow-{}.json", plain(deployment))
    }

    /// The name of the part file beside a file.
    pub(super) fn part_name(deployment: &str, file: &str) -> String {
        let (folder, name) = file.rsplit_once('/').map_or(("", file), |(folder, name)| (folder, name));
        let slash = if folder.is_empty() { "" } else { "/" };
        let mark = &blake3::hash(deployment.as_bytes()).to_hex()[..8];
        format!("{folder}{slash}.{name}.{mark}.part")
    }

    /// The ledger in a folder; an empty one where there is none yet.
    pub(super) fn load(root: &Root, deployment: &str) -> Result<Self> {
        let name = Self::name(deployment);
        let mut text = Vec::new();
        match root.read(&name).and_then(|mut file| file.read_to_end(&mut text)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            read => read.map_err(|error| trouble(&name, error))?,
        };
        serde_json::from_slice(&text).map_err(|error| {
            Error::config(format!("{name}, the ledger of this processflow's files, cannot be read ({error})"))
                .hint("It was changed by hand or by another version. Restore it, or deploy the processflow anew.")
        })
    }

    /// Makes it durable in one step.
    pub(super) fn store(&self, root: &Root, deployment: &str) -> Result<()> {
        let name = Self::name(deployment);
        let new = format!("{name}.new");
        let stored = || {
            let mut file = root.make(&new)?;
            file.write_all(&serde_json::to_vec(self)?)?;
            file.sync_all()?;
            drop(file);
            root.rename(&new, &name)?;
            root.sync(&name)
        };
        stored().map_err(|error| trouble(&name, error))
    }
}

/// A deployment's id as part of a file name.
fn plain(deployment: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if deployment.len() <= 64 && !deployment.is_empty() && deployment.chars().all(is_plain) {
        return deployment.to_owned();
    }
    blake3::hash(deployment.as_bytes()).to_hex()[..32].to_owned()
}
