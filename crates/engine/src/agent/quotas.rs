//! What stores said of their request budgets, told to those who only look: through the cache, which every process
//! reads. It may be cleared; the next answer of the store brings it back.

use std::time::Duration;

use connector_kit::http::{Quota, QuotaReading};
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
    let waiting = quota.waiting();
    let used = reading.quota.saturating_sub(reading.left);
    Some(QuotaLeft {
        store: store.to_owned(),
        quota: reading.quota,
        left: reading.left,
        resets_at: reading.ends.to_string(),
        ours: reading.ours.min(used),
        reserve: reading.kept,
        waiting: waiting.iter().map(|(_, waiting)| *waiting as u32).sum(),
        used_up_at: used_up_at(&reading, now).map(|at| at.to_string()),
        waits_until: quota
            .waits_until()
            .filter(|until| *until > now)
            .map(|until| until.to_string()),
        at: now.to_string(),
    })
}

/// When nothing will be left at the pace of this window so far, if that comes before its end.
fn used_up_at(reading: &QuotaReading, now: Timestamp) -> Option<Timestamp> {
    let to_the_end = reading.ends.duration_since(now);
    let window = SignedDuration::from_millis(i64::try_from(reading.window_ms).ok()?);
    let passed = (window - to_the_end).as_secs_f64();
    let used = f64::from(reading.quota.saturating_sub(reading.left));
    let open = f64::from(reading.left.saturating_sub(reading.kept));
    // The first moments of a window tell nothing.
    if to_the_end.is_negative() || passed < 1.0 || used < 1.0 {
        return None;
    }
    let lasts = SignedDuration::try_from_secs_f64(open * passed / used).ok()?;
    (lasts < to_the_end)
        .then(|| now.checked_add(lasts).ok())
        .flatten()
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
                (row.ours, row.used_up_at) = (0, None);
            }
            let over = |until: &String| until.parse::<Timestamp>().is_ok_and(|until| until <= now);
            row.waits_until = row.waits_until.take().filter(|until| !over(until));
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forecast(left: u32, seconds_passed: i64) -> Option<i64> {
        let now = Timestamp::UNIX_EPOCH;
        let reading = QuotaReading {
            quota: 150,
            left,
            reset_ms: 0,
            window_ms: 30_000,
            ends: now + SignedDuration::from_secs(30 - seconds_passed),
            ours: 0,
            kept: 10,
        };
        used_up_at(&reading, now).map(Timestamp::as_second)
    }

    #[test]
    fn the_pace_so_far_says_when_a_budget_is_used_up() {
        assert_eq!(
            forecast(50, 10),
            Some(4),
            "100 in ten seconds, and 40 to go before what others are left"
        );
        assert_eq!(forecast(140, 10), None, "a pace that lasts to the end");
        assert_eq!(forecast(10, 10), Some(0), "nothing is left to us now");
        assert_eq!(forecast(150, 10), None, "nobody asks anything");
        assert_eq!(forecast(100, 0), None, "too early to tell");
    }
}
