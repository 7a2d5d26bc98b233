//! The data folder: what lies where, who may touch it, and the one who holds its lock.
//!
//! Leaves out what the files say: the database is the state's, the vault the secrets', the logs the logs'.

mod areas;
mod atomic;
mod bring;
mod cache;
mod diagnosis;
mod lock;
mod settings;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use connector_kit::{Error, Result};

pub use areas::{Area, AreaUse, Cleared};
pub use atomic::write_atomically;
pub use bring::{Brought, bring};
pub use cache::LookupCache;
pub use diagnosis::Diagnosis;
pub use lock::{Attempt, Holder, Lock, Who, this_process_is};
pub use settings::{LogLevel, Setting, SettingKind, Settings};

use crate::{os, service::Scope};

/// An opened data folder. Opening checks that it is this user's alone; it takes no lock, see
/// [`DataFolder::lock`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFolder {
    path: PathBuf,
    closed: bool,
}

impl DataFolder {
    /// Opens the folder, making it (0700) if it is missing.
    ///
    /// # Errors
    /// Config when it belongs to someone else, can be changed by others, lies on a network share or cannot be
    /// made.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = std::path::absolute(path.as_ref())
            .map_err(|error| trouble("the data folder", path.as_ref(), error))?;
        if path == os::service_folder() && !os::is_mine(&path) {
            return Ok(Self { path, closed: true });
        }
        make(&path).map_err(|error| trouble("the data folder", &path, error))?;
        let folder = Self { path, closed: false };
        folder.refuse_others()?;
        folder.refuse_network_share()?;
        for part in [
            folder.logs(),
            folder.cache(),
            folder.temp(),
            folder.diagnosis(),
            folder.processflows(),
        ] {
            os::create_private_folder(&part).map_err(|error| trouble("the folder", &part, error))?;
        }
        Ok(folder)
    }

    /// Where the data lies when nobody says otherwise: the installed service's folder if there is one, else
    /// this user's.
    pub fn default_path() -> Result<PathBuf> {
        if os::service::is_enabled(Scope::System) {
            return Ok(os::service_folder());
        }
        Self::of_user()
    }

    /// Where this user's own data lies.
    pub fn of_user() -> Result<PathBuf> {
        let dirs = directories::ProjectDirs::from("", "", "processflow").ok_or_else(|| {
            Error::config("this user has no home folder, so there is no place for the agent's data")
                .hint("Name one with `--data-dir DIR` or PROCESSFLOW_DATA_DIR.")
        })?;
        Ok(dirs.data_local_dir().to_owned())
    }

    /// True for an installed service's folder seen by anybody but the service: what lies in it is known to its agent
    /// alone, who is asked through the socket.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// The folder itself, absolute.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The state database. Make it with [`crate::os::touch_private`] before SQLite opens it.
    pub fn state_db(&self) -> PathBuf {
        self.path.join("state.db")
    }

    /// The encrypted vault that a key file or a service credential opens.
    pub fn vault(&self) -> PathBuf {
        self.path.join("vault.json")
    }

    /// The encrypted vault that a passphrase opens. A file of its own: changing from one to the other carries over
    /// what the other holds.
    pub fn passphrase_vault(&self) -> PathBuf {
        self.path.join("vault-passphrase.json")
    }

    /// The vault's key file, where the vault has one.
    pub fn vault_key(&self) -> PathBuf {
        self.path.join("vault.key")
    }

    /// Names of the connections whose secrets the operating system keeps; no secrets.
    pub fn secrets_index(&self) -> PathBuf {
        self.path.join("secrets.json")
    }

    /// The settings, see [`Settings::load`].
    pub fn settings_file(&self) -> PathBuf {
        self.path.join("settings.json")
    }

    /// Certificates of authorities that a person added, a file each.
    pub fn authorities(&self) -> PathBuf {
        self.path.join("authorities")
    }

    /// Log files by day.
    pub fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    /// Things that cost a request to learn; may be cleared at any instant.
    pub fn cache(&self) -> PathBuf {
        self.path.join("cache")
    }

    /// Unfinished files, unpacked imports, previews; may be cleared at any instant.
    pub fn temp(&self) -> PathBuf {
        self.path.join("temp")
    }

    /// What runs in diagnosis mode wrote down, a file for each; may be cleared at any instant.
    pub fn diagnosis(&self) -> PathBuf {
        self.path.join("diagnosis")
    }

    /// Drafts: processflow files that people work on, a folder each. What is deployed lies in the state.
    pub fn processflows(&self) -> PathBuf {
        self.path.join("processflows")
    }

    /// Where the agent of this folder listens. A Unix socket's path is short, so a deep folder has its socket in
    /// the user's runtime folder, under a name that comes from the folder's path.
    pub fn socket(&self) -> Result<PathBuf> {
        if self.path == os::service_folder() {
            return Ok(os::service_socket());
        }
        let beside = self.path.join("agent.sock");
        if beside.as_os_str().len() <= os::SOCKET_PATH_LIMIT {
            return Ok(beside);
        }
        let hash = blake3::hash(self.path.as_os_str().as_encoded_bytes()).to_hex();
        let runtime = os::runtime_folder()
            .map_err(|error| trouble("a folder for the agent's socket", &self.path, error))?;
        Ok(runtime.join(format!("processflow-{}.sock", &hash[..16])))
    }

    /// The id of this installation, made when it is first asked for. Two data folders on one machine have two.
    pub fn install_id(&self) -> Result<String> {
        let path = self.path.join("install-id");
        let about = |error| trouble("the installation's id", &path, error);
        match fs::read_to_string(&path) {
            Ok(id) if !id.trim().is_empty() => return Ok(id.trim().to_owned()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(about(error)),
            _ => {}
        }
        let id = uuid::Uuid::new_v4().simple().to_string();
        let mut file = tempfile::Builder::new()
            .prefix(".")
            .suffix(".tmp")
            .tempfile_in(&self.path)
            .map_err(about)?;
        file.write_all(id.as_bytes())
            .and_then(|()| file.as_file().sync_all())
            .map_err(about)?;
        match file.persist_noclobber(&path) {
            Ok(_) => Ok(id),
            // Another process was first, or the file is empty after a power cut.
            Err(lost) => match fs::read_to_string(&path) {
                Ok(theirs) if !theirs.trim().is_empty() => Ok(theirs.trim().to_owned()),
                _ => lost
                    .file
                    .persist(&path)
                    .map(|_| id)
                    .map_err(|error| about(error.error)),
            },
        }
    }

    fn refuse_others(&self) -> Result<()> {
        let why = os::written_by_others(&self.path)
            .map_err(|error| trouble("the data folder", &self.path, error))?;
        let Some(why) = why else { return Ok(()) };
        let path = self.path.display();
        Err(Error::config(format!(
            "the data folder {path} {why}, so it is no safe place for the agent's data"
        ))
        .hint(format!(
            "Make it this user's alone (`chmod 700 {path}`), or name another with `--data-dir DIR`."
        )))
    }

    fn refuse_network_share(&self) -> Result<()> {
        if !os::is_network_share(&self.path).unwrap_or(false) {
            return Ok(());
        }
        let path = self.path.display();
        Err(Error::config(format!(
            "the data folder {path} lies on a network share, where locks do not hold"
        ))
        .hint("Choose a folder on a disk of this machine with `--data-dir DIR`."))
    }
}

/// What went wrong with a file of ours, as the program's error: a full disk is worth waiting for, anything else
/// wants a person.
pub fn trouble(what: &str, path: &Path, error: io::Error) -> Error {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Error::unavailable(format!("the disk is full: {what} {path} could not be written"))
                .hint("Free some space; nothing is lost and the work goes on by itself.")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Error::config(format!("{what} {path} may not be read or written by this user"))
                .hint("Give this user the right, or name another folder with `--data-dir DIR`.")
        }
        _ => Error::config(format!("{what} {path} cannot be used: {error}"))
            .hint("Look at the folder, or name another with `--data-dir DIR`."),
    }
    .source(error)
}

fn make(path: &Path) -> io::Result<()> {
    if !path.exists() {
        return os::create_private_folder(path);
    }
    let empty = fs::read_dir(path)?.next().is_none();
    // A folder made for us with `mkdir` is 0755. One with files in it may be somebody's home by mistake.
    if empty && os::written_by_others(path)?.is_none() {
        os::adopt(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_change_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let outer = tempfile::tempdir().expect("temp folder");
        for mode in [0o777, 0o770, 0o720, 0o702, 0o775, 0o757] {
            let path = outer.path().join(format!("{mode:o}"));
            fs::create_dir(&path).expect("is made");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("is set");
            let error = DataFolder::open(&path).expect_err("another user could plant a processflow");
            assert_eq!(error.kind, connector_kit::Kind::Config, "a person must act");
            assert!(
                error.message.contains(&format!("{mode:04o}")),
                "says why: {}",
                error.message
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_new_folder_is_this_users_alone() {
        use std::os::unix::fs::PermissionsExt;
        let outer = tempfile::tempdir().expect("temp folder");
        let folder = DataFolder::open(outer.path().join("a/b")).expect("opens");
        for path in [
            folder.path().to_owned(),
            folder.logs(),
            folder.cache(),
            folder.temp(),
        ] {
            let mode = fs::metadata(&path).expect("is there").permissions().mode() & 0o777;
            assert_eq!(mode, 0o700, "{} is for its owner", path.display());
        }
        let made = outer.path().join("made");
        fs::create_dir(&made).expect("is made");
        DataFolder::open(&made).expect("opens");
        let mode = fs::metadata(&made).expect("is there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "an empty folder made by hand is closed to others");
    }

    #[test]
    fn the_install_id_stays_and_differs_between_folders() {
        let outer = tempfile::tempdir().expect("temp folder");
        let one = DataFolder::open(outer.path().join("one")).expect("opens");
        let two = DataFolder::open(outer.path().join("two")).expect("opens");
        let id = one.install_id().expect("an id");
        assert_eq!(
            one.install_id().expect("an id"),
            id,
            "it names the installation for good"
        );
        assert_ne!(
            two.install_id().expect("an id"),
            id,
            "secrets of two folders must not collide"
        );
        fs::write(one.path().join("install-id"), "").expect("a power cut");
        assert_ne!(one.install_id().expect("an id"), "", "an empty file is made good");
    }

    #[test]
    fn a_deep_folder_has_its_socket_elsewhere() {
        let outer = tempfile::tempdir().expect("temp folder");
        let near = DataFolder::open(outer.path().join("near")).expect("opens");
        assert_eq!(
            near.socket().expect("a path"),
            near.path().join("agent.sock"),
            "beside the data"
        );
        let deep = DataFolder::open(outer.path().join("d".repeat(120))).expect("opens");
        let socket = deep.socket().expect("a path");
        assert!(
            socket.as_os_str().len() <= os::SOCKET_PATH_LIMIT,
            "else nothing can listen there"
        );
        assert_eq!(
            socket,
            deep.socket().expect("a path"),
            "every client finds the same"
        );
    }
}
