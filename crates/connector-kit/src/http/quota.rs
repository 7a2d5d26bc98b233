//! One request budget per store, read from the response headers and shared by all its runs.
//!
//! The gate counts requests under way, because what the store last said does not know of them: a request goes
//! out only while `left − under way` leaves one. Before the first answer of a window a single request goes ahead
//! to learn what is left. After a 429 nothing goes out until the store's own time is over. Who waits stands in a line:
//! by priority, and within one by the order of asking. An endpoint with a limit of its own keeps its own callers alone
//! waiting (`endpoints`).

use std::{
    cmp::Reverse,
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::{
    endpoints::Endpoints,
    gate::{Admit, Gate, Heard, Why},
    log,
    network::Reserve,
    pace::{Pace, Priority, Quiet},
    said::Said,
};
use crate::{Clock, Error, Result};

/// A suspended machine's timers stand still while its wall clock goes on, so long waits look at it this often.
const LOOK: Duration = Duration::from_secs(10);

/// The budget of one store.
#[derive(Debug, Default)]
pub struct Quota {
    gate: Mutex<Gate>,
    endpoints: Mutex<Endpoints>,
    line: Mutex<Line>,
    quiet: Mutex<Option<Quiet>>,
    changed: Notify,
}

/// Who waits.
#[derive(Debug, Default)]
struct Line {
    /// The highest priority first, within one whoever asked first.
    waiting: BTreeSet<(Reverse<Priority>, u64)>,
    next: u64,
    /// Requests that went out of the line.
    gone: u64,
}

/// Each so-many-th request is that of whoever has waited longest, whatever its priority.
const LONGEST_WAITING: u64 = 10;

impl Line {
    fn is_first(&self, place: (Reverse<Priority>, u64)) -> bool {
        let first = if self.gone % LONGEST_WAITING == LONGEST_WAITING - 1 {
            self.waiting.iter().min_by_key(|(_, asked)| *asked)
        } else {
            self.waiting.first()
        };
        first == Some(&place)
    }
}

/// A place in the line, left when it is dropped.
struct Waiting<'q> {
    quota: &'q Quota,
    place: (Reverse<Priority>, u64),
}

impl<'q> Waiting<'q> {
    fn of(quota: &'q Quota, priority: Priority) -> Self {
        let mut line = quota.line();
        let place = (Reverse(priority), line.next);
        line.next += 1;
        line.waiting.insert(place);
        Self { quota, place }
    }

    fn is_first(&self) -> bool {
        self.quota.line().is_first(self.place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.quota.line().waiting.remove(&self.place);
        self.quota.changed.notify_waiters();
    }
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
    /// When the window starts anew, by this machine's clock.
    pub ends: Timestamp,
    /// Requests of this program in this window.
    pub ours: u32,
    /// Requests of each window that are left to other programs.
    pub kept: u32,
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

    /// What a person says of this store's quota, from now on.
    pub fn set_pace(&self, pace: Pace) {
        self.quiet().clone_from(&pace.quiet);
        self.gate().pace(pace);
        self.changed.notify_waiters();
    }

    /// How many requests wait, those of the highest priority first.
    pub fn waiting(&self) -> Vec<(Priority, usize)> {
        let line = self.line();
        let count = |priority: Priority| {
            let waiting = line.waiting.iter().filter(|(Reverse(own), _)| *own == priority);
            (priority, waiting.count())
        };
        let all = [Priority::High, Priority::Normal, Priority::Low].map(count);
        all.into_iter().filter(|(_, waiting)| *waiting > 0).collect()
    }

    /// Waits until a request to this endpoint (`POST v3/customers`) may go out. Err: as of [`Quota::enter`].
    pub(super) async fn enter_at(
        self: &Arc<Self>,
        endpoint: &str,
        clock: &dyn Clock,
        patience: &mut Duration,
        priority: Priority,
    ) -> Result<Pass> {
        loop {
            while let Some(left) = self.closed_for(endpoint, clock.now()) {
                if left > *patience {
                    return Err(closed(left));
                }
                let wait = left.min(LOOK);
                clock.sleep(wait).await;
                *patience -= wait;
            }
            let pass = self.enter(clock, patience, priority).await?;
            // Somebody may have been refused there while this one stood in the line.
            if self.closed_for(endpoint, clock.now()).is_none() {
                return Ok(pass);
            }
            pass.give_back(Heard::NeverLeft, clock.now());
        }
    }

    /// Waits until a request may go out: by priority, and within one in the order of asking. `patience` is what the request will still wait
    /// because the store asked to slow down; it shrinks. Err: Unavailable when the store asks for more than that,
    /// at once: holding a run open for so long would help nobody.
    pub(super) async fn enter(
        self: &Arc<Self>,
        clock: &dyn Clock,
        patience: &mut Duration,
        priority: Priority,
    ) -> Result<Pass> {
        self.while_quiet(clock, *patience, priority).await?;
        let began = clock.now();
        let place = Waiting::of(self, priority);
        let mut slowed = false;
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable(); // from here on no change is missed
            // Only the first in the line looks at the gate.
            if !place.is_first() {
                changed.await;
                continue;
            }
            let now = clock.now();
            let waited = || now.duration_since(began).try_into().unwrap_or(Duration::ZERO);
            let admitted = self.gate().admit(now);
            let (wait, why, tell) = match admitted {
                Admit::Go(ticket) => {
                    self.line().gone += 1;
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
            if matches!(why, Why::SlowDown | Why::UsedUp) && waited + wait > *patience {
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

    /// Waits for the end of quiet hours that are nearly over. Err: Unavailable when they last longer.
    async fn while_quiet(&self, clock: &dyn Clock, patience: Duration, priority: Priority) -> Result<()> {
        while let Some(left) = self.quiet_for(clock.now(), priority) {
            if left > patience {
                return Err(quiet(left));
            }
            clock.sleep(left.min(LOOK)).await;
        }
        Ok(())
    }

    fn quiet_for(&self, now: Timestamp, priority: Priority) -> Option<Duration> {
        let quiet = self.quiet();
        quiet.as_ref().filter(|_| priority < Priority::High)?.left(now)
    }

    fn quiet(&self) -> MutexGuard<'_, Option<Quiet>> {
        self.quiet
            .lock()
            .expect("nothing panics while it holds this lock")
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().expect("nothing panics while it holds this lock")
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().expect("nothing panics while it holds this lock")
    }

    fn endpoints(&self) -> MutexGuard<'_, Endpoints> {
        self.endpoints
            .lock()
            .expect("nothing panics while it holds this lock")
    }

    fn closed_for(&self, endpoint: &str, now: Timestamp) -> Option<Duration> {
        self.endpoints().closed_for(endpoint, now)
    }

    /// Whether a refusal is the endpoint's own, which is closed then.
    fn closes(&self, endpoint: &str, said: &Said, now: Timestamp) -> bool {
        let Some(wait) = said.wait() else {
            return false;
        };
        self.gate().is_not_the_budget(said, now) && self.endpoints().close(endpoint, wait, now)
    }

    fn leave(&self, ticket: u64, heard: Heard, now: Option<Timestamp>) {
        self.gate().settle(ticket, heard, now);
        self.changed.notify_waiters();
    }
}

fn quiet(left: Duration) -> Error {
    let minutes = left.as_secs().div_ceil(60);
    Error::unavailable(format!(
        "These are quiet hours of the store, for {minutes} more minutes. Nothing is lost."
    ))
    .hint("It goes on by itself. A processflow with `priority: high` does not wait for them.")
    .retry_after(left)
}

fn closed(left: Duration) -> Error {
    let minutes = left.as_secs().div_ceil(60);
    Error::unavailable(format!(
        "The store takes no more requests of this kind for {minutes} minutes. Nothing is lost."
    ))
    .hint("This kind has a limit of its own. It goes on by itself; what needs other requests is not held up.")
    .retry_after(left)
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
    /// Gives the pass back after a request to this endpoint. A refusal of the endpoint's own is none of the store's.
    pub(super) fn give_back_of(self, endpoint: &str, heard: Heard, now: Timestamp) {
        let heard = match heard {
            Heard::Answer(429, said) if self.quota.closes(endpoint, &said, now) => {
                log::closed(said.wait().unwrap_or_default());
                Heard::Nothing
            }
            heard => heard,
        };
        self.give_back(heard, now);
    }

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
mod storms;
#[cfg(test)]
mod tests;
