//! Snapshots: what the steps of a run made of a record, with what was asked and answered.

use std::{sync::Arc, time::Duration};

use connector_kit::{Error, Result, async_trait};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Acts, Reads};
use crate::{
    agent::{Agent, Desk},
    folder::Settings,
    run::{SnapshotRecord, find_snapshot, held_snapshot},
    state::{Label, Run, SetAside},
};

/// Records that are named at most.
const NAMED: usize = 1_000;

/// What the steps of a run made of its records. Runs in diagnosis mode keep all of them; of other runs there are those
/// that failed.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ShowSnapshot {
    /// The run: its id, or the beginning of it.
    pub run: String,
    /// The record's id in its source; without it the records are named.
    pub record: Option<String>,
}

/// A run's snapshot.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct SnapshotShown {
    /// The run.
    pub run: String,
    /// Whether it ran in diagnosis mode and its snapshot is still there.
    pub whole: bool,
    /// The records that can be shown, the first thousand.
    pub records: Vec<String>,
    /// The record that was asked for, if there is anything of it.
    pub record: Option<SnapshotRecord>,
}

impl Reads for ShowSnapshot {
    type Output = SnapshotShown;
    const NAME: &'static str = "show_snapshot";

    fn read(self, desk: &Desk) -> Result<SnapshotShown> {
        let view = desk.view_or_empty(&self.run)?;
        let on = view.connection();
        let run = Run::find(on, &self.run)?;
        let folder = desk.folder().diagnosis();
        let held = held_snapshot(&folder, &run.id, NAMED)?;
        let whole = held.is_some();
        let records = match held {
            Some(records) => records,
            None => SetAside::sources_of(on, &run.id, NAMED)?,
        };
        let record = match &self.record {
            None => None,
            Some(source) => match find_snapshot(&folder, &run.id, source)? {
                Some(found) => Some(found),
                None => set_aside(on, &run.id, source)?,
            },
        };
        Ok(SnapshotShown {
            run: run.id,
            whole,
            records,
            record,
        })
    }
}

/// What is kept of every record that fails.
fn set_aside(on: &rusqlite::Connection, run: &str, source: &str) -> Result<Option<SnapshotRecord>> {
    let Some(record) = SetAside::of_run(on, run, source)? else {
        return Ok(None);
    };
    let payload = SetAside::payload(on, record.number)?;
    let trace = SetAside::trace(on, record.number)?;
    let steps = trace.and_then(|text| serde_json::from_str(&text).ok());
    Ok(Some(SnapshotRecord {
        source: record.source,
        labels: record.labels,
        at: record.last_at,
        outcome: Label::Failed,
        detail: Some(record.message),
        target: None,
        input: serde_json::from_str(&payload).unwrap_or(serde_json::Value::String(payload)),
        steps: steps.into_iter().collect(),
    }))
}

/// Diagnosis mode of one processflow: runs that begin from now on are written down record by record, for a while.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct Diagnose {
    /// The processflow.
    pub processflow: String,
    /// For how many minutes; 0 ends it. A week at most.
    pub minutes: u32,
}

/// Until when a processflow is in diagnosis mode.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct Diagnosed {
    /// Until when; nothing when it was ended.
    pub until: Option<String>,
}

#[async_trait]
impl Acts for Diagnose {
    type Output = Diagnosed;
    const NAME: &'static str = "diagnose";

    async fn act(self, agent: &Arc<Agent>) -> Result<Diagnosed> {
        const WEEK: u32 = 7 * 24 * 60;
        if self.minutes > WEEK {
            return Err(Error::config("diagnosis mode lasts a week at most").hint("Give fewer minutes."));
        }
        agent.deployed(&self.processflow).await?;
        let now = agent.clock().now();
        let mut diagnosis = Settings::load(agent.folder())?.diagnosis;
        diagnosis.0.retain(|_, until| *until > now);
        diagnosis.0.remove(&self.processflow);
        let until = (self.minutes > 0).then(|| now + Duration::from_secs(60 * u64::from(self.minutes)));
        if let Some(until) = until {
            diagnosis.0.insert(self.processflow, until);
        }
        agent.change_setting("diagnosis", &diagnosis.to_string()).await?;
        Ok(Diagnosed {
            until: until.map(|until| until.to_string()),
        })
    }
}
