//! One request budget per store, read from the response headers and shared by all its runs.
//!
//! The gate counts requests under way, because what the store last said does not know of them: a request goes
//! out only while `left − under way` leaves one. Before the first answer of a window a single request goes ahead
//! to learn what is left. After a 429 nothing goes out until the store's own time is over.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::{
    gate::{Admit, Gate, Heard, Why},
    log,
    network::Reserve,
};
use crate::{Clock, Error, Result};

/// A suspended machine's timers stand still while its wall clock goes on, so long waits look at it this often.
const LOOK: Duration = Duration::from_secs(10);

/// The budget of one store.
#[derive(Debug, Default)]
pub struct Quota {
    gate: Mutex<Gate>,
    line: tokio::sync::Mutex<()>,
    changed: Notify,
}

/// What the store last said of its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaReading {
    /// Requests per window.
    pub quota: u32,
    /// Requests left in this window.
    pub left: u32,
    /// Milliseconds until the window starts anew.
    pub reset_ms: u64,
    /// The window's length in milliseconds.
    pub window_ms: u64,
}

impl Quota {
    pub(super) fn new(reserve: Reserve) -> Self {
        Self {
            gate: Mutex::new(Gate::new(reserve.0)),
            ..Self::default()
        }
    }

    /// What the store last said; `None` before the first answer and for stores without a limit.
    pub fn reading(&self) -> Option<QuotaReading> {
        self.gate().reading()
    }

    /// Until when no request goes out to this store: it asked to slow down, or its budget is used up. May lie in
    /// the past.
    pub fn waits_until(&self) -> Option<Timestamp> {
        self.gate().waits_until()
    }

    /// Waits until a request may go out, in the order of asking. `patience` is what the request will still wait
    /// because the store asked to slow down; it shrinks. Err: Unavailable when the store asks for more than that,
    /// at once: holding a run open for so long would help nobody.
    pub(super) async fn enter(self: &Arc<Self>, clock: &dyn Clock, patience: &mut Duration) -> Result<Pass> {
        let began = clock.now();
        // Only the first in the line looks at the gate, so nobody is overtaken until its patience ends.
        let _first = self.line.lock().await;
        let mut slowed = false;
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable(); // from here on no change is missed
            let now = clock.now();
            let waited = || now.duration_since(began).try_into().unwrap_or(Duration::ZERO);
            let admitted = self.gate().admit(now);
            let (wait, why, tell) = match admitted {
                Admit::Go(ticket) => {
                    *patience = patience.saturating_sub(if slowed { waited() } else { Duration::ZERO });
                    return Ok(Pass {
                        quota: self.clone(),
                        ticket: Some(ticket),
                    });
                }
                Admit::Later { wait, why, tell } => (wait, why, tell),
            };
            slowed |= why == Why::SlowDown;
            let waited = if slowed { waited() } else { Duration::ZERO };
            if why != Why::UnderWay && waited + wait > *patience {
                return Err(too_long(wait));
            }
            if tell {
                log::waiting(why, wait);
            }
            tokio::select! {
                () = clock.sleep(wait.min(LOOK)) => {}
                () = changed => {}
            }
        }
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().expect("nothing panics while it holds this lock")
    }

    fn leave(&self, ticket: u64, heard: Heard, now: Option<Timestamp>) {
        self.gate().settle(ticket, heard, now);
        self.changed.notify_waiters();
    }
}

fn too_long(wait: Duration) -> Error {
    let minutes = wait.as_secs().div_ceil(60);
    Error::unavailable(format!(
        "The store asked us to wait {minutes} more minutes. Nothing is lost."
    ))
    .hint("Another app may be using up the quota: move this processflow to the night.")
    .retry_after(wait)
}

/// The right to have one request under way. Given back with what its answer said; dropped without (a cancelled
/// run), the request counts as spent.
#[derive(Debug)]
pub(super) struct Pass {
    quota: Arc<Quota>,
    ticket: Option<u64>,
}

impl Pass {
    /// Gives the pass back.
    pub(super) fn give_back(mut self, heard: Heard, now: Timestamp) {
        if let Some(ticket) = self.ticket.take() {
            self.quota.leave(ticket, heard, Some(now));
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.quota.leave(ticket, Heard::Nothing, None);
        }
    }
}

#[cfg(test)]
mod tests;
