//! What changed, told to those who look: *that* it changed, never the truth, which they ask for again.
//!
//! A channel that nobody reads costs nothing, and one who reads too slowly is told to look at everything again:
//! nobody's pace is a run's business.

use connector_kit::Clock;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, watch};

use super::Agent;
use crate::run::Progress;

/// What a reader may be behind before it is told to look at everything again.
const BEHIND: usize = 256;

/// A run's progress is told this far apart: four times in any second at most, also where one comes a little late.
const PROGRESS: std::time::Duration = std::time::Duration::from_millis(300);

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What kind of thing.
    pub topic: Topic,
    /// Which one; all of them when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// Kinds of things that change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Who the agent is, or how it stands. Whoever hears it asks for everything again.
    Agent,
    /// A run began, went on or ended; the id is the run's.
    Run,
    /// A connection was saved, validated or removed; the id is its name.
    Connection,
    /// A processflow was deployed, paused, resumed or taken off, or its watermark moved; the id is its name.
    Processflow,
    /// Records were set aside, repaired or dismissed.
    Record,
    /// A setting.
    Settings,
    /// What cache and temp hold.
    Cache,
}

impl Topic {
    /// One of its kind changed.
    pub fn of(self, id: impl Into<String>) -> Change {
        Change {
            topic: self,
            id: Some(id.into()),
        }
    }
}

impl From<Topic> for Change {
    fn from(topic: Topic) -> Self {
        Self { topic, id: None }
    }
}

/// The sender's end, one for each agent.
pub(super) struct Told(broadcast::Sender<Change>);

impl Default for Told {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND))
    }
}

/// What changes from now on, in order.
pub struct Changes(broadcast::Receiver<Change>);

impl Changes {
    /// The next one; `None` once the agent is gone. One who was too slow hears [`Topic::Agent`] in place of what was
    /// missed.
    pub async fn next(&mut self) -> Option<Change> {
        match self.0.recv().await {
            Ok(change) => Some(change),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Topic::Agent.into()),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

impl Agent {
    /// Tells what changed, after it did.
    pub(crate) fn changed(&self, change: impl Into<Change>) {
        // Nobody listens: nobody is told.
        let _listeners = self.told.0.send(change.into()).unwrap_or_default();
    }

    /// What changes from now on.
    pub fn changes(&self) -> Changes {
        Changes(self.told.0.subscribe())
    }
}

/// Tells how a run goes on, until its end: the first step at once, then some times a second at most.
pub(super) async fn tell_progress(agent: std::sync::Arc<Agent>, mut watching: watch::Receiver<Progress>) {
    let run = watching.borrow_and_update().run.clone();
    let clock: std::sync::Arc<dyn Clock> = agent.clock().clone();
    agent.changed(Topic::Run.of(&run));
    loop {
        let ended = watching.borrow_and_update().ended.is_some();
        if ended || watching.changed().await.is_err() {
            break;
        }
        if watching.borrow().ended.is_none() {
            agent.changed(Topic::Run.of(&run));
            tokio::select! {
                () = clock.sleep(PROGRESS) => {}
                // The end is told at once.
                _ = watching.wait_for(|progress| progress.ended.is_some()) => {}
            }
        }
    }
    agent.changed(Topic::Run.of(&run));
    agent.changed(Topic::Record);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_reads_too_slowly_is_told_to_look_at_everything() {
        let told = Told::default();
        let mut changes = Changes(told.0.subscribe());
        for at in 0..=BEHIND {
            told.0.send(Topic::Run.of(at.to_string())).expect("one listens");
        }
        assert_eq!(
            changes.next().await,
            Some(Topic::Agent.into()),
            "in place of what was missed"
        );
        assert_eq!(
            changes.next().await,
            Some(Topic::Run.of("1")),
            "and on from there"
        );
        drop(told);
        while changes.next().await.is_some() {}
    }

    #[test]
    fn a_change_is_a_line_that_panels_understand() {
        let text = |change: Change| serde_json::to_string(&change).expect("it serialises");
        assert_eq!(text(Topic::Run.of("r1")), r#"{"topic":"run","id":"r1"}"#);
        assert_eq!(text(Topic::Agent.into()), r#"{"topic":"agent"}"#);
    }
}
