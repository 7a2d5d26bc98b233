//! Where files are put together: exactly-once over any crash, and never half of one visible.
//!
//! Lines of a batch gather in part files. A commit makes these durable, then the ledger with their lengths and
//! the checkpoint: that one replacement is the commit of all files at once. After it,
//! - a file that is *replaced* waits in its part until the run finishes, and then takes its name in one step;
//! - a file that is *appended to* gets the lines of the batch at once. A crash in between is rolled forward:
//!   the lines are in the part, and how far they reached the file is compared byte by byte.
//!
//! Nothing is ever cut off a file that others can see. A file that is not as we left it stops the run; a file
//! that is gone was taken by whoever it is meant for, and a new one begins.

mod append;

use std::{collections::BTreeMap, io};

use connector_kit::{Checkpoint, Error, OpenFor, Result};

use self::append::Needs;
use super::{
    Mode,
    ledger::{Book, Entry, Ledger, Seal},
    part::Part,
    place::Root,
    trouble::trouble,
};

/// What a run has open in a folder.
pub(super) struct Assembly {
    pub(super) root: Root,
    purpose: OpenFor,
    book: Book,
    ledger: Ledger,
    parts: BTreeMap<String, Part>,
    /// The ledger was read and what a crash left was put in order.
    in_order: bool,
    /// The batch was given up in its middle: nothing more goes into it until it is undone.
    given_up: bool,
}

/// What a new or continued file needs besides its lines.
pub(super) struct Shape {
    pub(super) mode: Mode,
    /// What stands before the first line: a mark, the names of the columns.
    pub(super) head: Vec<u8>,
    /// What ends a line.
    pub(super) line_end: Vec<u8>,
}

impl Assembly {
    pub(super) fn new(root: Root, purpose: OpenFor) -> Self {
        let book = Book::new(&purpose.deployment);
        let (ledger, parts) = (Ledger::default(), BTreeMap::new());
        Self {
            root,
            purpose,
            book,
            ledger,
            parts,
            in_order: false,
            given_up: false,
        }
    }

    /// Puts in order what a crash left; how far this deployment has come here.
    pub(super) fn resume(&mut self) -> Result<Option<Checkpoint>> {
        self.parts.clear();
        self.ledger = self.book.load(&self.root)?;
        self.book.sync()?;
        (self.in_order, self.given_up) = (true, false);
        let before = self.ledger.clone();
        let epoch = self
            .ledger
            .checkpoint
            .as_ref()
            .map_or(0, |checkpoint| checkpoint.epoch);
        // What belongs to an agent that has gone further is not ours to touch.
        if epoch <= self.purpose.epoch {
            for file in before.files.keys() {
                match before.files[file].mode {
                    Mode::Append => self.append(file)?,
                    Mode::Replace if epoch < self.purpose.epoch => self.drop_part(file)?,
                    Mode::Replace => self.find_part(file)?,
                }
            }
        }
        if self.ledger != before {
            self.book.store(&self.root, &self.ledger)?;
        }
        Ok(self.ledger.checkpoint.clone())
    }

    /// Adds lines of the batch to a file.
    pub(super) fn write(&mut self, file: &str, shape: &Shape, lines: &[u8]) -> Result<()> {
        self.usable()?;
        let written = self
            .part(file, shape)
            .and_then(|part| part.push(lines).map_err(|error| trouble(file, error)));
        self.given_up = written.is_err();
        written
    }

    /// Brings the lines of the batch to the disk, where they do not count before the ledger names them.
    pub(super) fn flush(&mut self) -> Result<()> {
        let mut dirty = self.parts.iter_mut().filter(|(_, part)| part.is_dirty());
        let flushed = dirty.try_for_each(|(file, part)| part.sync().map_err(|error| trouble(file, error)));
        self.given_up |= flushed.is_err();
        flushed
    }

    /// Makes the batch durable with its checkpoint, in all files at once.
    pub(super) fn commit(&mut self, at: &Checkpoint) -> Result<()> {
        self.usable()?;
        let committed = self.seal(at).and_then(|()| {
            let appended: Vec<String> = self.waiting(Mode::Append);
            appended.iter().try_for_each(|file| self.append(file))
        });
        self.given_up = committed.is_err();
        committed
    }

    /// Makes parts, ledger and checkpoint durable: the commit.
    pub(super) fn seal(&mut self, at: &Checkpoint) -> Result<()> {
        let there = self.book.load(&self.root)?.checkpoint;
        let has_lines = self.parts.values().any(Part::is_dirty);
        if there != self.ledger.checkpoint || there.is_some_and(|there| is_beyond(&there, at, has_lines)) {
            return Err(self.fenced());
        }
        let mut next = Ledger {
            processflow: 1,
            checkpoint: Some(at.clone()),
            ..self.ledger.clone()
        };
        let root = &self.root;
        for (file, part) in self.parts.iter_mut().filter(|(_, part)| part.is_dirty()) {
            let entry = sealed(root, file, part).map_err(|error| trouble(file, error))?;
            next.files.insert(file.clone(), entry);
        }
        self.book.store(root, &next)?;
        for part in self.parts.values_mut() {
            part.is_named = true;
        }
        self.ledger = next;
        for (file, entry) in &self.ledger.files {
            if let (Some(part), Some(seal)) = (self.parts.get_mut(file), &entry.part) {
                part.kept = Some(seal.length);
            }
        }
        Ok(())
    }

    /// Forgets what was written since the last commit.
    pub(super) fn undo(&mut self) -> Result<()> {
        if !self.in_order || !self.waiting(Mode::Append).is_empty() {
            // A commit that broke off behind its ledger is a commit: it is completed, not undone.
            return self.resume().map(drop);
        }
        let mut parts = std::mem::take(&mut self.parts);
        for (file, part) in &mut parts {
            let undone = match part.kept {
                Some(length) => part.cut(length),
                None => self
                    .root
                    .remove(&Ledger::part_name(&self.purpose.deployment, file)),
            };
            undone.map_err(|error| trouble(file, error))?;
        }
        parts.retain(|_, part| part.kept.is_some());
        (self.parts, self.given_up) = (parts, false);
        Ok(())
    }

    /// The run is over and all is committed: files that are replaced take their names.
    pub(super) fn finish(&mut self) -> Result<()> {
        self.undo()?;
        let before = self.ledger.clone();
        for file in self.waiting(Mode::Replace) {
            let part = Ledger::part_name(&self.purpose.deployment, &file);
            // Windows renames no open file.
            self.parts.remove(&file);
            let published = self
                .root
                .same_rights(&file, &part)
                .and_then(|()| self.root.rename(&part, &file));
            published
                .and_then(|()| self.root.sync(&file))
                .map_err(|error| trouble(&file, error))?;
            self.ledger.files.remove(&file);
        }
        for file in self.waiting_parts(Mode::Append) {
            self.parts.remove(&file);
            let part = Ledger::part_name(&self.purpose.deployment, &file);
            self.root.remove(&part).map_err(|error| trouble(&file, error))?;
        }
        let on_disk = self.book.load(&self.root)?;
        if self.ledger != before || on_disk != self.ledger {
            self.book.store(&self.root, &self.ledger)?;
        }
        Ok(())
    }

    fn usable(&mut self) -> Result<()> {
        if !self.in_order {
            self.resume()?;
        }
        if self.given_up {
            return Err(Error::bug("the batch was taken back and is being written on"));
        }
        match &self.ledger.checkpoint {
            Some(there) if there.epoch > self.purpose.epoch => Err(self.fenced()),
            _ => Ok(()),
        }
    }

    fn fenced(&self) -> Error {
        Error::config(format!(
            "in {} this processflow has come further than this agent knows",
            Ledger::name(&self.purpose.deployment)
        ))
        .hint(
            "Another agent, or the original of a restored copy, went on here. Stop one of the two; then move the \
             watermark of this one, or deploy the processflow anew.",
        )
    }

    /// Files with committed lines that are not visible yet.
    fn waiting(&self, mode: Mode) -> Vec<String> {
        let waits = |entry: &Entry| entry.mode == mode && entry.part.is_some();
        self.ledger
            .files
            .iter()
            .filter(|(_, entry)| waits(entry))
            .map(|(file, _)| file.clone())
            .collect()
    }

    fn waiting_parts(&self, mode: Mode) -> Vec<String> {
        self.parts
            .iter()
            .filter(|(_, part)| part.mode == mode)
            .map(|(file, _)| file.clone())
            .collect()
    }

    /// The part of a file, begun where there is none.
    fn part(&mut self, file: &str, shape: &Shape) -> Result<&mut Part> {
        if !self.parts.contains_key(file) {
            let part = self.begin(file, shape)?;
            self.parts.insert(file.to_owned(), part);
        }
        Ok(self.parts.get_mut(file).expect("it was put there above"))
    }

    fn begin(&mut self, file: &str, shape: &Shape) -> Result<Part> {
        let said = |error| trouble(file, error);
        let name = Ledger::part_name(&self.purpose.deployment, file);
        let entry = self
            .ledger
            .files
            .get(file)
            .filter(|entry| entry.mode == shape.mode);
        if let (Mode::Replace, Some(seal)) = (shape.mode, entry.and_then(|entry| entry.part.as_ref())) {
            return Part::go_on(&self.root, &name, seal).map_err(said);
        }
        let (target, needs) = match shape.mode {
            Mode::Replace => (None, Needs::Head),
            Mode::Append => self.target(
                file,
                entry.and_then(|entry| entry.target.as_ref()),
                &shape.line_end,
            )?,
        };
        let mut part = Part::begin(&self.root, &name, shape.mode, target).map_err(said)?;
        let first: &[u8] = match needs {
            Needs::Head => &shape.head,
            Needs::LineEnd => &shape.line_end,
            Needs::Nothing => &[],
        };
        part.push(first).map_err(said)?;
        Ok(part)
    }

    /// The part of a file that is replaced must be there, unless it has taken its name already.
    fn find_part(&mut self, file: &str) -> Result<()> {
        let said = |error| trouble(file, error);
        let Some(seal) = self.ledger.files.get(file).and_then(|entry| entry.part.clone()) else {
            return Ok(());
        };
        let is_it = |name: &str, exact: bool| match self.root.read(name).map(cap_std::fs::File::into_std) {
            Ok(mut found) => {
                let length = found.metadata()?.len();
                Ok((length == seal.length || !exact && length > seal.length)
                    && Seal::of(&mut found, seal.length)? == seal)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        };
        if is_it(&Ledger::part_name(&self.purpose.deployment, file), false).map_err(said)? {
            return Ok(());
        }
        if is_it(file, true).map_err(said)? {
            self.ledger.files.remove(file);
            return Ok(());
        }
        Err(Error::config(format!(
            "the lines of {file} that were written so far are gone or changed"
        ))
        .hint("Somebody removed or edited its hidden part file. Begin anew from an earlier point: `processflow watermark NAME --move T`."))
    }

    /// Lines of a past that was taken back are not published.
    fn drop_part(&mut self, file: &str) -> Result<()> {
        self.ledger.files.remove(file);
        self.root
            .remove(&Ledger::part_name(&self.purpose.deployment, file))
            .map_err(|error| trouble(file, error))
    }
}

/// Another has come further, or to the same place with other lines.
fn is_beyond(there: &Checkpoint, at: &Checkpoint, has_lines: bool) -> bool {
    let same = there.epoch == at.epoch;
    there.epoch > at.epoch || (same && (there.batch > at.batch || (there.batch == at.batch && has_lines)))
}

/// A part made durable, and what the ledger says of it.
fn sealed(root: &Root, file: &str, part: &mut Part) -> io::Result<Entry> {
    let seal = part.seal()?;
    if !part.is_named {
        root.sync(file)?;
    }
    let then = match (part.mode, part.target.as_ref()) {
        (Mode::Replace, _) => None,
        (Mode::Append, None) => Some(Seal::joined(
            None::<(&mut std::fs::File, u64)>,
            &mut part.file,
            seal.length,
        )?),
        (Mode::Append, Some(left)) => {
            let mut target = root.read(file)?.into_std();
            Some(Seal::joined(
                Some((&mut target, left.length)),
                &mut part.file,
                seal.length,
            )?)
        }
    };
    Ok(Entry {
        mode: part.mode,
        part: Some(seal),
        target: part.target.clone(),
        then,
    })
}
