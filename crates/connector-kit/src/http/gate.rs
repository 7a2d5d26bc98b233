//! The arithmetic behind [`Quota`](super::Quota): who may go out now. Knows no clock and waits for nobody.
//!
//! What is left is exact, not guessed. The store counts requests in the order it takes them up. Of the answers of
//! one window the lowest `left` is from the request taken up last; every request answered with a higher one is
//! contained in it, and every request not contained is still under way. So `lowest left − under way` never says
//! too much, however late and in whatever order answers come in.

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::{
    pace::Pace,
    quota::QuotaReading,
    said::{Budget, Said},
};

/// Windows are taken to end this much later than told: clocks tick in milliseconds and lines jitter.
const MARGIN: Duration = Duration::from_millis(50);
/// Waits after 429s that say nothing, doubling.
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LAST_WAIT: Duration = Duration::from_mins(10);
/// No window of a store's budget is longer, where the store does not say so (BigCommerce: 30 seconds).
const LONGEST_WINDOW: Duration = Duration::from_secs(30);
/// A request that went ahead and has no answer after this long is joined by the next.
const AHEAD: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Gate {
    reserve: u32,
    pace: Pace,
    /// When the next request may go at the wanted speed.
    paced: Option<Deadline>,
    /// Requests that went out in this window.
    ours: u32,
    limit: Limit,
    /// An answer of the present window has been seen.
    open: bool,
    /// The request that went ahead to learn what is left, and until when the others wait for its answer.
    ahead: Option<(u64, Deadline)>,
    /// Requests without an answer, by ticket, and when they went.
    under_way: BTreeMap<u64, Timestamp>,
    next: u64,
    /// Requests of this window that ended without saying what is left; the store may have counted them.
    spent: u32,
    pause: Option<Deadline>,
    /// Requests from this ticket on went out after the last pause.
    since_pause: u64,
    /// 429s in a row that did not say how long.
    silent: u32,
    told: Option<Timestamp>,
}

#[derive(Debug, Default)]
enum Limit {
    #[default]
    NotKnown,
    None,
    Window {
        budget: Budget,
        ends: Deadline,
    },
}

/// What a request brought home.
#[derive(Clone, Copy, Debug)]
pub(super) enum Heard {
    /// An answer with its status and headers.
    Answer(u16, Said),
    /// It never left.
    NeverLeft,
    /// No answer, or it was not waited for.
    Nothing,
}

/// May a request go out?
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admit {
    Go(u64),
    /// In a while, or when an answer says otherwise. `tell` is set once per wait.
    Later {
        wait: Duration,
        why: Why,
        tell: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The store asked for it.
    SlowDown,
    /// The budget of this window is used up.
    UsedUp,
    /// Requests under way may use up what is left; their answers will tell.
    UnderWay,
    /// A person said how fast requests may come.
    Paced,
}

/// An instant, and how far it lay ahead when it was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Deadline {
    at: Timestamp,
    ahead: Duration,
}

impl Deadline {
    pub(super) fn after(now: Timestamp, ahead: Duration) -> Self {
        Self {
            at: later(now, ahead),
            ahead,
        }
    }

    /// `None` when it has passed. A wall clock that was set back must not stretch the wait.
    pub(super) fn left(&mut self, now: Timestamp) -> Option<Duration> {
        let left = Duration::try_from(self.at.duration_since(now))
            .ok()
            .filter(|left| !left.is_zero())?;
        if left > self.ahead {
            self.at = later(now, self.ahead);
        }
        Some(left.min(self.ahead))
    }
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

impl Gate {
    pub(super) fn new(reserve: u32) -> Self {
        Self {
            reserve,
            ..Self::default()
        }
    }

    pub(super) fn admit(&mut self, now: Timestamp) -> Admit {
        if let Some(wait) = self.pause.as_mut().and_then(|pause| pause.left(now)) {
            return self.later(wait, Why::SlowDown);
        }
        if let Some(wait) = self.paced.as_mut().and_then(|paced| paced.left(now)) {
            return self.later(wait, Why::Paced);
        }
        if self.pause.take().is_some() {
            self.since_pause = self.next;
            self.open = false;
        }
        let left = match &mut self.limit {
            Limit::Window { ends, .. } => ends.left(now),
            Limit::NotKnown | Limit::None => Some(Duration::MAX),
        };
        let Some(left) = left.filter(|_| self.open) else {
            self.open = false;
            return self.go_ahead(now);
        };
        if self.available() > 0 {
            return Admit::Go(self.go(now));
        }
        self.later(
            left,
            if self.used_up() {
                Why::UsedUp
            } else {
                Why::UnderWay
            },
        )
    }

    /// Takes in what a request brought home. `now` is missing when nobody waited for the answer.
    pub(super) fn settle(&mut self, ticket: u64, heard: Heard, now: Option<Timestamp>) {
        let went = self.under_way.remove(&ticket);
        let was_ahead = self.ahead.is_some_and(|(ahead, _)| ahead == ticket);
        if was_ahead {
            self.ahead = None;
        }
        match (heard, now, went) {
            (Heard::NeverLeft, ..) => {}
            (Heard::Answer(429, said), Some(now), _) => self.slow_down(ticket, said.wait(), now),
            (
                Heard::Answer(
                    _,
                    Said {
                        budget: Some(budget), ..
                    },
                ),
                Some(now),
                Some(went),
            ) => {
                self.silent = 0;
                self.learn(budget, went, now);
            }
            (Heard::Answer(status, _), ..) if status < 500 => {
                self.silent = 0;
                self.spent = self.spent.saturating_add(1);
                if was_ahead {
                    self.limit = Limit::None; // the store sets no limit, or no longer
                    self.open = true;
                }
            }
            _ => self.spent = self.spent.saturating_add(1),
        }
    }

    /// Whether a refusal cannot be the budget's: it asks for more than a window, and in this one requests are left.
    pub(super) fn is_not_the_budget(&mut self, said: &Said, now: Timestamp) -> bool {
        let left = self.available();
        let window = match &mut self.limit {
            Limit::Window { budget, ends } => ends.left(now).map(|_| budget.window),
            Limit::None => Some(LONGEST_WINDOW),
            Limit::NotKnown => None,
        };
        let Some(window) = window else {
            return false;
        };
        let asks_for_more = said
            .wait()
            .is_some_and(|wait| wait > window.max(LONGEST_WINDOW) + MARGIN);
        let is_left = said.budget.is_none_or(|budget| budget.left > 0);
        self.open && asks_for_more && is_left && left > 0
    }

    /// What a person says of the quota, from now on.
    pub(super) fn pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    pub(super) fn reading(&self) -> Option<QuotaReading> {
        let Limit::Window { budget, ends } = &self.limit else {
            return None;
        };
        Some(QuotaReading {
            quota: budget.quota,
            left: budget.left,
            reset_ms: budget.reset.as_millis() as u64,
            window_ms: budget.window.as_millis() as u64,
            ends: ends.at,
            ours: self.ours,
            kept: self.kept(budget),
        })
    }

    pub(super) fn waits_until(&self) -> Option<Timestamp> {
        match (&self.pause, &self.limit) {
            (Some(pause), _) => Some(pause.at),
            (None, Limit::Window { ends, .. }) if self.used_up() => Some(ends.at),
            _ => None,
        }
    }

    fn go(&mut self, now: Timestamp) -> u64 {
        let ticket = self.next;
        self.next += 1;
        self.under_way.insert(ticket, now);
        self.ours = self.ours.saturating_add(1);
        if let Some(speed) = self.pace.speed.filter(|speed| *speed > 0.0) {
            self.paced = Some(Deadline::after(now, Duration::from_secs_f64(1.0 / speed)));
        }
        ticket
    }

    fn go_ahead(&mut self, now: Timestamp) -> Admit {
        if let Some(wait) = self.ahead.as_mut().and_then(|(_, joined)| joined.left(now)) {
            return self.later(wait, Why::UnderWay);
        }
        let ticket = self.go(now);
        self.ahead = Some((ticket, Deadline::after(now, AHEAD)));
        Admit::Go(ticket)
    }

    /// Requests that may go out in this window, beyond those under way.
    fn available(&self) -> u32 {
        let Limit::Window { budget, .. } = &self.limit else {
            return u32::MAX;
        };
        let taken = self.under_way.len() as u32 + self.spent + self.kept(budget);
        budget.left.saturating_sub(taken)
    }

    fn kept(&self, budget: &Budget) -> u32 {
        let own = self.reserve.min(budget.quota / 50);
        let wanted = u64::from(budget.quota) * u64::from(self.pace.reserve.min(90)) / 100;
        // One that leaves nothing to us would stop everything for ever.
        own.max(u32::try_from(wanted).unwrap_or(u32::MAX))
            .min(budget.quota.saturating_sub(1))
    }

    /// Nothing will be left even when all that is under way has been answered.
    fn used_up(&self) -> bool {
        let Limit::Window { budget, .. } = &self.limit else {
            return false;
        };
        self.open && budget.left <= self.spent + self.kept(budget)
    }

    fn later(&mut self, wait: Duration, why: Why) -> Admit {
        let until = self.waits_until();
        let tell = matches!(why, Why::SlowDown | Why::UsedUp) && self.told != until;
        if tell {
            self.told = until;
        }
        Admit::Later { wait, why, tell }
    }

    fn slow_down(&mut self, ticket: u64, said: Option<Duration>, now: Timestamp) {
        // Requests that were under way together are refused together: that is one refusal.
        let first = self.pause.is_none() && ticket >= self.since_pause;
        if said.is_none() && first {
            self.silent += 1;
        }
        let growing = FIRST_WAIT
            .saturating_mul(1 << self.silent.saturating_sub(1).min(10))
            .min(LAST_WAIT);
        let wait = said.map_or(growing, |said| said.max(Duration::from_secs(1))) + MARGIN;
        let pause = Deadline::after(now, wait);
        let longer = self.pause.is_none_or(|present| present.at < pause.at);
        if longer && (said.is_some() || first) {
            self.pause = Some(pause);
        }
        self.open = false;
    }

    fn learn(&mut self, told: Budget, went: Timestamp, now: Timestamp) {
        let ends = Deadline::after(now, told.reset + MARGIN);
        let Limit::Window { budget, ends: known } = &mut self.limit else {
            self.renew(told, ends);
            return;
        };
        let half = SignedDuration::try_from(told.window / 2).unwrap_or(SignedDuration::ZERO);
        // The window this answer belongs to ends no earlier than this.
        let earliest = later(went, told.reset);
        if went >= known.at || earliest.duration_since(known.at) >= half {
            self.renew(told, ends);
        } else if known.at.duration_since(ends.at) < half {
            budget.left = budget.left.min(told.left);
            budget.quota = told.quota;
            budget.reset = told.reset;
            if ends.at < known.at {
                *known = ends;
            }
            self.open |= self.pause.is_none() && known.left(now).is_some();
        } // else it is a late answer of a window that is over
    }

    fn renew(&mut self, told: Budget, ends: Deadline) {
        self.limit = Limit::Window { budget: told, ends };
        self.ours = u32::try_from(self.under_way.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        self.spent = 0;
        self.open = self.pause.is_none();
    }
}
