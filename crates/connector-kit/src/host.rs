//! What the surrounding program lends to a connector: time, network, folders, cache.

use std::{path::PathBuf, sync::Arc};

use crate::{Clock, http};

/// Lent to a connection when it opens. Cloning shares.
#[derive(Clone)]
pub struct Host {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The network as the settings want it, and the quota budgets shared by all runs.
    pub network: Arc<http::Network>,
    /// Whose requests go first when a quota is short: those of a person who waits, unless a run says otherwise.
    pub priority: http::Priority,
    /// Where relative paths of a connection's settings start (the data folder's parent is never assumed).
    pub base: PathBuf,
    /// Things that cost a request to learn and may be forgotten at any instant.
    pub cache: Arc<dyn Cache>,
}

/// Look-ups by SKU or e-mail, tracking modes, learned limits. Clearing it at any instant is harmless.
pub trait Cache: Send + Sync {
    /// What was kept under `key`.
    fn get(&self, key: &str) -> Option<String>;
    /// Keeps `value`; may be dropped at any time.
    fn put(&self, key: &str, value: &str);
}

/// A cache that keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCache;

impl Cache for NoCache {
    fn get(&self, _key: &str) -> Option<String> {
        None
    }
    fn put(&self, _key: &str, _value: &str) {}
}
