//! Forgetting what the settings no longer keep, between runs and beside them.

use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use super::Agent;
use crate::state::{Keep, forget};

/// How often history is looked through at most.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

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
