//! What a run tells those who watch. Never the truth: that is in the state, and panels ask again.

use std::{collections::VecDeque, sync::Arc};

use connector_kit::{Clock, Error};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use ts_rs::TS;

use crate::state::{Counts, Run, RunStatus};

/// How far a run is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct Progress {
    /// The run.
    pub run: String,
    /// Its processflow.
    pub processflow: String,
    /// Records read so far, settled or not.
    pub read: u64,
    /// Records the source expects in all, where it knows.
    pub expected: Option<u64>,
    /// What was settled.
    pub settled: Counts,
    /// What it waits for, while it waits.
    pub waiting: Option<String>,
    /// The number of the step it is at; the first one reads.
    pub step: Option<String>,
    /// Records settled in a second, over the last ten seconds or so.
    pub rate: f64,
    /// Seconds since something last happened.
    pub idle_seconds: f64,
    /// When something last happened.
    pub at: String,
    /// Set when it ended.
    pub ended: Option<RunStatus>,
    /// When how many were settled.
    #[serde(skip)]
    pub marks: VecDeque<(Timestamp, u64)>,
}

/// How much of the past makes the rate.
const PAST: SignedDuration = SignedDuration::from_secs(10);
const APART: SignedDuration = SignedDuration::from_millis(500);

impl Progress {
    /// As it is told at `now`: the rate falls and the wait grows while nothing happens.
    pub fn told(mut self, now: Timestamp) -> Self {
        let seconds = |since: Timestamp| now.duration_since(since).as_secs_f64().max(0.0);
        if let (Some(&(since, before)), None) = (self.marks.front(), self.ended) {
            let (took, done) = (seconds(since), self.settled.read.saturating_sub(before));
            self.rate = if took > 0.0 { done as f64 / took } else { 0.0 };
        }
        self.idle_seconds = match self.ended {
            Some(_) => 0.0,
            None => self.at.parse().map_or(0.0, seconds),
        };
        self
    }

    fn mark(&mut self, now: Timestamp) {
        if self
            .marks
            .back()
            .is_none_or(|(last, _)| now.duration_since(*last) >= APART)
        {
            self.marks.push_back((now, self.settled.read));
        }
        // The oldest mark lies just before the past that counts.
        while self
            .marks
            .get(1)
            .is_some_and(|(at, _)| now.duration_since(*at) > PAST)
        {
            self.marks.pop_front();
        }
    }
}

/// The runner's end of a progress channel.
#[derive(Clone)]
pub struct ProgressSender {
    to: Arc<watch::Sender<Progress>>,
    clock: Arc<dyn Clock>,
}

impl ProgressSender {
    /// A channel, with who watches on the other end.
    pub fn channel(run: &Run, clock: Arc<dyn Clock>) -> (Self, watch::Receiver<Progress>) {
        let mut first = Progress {
            run: run.id.clone(),
            processflow: run.processflow.clone(),
            settled: run.counts.clone(),
            read: run.counts.read,
            at: clock.now().to_string(),
            ..Progress::default()
        };
        first.mark(clock.now());
        let (to, from) = watch::channel(first);
        (
            Self {
                to: Arc::new(to),
                clock,
            },
            from,
        )
    }

    pub(super) fn read(&self, records: usize, expected: Option<u64>) {
        self.tell(|progress| {
            progress.read += records as u64;
            progress.expected = expected.or(progress.expected);
            progress.waiting = None;
        });
    }

    pub(super) fn at_step(&self, step: &str) {
        self.tell(|progress| progress.step = Some(step.to_owned()));
    }

    pub(super) fn settled(&self, counts: &Counts) {
        self.tell(|progress| {
            progress.settled = counts.clone();
            progress.waiting = None;
        });
    }

    pub(super) fn waiting(&self, error: &Error) {
        self.tell(|progress| progress.waiting = Some(error.message.clone()));
    }

    /// The run's end is written down.
    pub(crate) fn ended(&self, run: &Run) {
        self.tell(|progress| {
            progress.settled = run.counts.clone();
            progress.ended = Some(run.status);
        });
    }

    /// The run's task is gone without an end that could be written down.
    pub(crate) fn gave_up(&self) {
        self.tell(|progress| progress.ended = Some(RunStatus::Interrupted));
    }

    fn tell(&self, change: impl FnOnce(&mut Progress)) {
        let now = self.clock.now();
        self.to.send_modify(|progress| {
            progress.mark(now);
            change(progress);
            progress.at = now.to_string();
        });
    }
}
