//! Files that are appended to: nobody else may have changed them, and a crash is rolled forward from any byte.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use connector_kit::{Error, Result};

use super::Assembly;
use crate::files::{
    Mode,
    ledger::{Entry, Ledger, Seal},
    trouble::trouble,
};

/// What the next line needs before it.
pub(super) enum Needs {
    Head,
    LineEnd,
    Nothing,
}

impl Assembly {
    /// The file that is to be appended to, which must be as we left it, and what its next lines need before them.
    pub(super) fn target(
        &self,
        file: &str,
        left: Option<&Seal>,
        line_end: &[u8],
    ) -> Result<(Option<Seal>, Needs)> {
        let said = |error| trouble(file, error);
        let mut target = match self.root.read(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((None, Needs::Head)),
            found => found.map_err(said)?.into_std(),
        };
        let length = target.metadata().map_err(said)?.len();
        let seal = Seal::of(&mut target, length).map_err(said)?;
        if left.is_some_and(|left| *left != seal) {
            return Err(edited(file));
        }
        let mut end = vec![0; line_end.len().min(length as usize)];
        target
            .seek(SeekFrom::End(-(end.len() as i64)))
            .and_then(|_| target.read_exact(&mut end))
            .map_err(said)?;
        let needs = match length {
            0 => Needs::Head,
            _ if end == line_end => Needs::Nothing,
            _ => Needs::LineEnd,
        };
        Ok((Some(seal), needs))
    }

    /// Brings the committed lines of a part into the file they belong to, from wherever a crash left them.
    pub(super) fn append(&mut self, file: &str) -> Result<()> {
        let said = |error| trouble(file, error);
        let Some(entry) = self.ledger.files.get(file).cloned() else {
            return Ok(());
        };
        let (Some(seal), Some(then)) = (&entry.part, &entry.then) else {
            return Ok(());
        };
        let name = Ledger::part_name(&self.purpose.deployment, file);
        if !self.has_arrived(file, then).map_err(said)? {
            // A part that is gone, or holds other lines by now, was brought in before; whoever the file is meant
            // for has taken it since.
            if let Some(mut part) = self.committed(&name, seal).map_err(said)? {
                self.bring(file, &mut part, seal.length, entry.target.as_ref())
                    .map_err(said)??;
            }
        }
        // Emptied durably, so that lines which arrived are never taken for lines that did not.
        match self.parts.get_mut(file) {
            Some(part) => {
                part.target = Some(then.clone());
                part.cut(0).and_then(|()| part.file.sync_all()).map_err(said)?;
            }
            None => self
                .root
                .remove(&name)
                .and_then(|()| self.root.sync(&name))
                .map_err(said)?,
        }
        let entry = Entry {
            mode: Mode::Append,
            part: None,
            target: Some(then.clone()),
            then: None,
        };
        self.ledger.files.insert(file.to_owned(), entry);
        Ok(())
    }

    /// The file is as it must be once the lines are in it.
    fn has_arrived(&self, file: &str, then: &Seal) -> io::Result<bool> {
        match self.root.read(file).map(cap_std::fs::File::into_std) {
            Ok(mut target) => {
                let length = target.metadata()?.len();
                Ok(length == then.length && Seal::of(&mut target, length)? == *then)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The part, while it still holds the lines that were committed.
    fn committed(&self, name: &str, seal: &Seal) -> io::Result<Option<File>> {
        let mut part = match self.root.change(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found?.into_std(),
        };
        let whole = part.metadata()?.len() >= seal.length && Seal::of(&mut part, seal.length)? == *seal;
        Ok(whole.then_some(part))
    }

    /// Appends what of the part has not arrived yet.
    fn bring(&self, file: &str, part: &mut File, length: u64, left: Option<&Seal>) -> io::Result<Result<()>> {
        let before = left.map_or(0, |seal| seal.length);
        let (mut target, before) = match self.root.change(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                (self.root.make_new(file)?.into_std(), 0)
            }
            found => (found?.into_std(), before),
        };
        let there = target.metadata()?.len();
        let as_left = there >= before && (before == 0 || Some(&Seal::of(&mut target, before)?) == left);
        let arrived = there.saturating_sub(before);
        part.seek(SeekFrom::Start(0))?;
        target.seek(SeekFrom::Start(before.min(there)))?;
        if !as_left || arrived > length || !same_bytes(part, &mut target, arrived)? {
            return Ok(Err(edited(file)));
        }
        part.seek(SeekFrom::Start(arrived))?;
        io::copy(&mut part.take(length - arrived), &mut target)?;
        target.sync_all()?;
        self.root.sync(file)?;
        Ok(Ok(()))
    }
}

fn same_bytes(one: &mut impl Read, other: &mut impl Read, length: u64) -> io::Result<bool> {
    let (mut left, mut a, mut b) = (length, vec![0; 1 << 16], vec![0; 1 << 16]);
    while left > 0 {
        let piece = left.min(a.len() as u64) as usize;
        one.read_exact(&mut a[..piece])?;
        other.read_exact(&mut b[..piece])?;
        if a[..piece] != b[..piece] {
            return Ok(false);
        }
        left -= piece as u64;
    }
    Ok(true)
}

fn edited(file: &str) -> Error {
    Error::config(format!(
        "{file} is not as this processflow left it: somebody else changed it"
    ))
    .hint("Nothing was written or cut. Move the file away, and the next run begins a new one.")
}
