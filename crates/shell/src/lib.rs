//! What every face of the agent shares (the command line, the service, the desktop): the connectors of this program,
//! the data folder they open, the log files, and the sandbox store behind connections that only pretend.
//!
//! Knows no terminal and no window: whoever can be asked for a passphrase is the face's own.

mod sandbox;

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use connector_kit::{Connector, Result, SystemClock};
use engine::{
    agent::{Desk, Shell},
    folder::{DataFolder, Settings},
    logs::{self, LogFiles, LogSetup, Logs},
    secrets::Passphrase,
};
use tokio::runtime::{Builder, Runtime};

pub use sandbox::{Sandboxes, start_sandbox};

/// What a face does its work on.
///
/// # Errors
/// The system gives no threads.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        // A run waits on a thread of its own for what it wakes here; it must not wait for the pages that are in line.
        .global_queue_interval(1)
        .enable_all()
        .build()
}

/// Every connector of this program.
pub fn connectors() -> Arc<Vec<Connector>> {
    Arc::new(connectors::all())
}

/// The data folder (this one, or the default) as its readers see it.
///
/// # Errors
/// Config when it belongs to someone else or cannot be made.
pub fn desk(data_dir: Option<PathBuf>, connectors: Arc<Vec<Connector>>) -> Result<Desk> {
    let path = data_dir.map_or_else(DataFolder::default_path, Ok)?;
    Ok(Desk::new(
        DataFolder::open(path)?,
        connectors,
        Arc::new(SystemClock),
    ))
}

/// What a face lends to the agent. Relative paths in settings were made absolute when they were saved; any other starts
/// at the data folder, wherever the agent is started.
pub fn lend(folder: &Path, passphrase: Arc<dyn Passphrase>) -> Shell {
    Shell {
        passphrase,
        sandbox: Some(Arc::new(Sandboxes::default())),
        base: folder.to_owned(),
    }
}

/// The operating system's account: the agent has none of its own.
pub fn account() -> String {
    let said = ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok());
    let home = || Some(std::env::home_dir()?.file_name()?.to_string_lossy().into_owned());
    let name = said.into_iter().find(|name| !name.is_empty()).or_else(home);
    name.unwrap_or_else(|| "unknown".to_owned())
}

/// Starts the log files of this process, and says on `console` what is worth it.
///
/// # Errors
/// Config when the settings cannot be read or the files cannot be made.
pub fn log_to(folder: &DataFolder, console: logs::Console) -> Result<Logs> {
    // What a client of the service has to say goes to its console: the log files are the service's.
    let files = if folder.is_closed() {
        None
    } else {
        Some(LogFiles::of(folder, &Settings::load(folder)?))
    };
    logs::start(LogSetup {
        files,
        console,
        clock: Arc::new(SystemClock),
    })
}
