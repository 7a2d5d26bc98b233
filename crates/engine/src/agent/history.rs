//! Forgetting what the settings no longer keep, between runs and beside them.

use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use super::Agent;
use crate::state::{Keep, Run, SearchIndex, forget};

/// How often history is looked through at most.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// Between two portions of the index: others want the disk too.
const BREATH: std::time::Duration = std::time::Duration::from_millis(20);

/// Bytes of all snapshots together.
const SNAPSHOTS: u64 = 512 * 1024 * 1024;

impl Agent {
    /// Forgets history and payloads beyond what the settings keep, once in a while. It stops nothing: what cannot be
    /// forgotten now is forgotten later.
    pub(super) async fn forget_old(&self) {
        if !self.may_forget() {
            return;
        }
        let keep = self.keep();
        self.retire_snapshots();
        loop {
            let keep = keep.clone();
            match self.state().write_behind(move |on| forget(on, &keep)).await {
                Ok(true) => tokio::task::yield_now().await,
                Ok(false) => return,
                Err(problem) => {
                    return warn!(error = %problem.chain(), "Old history could not be forgotten.");
                }
            }
        }
    }

    /// Takes what runs wrote into the index that `find` asks, portion by portion, while no run is under way. It stops
    /// nothing: what is not in it is found more slowly.
    pub(super) async fn index_records(&self) {
        let Ok(_alone) = self.indexing.try_lock() else {
            return;
        };
        let index = SearchIndex::of(&self.folder().cache());
        loop {
            if !self
                .state()
                .read(Run::running)
                .await
                .is_ok_and(|runs| runs.is_empty())
            {
                return;
            }
            let (state, index) = (self.state().clone(), index.clone());
            let filled = tokio::task::spawn_blocking(move || index.fill(state.view()?.connection())).await;
            match filled {
                Ok(Ok(true)) => self.clock().sleep(BREATH).await,
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(problem)) => {
                    return warn!(error = %problem.chain(), "Records could not be taken into the index.");
                }
            }
        }
    }

    fn retire_snapshots(&self) {
        let days = 24 * i64::from(self.settings().diagnosis_days);
        let before = self.clock().now().checked_sub(SignedDuration::from_hours(days));
        let retired = self
            .folder()
            .retire_snapshots(before.unwrap_or(Timestamp::MIN), SNAPSHOTS);
        if let Err(problem) = retired {
            warn!(error = %problem.chain(), "Old snapshots could not be removed.");
        }
    }

    fn may_forget(&self) -> bool {
        let now = self.clock().now();
        let mut last = self
            .forgot
            .lock()
            .expect("nothing panics while it holds this lock");
        let due = last.is_none_or(|last| now.duration_since(last).abs() >= AGAIN);
        if due {
            *last = Some(now);
        }
        due
    }

    fn keep(&self) -> Keep {
        let (settings, now) = (self.settings(), self.clock().now());
        Keep {
            runs_since: before(now, settings.history_days),
            payloads_since: before(now, settings.failed_days),
            records: settings.history_records.into(),
        }
    }
}

fn before(now: Timestamp, days: u32) -> String {
    let ago = SignedDuration::from_hours(24 * i64::from(days));
    now.checked_sub(ago).unwrap_or(Timestamp::MIN).to_string()
}
