//! Calls of clients under way. A client that was greeted gets its answer: the agent leaves only when no call is under
//! way, and takes none once it has decided to leave. What the agent tidies up after a run counts as one.

use tokio::sync::watch;

/// The calls of one agent.
#[derive(Clone)]
pub(super) struct Calls(watch::Sender<UnderWay>);

#[derive(Default)]
struct UnderWay {
    count: usize,
    closed: bool,
}

/// A call under way, until it is dropped.
pub(super) struct Call(Calls);

impl Default for Calls {
    fn default() -> Self {
        Self(watch::Sender::new(UnderWay::default()))
    }
}

impl Calls {
    /// One more; `None` once the agent leaves.
    pub(super) fn enter(&self) -> Option<Call> {
        let mut entered = false;
        self.0.send_if_modified(|calls| {
            entered = !calls.closed;
            calls.count += usize::from(entered);
            entered
        });
        entered.then(|| Call(self.clone()))
    }

    /// Waits until none is under way.
    pub(super) async fn idle(&self) {
        // An error would mean that all senders are gone, and this is one.
        let _idle = self
            .0
            .subscribe()
            .wait_for(|calls| calls.count == 0)
            .await
            .is_ok();
    }

    /// Takes no more from now on, unless one is under way.
    pub(super) fn close(&self) -> bool {
        let mut closed = false;
        self.0.send_if_modified(|calls| {
            closed = calls.count == 0;
            calls.closed |= closed;
            closed
        });
        closed
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.0.send_modify(|calls| calls.count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_who_was_let_in_is_left_without_an_answer() {
        let calls = Calls::default();
        let (one, two) = (calls.enter(), calls.enter());
        assert!(one.is_some() && two.is_some(), "the agent is there");
        assert!(!calls.close(), "two wait for their answers");
        drop(one);
        assert!(!calls.close(), "one still does");
        let waiting = tokio::spawn({
            let calls = calls.clone();
            async move { calls.idle().await }
        });
        drop(two);
        waiting.await.expect("it waits for the last answer and no longer");
        assert!(calls.close(), "now it may leave");
        assert!(
            calls.enter().is_none(),
            "who comes later looks for the next agent"
        );
    }
}
