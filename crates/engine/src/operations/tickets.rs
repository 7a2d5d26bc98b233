//! Calls that a person waits for and may call off: a page cannot drop a call, so it names it and says so.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use connector_kit::{Error, Result};
use tokio_util::sync::CancellationToken;

/// Calls under way, by the names their callers gave them.
static UNDER_WAY: Mutex<Option<HashMap<String, CancellationToken>>> = Mutex::new(None);

/// A call under way, until it is dropped.
pub(super) struct Ticket {
    name: Option<String>,
    cancel: CancellationToken,
}

impl Ticket {
    /// A call of that name; one without a name goes on to its end.
    pub(super) fn new(name: Option<String>) -> Self {
        let cancel = CancellationToken::new();
        if let Some(name) = &name {
            under_way(|all| all.insert(name.clone(), cancel.clone()));
        }
        Self { name, cancel }
    }

    /// Calls it off. One that has ended meanwhile is no mistake of anybody.
    pub(super) fn cancel(name: &str) {
        if let Some(cancel) = under_way(|all| all.get(name).cloned()) {
            cancel.cancel();
        }
    }

    /// Waits for the call, as long as nobody calls it off.
    pub(super) async fn unless_cancelled<T>(
        &self,
        what: &str,
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        tokio::select! {
            done = call => done,
            () = self.cancel.cancelled() => Err(Error::config(format!("{what} was cancelled"))),
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            under_way(|all| all.remove(name));
        }
    }
}

fn under_way<T>(change: impl FnOnce(&mut HashMap<String, CancellationToken>) -> T) -> T {
    let mut all = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
    change(all.get_or_insert_default())
}
