//! Endpoints with a limit of their own. Where one of them asks for a longer wait than the store's budget could, the
//! others go on.
//!
//! A store's budget comes back with its window, so a refusal that asks for more than a window, while requests are left in
//! this one, is not the budget's: customers could be created so many times an hour (bigcommerce/api-specs issue 1461).
//! Nothing in the answer says so for certain. So this is believed of one endpoint at a time: where a second one is
//! refused while the first is closed, it is the store.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use super::gate::Deadline;

/// The endpoints that are closed.
#[derive(Debug, Default)]
pub(super) struct Endpoints(BTreeMap<String, Deadline>);

impl Endpoints {
    /// How long this one stays closed.
    pub(super) fn closed_for(&mut self, endpoint: &str, now: Timestamp) -> Option<Duration> {
        self.0.get_mut(endpoint)?.left(now)
    }

    /// Closes one. False where another one is closed: then no endpoint's limit is meant.
    pub(super) fn close(&mut self, endpoint: &str, wait: Duration, now: Timestamp) -> bool {
        self.0.retain(|_, until| until.left(now).is_some());
        if self.0.keys().any(|other| other != endpoint) {
            return false;
        }
        self.0.insert(endpoint.to_owned(), Deadline::after(now, wait));
        true
    }
}
