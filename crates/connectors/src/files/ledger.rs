//! The ledger of what a deployment has committed to files: one hidden file in the folder, written in one step.
//!
//! It is the commit. Part files are durable before it names their lengths; what it does not name does not count.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
};

use connector_kit::{Checkpoint, Error, Result};
use serde::{Deserialize, Serialize};

use super::{Mode, place::Root, trouble::trouble};

/// A slot is a multiple of this: no two slots share a block of the disk.
const SLOT: usize = 16 << 10;
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
        Self {
            length,
            tail: blake3::hash(tail).to_hex()[..32].to_owned(),
        }
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
        let (folder, name) = file
            .rsplit_once('/')
            .map_or(("", file), |(folder, name)| (folder, name));
        let slash = if folder.is_empty() { "" } else { "/" };
        let mark = &blake3::hash(deployment.as_bytes()).to_hex()[..8];
        format!("{folder}{slash}.{name}.{mark}.part")
    }
}

/// The ledger's file: two slots that are written in turn, each a line of JSON filled up with spaces. A torn
/// write spoils one of them and leaves the state before it in the other. Writing in place costs a third of
/// replacing the file.
pub(super) struct Book {
    deployment: String,
    file: Option<File>,
    /// Bytes of a slot.
    slot: usize,
    turn: u64,
}

/// What a slot holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    turn: u64,
    /// Hash of turn and ledger.
    hash: String,
    ledger: Ledger,
}

impl Page {
    fn of(turn: u64, ledger: &Ledger) -> Self {
        Self {
            turn,
            hash: Self::hash(turn, ledger),
            ledger: ledger.clone(),
        }
    }

    fn hash(turn: u64, ledger: &Ledger) -> String {
        let text = serde_json::to_vec(&(turn, ledger)).expect("a ledger is plain data");
        blake3::hash(&text).to_hex()[..32].to_owned()
    }

    fn is_whole(&self) -> bool {
        self.hash == Self::hash(self.turn, &self.ledger)
    }
}

impl Book {
    pub(super) fn new(deployment: &str) -> Self {
        Self {
            deployment: deployment.to_owned(),
            file: None,
            slot: 0,
            turn: 0,
        }
    }

    /// The ledger in a folder; an empty one where there is none yet.
    pub(super) fn load(&mut self, root: &Root) -> Result<Ledger> {
        let name = Ledger::name(&self.deployment);
        let mut text = Vec::new();
        let mut file = match root.change(&name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                *self = Self::new(&self.deployment);
                return Ok(Ledger::default());
            }
            found => found.map_err(|error| trouble(&name, error))?.into_std(),
        };
        file.read_to_end(&mut text)
            .map_err(|error| trouble(&name, error))?;
        let pages = text
            .split(|byte| *byte == b'\n')
            .filter_map(|line| serde_json::from_slice::<Page>(line).ok());
        let Some(page) = pages.filter(Page::is_whole).max_by_key(|page| page.turn) else {
            return Err(Error::config(format!(
                "{name}, the ledger of this processflow's files, cannot be read"
            ))
            .hint(
                "It was changed by hand or by another version. Restore it, or deploy the processflow anew.",
            ));
        };
        (self.file, self.slot, self.turn) = (Some(file), text.len() / 2, page.turn);
        Ok(page.ledger)
    }

    /// Makes durable what was loaded: a process that died may have left it on its way to the disk, and what is settled by it
    /// must not be gone after the power was.
    pub(super) fn sync(&self) -> Result<()> {
        let synced = self.file.as_ref().map_or(Ok(()), File::sync_data);
        synced.map_err(|error| trouble(&Ledger::name(&self.deployment), error))
    }

    /// Makes a ledger durable in one step.
    pub(super) fn store(&mut self, root: &Root, ledger: &Ledger) -> Result<()> {
        let name = Ledger::name(&self.deployment);
        let page = serde_json::to_vec(&Page::of(self.turn + 1, ledger)).expect("a ledger is plain data");
        let stored = match &mut self.file {
            Some(file) if page.len() < self.slot => {
                let at = (self.turn + 1) % 2 * self.slot as u64;
                let slot = filled(page, self.slot);
                file.seek(SeekFrom::Start(at))
                    .and_then(|_| file.write_all(&slot))
                    .and_then(|()| file.sync_data())
            }
            _ => self.begin(root, &name, page),
        };
        stored.map_err(|error| trouble(&name, error))?;
        self.turn += 1;
        Ok(())
    }

    /// A new file with room for twice as much, in place of the one that is too small.
    fn begin(&mut self, root: &Root, name: &str, page: Vec<u8>) -> io::Result<()> {
        let slot = (page.len() * 2).next_multiple_of(SLOT);
        let (here, other) = (filled(page, slot), filled(Vec::new(), slot));
        let slots = if (self.turn + 1).is_multiple_of(2) {
            [here, other]
        } else {
            [other, here]
        };
        let new = format!("{name}.new");
        let mut file = root.make(&new)?.into_std();
        file.write_all(&slots.concat())?;
        file.sync_all()?;
        drop(file);
        // Windows renames no open file, and replaces none.
        self.file = None;
        root.rename(&new, name)?;
        root.sync(name)?;
        (self.file, self.slot) = (Some(root.change(name)?.into_std()), slot);
        Ok(())
    }
}

fn filled(mut page: Vec<u8>, slot: usize) -> Vec<u8> {
    page.resize(slot - 1, b' ');
    page.push(b'\n');
    page
}

/// A deployment's id as part of a file name.
fn plain(deployment: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if deployment.len() <= 64 && !deployment.is_empty() && deployment.chars().all(is_plain) {
        return deployment.to_owned();
    }
    blake3::hash(deployment.as_bytes()).to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use connector_kit::Checkpoint;

    use super::{Book, Entry, Ledger, SLOT};
    use crate::files::{Mode, place::Root};

    fn ledger(batch: u64, files: usize) -> Ledger {
        let entry = Entry {
            mode: Mode::Append,
            part: None,
            target: None,
            then: None,
        };
        let files = (0..files)
            .map(|at| (format!("a file with a long name {at}.csv"), entry.clone()))
            .collect();
        let checkpoint = Some(Checkpoint {
            deployment: "d".to_owned(),
            epoch: 1,
            batch,
        });
        Ledger {
            processflow: 1,
            checkpoint,
            files,
        }
    }

    #[test]
    fn a_torn_write_leaves_the_state_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let path = folder.path().join(Ledger::name("d"));
        let mut book = Book::new("d");
        for batch in 1..6 {
            book.store(&root, &ledger(batch, 1)).unwrap();
            let before = std::fs::read(&path).unwrap();
            book.store(&root, &ledger(batch + 100, 1)).unwrap();
            let after = std::fs::read(&path).unwrap();
            for torn in [0, 1, 30, 100, SLOT / 2, SLOT, SLOT + 20, 2 * SLOT] {
                let half: Vec<u8> = [&after[..torn], &before[torn..]].concat();
                std::fs::write(&path, half).unwrap();
                let found = Book::new("d").load(&root).unwrap();
                assert!(
                    [ledger(batch, 1), ledger(batch + 100, 1)].contains(&found),
                    "torn at {torn}: one or the other"
                );
            }
            std::fs::write(&path, &before).unwrap();
            assert_eq!(book.load(&root).unwrap(), ledger(batch, 1));
        }
    }

    #[test]
    fn it_grows_with_the_files_and_refuses_what_others_made_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let mut book = Book::new("d");
        assert_eq!(book.load(&root).unwrap(), Ledger::default(), "there is none yet");
        for (batch, files) in [(1, 1), (2, 1000), (3, 3)] {
            book.store(&root, &ledger(batch, files)).unwrap();
            assert_eq!(Book::new("d").load(&root).unwrap(), ledger(batch, files));
        }
        std::fs::write(folder.path().join(Ledger::name("d")), "{}").unwrap();
        assert!(
            book.load(&root).is_err(),
            "an unreadable ledger is not an empty one"
        );
    }
}
