//! The network as the settings want it, shared by all connections of the agent.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use super::Quota;

/// Proxy, own certificate authorities, and one [`Quota`] per store.
#[derive(Debug, Default)]
pub struct Network {
    /// See [`Proxy`].
    pub proxy: Proxy,
    /// PEM files of certificate authorities trusted besides the system's.
    pub authorities: Vec<PathBuf>,
    quotas: Mutex<HashMap<String, Arc<Quota>>>,
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

impl Network {
    /// The system's proxy, no further authorities.
    pub fn new(proxy: Proxy, authorities: Vec<PathBuf>) -> Self {
        Self { proxy, authorities, quotas: Mutex::default() }
    }

    /// The one budget of a store, shared by all its runs and connections.
    pub fn quota(&self, store: &str) -> Arc<Quota> {
        let mut quotas = self.quotas.lock().expect("nothing panics while it holds this lock");
        quotas.entry(store.to_owned()).or_default().clone()
    }

    /// All stores that were spoken to, with their budgets, for the status line.
    pub fn quotas(&self) -> Vec<(String, Arc<Quota>)> {
        let quotas = self.quotas.lock().expect("nothing panics while it holds this lock");
        quotas.iter().map(|(store, quota)| (store.clone(), quota.clone())).collect()
    }
}
