//! Records: where is order 1042, what was set aside, send it again.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Error, Raw, Record, Result, async_trait};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Acts, Reads};
use crate::{
    agent::{Agent, Desk, Topic, Wanted},
    state::{LedgerEntry, SetAside, Trigger},
};

/// Where is order 1042? Everything that is known of a record, by its id, number, SKU, e-mail or target id.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct FindRecord {
    /// What to look for.
    pub text: String,
}

/// A record's life line.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct LifeLine {
    /// What became of it in each run, oldest first.
    pub entries: Vec<LedgerEntry>,
    /// Where it waits, or waited, set aside.
    pub set_aside: Vec<SetAside>,
}

impl Reads for FindRecord {
    type Output = LifeLine;
    const NAME: &'static str = "find";

    fn read(self, desk: &Desk) -> Result<LifeLine> {
        let Some(view) = desk.view()? else {
            return Ok(LifeLine {
                entries: Vec::new(),
                set_aside: Vec::new(),
            });
        };
        let entries = LedgerEntry::search(view.connection(), self.text.trim(), 500)?;
        let set_aside = SetAside::search(view.connection(), self.text.trim())?;
        Ok(LifeLine { entries, set_aside })
    }
}

/// Records that wait set aside.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ListFailed {
    /// Of one processflow only.
    pub processflow: Option<String>,
    /// How many at most.
    #[serde(default = "many")]
    #[ts(as = "Option<_>", optional)]
    pub limit: u32,
}

fn many() -> u32 {
    1000
}

impl Reads for ListFailed {
    type Output = Vec<SetAside>;
    const NAME: &'static str = "failed";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let Some(view) = desk.view()? else {
            return Ok(Vec::new());
        };
        SetAside::open(view.connection(), self.processflow.as_deref(), self.limit)
    }
}

/// One set-aside record with its payload.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ShowFailed {
    /// Its number.
    pub number: i64,
}

/// A set-aside record with its payload.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct FailedDetail {
    /// The record.
    #[serde(flatten)]
    pub record: SetAside,
    /// As it was read, or as a person edited it.
    pub payload: serde_json::Value,
}

impl Reads for ShowFailed {
    type Output = FailedDetail;
    const NAME: &'static str = "show_failed";

    fn read(self, desk: &Desk) -> Result<FailedDetail> {
        let view = desk.view_or_empty("set-aside records")?;
        let record = SetAside::numbered(view.connection(), self.number)?;
        let text = SetAside::payload(view.connection(), self.number)?;
        let payload = serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text));
        Ok(FailedDetail { record, payload })
    }
}

/// Sends set-aside records again, as they are kept.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct RetryFailed {
    /// All of one processflow.
    pub processflow: Option<String>,
    /// These, by number.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub numbers: Vec<i64>,
}

/// The runs that were started, one per processflow.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct RetryStarted {
    /// Their ids.
    pub runs: Vec<String>,
}

#[async_trait]
impl Acts for RetryFailed {
    type Output = RetryStarted;
    const NAME: &'static str = "retry_failed";

    async fn act(self, agent: &Arc<Agent>) -> Result<RetryStarted> {
        let kept = agent
            .state()
            .read(move |on| chosen(on, self.processflow.as_deref(), &self.numbers))
            .await?;
        if kept.is_empty() {
            return Err(Error::config("no record waits to be sent again")
                .hint("`processflow failed` lists those that do."));
        }
        let mut runs = Vec::new();
        for (processflow, records) in kept {
            runs.push(
                agent
                    .start(&processflow, Wanted::Stored(records), Trigger::Retry)
                    .await?,
            );
        }
        Ok(RetryStarted { runs })
    }
}

/// The chosen set-aside records as records, by processflow.
fn chosen(
    on: &rusqlite::Connection,
    processflow: Option<&str>,
    numbers: &[i64],
) -> Result<BTreeMap<String, Vec<Record>>> {
    let rows = if numbers.is_empty() {
        SetAside::open(on, processflow, u32::MAX)?
    } else {
        numbers
            .iter()
            .map(|&number| SetAside::numbered(on, number))
            .collect::<Result<_>>()?
    };
    let mut chosen: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for row in rows {
        let body = Raw::parse(SetAside::payload(on, row.number)?)?;
        let record = Record {
            id: row.source,
            labels: row.labels,
            body,
            unreadable: None,
        };
        chosen.entry(row.processflow).or_default().push(record);
    }
    Ok(chosen)
}

/// Replaces the payload of a set-aside record before it is sent again.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct EditFailed {
    /// Its number.
    pub number: i64,
    /// The record, as it should have been read.
    pub payload: serde_json::Value,
}

#[async_trait]
impl Acts for EditFailed {
    type Output = ();
    const NAME: &'static str = "edit_failed";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        if !self.payload.is_object() {
            return Err(
                Error::config("a record is a JSON object").hint("Keep the braces and change the fields.")
            );
        }
        agent
            .state()
            .write(move |on| {
                SetAside::numbered(on, self.number)?;
                SetAside::edit(on, self.number, &self.payload.to_string())
            })
            .await?;
        agent.changed(Topic::Record);
        Ok(())
    }
}

/// Lets set-aside records go, with a note that says why.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct DismissFailed {
    /// Their numbers.
    pub numbers: Vec<i64>,
    /// Why.
    pub note: String,
}

#[async_trait]
impl Acts for DismissFailed {
    type Output = ();
    const NAME: &'static str = "dismiss_failed";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        if self.note.trim().is_empty() {
            return Err(Error::config("a dismissed record needs a note").hint("Say why with `--note TEXT`."));
        }
        let at = agent.now();
        agent
            .state()
            .write(move |on| {
                for number in self.numbers {
                    SetAside::numbered(on, number)?;
                    SetAside::dismiss(on, number, &self.note, &at)?;
                }
                Ok(())
            })
            .await?;
        agent.changed(Topic::Record);
        Ok(())
    }
}
