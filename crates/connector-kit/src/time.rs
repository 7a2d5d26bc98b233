//! Time, passed in: a test needs no sleep and can place a fault between two instants.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// Where the program takes its time from.
#[async_trait]
pub trait Clock: Send + Sync {
    /// This machine's wall clock. For showing and scheduling only: positions in a store come from the store.
    fn now(&self) -> Timestamp;

    /// Waits. Afterwards [`Clock::now`] has moved on by `duration` (a wall clock that was set meanwhile aside);
    /// those who wait for an instant rely on it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn time_passes_while_the_machine_sleeps() {
        let clock = SystemClock;
        let began = clock.now();
        clock.sleep(Duration::from_millis(20)).await;
        let passed = clock.now().duration_since(began);
        assert!(passed.as_millis() >= 19, "the wait was {passed}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends_when_its_owner_is_dropped() {
        let wait = SystemClock.sleep(Duration::from_hours(1));
        let ended = tokio::time::timeout(Duration::from_secs(1), wait).await;
        assert!(ended.is_err(), "a cancelled run does not sit out its waits");
    }
}
