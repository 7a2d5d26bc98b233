//! Time, passed in: a test needs no sleep and can place a fault between two instants.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// Where the program takes its time from.
#[async_trait]
pub trait Clock: Send + Sync {
    /// This machine's wall clock. For showing and scheduling only: positions in a store come from the store.
    fn now(&self) -> Timestamp;

    /// Waits.
    async fn sleep(&self, duration: Duration);
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
#[expect(clippy::disallowed_methods, reason = "the one place where time comes in")]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
