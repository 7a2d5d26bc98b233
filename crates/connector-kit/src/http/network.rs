//! The network as the settings want it, shared by all connections of the agent.

use std::{
    collections::HashMap,
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use super::{Method, Quota, tls};
use crate::{Raw, Result};

/// Proxy, own certificate authorities, and one [`Quota`] per store.
#[derive(Default)]
pub struct Network {
    /// See [`Proxy`].
    pub proxy: Proxy,
    /// PEM files of certificate authorities trusted besides the system's.
    pub authorities: Vec<PathBuf>,
    /// How long a request may take.
    pub limits: Limits,
    /// Requests of a store's quota that are left for others (see [`Quota`]).
    pub reserve: Reserve,
    quotas: Mutex<HashMap<String, Arc<Quota>>>,
    tls: OnceLock<tls::Config>,
    observer: Option<Observer>,
}

type Observer = Box<dyn Fn(&RequestRecord<'_>) + Send + Sync>;

/// A request that was sent, for tools that check what the agent sends. Holds no header.
#[derive(Clone, Copy, Debug)]
pub struct RequestRecord<'r> {
    /// The verb.
    pub method: Method,
    /// Path and query, as sent.
    pub path: &'r str,
    /// The body, where one was sent.
    pub body: Option<&'r Raw>,
    /// The answer's status; `None` when no answer came.
    pub status: Option<u16>,
}

/// Which proxy requests go through. Loopback addresses never do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// What the operating system (or `HTTPS_PROXY`, `NO_PROXY`) says.
    #[default]
    System,
    /// None.
    Direct,
    /// This address.
    Address(String),
}

/// What one request may take, and how much of an answer is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands: name, connection, TLS, proxy.
    pub connect: Duration,
    /// Until the first byte of the answer, and between any two of its bytes.
    pub idle: Duration,
    /// Until the last byte of the answer.
    pub total: Duration,
    /// Bytes of the decoded body.
    pub body: usize,
    /// All waits of one request taken together, where the store asks to wait.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            total: Duration::from_mins(2),
            body: 32 << 20,
            patience: Duration::from_mins(15),
        }
    }
}

/// Requests of each window that are left to other programs of the store: at most this many, and at most a
/// fiftieth of the quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserve(pub u32);

impl Default for Reserve {
    fn default() -> Self {
        Self(2)
    }
}

impl Network {
    /// The given proxy and further authorities; everything else as usual.
    pub fn new(proxy: Proxy, authorities: Vec<PathBuf>) -> Self {
        Self {
            proxy,
            authorities,
            ..Self::default()
        }
    }

    /// The same budgets as another network has: a store counts requests, whichever way they come.
    pub fn with_quotas_of(mut self, other: &Self) -> Self {
        let quotas = other
            .quotas
            .lock()
            .expect("nothing panics while it holds this lock")
            .clone();
        self.quotas = Mutex::new(quotas);
        self
    }

    /// Other limits than usual.
    pub fn limited(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Shows every request that is sent to `observer`.
    pub fn observed(mut self, observer: impl Fn(&RequestRecord<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// The one budget of a store, shared by all its runs and connections.
    pub fn quota(&self, store: &str) -> Arc<Quota> {
        let mut quotas = self
            .quotas
            .lock()
            .expect("nothing panics while it holds this lock");
        let new = || Arc::new(Quota::new(self.reserve));
        quotas.entry(store.to_owned()).or_insert_with(new).clone()
    }

    /// All stores that were spoken to, with their budgets, for the status line.
    pub fn quotas(&self) -> Vec<(String, Arc<Quota>)> {
        let quotas = self
            .quotas
            .lock()
            .expect("nothing panics while it holds this lock");
        quotas
            .iter()
            .map(|(store, quota)| (store.clone(), quota.clone()))
            .collect()
    }

    /// Who is trusted, for connections that are not HTTP: the system's authorities and those a person added.
    ///
    /// # Errors
    /// Config when a certificate file cannot be read.
    pub fn tls_config(&self) -> Result<rustls::ClientConfig> {
        self.tls().map(|config| config.0.clone())
    }

    /// Certificates (DER) of all who are trusted, for clients that ask for them alone. Reads files.
    ///
    /// # Errors
    /// Config when a certificate file cannot be read.
    pub fn certificates(&self) -> Result<Vec<Vec<u8>>> {
        let system = rustls_native_certs::load_native_certs().certs;
        let mut all: Vec<Vec<u8>> = system.iter().map(|certificate| certificate.to_vec()).collect();
        for file in &self.authorities {
            let added = tls::certificates(file)?;
            all.extend(added.iter().map(|certificate| certificate.to_vec()));
        }
        Ok(all)
    }

    /// Who is trusted. Read once: the system's store has some hundred certificates.
    pub(super) fn tls(&self) -> Result<&tls::Config> {
        if let Some(config) = self.tls.get() {
            return Ok(config);
        }
        let config = tls::Config::new(&self.authorities)?;
        Ok(self.tls.get_or_init(|| config))
    }

    pub(super) fn observe(&self, record: &RequestRecord<'_>) {
        if let Some(observer) = &self.observer {
            observer(record);
        }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A proxy's address may hold a password.
        write!(out, "Network({} authorities)", self.authorities.len())
    }
}
