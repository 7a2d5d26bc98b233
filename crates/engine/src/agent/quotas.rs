//! What stores said of their request budgets, told to those who only look: through the cache, which every process
//! reads. It may be cleared; the next answer of the store brings it back.

use std::time::Duration;

use connector_kit::http::Quota;
use jiff::{SignedDuration, Timestamp};

use super::{Agent, Desk};
use crate::{folder::LookupCache, operations::QuotaLeft};

const KEY: &str = "agent:quotas";
/// How often it is written down while runs go on.
const AGAIN: Duration = Duration::from_secs(1);
/// What was heard longer ago says nothing about now.
const OLD: SignedDuration = SignedDuration::from_hours(1);

impl Agent {
    /// Writes down what the stores last said.
    pub(crate) fn note_quotas(&self) {
        let now = self.clock().now();
        let host = self.host();
        let told = host.network.quotas();
        let rows: Vec<QuotaLeft> = told
            .iter()
            .filter_map(|(store, quota)| row(store, quota, now))
            .collect();
        if rows.is_empty() {
            return;
        }
        let text = serde_json::to_string(&rows).expect("plain data serialises");
        if host.cache.get(KEY).as_deref() != Some(&text) {
            host.cache.put(KEY, &text);
        }
    }

    /// Does so again and again, for as long as somebody waits for it.
    pub(super) async fn note_quotas_meanwhile(&self) {
        loop {
            self.clock().sleep(AGAIN).await;
            self.note_quotas();
        }
    }
}

fn row(store: &str, quota: &Quota, now: Timestamp) -> Option<QuotaLeft> {
    let reading = quota.reading()?;
    let resets_at = now + SignedDuration::from_millis(reading.reset_ms as i64);
    Some(QuotaLeft {
        store: store.to_owned(),
        quota: reading.quota,
        left: reading.left,
        resets_at: resets_at.to_string(),
        waits_until: quota
            .waits_until()
            .filter(|until| *until > now)
            .map(|until| until.to_string()),
        at: now.to_string(),
    })
}

impl Desk {
    /// What the stores last said, as the agent wrote it down. After its window a budget is whole again.
    pub(crate) fn quotas(&self) -> Vec<QuotaLeft> {
        let Some(text) = LookupCache::peek(&self.folder().cache(), KEY) else {
            return Vec::new();
        };
        let now = self.clock().now();
        let mut rows: Vec<QuotaLeft> = serde_json::from_str(&text).unwrap_or_default();
        rows.retain(|row| {
            row.at
                .parse::<Timestamp>()
                .is_ok_and(|at| now.duration_since(at) < OLD)
        });
        for row in &mut rows {
            if row.resets_at.parse::<Timestamp>().is_ok_and(|at| at <= now) {
                row.left = row.quota;
            }
            let over = |until: &String| until.parse::<Timestamp>().is_ok_and(|until| until <= now);
            row.waits_until = row.waits_until.take().filter(|until| !over(until));
        }
        rows
    }
}
