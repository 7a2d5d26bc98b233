//! The operating system's key store: Secret Service, Credential Manager, Keychain, through the `keyring` crate.
//!
//! A locked keyring blocks the caller until somebody answers its dialog, and its blocking calls must not run on
//! an async worker: all of them go through one thread with a queue, and every answer is waited for only so long.

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fs, io,
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Sender, channel},
    },
    time::Duration,
};

use async_trait::async_trait;
use connector_kit::{Clock, Error, Result};
use futures::future::{Either, select};
use jiff::Timestamp;
use tokio::sync::{Mutex, oneshot};
use zeroize::Zeroizing;

use super::{Kept, Sealed, SecretStore};
use crate::folder::{trouble, write_atomically};

const SERVICE: &str = "processflow-agent";
/// Long enough to wake the key store's process, short enough for a run to say that it waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// The key store of this user.
pub struct OsStore {
    /// Two data folders on a machine must not share entries.
    install: String,
    /// Which connections have secrets: the key store cannot be asked, and a locked one must not look empty.
    index: PathBuf,
    changes: Mutex<()>,
    jobs: Sender<Job>,
    clock: Arc<dyn Clock>,
}

type Job = Box<dyn FnOnce(&dyn Keys) + Send>;

/// The calls of a key store; the real one, and those that tests block and break.
trait Keys {
    fn get(&self, user: &str) -> keyring::Result<Zeroizing<Vec<u8>>>;
    fn set(&self, user: &str, secret: &[u8]) -> keyring::Result<()>;
    fn delete(&self, user: &str) -> keyring::Result<()>;
}

impl OsStore {
    /// The system's key store for the installation of this id. Its thread starts now, the store is opened when
    /// it is first needed.
    pub fn system(install: &str, index: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self::over(install, index, clock, || Box::new(SystemKeys))
    }

    fn over(
        install: &str,
        index: PathBuf,
        clock: Arc<dyn Clock>,
        keys: impl FnOnce() -> Box<dyn Keys> + Send + 'static,
    ) -> Self {
        let (jobs, queue) = channel::<Job>();
        let serve = move || {
            let keys = keys();
            for job in queue {
                job(&*keys);
            }
        };
        // Without a thread the queue is closed, and every call says so.
        drop(std::thread::Builder::new().name("key store".into()).spawn(serve));
        Self {
            install: install.to_owned(),
            index,
            changes: Mutex::default(),
            jobs,
            clock,
        }
    }

    /// Has the key store's thread do one thing, and waits for it only so long.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Keys) -> keyring::Result<T> + Send + 'static,
    ) -> Result<keyring::Result<T>> {
        let (answer, answered) = oneshot::channel();
        let job = move |keys: &dyn Keys| {
            // Nobody waits any more: what was given up must not happen later behind everyone's back.
            if !answer.is_closed() {
                drop(answer.send(question(keys)));
            }
        };
        self.jobs
            .send(Box::new(job))
            .map_err(|_| Error::bug("the key store's thread has ended"))?;
        match select(answered, self.clock.sleep(PATIENCE)).await {
            Either::Left((answer, _)) => answer.map_err(|_| Error::bug("the key store's thread has ended")),
            Either::Right(_) => Err(locked()),
        }
    }

    fn user(&self, connection: &str) -> String {
        format!("{}/{connection}", self.install)
    }

    fn read_index(&self) -> Result<BTreeMap<String, Timestamp>> {
        match fs::read(&self.index) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| {
                Error::config(format!(
                    "the list of saved secrets {} is damaged: {error}",
                    self.index.display()
                ))
                .hint("Delete the file and enter the secrets of each connection again.")
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(trouble("the list of saved secrets", &self.index, error)),
        }
    }

    fn write_index(&self, index: &BTreeMap<String, Timestamp>) -> Result<()> {
        let text = serde_json::to_vec_pretty(index).expect("names and times are JSON");
        write_atomically(&self.index, &text)
            .map_err(|error| trouble("the list of saved secrets", &self.index, error))
    }
}

#[async_trait]
impl SecretStore for OsStore {
    fn name(&self) -> &'static str {
        "this system's password store"
    }

    async fn get(&self, connection: &str) -> Result<Option<Sealed>> {
        if !self.read_index()?.contains_key(connection) {
            return Ok(None);
        }
        let user = self.user(connection);
        let found = match self.ask(move |keys| keys.get(&user)).await? {
            Err(keyring::Error::NoEntry) => None,
            found => Sealed::from_bytes(&found.map_err(|error| words(&error))?),
        };
        match found {
            Some(sealed) => Ok(Some(sealed)),
            None => Err(Error::config(format!(
                "this system's password store no longer holds the secrets of `{connection}`"
            ))
            .hint(format!(
                "Enter them again: `processflow connections edit {connection} --secret NAME`. If they are there for \
                 another user of this machine, run the agent as that user."
            ))),
        }
    }

    async fn set(&self, sealed: &Sealed) -> Result<()> {
        let _one_at_a_time = self.changes.lock().await;
        let (user, bytes) = (self.user(&sealed.connection), sealed.to_bytes());
        self.ask(move |keys| keys.set(&user, &bytes))
            .await?
            .map_err(|error| words(&error))?;
        let mut index = self.read_index()?;
        index.insert(sealed.connection.clone(), sealed.entered);
        self.write_index(&index)
    }

    async fn delete(&self, connection: &str) -> Result<()> {
        let _one_at_a_time = self.changes.lock().await;
        let mut index = self.read_index()?;
        if !index.contains_key(connection) {
            return Ok(());
        }
        let user = self.user(connection);
        match self.ask(move |keys| keys.delete(&user)).await? {
            Ok(()) | Err(keyring::Error::NoEntry) => {}
            Err(error) => return Err(words(&error)),
        }
        index.remove(connection);
        self.write_index(&index)
    }

    async fn list(&self) -> Result<Vec<Kept>> {
        let index = self.read_index()?.into_iter();
        Ok(index
            .map(|(connection, entered)| Kept { connection, entered })
            .collect())
    }

    async fn probe(&self) -> Result<()> {
        let user = self.user("probe of the key store");
        let tried = self.ask(move |keys| {
            keys.set(&user, b"probe")?;
            let read = keys.get(&user)?;
            keys.delete(&user)?;
            Ok(*read == b"probe")
        });
        if tried.await?.map_err(|error| words(&error))? {
            return Ok(());
        }
        Err(Error::config("this system's password store does not give back what it was given").hint(OTHER))
    }
}

struct SystemKeys;

impl SystemKeys {
    fn entry(user: &str) -> keyring::Result<keyring::Entry> {
        // `Entry::new` would only say that there is no store; why stands in the status.
        match keyring::Entry::store_status() {
            Ok(()) => {}
            Err(keyring::Error::NoStorageAccess(why)) => {
                return Err(keyring::Error::NoStorageAccess(why.to_string().into()));
            }
            Err(why) => return Err(keyring::Error::PlatformFailure(why.to_string().into())),
        }
        keyring::Entry::new(SERVICE, user)
    }
}

impl Keys for SystemKeys {
    fn get(&self, user: &str) -> keyring::Result<Zeroizing<Vec<u8>>> {
        Self::entry(user)?.get_secret().map(Zeroizing::new)
    }

    fn set(&self, user: &str, secret: &[u8]) -> keyring::Result<()> {
        Self::entry(user)?.set_secret(secret)
    }

    fn delete(&self, user: &str) -> keyring::Result<()> {
        Self::entry(user)?.delete_credential()
    }
}

const OTHER: &str = "Use an encrypted file: `processflow settings set secrets=vault`, or with a passphrase: \
                     `processflow settings set secrets=vault-passphrase`.";

fn locked() -> Error {
    Error::unavailable("waiting for the keyring to be unlocked").hint(format!(
        "Unlock it (sign in, or answer its window); the work goes on by itself. On a machine where nobody signs in: {OTHER}"
    ))
}

/// What the key store said, in our words. Only its text is kept: some of its errors carry the secret's bytes.
fn words(error: &keyring::Error) -> Error {
    let text = io::Error::other(error.to_string());
    match error {
        keyring::Error::NoStorageAccess(_) => locked(),
        keyring::Error::PlatformFailure(_) | keyring::Error::NoDefaultStore => {
            Error::config("This system has no password store running.").hint(OTHER)
        }
        keyring::Error::TooLong(_, most) => Error::config(format!(
            "this system's password store takes at most {most} letters"
        ))
        .hint(OTHER),
        _ => Error::config("this system's password store refused").hint(OTHER),
    }
    .source(text)
}
