//! A place in the log that a reader goes on from.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::logs::files::Name;

/// A place between two lines of the log. As text: the file's name and how many of its bytes lie before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Position {
    /// The name of the file; empty before the first.
    pub(super) file: String,
    pub(super) offset: u64,
}

impl From<Position> for String {
    fn from(position: Position) -> Self {
        format!("{}@{}", position.file, position.offset)
    }
}

impl TryFrom<String> for Position {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts = text.split_once('@');
        let position = parts.and_then(|(file, offset)| {
            let known = file.is_empty() || Name::parse(file).is_some();
            Some((file.to_owned(), offset.parse().ok()?)).filter(|_| known)
        });
        position
            .map(|(file, offset)| Self { file, offset })
            .ok_or_else(|| format!("`{text}` is no place in the log"))
    }
}

impl Position {
    pub(super) fn at(name: Name, offset: u64) -> Self {
        Self {
            file: name.to_string(),
            offset,
        }
    }
}
