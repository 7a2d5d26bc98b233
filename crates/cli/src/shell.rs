//! Where a command was given: its console, its data folder, and the way to the agent of that folder.
//!
//! Reading commands use [`Here::look`]: no lock, no agent, no trace. Acting ones go through [`Here::door`]: this
//! process becomes the agent, or the client of the one that is.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use connector_kit::{Clock, Connector, Result, SystemClock};
use engine::{
    agent::{Desk, Door, Shell},
    folder::DataFolder,
    logs::{self, LogLevel, Logs},
    operations::{self, Acts, Reads},
};

use crate::{
    output::{Console, Outcome},
    secrets::AskPassphrase,
};

/// Where a command was given.
pub(crate) struct Here {
    /// What reaches the person.
    pub(crate) console: Console,
    data_dir: Option<PathBuf>,
    connectors: Arc<Vec<Connector>>,
    clock: Arc<dyn Clock>,
    logs: OnceLock<Logs>,
}

impl Here {
    /// With this data folder, or the default one.
    pub(crate) fn new(console: Console, data_dir: Option<PathBuf>) -> Self {
        let connectors = ::shell::connectors();
        Self {
            console,
            data_dir,
            connectors,
            clock: Arc::new(SystemClock),
            logs: OnceLock::new(),
        }
    }

    /// Time.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Every connector of this program.
    pub(crate) fn connectors(&self) -> &[Connector] {
        &self.connectors
    }

    /// The data folder that was named, if one was.
    pub(crate) fn named_folder(&self) -> Option<&Path> {
        self.data_dir.as_deref()
    }

    /// The data folder as its readers see it.
    pub(crate) fn desk(&self) -> Result<Desk> {
        ::shell::desk(self.data_dir.clone(), self.connectors.clone())
    }

    /// Looks, without asking anybody who need not be asked.
    pub(crate) fn look<R: Reads>(&self, input: R) -> Outcome<R::Output> {
        Ok(operations::look(&self.desk()?, input)?)
    }

    /// Attaches to the data folder: from now on this process is its agent, or a client of it.
    pub(crate) async fn door(&self) -> Outcome<Door> {
        let desk = self.desk()?;
        self.log_to(desk.folder(), LogLevel::Error)?;
        let shell = shell(desk.folder().path());
        Ok(Door::attach(desk, shell).await?)
    }

    /// Attaches, acts, and leaves.
    pub(crate) async fn act<A: Acts>(&self, input: A) -> Outcome<A::Output> {
        let door = self.door().await?;
        let output = door.call(input).await;
        leave(door).await;
        Ok(output?)
    }

    /// Starts the log files of this process; `talk` and worse is said on standard error as well.
    pub(crate) fn log_to(&self, folder: &DataFolder, talk: LogLevel) -> Result<()> {
        if self.logs.get().is_some() {
            return Ok(());
        }
        // It was not set a moment ago, and nobody else sets it.
        drop(
            self.logs
                .set(::shell::log_to(folder, logs::Console::stderr(talk))?),
        );
        Ok(())
    }
}

/// What this program lends to the agent.
pub(crate) fn shell(folder: &Path) -> Shell {
    ::shell::lend(folder, Arc::new(AskPassphrase))
}

/// Leaves a data folder. An agent waits until its runs have ended, also those that others started here meanwhile;
/// Ctrl-C leaves them to the next start.
pub(crate) async fn leave(door: Door) {
    if let Door::Agent(agent) = &door {
        tokio::select! {
            () = agent.all_ended() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
}
