//! How far a folder has been read: each file's last content, and the place in the one that is being read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::text::Place;

/// Names of files that are gone are remembered for so many.
const REMEMBERED: usize = 1_000;

/// The watermark of a reading of files.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    /// Version of this form.
    pub(super) files: u8,
    /// Files that were read to their end, by name, with their last content.
    #[serde(default)]
    pub(super) taken: BTreeMap<String, Content>,
    /// The file that is being read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) current: Option<Current>,
}

/// The content of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    /// blake3, as hexadecimal text.
    pub(super) hash: String,
    #[serde(flatten)]
    pub(super) look: Look,
}

/// What a glance tells of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Look {
    /// Bytes.
    pub(super) size: u64,
    /// When it was changed last, by the clock of its file system.
    pub(super) changed: jiff::Timestamp,
}

/// The file that is being read, and the place in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Current {
    pub(super) file: String,
    pub(super) hash: String,
    pub(super) place: Place,
}

impl Mark {
    /// The place to go on from, when it is still the same file.
    pub(super) fn place(&self, file: &str, hash: &str) -> Option<Place> {
        self.current
            .as_ref()
            .filter(|current| current.file == file && current.hash == hash)
            .map(|current| current.place)
    }

    /// The file was read to its end. Files that are gone long since are forgotten, those that are there never.
    pub(super) fn take(&mut self, file: &str, content: Content, is_there: impl Fn(&str) -> bool) {
        self.taken.insert(file.to_owned(), content);
        self.current = None;
        while self.taken.len() > REMEMBERED {
            let gone = self
                .taken
                .iter()
                .filter(|(name, _)| *name != file && !is_there(name));
            let Some(oldest) = gone
                .min_by_key(|(_, content)| content.look.changed)
                .map(|(name, _)| name.clone())
            else {
                return;
            };
            self.taken.remove(&oldest);
        }
    }
}
