//! The processflows that come with this program: the folders under `processflows`, taken in when it is built.

use std::collections::BTreeMap;

use include_dir::{Dir, File, include_dir};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Bundle;
use crate::processflow::{FILE_NAME, Heading};

static FOLDERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../processflows");

/// A processflow that comes with this program.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReadyMade {
    /// Its name.
    pub name: String,
    /// Its title, for people.
    pub title: String,
    /// What it does, in a sentence.
    pub description: Option<String>,
    /// Its README (Markdown).
    pub readme: String,
    /// The connections it needs, and the connector of each.
    pub connections: BTreeMap<String, String>,
    /// The file's text.
    pub text: String,
    /// How many cases show and test it.
    pub cases: usize,
}

/// All of them, by name.
pub fn ready_made() -> Vec<ReadyMade> {
    let mut all: Vec<ReadyMade> = FOLDERS.dirs().filter_map(of).collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

impl ReadyMade {
    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        ready_made().into_iter().find(|one| one.name == name)
    }

    /// Its files.
    pub fn bundle(&self) -> Bundle {
        let cases = FOLDERS.get_dir(format!("{}/cases", self.name));
        let text = |file: &File<'_>| Some((file_name(file)?, file.contents_utf8()?.to_owned()));
        Bundle {
            text: self.text.clone(),
            readme: Some(self.readme.clone()),
            cases: cases
                .map(|cases| cases.files().filter_map(text).collect())
                .unwrap_or_default(),
        }
    }
}

fn of(folder: &Dir<'_>) -> Option<ReadyMade> {
    let text_of = |name: &str| folder.get_file(folder.path().join(name))?.contents_utf8();
    let text = text_of(FILE_NAME)?;
    let readme = text_of("README.md").unwrap_or_default();
    let heading = Heading::of(text);
    let title = readme.lines().find_map(|line| line.strip_prefix("# "));
    let name = heading.name?;
    let cases = folder.get_dir(folder.path().join("cases"));
    Some(ReadyMade {
        title: title.map_or_else(|| name.clone(), |title| title.trim().to_owned()),
        name,
        description: heading.description,
        readme: readme.to_owned(),
        connections: heading.connections,
        text: text.to_owned(),
        cases: cases.map_or(0, |cases| cases.files().count()),
    })
}

fn file_name(file: &File<'_>) -> Option<String> {
    Some(file.path().file_name()?.to_str()?.to_owned())
}
