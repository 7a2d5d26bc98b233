//! Intents whose record did not come again: a run died, and its source has moved on (a file was replaced, a
//! record is gone). Whether they were applied is looked up, so that the ledger tells the truth about them too.

use std::sync::Arc;

use connector_kit::{Found, Result, Row, SmolStr, Value};

use super::{Running, batch::Worked};
use crate::{
    processflow::Write,
    state::{Entry, Intent, IntentState, Label, StepCounts},
};

impl Running {
    pub(super) async fn settle_leftovers(&mut self) -> Result<()> {
        let intents = self.journal.intents().await?;
        let plan = self.plan.clone();
        let mut worked = Worked {
            entries: Vec::new(),
            steps: vec![StepCounts::default(); plan.numbers.len()],
            fingerprints: Vec::new(),
            intents: Vec::new(),
            variables: self.variables.now.clone(),
        };
        for intent in intents {
            let step = plan.writes().find(|write| *write.step.id == *intent.step);
            let target = match intent.state {
                // A person was asked about it; it waits among the set-aside records.
                IntentState::Unknown => continue,
                IntentState::Applied => Some(intent.id.clone()),
                IntentState::Sending => match step {
                    Some(write) => self.was_applied(write, &intent).await?,
                    None => None,
                },
            };
            worked.intents.push((intent.step.clone(), intent.key.clone()));
            if let Some(target) = target {
                worked.passed_through(&intent.step, &plan.numbers);
                let (source, outcome) = (intent.source.into(), Label::Written);
                worked.entries.push(Entry {
                    source,
                    labels: SmolStr::default(),
                    outcome,
                    detail: None,
                    target,
                    cause: None,
                });
            }
        }
        if worked.intents.is_empty() {
            return Ok(());
        }
        let settlement = self.commit(worked, None, Vec::new()).await?;
        self.settle(settlement).await?;
        self.settled().await
    }

    /// Whether a row that may have left was applied, and under which id.
    async fn was_applied(&mut self, write: &Write, intent: &Intent) -> Result<Option<Option<String>>> {
        let row = stored_row(intent);
        let destination = self
            .destinations
            .get_mut(&write.alias)
            .expect("opened at the start");
        let found = destination.find(&write.step, &[row]).await?;
        Ok(match found.into_iter().next() {
            Some(Found::Yes { id, .. }) => Some(id),
            _ => None,
        })
    }
}

/// The row as it was noted.
fn stored_row(intent: &Intent) -> Row {
    let fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&intent.row).unwrap_or_default();
    let columns: Arc<[String]> = fields.keys().cloned().collect();
    let values = fields.into_iter().map(|(_, value)| Value::from(value)).collect();
    Row {
        record: 0,
        key: intent.key.clone(),
        columns,
        values,
        nothing: false,
    }
}
