//! Drafts: processflow files that a person is working on, a folder each, in `processflows` of the data folder.
//!
//! A draft never runs: only a deployed version does. The folders are plain files (`processflow.yaml`, README.md,
//! cases/) and may be changed with any editor, so everything here is read anew each time, and a change made
//! elsewhere is told, never overwritten.

mod bundle;
mod ready_made;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use connector_kit::{Error, Result};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use bundle::{Bundle, MOST_FILES};
pub use ready_made::{ReadyMade, ready_made};

use crate::{
    folder::{DataFolder, trouble, write_atomically},
    os,
    processflow::{FILE_NAME, checked_name, is_name},
};

/// The largest file of a draft (bytes).
pub const LARGEST_FILE: u64 = 1 << 20;

/// Where a draft came from lies beside it, hidden from people who look for its files.
const ORIGIN: &str = ".origin.json";

/// Two savers in one agent take turns, so that what is compared is what is replaced.
static SAVING: Mutex<()> = Mutex::new(());

/// The drafts of a data folder.
#[derive(Clone, Debug)]
pub struct Drafts {
    folder: PathBuf,
}

/// A draft's text, and what names this state of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DraftText {
    /// The draft's name: that of its folder.
    pub name: String,
    /// The file's text.
    pub text: String,
    /// What [`Drafts::save`] wants to hear, to be sure that nobody changed the file meanwhile.
    pub base: String,
}

/// What became of a text that was to be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Saving {
    /// It is on the disk.
    Saved {
        /// What names this state.
        base: String,
    },
    /// The file is not what it was when it was read. Nothing was written; a person chooses.
    Conflict {
        /// What the file says now; nothing when it was removed.
        theirs: Option<DraftText>,
        /// What was to be saved.
        yours: String,
    },
}

/// Where a draft came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Origin {
    /// How it came.
    pub kind: OriginKind,
    /// When, as an instant.
    pub at: String,
    /// The ready-made processflow or the file it was made from.
    pub from: Option<String>,
}

/// How a draft came into the data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OriginKind {
    /// Somebody else's file: nobody here has agreed to what it does.
    Imported,
    /// It comes with this program.
    ReadyMade,
}

impl Drafts {
    /// The drafts of that data folder.
    pub fn of(folder: &DataFolder) -> Self {
        Self {
            folder: folder.processflows(),
        }
    }

    /// Names of all drafts, in order. Folders whose name is no processflow's are somebody's own and left alone.
    pub fn names(&self) -> Result<Vec<String>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|error| trouble("the drafts", &self.folder, error))?,
        };
        let mut names: Vec<String> = entries
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| is_name(name) && self.file(name).symlink_metadata().is_ok())
            .collect();
        names.sort();
        Ok(names)
    }

    /// The folder of a draft, whether it is there or not.
    ///
    /// # Errors
    /// Config for what is no processflow's name: a name never leads out of the data folder.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        Ok(self.folder.join(checked_name(name)?))
    }

    /// A draft; `None` when there is none of that name.
    pub fn read(&self, name: &str) -> Result<Option<DraftText>> {
        let file = self.folder(name)?.join(FILE_NAME);
        let text = match plain_text(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|error| trouble("the draft", &file, error))?,
        };
        Ok(Some(DraftText {
            name: name.to_owned(),
            base: base(&text),
            text,
        }))
    }

    /// A draft that must be there.
    pub fn exactly(&self, name: &str) -> Result<DraftText> {
        self.read(name)?.ok_or_else(|| {
            Error::config(format!("there is no draft `{name}`"))
                .hint("It may have been removed or renamed; look at the list of processflows again.")
        })
    }

    /// Saves a text as the draft's. `base` names the state it was made from; `None` for a draft that is new. A file
    /// that is in another state by now stays as it is.
    pub fn save(&self, name: &str, text: &str, from: Option<&str>) -> Result<Saving> {
        if text.len() as u64 > LARGEST_FILE {
            return Err(too_large(FILE_NAME));
        }
        let _one = SAVING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let there = self.read(name)?;
        let now = there.as_ref().map(|draft| draft.base.as_str());
        if now != from && now != Some(base(text).as_str()) {
            return Ok(Saving::Conflict {
                theirs: there,
                yours: text.to_owned(),
            });
        }
        let folder = self.folder(name)?;
        make(&folder)?;
        put(&folder.join(FILE_NAME), text)?;
        Ok(Saving::Saved { base: base(text) })
    }

    /// Adds a draft with all its files; `Config` when the name is taken. A folder is there whole or not at all.
    pub fn add(&self, name: &str, bundle: &Bundle, origin: &Origin) -> Result<()> {
        let folder = self.folder(name)?;
        let _one = SAVING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if folder.symlink_metadata().is_ok() {
            return Err(taken(name));
        }
        let failed = |error| trouble("the draft", &folder, error);
        // Not in the temp area: that one may be cleared at any instant. A leading dot is no processflow's name.
        let made = tempfile::Builder::new()
            .prefix(".new-")
            .tempdir_in(&self.folder)
            .map_err(failed)?;
        bundle.write(made.path())?;
        let said = serde_json::to_string_pretty(origin).expect("plain data serialises");
        put(&made.path().join(ORIGIN), &said)?;
        os::sync_folder(made.path()).map_err(failed)?;
        fs::rename(made.path(), &folder).map_err(failed)?;
        let _moved = made.keep();
        os::sync_folder(&self.folder).map_err(failed)
    }

    /// Removes a draft with all its files. What is deployed stays deployed.
    pub fn remove(&self, name: &str) -> Result<()> {
        self.exactly(name)?;
        let folder = self.folder(name)?;
        let _one = SAVING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let failed = |error| trouble("the draft", &folder, error);
        fs::remove_dir_all(&folder).map_err(failed)?;
        os::sync_folder(&self.folder).map_err(failed)
    }

    /// Where a draft came from; `None` for one that was made here.
    pub fn origin(&self, name: &str) -> Option<Origin> {
        let text = plain_text(&self.folder(name).ok()?.join(ORIGIN)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// The README beside a draft.
    pub fn readme(&self, name: &str) -> Option<String> {
        plain_text(&self.folder(name).ok()?.join("README.md")).ok()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name).join(FILE_NAME)
    }
}

/// What names a state of a text.
pub fn base(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

/// A text file that is one: no link that leads elsewhere, not endless, UTF-8.
fn plain_text(path: &Path) -> io::Result<String> {
    let found = path.symlink_metadata()?;
    if !found.is_file() {
        return Err(io::Error::other("it is a link or a folder, not a file"));
    }
    if found.len() > LARGEST_FILE {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    fs::read_to_string(path)
}

fn make(folder: &Path) -> Result<()> {
    match folder.symlink_metadata() {
        Ok(found) if !found.is_dir() => Err(Error::config(format!(
            "{} is a link or a file, not a folder",
            folder.display()
        ))
        .hint("Move it out of the data folder.")),
        _ => os::create_private_folder(folder).map_err(|error| trouble("the draft", folder, error)),
    }
}

fn put(path: &Path, text: &str) -> Result<()> {
    write_atomically(path, text.as_bytes()).map_err(|error| trouble("the draft", path, error))
}

fn taken(name: &str) -> Error {
    Error::config(format!("there is a draft `{name}` already"))
        .hint("Give the new one another name, or remove the other one first.")
}

fn too_large(name: &str) -> Error {
    Error::config(format!("`{name}` is larger than 1 MiB"))
        .hint("A processflow is a text that people read; look whether this is the right file.")
}

#[cfg(test)]
mod tests;
