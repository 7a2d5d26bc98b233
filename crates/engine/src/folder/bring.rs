//! Carrying a user's data folder over to an installed service: moved as a whole, so that no two agents ever go on
//! from the same watermark.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use connector_kit::{Error, Result};
use jiff::Timestamp;

use super::{DataFolder, Settings, trouble};
use crate::{os, secrets::StoreKind};

/// What belongs to the process that held the folder, not to its data.
const STAYS: [&str; 6] = [
    "agent.lock",
    "agent.json",
    "agent.sock",
    "temp",
    "cache",
    "diagnosis",
];

/// What was carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// Where it lies now.
    pub to: PathBuf,
    /// Where the old folder lies now: nothing runs it any more.
    pub kept: PathBuf,
}

/// Moves what lies in `from` to `to`, and gives it to the service's account. The old folder is kept under another name.
///
/// # Errors
/// Config when there is nothing to bring, an agent holds it, `to` has data already, or its secrets lie in the user's
/// own key store, which a service cannot open. Then nothing was changed.
pub fn bring(from: &Path, to: &Path, now: Timestamp) -> Result<Brought> {
    let _lock = ready(from, to)?;
    let stamp = now.strftime("%Y-%m-%d-%H%M%S").to_string();
    let new = beside(to, &format!("new-{stamp}"));
    let about = |error| trouble("the service's folder", to, error);
    let copied = copy_folder(from, &new).and_then(|()| os::sync_folder(&new));
    if let Err(error) = copied {
        // Half a folder is of no use to anybody.
        drop(fs::remove_dir_all(&new));
        return Err(about(error));
    }
    let kept = beside(from, &format!("moved-{stamp}"));
    // The old one first: if the second step fails, nothing runs it twice, and both are still there.
    fs::rename(from, &kept).map_err(|error| trouble("the data folder", from, error))?;
    let placed = aside(to, &stamp).and_then(|()| fs::rename(&new, to));
    if let Err(error) = placed {
        drop(fs::rename(beside(to, &format!("before-{stamp}")), to));
        drop(fs::rename(&kept, from));
        drop(fs::remove_dir_all(&new));
        return Err(about(error));
    }
    if let Some(above) = to.parent() {
        os::sync_folder(above).map_err(about)?;
    }
    Ok(Brought {
        to: to.to_owned(),
        kept,
    })
}

fn ready(from: &Path, to: &Path) -> Result<File> {
    if !from.join("state.db").is_file() {
        return Err(Error::config(format!(
            "{} holds no connections and no processflows",
            from.display()
        ))
        .hint("Name the data folder whose data the service is to take over."));
    }
    if to.join("state.db").exists() {
        return Err(Error::config(format!(
            "the service has data of its own in {}, so nothing was carried over",
            to.display()
        ))
        .hint("Deploy what is missing there, or move that folder away while the service is stopped."));
    }
    let lock = from.join("agent.lock");
    let about = |error| trouble("the lock file", &lock, error);
    let file = os::open_plain(&lock).map_err(about)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::Error(error)) => return Err(about(error)),
        Err(TryLockError::WouldBlock) => {
            return Err(
                Error::config(format!("{} is in use: an agent runs there", from.display()))
                    .hint("Quit the window, or end that `processflow serve`, and try again."),
            );
        }
    }
    let folder = DataFolder {
        path: from.to_owned(),
        closed: false,
    };
    if Settings::load(&folder)?.secrets == StoreKind::Os {
        return Err(
            Error::config("the secrets lie in this user's key store, which a service cannot open")
                .hint("First `processflow settings set secrets=vault`: it carries them over into an encrypted file."),
        );
    }
    Ok(file)
}

/// The same place under a longer name.
fn beside(path: &Path, word: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{word}"));
    name.into()
}

/// What stands in the way goes aside: it holds no state, and is nobody's to delete.
fn aside(to: &Path, stamp: &str) -> io::Result<()> {
    match fs::rename(to, beside(to, &format!("before-{stamp}"))) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Copies files and folders, no links: who runs this may read more than the folder's owner.
fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    os::create_private_folder(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, name) = (entry.file_type()?, entry.file_name());
        if STAYS.iter().any(|stays| name == *stays) {
            continue;
        }
        let to = to.join(name);
        if kind.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else if kind.is_file() {
            copy_file(&entry.path(), &to)?;
        }
    }
    os::service::give(to)
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = os::open_plain(from)?;
    let options = fs::OpenOptions::new().write(true).create_new(true).clone();
    let mut target = os::open_private(to, &options)?;
    io::copy(&mut source, &mut target)?;
    target.sync_all()?;
    os::service::give(to)
}
