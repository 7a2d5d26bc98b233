//! A connection to a folder: its settings, and how it is tried.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use connector_kit::{
    Clock, Error, Fact, Host, JsonSchema, OpenFor, Result, Secrets, System, Validation, async_trait,
};
use serde::Deserialize;

use super::{Open, place::Root, trouble::trouble};

/// Settings of a folder connection.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The folder: `./out` (beside the agent's data folder) or a whole path.
    folder: String,
    /// Make the folder when it is missing. Left out, a relative one is made and a whole path is not: it may be
    /// a share that is not mounted, and an empty folder in its place would look like no files.
    #[serde(default)]
    create: Option<bool>,
}

/// A folder the agent reads and writes files in.
pub struct Folder {
    pub(super) path: PathBuf,
    pub(super) clock: Arc<dyn Clock>,
    create: bool,
}

impl Folder {
    /// Opens it to read: never makes it.
    pub(super) fn root(&self) -> Result<Root> {
        Root::open(&self.path)
    }

    /// Opens it to write, making it where that is allowed.
    pub(super) fn root_to_write(&self) -> Result<Root> {
        if self.create && !self.path.exists() {
            std::fs::create_dir_all(&self.path)
                .map_err(|error| trouble(&self.path.display().to_string(), error))?;
        }
        self.root()
    }
}

#[async_trait]
impl System for Folder {
    type Settings = Settings;
    type Open = Open;
    const NAME: &'static str = "files";
    const TITLE: &'static str = "Files";
    const ABOUT: &'static str = "CSV and JSON-lines files in a folder, read once and written whole.";

    fn seal(settings: &Settings) -> Result<String> {
        Ok(format!("folder:{}", folder(settings)?))
    }

    fn understood(settings: &Settings) -> Vec<Fact> {
        folder(settings)
            .map(|folder| vec![Fact::new("Folder", folder)])
            .unwrap_or_default()
    }

    fn connect(settings: Settings, _secrets: &Secrets, host: &Host) -> Result<Self> {
        let folder = folder(&settings)?;
        let create = settings.create.unwrap_or(Path::new(folder).is_relative());
        Ok(Self {
            path: host.base.join(folder),
            clock: host.clock.clone(),
            create,
        })
    }

    async fn validate(&self) -> Result<Validation> {
        let (path, root) = (self.path.display().to_string(), self.root_to_write()?);
        let writable = tokio::task::spawn_blocking(move || is_writable(&root)).await;
        let writable =
            writable.map_err(|error| Error::bug("validating the folder broke off").source(error))?;
        let access = if writable { "read and write" } else { "read only" };
        let facts = vec![Fact::new("Folder", path), Fact::new("Access", access)];
        Ok(Validation {
            facts,
            ..Validation::default()
        })
    }

    async fn open(self: Arc<Self>, purpose: OpenFor) -> Result<Open> {
        Open::new(self, purpose).await
    }
}

/// Writing a file is the only way to know.
pub(super) fn is_writable(root: &Root) -> bool {
    const NAME: &str = ".processflow-try";
    let made = root.make(NAME).is_ok();
    root.remove(NAME).is_ok() && made
}

fn folder(settings: &Settings) -> Result<&str> {
    let folder = settings.folder.trim();
    if folder.is_empty() || folder.contains('\0') {
        return Err(Error::config("`folder` is empty").hint("Name a folder: ./out or a whole path."));
    }
    Ok(folder)
}
