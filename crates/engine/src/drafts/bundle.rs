//! The files of a processflow's folder, on their way into a draft: taken from a folder, a file, or what was dropped.

use std::{collections::BTreeMap, fs, path::Path};

use connector_kit::{Error, Result};

use super::{LARGEST_FILE, plain_text, put, too_large};
use crate::{
    folder::trouble,
    os,
    processflow::{FILE_NAME, Heading, checked_name, renamed},
};

/// Cases of one processflow at most.
pub const MOST_FILES: usize = 200;

/// Everything together at most (bytes).
const LARGEST: u64 = 8 << 20;

/// A processflow's file with what stands beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// `processflow.yaml`
    pub text: String,
    /// `README.md`
    pub readme: Option<String>,
    /// The files in `cases/`, by their plain names.
    pub cases: BTreeMap<String, String>,
}

impl Bundle {
    /// Reads a processflow file, or a folder with one. Links are not followed; other files stay where they are.
    ///
    /// # Errors
    /// Config for what is no processflow, and for what is too large.
    pub fn read(path: &Path) -> Result<Self> {
        let found = path
            .symlink_metadata()
            .map_err(|error| trouble("the processflow", path, error))?;
        if !found.is_dir() {
            return Ok(Self {
                text: text_of(path)?,
                ..Self::default()
            });
        }
        let file = path.join(FILE_NAME);
        if file.symlink_metadata().is_err() {
            return Err(Error::config(format!("{} has no `{FILE_NAME}`", path.display()))
                .hint("Choose a processflow file, or a folder that has one."));
        }
        let readme = path.join("README.md");
        Ok(Self {
            text: text_of(&file)?,
            readme: readme.is_file().then(|| text_of(&readme)).transpose()?,
            cases: cases_of(&path.join("cases"))?,
        })
    }

    /// The name it has; `named` gives it another one.
    ///
    /// # Errors
    /// Config when the file has no usable name, or is too large, or a case has a name that is a path.
    pub fn under_its_name(mut self, named: Option<&str>) -> Result<(String, Self)> {
        self.refuse_size()?;
        for name in self.cases.keys() {
            is_case(name).then_some(()).ok_or_else(|| {
                Error::config(format!("`{name}` is not a case's file name"))
                    .hint("Cases are `.yaml` or `.json` files in the folder `cases`.")
            })?;
        }
        if let Some(name) = named {
            self.text = renamed(&self.text, name)?;
            return Ok((name.to_owned(), self));
        }
        let name = Heading::of(&self.text).name.ok_or_else(|| {
            Error::config("this is no processflow: it has no line `processflow: NAME`")
                .hint("Choose a processflow file, or a folder that has one.")
        })?;
        Ok((checked_name(&name)?.to_owned(), self))
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        put(&folder.join(FILE_NAME), &self.text)?;
        if let Some(readme) = &self.readme {
            put(&folder.join("README.md"), readme)?;
        }
        if self.cases.is_empty() {
            return Ok(());
        }
        let cases = folder.join("cases");
        os::create_private_folder(&cases).map_err(|error| trouble("the draft", &cases, error))?;
        for (name, text) in &self.cases {
            put(&cases.join(name), text)?;
        }
        Ok(())
    }

    fn refuse_size(&self) -> Result<()> {
        let beside = self.readme.iter().map(|readme| ("README.md", readme));
        let cases = self.cases.iter().map(|(name, text)| (name.as_str(), text));
        let mut whole = 0;
        for (name, text) in [(FILE_NAME, &self.text)].into_iter().chain(beside).chain(cases) {
            whole += text.len() as u64;
            if text.len() as u64 > LARGEST_FILE {
                return Err(too_large(name));
            }
        }
        if whole > LARGEST || self.cases.len() > MOST_FILES {
            return Err(Error::config(format!(
                "the folder is too large: {MOST_FILES} cases and 8 MiB at most"
            ))
            .hint("Look whether this is the right folder."));
        }
        Ok(())
    }
}

fn text_of(path: &Path) -> Result<String> {
    plain_text(path).map_err(|error| trouble("the processflow", path, error))
}

fn cases_of(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut cases = BTreeMap::new();
    let (true, Ok(entries)) = (!folder.is_symlink(), fs::read_dir(folder)) else {
        return Ok(cases);
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_case(&name) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            cases.insert(name, text_of(&entry.path())?);
        }
        if cases.len() > MOST_FILES {
            break;
        }
    }
    Ok(cases)
}

/// A plain file name with the ending of a case.
fn is_case(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
    let plain = !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0']);
    plain && name.len() <= 128 && ending.is_some_and(|ending| ["yaml", "yml", "json"].contains(&ending))
}
