//! Whoever holds the lock of a data folder is the agent; everybody else is its client.
//!
//! The lock is the operating system's, so it dies with the process, kill -9 included. Who holds it stands in a
//! file beside: on Windows a locked file cannot be read.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::PathBuf,
    sync::OnceLock,
    time::Duration,
};

use connector_kit::{Clock, Error, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DataFolder, atomic, trouble};
use crate::os;

/// How often a waiting `serve` looks whether the lock is free.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The data folder is this process's until the value is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
    holder_file: PathBuf,
    socket: PathBuf,
}

/// What a process is to the person at the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The background service, or `serve` in a terminal.
    Service,
    /// The desktop's window.
    Window,
    /// A command that ends when it is done.
    #[default]
    Command,
}

static THIS: OnceLock<Who> = OnceLock::new();

/// Says once, at its start, what this process is. One that says nothing is a command.
pub fn this_process_is(who: Who) {
    THIS.get_or_init(|| who);
}

/// Who holds a data folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Holder {
    /// Its process id; 0 when it has not said so yet.
    pub pid: u32,
    /// Since when; `None` when it has not said so yet.
    pub since: Option<Timestamp>,
    /// What that process is.
    #[serde(default)]
    pub who: Who,
    /// On which machine.
    pub host: String,
    /// Where it listens.
    pub socket: PathBuf,
}

/// What came of asking for the lock.
#[derive(Debug)]
pub enum Attempt {
    /// It is ours.
    Ours(Lock),
    /// Somebody has it.
    Held(Holder),
}

impl DataFolder {
    /// Asks for the lock once.
    pub fn try_lock(&self, now: Timestamp) -> Result<Attempt> {
        let path = self.path.join("agent.lock");
        let about = |error| trouble("the lock file", &path, error);
        let options = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .clone();
        let file = os::open_private(&path, &options).map_err(about)?;
        match file.try_lock() {
            // Between opening and locking, the folder may have been carried over to a service.
            Ok(()) if !os::is_at(&file, &path).map_err(about)? => Err(about(io::ErrorKind::NotFound.into())),
            Ok(()) => self.taken(file, now).map_err(about).map(Attempt::Ours),
            Err(TryLockError::WouldBlock) => Ok(Attempt::Held(self.holder()?)),
            Err(TryLockError::Error(error)) => Err(about(error)),
        }
    }

    /// Takes the lock, or says who has it.
    ///
    /// # Errors
    /// Config when another agent holds it.
    pub fn lock(&self, now: Timestamp) -> Result<Lock> {
        match self.try_lock(now)? {
            Attempt::Ours(lock) => Ok(lock),
            Attempt::Held(holder) => Err(holder.error(self)),
        }
    }

    /// Waits until the lock is free and takes it: what `serve` does.
    pub async fn lock_when_free(&self, clock: &dyn Clock) -> Result<Lock> {
        loop {
            match self.try_lock(clock.now())? {
                Attempt::Ours(lock) => return Ok(lock),
                Attempt::Held(_) => clock.sleep(LOOK_AGAIN).await,
            }
        }
    }

    fn taken(&self, file: File, now: Timestamp) -> io::Result<Lock> {
        let holder_file = self.holder_file();
        let socket = self.socket().map_err(io::Error::other)?;
        let holder = Holder {
            pid: std::process::id(),
            since: Some(now),
            who: THIS.get().copied().unwrap_or_default(),
            host: os::host_name(),
            socket: socket.clone(),
        };
        atomic::replace(&holder_file, serde_json::to_string(&holder)?.as_bytes())?;
        atomic::sweep(&self.path)?;
        Ok(Lock {
            file,
            holder_file,
            socket,
        })
    }

    /// Who said last that he holds the lock; whether he lives is for the socket to tell.
    pub fn holder(&self) -> Result<Holder> {
        let said = std::fs::read(self.holder_file()).ok();
        if let Some(holder) = said.and_then(|text| serde_json::from_slice(&text).ok()) {
            return Ok(holder);
        }
        // It took the lock an instant ago and has not written its name yet.
        Ok(Holder {
            pid: 0,
            who: Who::default(),
            since: None,
            host: os::host_name(),
            socket: self.socket()?,
        })
    }

    fn holder_file(&self) -> PathBuf {
        self.path.join("agent.json")
    }
}

impl Holder {
    /// The sentence for somebody who needs the folder for himself.
    pub fn error(&self, folder: &DataFolder) -> Error {
        let who = match (self.pid, self.since) {
            (0, _) => "another agent".to_owned(),
            (pid, None) => format!("the agent with process id {pid}"),
            (pid, Some(since)) => {
                format!(
                    "the agent with process id {pid} on {}, since {since:.0}",
                    self.host
                )
            }
        };
        Error::config(format!(
            "the data folder {} is in use by {who}",
            folder.path().display()
        ))
        .hint("Give it the command (it listens for this program), or end it first.")
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // In this order: a name without a lock is never looked at, a lock without a name says "another agent".
        drop(std::fs::remove_file(&self.holder_file));
        // While the lock is held it is this agent's own; a moment later it may be the next one's.
        drop(std::fs::remove_file(&self.socket));
        drop(self.file.unlock());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(at: &tempfile::TempDir) -> DataFolder {
        DataFolder::open(at.path().join("data")).expect("opens")
    }

    #[test]
    fn the_second_learns_who_holds_the_folder() {
        let at = tempfile::tempdir().expect("temp folder");
        let folder = folder(&at);
        let since = "2026-11-21T09:55:00Z".parse().expect("a time");
        let lock = folder.lock(since).expect("nobody has it");
        let error = folder.lock(since).expect_err("one agent a folder");
        let said = format!("process id {}", std::process::id());
        assert!(
            error.message.contains(&said) && error.message.contains("2026-11-21T09:55:00Z"),
            "{error}"
        );
        let Attempt::Held(holder) = folder.try_lock(since).expect("asks") else {
            panic!("it is held")
        };
        assert_eq!(
            holder.socket,
            folder.socket().expect("a path"),
            "a client needs the address"
        );
        drop(lock);
        folder.lock(since).expect("free again once the holder is gone");
    }

    #[test]
    fn the_socket_goes_with_the_lock() {
        let at = tempfile::tempdir().expect("temp folder");
        let folder = folder(&at);
        let lock = folder.lock(Timestamp::UNIX_EPOCH).expect("nobody has it");
        let socket = folder.socket().expect("a path");
        std::fs::write(&socket, "").expect("it listens");
        drop(lock);
        assert!(!socket.exists(), "a socket says that somebody listens");
    }

    #[test]
    fn of_many_that_ask_at_once_exactly_one_gets_it() {
        let at = tempfile::tempdir().expect("temp folder");
        let folder = folder(&at);
        for _ in 0..50 {
            let start = std::sync::Barrier::new(4);
            let ask = || {
                start.wait();
                folder.try_lock(Timestamp::UNIX_EPOCH)
            };
            // What was won is held until all have asked.
            let attempts: Vec<_> = std::thread::scope(|scope| {
                let asking: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
                asking
                    .into_iter()
                    .map(|asked| asked.join().expect("no panic").expect("asks"))
                    .collect()
            });
            let won = attempts
                .iter()
                .filter(|attempt| matches!(attempt, Attempt::Ours(_)))
                .count();
            assert_eq!(won, 1, "two agents on one folder would write twice");
        }
    }
}
