//! A part file: lines of a run that are not visible yet.

use std::{
    fs::File,
    io::{self, Seek, SeekFrom, Write},
};

use super::{Mode, ledger::Seal, place::Root};

/// Lines gather in memory up to so many bytes.
const BUFFER: usize = 256 << 10;

/// An open part file.
pub(super) struct Part {
    pub(super) mode: Mode,
    /// The file that is appended to, as it was found.
    pub(super) target: Option<Seal>,
    pub(super) file: File,
    /// Bytes that the ledger knows of; `None` before the first commit.
    pub(super) kept: Option<u64>,
    /// Its name is durable in the folder.
    pub(super) is_named: bool,
    buffer: Vec<u8>,
    flushed: u64,
    /// Bytes that are on the disk.
    durable: u64,
}

impl Part {
    /// Begins an empty one, in place of what a crash may have left.
    pub(super) fn begin(root: &Root, name: &str, mode: Mode, target: Option<Seal>) -> io::Result<Self> {
        let file = root.make(name)?.into_std();
        Ok(Self {
            mode,
            target,
            file,
            kept: None,
            is_named: false,
            buffer: Vec::new(),
            flushed: 0,
            durable: 0,
        })
    }

    /// Goes on with one that the ledger knows of: what stands behind the seal was never committed.
    pub(super) fn go_on(root: &Root, name: &str, seal: &Seal) -> io::Result<Self> {
        let file = root.change(name)?.into_std();
        let kept = Some(seal.length);
        let mut part = Self {
            mode: Mode::Replace,
            target: None,
            file,
            kept,
            is_named: true,
            buffer: Vec::new(),
            flushed: seal.length,
            durable: seal.length,
        };
        part.cut(seal.length)?;
        Ok(part)
    }

    /// Adds bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() >= BUFFER {
            self.flush()?;
            return self.put(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        let put = self.put(&buffer);
        buffer.clear();
        self.buffer = buffer;
        put
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.flushed))?;
        self.file.write_all(bytes)?;
        self.flushed += bytes.len() as u64;
        Ok(())
    }

    /// True when it holds what is not committed.
    pub(super) fn is_dirty(&self) -> bool {
        self.flushed + self.buffer.len() as u64 > self.kept.unwrap_or(0)
    }

    /// Makes all of it durable.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.flush()?;
        if self.durable != self.flushed {
            self.file.sync_data()?;
            self.durable = self.flushed;
        }
        Ok(())
    }

    /// Makes all of it durable; its seal.
    pub(super) fn seal(&mut self) -> io::Result<Seal> {
        self.sync()?;
        Seal::of(&mut self.file, self.flushed)
    }

    /// Forgets what stands behind `length`.
    pub(super) fn cut(&mut self, length: u64) -> io::Result<()> {
        self.buffer.clear();
        self.file.set_len(length)?;
        (self.flushed, self.kept) = (length, Some(length));
        self.durable = self.durable.min(length);
        Ok(())
    }
}
