//! Whoever holds the lock of a data folder *is* the agent; everybody else is its client.
//!
//! [`Door::attach`] decides which of the two this process is. Desktop, service and command line all start that
//! way, so there is one path to test, and a run never depends on a window.

mod calls;
mod changes;
mod connections;
mod desk;
mod door;
mod history;
mod quotas;
mod remote;
mod serve;
mod sign_ins;
mod socket;
mod start;

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use connector_kit::{Clock, Error, Host, Live, Result, async_trait, http::Priority};
use tracing::warn;

use crate::{
    folder::{DataFolder, Lock, LookupCache, Settings},
    logs, os,
    run::Locker,
    secrets::{self, Passphrase, SecretStore, ValueKey},
    state::{Deployment, SavedConnection, State, Version},
};

pub use changes::{Change, Changes, Topic};
pub use desk::Desk;
pub use door::Door;
pub use serve::Serving;
pub use socket::{Client, Watching};
pub use start::{Wanted, moved};

pub(crate) use connections::is_sandbox;
pub(crate) use remote::ask;
pub(crate) use sign_ins::LASTS as SIGN_IN_LASTS;

use calls::Calls;
use changes::Told;
use sign_ins::SignIns;
use start::RunningRun;

/// What the shells lend to the agent.
#[derive(Clone)]
pub struct Shell {
    /// Asked for the vault's passphrase.
    pub passphrase: Arc<dyn Passphrase>,
    /// Starts the sandbox store behind a connection with `sandbox=true`.
    pub sandbox: Option<Arc<dyn StartSandbox>>,
    /// Where relative paths of connection settings start.
    pub base: PathBuf,
}

/// Starts the sandbox store, once per connection, for as long as the agent lives.
#[async_trait]
pub trait StartSandbox: Send + Sync {
    /// Its API path and token.
    async fn start(&self, connection: &SavedConnection) -> Result<(String, connector_kit::Secret)>;
}

/// The agent of a data folder.
pub struct Agent {
    desk: Desk,
    state: State,
    secrets: Mutex<Arc<dyn SecretStore>>,
    settings: Mutex<Settings>,
    host: Mutex<Host>,
    shell: Shell,
    running: Mutex<HashMap<String, RunningRun>>,
    starting: tokio::sync::Mutex<()>,
    /// Held by those who take secrets for a run, and alone by the one who puts others in their place: a run has one or the
    /// other, never both.
    switching: tokio::sync::RwLock<()>,
    sign_ins: SignIns,
    schedule_changed: tokio::sync::Notify,
    calls: Calls,
    told: Told,
    /// When history was looked through last.
    forgot: Mutex<Option<jiff::Timestamp>>,
    /// Held by the one who fills the index of records.
    indexing: tokio::sync::Mutex<()>,
    _lock: Lock,
}

impl Agent {
    /// Becomes the agent of the folder whose lock this is.
    pub async fn new(desk: Desk, lock: Lock, shell: Shell) -> Result<Arc<Self>> {
        let folder = desk.folder().clone();
        let state_db = folder.state_db();
        os::touch_private(&state_db)
            .map_err(|error| crate::folder::trouble("the state database", &state_db, error))?;
        let state = State::open(&state_db).await?;
        let settings = Settings::load(&folder)?;
        let store = secrets::store(
            settings.secrets,
            &folder,
            desk.clock().clone(),
            shell.passphrase.clone(),
        )?;
        let host = Host {
            clock: desk.clock().clone(),
            network: Arc::new(settings.network()),
            base: shell.base.clone(),
            cache: Arc::new(LookupCache::open(&folder.cache())),
            priority: Priority::High,
        };
        Ok(Arc::new(Self {
            desk,
            state,
            secrets: Mutex::new(store),
            settings: Mutex::new(settings),
            host: Mutex::new(host),
            shell,
            running: Mutex::default(),
            starting: tokio::sync::Mutex::default(),
            switching: tokio::sync::RwLock::default(),
            sign_ins: SignIns::default(),
            schedule_changed: tokio::sync::Notify::new(),
            calls: Calls::default(),
            told: Told::default(),
            forgot: Mutex::default(),
            indexing: tokio::sync::Mutex::default(),
            _lock: lock,
        }))
    }

    /// The same folder as its readers see it.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// What happened.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The data folder.
    pub fn folder(&self) -> &DataFolder {
        self.desk.folder()
    }

    /// Time.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        self.desk.clock()
    }

    /// Now, as it is written down.
    pub fn now(&self) -> String {
        self.clock().now().to_string()
    }

    /// The settings as they are now.
    pub fn settings(&self) -> Settings {
        self.settings
            .lock()
            .expect("nothing panics while it holds this lock")
            .clone()
    }

    /// Changes one setting. Another secret store takes over what the old one kept.
    pub async fn change_setting(&self, key: &str, value: &str) -> Result<()> {
        self.change_settings(key, |settings| settings.set(key, value))
            .await
    }

    /// Changes the settings, and says that this one of them changed.
    pub(crate) async fn change_settings(
        &self,
        key: &str,
        change: impl FnOnce(&mut Settings) -> Result<()> + Send,
    ) -> Result<()> {
        let mut settings = self.settings();
        let before = settings.secrets;
        change(&mut settings)?;
        let moving = if settings.secrets == before {
            None
        } else {
            Some(self.copy_secrets(&settings).await?)
        };
        settings.save(self.folder())?;
        if let Some((to, copied)) = moving {
            self.use_store(to, &copied).await;
        }
        self.renew_network(&settings);
        logs::set_level(settings.log_level);
        *self
            .settings
            .lock()
            .expect("nothing panics while it holds this lock") = settings;
        self.changed(Topic::Settings.of(key));
        Ok(())
    }

    /// The secret store that these settings choose, with a copy of what the one in use holds.
    async fn copy_secrets(&self, settings: &Settings) -> Result<(Arc<dyn SecretStore>, Vec<String>)> {
        let to = secrets::store(
            settings.secrets,
            self.folder(),
            self.clock().clone(),
            self.shell.passphrase.clone(),
        )?;
        to.probe().await?;
        // A store that cannot be opened here has nothing of ours to carry over.
        let from = self.store();
        let copied = if from.list().await.is_ok_and(|kept| !kept.is_empty()) {
            secrets::copy(from.as_ref(), to.as_ref()).await?
        } else {
            Vec::new()
        };
        Ok((to, copied))
    }

    /// Uses this secret store from now on; the one before forgets what was copied.
    async fn use_store(&self, to: Arc<dyn SecretStore>, copied: &[String]) {
        let from = std::mem::replace(
            &mut *self
                .secrets
                .lock()
                .expect("nothing panics while it holds this lock"),
            to,
        );
        if let Err(error) = secrets::forget(from.as_ref(), copied).await {
            warn!(
                store = from.name(),
                error = %error.chain(),
                "Secrets were copied to the new store; the old one could not forget them."
            );
        }
    }

    /// What connectors get from here.
    fn host(&self) -> Host {
        self.host
            .lock()
            .expect("nothing panics while it holds this lock")
            .clone()
    }

    /// Lets connections that are made from now on go the way the settings say. Runs under way stay on theirs.
    fn renew_network(&self, settings: &Settings) {
        let mut host = self.host.lock().expect("nothing panics while it holds this lock");
        let network = settings.network();
        if network.proxy != host.network.proxy || network.authorities != host.network.authorities {
            host.network = Arc::new(network.with_quotas_of(&host.network));
        }
    }

    /// What opens the kept variables of a deployment that are encrypted.
    pub(crate) async fn locker(&self, deployment: &str) -> Result<Locker> {
        let store = self.store();
        let key = ValueKey::of(store.as_ref(), self.clock().now()).await?;
        Ok(Locker {
            key: Arc::new(key),
            deployment: deployment.to_owned(),
        })
    }

    fn store(&self) -> Arc<dyn SecretStore> {
        self.secrets
            .lock()
            .expect("nothing panics while it holds this lock")
            .clone()
    }

    /// A deployed processflow, taken off or not.
    pub(crate) async fn deployment(&self, name: &str) -> Result<Option<Deployment>> {
        let name = name.to_owned();
        self.state.read(move |on| Deployment::find(on, &name)).await
    }

    /// A processflow that is deployed now.
    pub(crate) async fn deployed(&self, name: &str) -> Result<Deployment> {
        let name = name.to_owned();
        self.state
            .read(move |on| match Deployment::find(on, &name)? {
                Some(found) if found.state != crate::state::DeploymentState::Undeployed => Ok(found),
                _ => Err(desk::not_deployed(on, &name)),
            })
            .await
    }

    /// The version of a deployment that runs.
    pub(crate) async fn version(&self, deployment: &Deployment) -> Result<Version> {
        let (id, version, name) = (deployment.id.clone(), deployment.version, deployment.name.clone());
        let found = self.state.read(move |on| Version::find(on, &id, version)).await?;
        found.ok_or_else(|| {
            Error::config(format!("processflow `{name}` has no version {version}"))
                .hint(format!("`processflow versions {name}` lists them."))
        })
    }

    /// Changes a deployment that is there.
    pub(crate) async fn change(
        &self,
        name: &str,
        change: impl FnOnce(&mut Deployment) + Send + 'static,
    ) -> Result<()> {
        let named = name.to_owned();
        self.state
            .write(move |on| {
                let mut deployment =
                    Deployment::find(on, &named)?.ok_or_else(|| desk::not_deployed(on, &named))?;
                change(&mut deployment);
                deployment.save(on)
            })
            .await?;
        self.schedule_changed(name);
        Ok(())
    }

    /// Says that a processflow's version, schedule or pause is not what it was.
    pub(crate) fn schedule_changed(&self, name: &str) {
        self.schedule_changed.notify_one();
        self.changed(Topic::Processflow.of(name));
    }

    /// The live connections behind the aliases of a processflow.
    pub(crate) async fn bound(
        &self,
        bindings: &BTreeMap<String, String>,
        priority: Priority,
    ) -> Result<BTreeMap<String, Live>> {
        let _one = self.switching.read().await;
        let mut live = BTreeMap::new();
        for (alias, name) in bindings {
            let saved = self.connection(name).await?.ok_or_else(|| {
                Error::config(format!(
                    "Source Application Not Found: connection `{name}` (`{alias}`) was removed"
                ))
                .hint(format!(
                    "Add it again, or deploy with `--connection {alias}=NAME`."
                ))
            })?;
            live.insert(alias.clone(), self.live_for(&saved, priority).await?);
        }
        Ok(live)
    }
}
