//! Rows set down between the query that found them and the run that takes them: in memory while they are few,
//! else in a file without a name, which no crash leaves behind.

use std::{
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use tempfile::SpooledTempFile;

/// Bytes that stay in memory.
const IN_MEMORY: usize = 4 << 20;

/// One row.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Entry {
    /// The record's id.
    pub(super) id: String,
    /// Its JSON text.
    pub(super) body: String,
    /// Why it is not legible, where it is not.
    pub(super) cause: Option<String>,
    /// Its place in the order: the value of `after`, or the key.
    pub(super) place: Vec<serde_json::Value>,
}

impl Entry {
    /// A short hash of its content.
    pub(super) fn hash(&self) -> String {
        blake3::hash(self.body.as_bytes()).to_hex()[..16].to_owned()
    }
}

/// Rows in their order: first added, then taken.
pub(super) struct Spool {
    folder: PathBuf,
    state: State,
    length: u64,
    taken: u64,
}

enum State {
    Adding(BufWriter<SpooledTempFile>),
    Taking(BufReader<SpooledTempFile>),
}

impl Spool {
    /// An empty one. Many rows go to `folder` (the disk that holds the data already), or where it may not be
    /// written to, to the system's folder for such files.
    pub(super) fn new(folder: &Path) -> Self {
        let writable = tempfile::tempfile_in(folder).is_ok();
        let folder = if writable {
            folder.to_owned()
        } else {
            std::env::temp_dir()
        };
        let file = tempfile::spooled_tempfile_in(IN_MEMORY, &folder);
        Self {
            folder,
            state: State::Adding(BufWriter::new(file)),
            length: 0,
            taken: 0,
        }
    }

    /// Adds a row.
    pub(super) fn add(&mut self, entry: &Entry) -> io::Result<()> {
        let State::Adding(file) = &mut self.state else {
            return Err(io::Error::other("rows are being taken"));
        };
        let head = serde_json::to_vec(&(&entry.id, &entry.cause, &entry.place))?;
        file.write_all(&(head.len() as u32).to_le_bytes())?;
        file.write_all(&(entry.body.len() as u32).to_le_bytes())?;
        file.write_all(&head)?;
        file.write_all(entry.body.as_bytes())?;
        self.length += 1;
        Ok(())
    }

    /// All rows are there: they may be taken.
    pub(super) fn ready(&mut self) -> io::Result<()> {
        let empty = State::Taking(BufReader::new(tempfile::spooled_tempfile_in(0, &self.folder)));
        if let State::Adding(file) = std::mem::replace(&mut self.state, empty) {
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.seek(SeekFrom::Start(0))?;
            self.state = State::Taking(BufReader::new(file));
        }
        Ok(())
    }

    /// The next rows: at most so many, and about so many bytes.
    pub(super) fn take(&mut self, most: usize, bytes: usize) -> io::Result<Vec<Entry>> {
        let (mut entries, mut size) = (Vec::new(), 0);
        while entries.len() < most && size < bytes && !self.at_end() {
            let entry = self.one()?;
            size += entry.body.len();
            entries.push(entry);
        }
        Ok(entries)
    }

    fn one(&mut self) -> io::Result<Entry> {
        let State::Taking(file) = &mut self.state else {
            return Err(io::Error::other("rows are being added"));
        };
        let (head, body) = (length(file)?, length(file)?);
        let (head, body) = (read(file, head)?, read(file, body)?);
        let (id, cause, place) = serde_json::from_slice(&head)?;
        self.taken += 1;
        Ok(Entry {
            id,
            cause,
            place,
            body: String::from_utf8(body).map_err(io::Error::other)?,
        })
    }

    /// Rows in all.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Nothing is left to take.
    pub(super) fn at_end(&self) -> bool {
        self.taken == self.length
    }
}

fn length(file: &mut impl Read) -> io::Result<usize> {
    let mut bytes = [0; 4];
    file.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes) as usize)
}

fn read(file: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}
