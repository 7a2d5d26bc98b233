//! The store's budget of requests: so many in a window, shared by all apps; and the vendor's limits of
//! concurrent calls on single endpoints.

use std::collections::HashMap;

use crate::answer::{Answer, v3_error};
use crate::settings::Settings;

/// The current window.
#[derive(Debug, Default)]
pub(crate) struct Quota {
    started_ms: i64,
    used: u32,
    last: Option<(u32, u64)>,
}

/// Where the budget stands after a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) quota: u32,
    pub(crate) left: u32,
    pub(crate) reset_ms: u64,
    pub(crate) window_ms: u64,
    pub(crate) allowed: bool,
}

impl Quota {
    /// Takes one request out of the window; none if the store has no limit.
    pub(crate) fn take(&mut self, now_ms: i64, settings: &Settings) -> Option<Standing> {
        let quota = settings.quota?;
        let window_ms = settings.window_ms.max(1);
        if !(0..window_ms as i64).contains(&(now_ms - self.started_ms)) {
            *self = Self {
                started_ms: now_ms,
                used: settings.used_by_others.min(quota),
                last: None,
            };
        }
        let allowed = self.used < quota;
        self.used += u32::from(allowed);
        let reset_ms = (self.started_ms + window_ms as i64 - now_ms).max(0) as u64;
        self.last = Some((quota - self.used, reset_ms));
        Some(Standing {
            quota,
            left: quota - self.used,
            reset_ms,
            window_ms,
            allowed,
        })
    }

    /// What was left after the last request, and milliseconds until the window ends.
    pub(crate) fn last(&self) -> Option<(u32, u64)> {
        self.last
    }

    /// Forgets the window, so that changed settings count at once.
    pub(crate) fn restart(&mut self) {
        *self = Self::default();
    }
}

impl Standing {
    /// Puts the limit headers on an answer. `Time-Reset` is the time left. BigCommerce reference: rate limits.
    pub(crate) fn onto(self, answer: Answer) -> Answer {
        let answer = answer
            .with("x-rate-limit-time-window-ms", self.window_ms.to_string())
            .with("x-rate-limit-time-reset-ms", self.reset_ms.to_string())
            .with("x-rate-limit-requests-quota", self.quota.to_string())
            .with("x-rate-limit-requests-left", self.left.to_string());
        if self.allowed {
            return answer;
        }
        answer.with("x-retry-after", self.reset_ms.div_ceil(1000).max(1).to_string())
    }
}

/// The 429 itself, without headers.
pub(crate) fn too_many_requests() -> Answer {
    v3_error(429, "Too many requests", serde_json::Map::new())
}

/// Calls under way, by endpoint.
#[derive(Debug, Default)]
pub(crate) struct Concurrency {
    running: HashMap<&'static str, u32>,
}

/// Endpoint, its name here, and how many calls it takes at a time. BigCommerce reference: customers v3, catalog.
const LIMITS: &[(&str, &str, u32)] = &[
    ("PUT", "/v3/customers", 3),
    ("PUT", "/v3/customers/addresses", 3),
    ("POST", "/v3/customers/addresses", 10),
    ("GET", "/v3/catalog/categories", 40),
    ("GET", "/v3/inventory/locations", 50),
    ("PUT", "/v3/inventory/adjustments/absolute", 1),
    ("POST", "/v3/inventory/adjustments/relative", 1),
];

impl Concurrency {
    /// Lets a call in, or not; its ticket is to be given back.
    pub(crate) fn enter(&mut self, method: &str, path: &str) -> Result<Option<&'static str>, ()> {
        let limit = LIMITS
            .iter()
            .find(|(verb, limited, _)| *verb == method && *limited == path);
        let Some((_, ticket, most)) = limit else {
            return Ok(None);
        };
        let running = self.running.entry(ticket).or_default();
        if *running >= *most {
            return Err(());
        }
        *running += 1;
        Ok(Some(ticket))
    }

    pub(crate) fn leave(&mut self, ticket: Option<&'static str>) {
        if let Some(running) = ticket.and_then(|ticket| self.running.get_mut(ticket)) {
            *running = running.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_runs_out_and_comes_back_with_the_next_window() {
        let settings = Settings {
            quota: Some(2),
            used_by_others: 1,
            ..Settings::default()
        };
        let mut quota = Quota::default();
        let taken: Vec<bool> = [1_000_000, 1_000_001, 1_029_999, 1_030_000]
            .map(|now| {
                quota
                    .take(now, &settings)
                    .is_some_and(|standing| standing.allowed)
            })
            .into();
        assert_eq!(
            taken,
            [true, false, false, true],
            "others used one of two, until the window ended"
        );
    }
}
