//! What a run tells those who watch. Never the truth: that is in the state, and panels ask again.

use std::sync::Arc;

use connector_kit::{Clock, Error};
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
    /// When something last happened.
    pub at: String,
    /// Set when it ended.
    pub ended: Option<RunStatus>,
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
        let first = Progress {
            run: run.id.clone(),
            processflow: run.processflow.clone(),
            settled: run.counts.clone(),
            read: run.counts.read,
            at: clock.now().to_string(),
            ..Progress::default()
        };
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

    pub(super) fn settled(&self, counts: &Counts) {
        self.tell(|progress| {
            progress.settled = counts.clone();
            progress.waiting = None;
        });
    }

    pub(super) fn waiting(&self, error: &Error) {
        self.tell(|progress| progress.waiting = Some(error.message.clone()));
    }

    pub(super) fn ended(&self, run: &Run) {
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
        let at = self.clock.now().to_string();
        self.to.send_modify(|progress| {
            change(progress);
            progress.at = at;
        });
    }
}
