//! Runs: started, watched, cancelled, listed, shown.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Error, Result, async_trait};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Acts, Reads};
use crate::{
    agent::{Agent, Desk, Wanted},
    run::Progress,
    state::{Label, LedgerEntry, Order, Run, RunSelect, RunStatus, Select, Trigger},
};

/// Starts a run of a deployed processflow. A run that was interrupted goes on under its own id.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct StartRun {
    /// The processflow.
    pub processflow: String,
    /// Read everything again, from the beginning.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub full: bool,
    /// Read these records only; the watermark stays.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub ids: Vec<String>,
    /// Read what changed since then; the watermark stays.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// Filters of this run alone, at least one; the watermark stays. Without a filter all would be read, which nobody
    /// means who asks for a filter.
    #[serde(default)]
    pub filter: Option<BTreeMap<String, String>>,
}

/// A run that was started.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct RunStarted {
    /// Its id.
    pub run: String,
}

#[async_trait]
impl Acts for StartRun {
    type Output = RunStarted;
    const NAME: &'static str = "start_run";

    async fn act(self, agent: &Arc<Agent>) -> Result<RunStarted> {
        refuse_empty(self.filter.as_ref())?;
        let wanted = match (self.full, self.since, self.ids.is_empty(), self.filter) {
            (false, None, true, None) => Wanted::Next,
            (false, None, true, Some(filter)) => Wanted::Filtered(filter),
            (true, None, true, None) => Wanted::Everything,
            (false, Some(since), true, filter) => Wanted::Since(since, filter.unwrap_or_default()),
            (false, None, false, None) => Wanted::Ids(self.ids),
            _ => {
                return Err(
                    Error::config("`--full`, `--since` and `--ids` exclude each other")
                        .hint("Give one of them; `--filter` goes with `--since` or alone."),
                );
            }
        };
        let run = agent.start(&self.processflow, wanted, Trigger::Manual).await?;
        Ok(RunStarted { run })
    }
}

/// A filter that lets everything through would read the whole store as if it were a part of it.
fn refuse_empty(filter: Option<&BTreeMap<String, String>>) -> Result<()> {
    let Some(filter) = filter else { return Ok(()) };
    let empty = filter.iter().find(|(_, value)| value.trim().is_empty());
    let error = match empty {
        Some((name, _)) => Error::config(format!("the filter `{name}` of this run is empty")),
        None if filter.is_empty() => Error::config("the filter of this run is empty"),
        None => return Ok(()),
    };
    Err(error.hint("Give it a value, for instance `--filter status_id=11`; without a filter the run goes on from where the last one came to."))
}

/// How far a run is. Answers at once; ask again, at most some times a second.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct RunProgress {
    /// The run.
    pub run: String,
}

#[async_trait]
impl Acts for RunProgress {
    type Output = Progress;
    const NAME: &'static str = "run_progress";

    async fn act(self, agent: &Arc<Agent>) -> Result<Progress> {
        agent.progress(&self.run).await
    }
}

/// Ends a run at a safe point. What is settled stays; the next run goes on from there.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct CancelRun {
    /// The run, or its processflow.
    pub run: String,
}

#[async_trait]
impl Acts for CancelRun {
    type Output = ();
    const NAME: &'static str = "cancel_run";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        agent.cancel(&self.run)
    }
}

/// Runs, the newest first, page by page.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ListRuns {
    /// Of one processflow only.
    pub processflow: Option<String>,
    /// Of these statuses only.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub statuses: Vec<RunStatus>,
    /// That began at this instant or later.
    pub since: Option<Timestamp>,
    /// That began before this instant.
    pub until: Option<Timestamp>,
    /// With set-aside records only.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub with_failures: bool,
    /// The `next` of the page before.
    pub before: Option<i64>,
    /// How many at most.
    #[serde(default = "fifty")]
    #[ts(as = "Option<_>", optional)]
    pub limit: u32,
}

/// A page of runs.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
pub struct RunsPage {
    /// The runs, the newest first.
    pub runs: Vec<Run>,
    /// Where the next page begins; nothing at the end.
    pub next: Option<i64>,
}

fn fifty() -> u32 {
    50
}

impl Reads for ListRuns {
    type Output = RunsPage;
    const NAME: &'static str = "runs";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let Some(view) = desk.view()? else {
            return Ok(RunsPage::default());
        };
        if let Some(name) = &self.processflow {
            desk.deployment(view.connection(), name)?;
        }
        let select = RunSelect {
            processflow: self.processflow,
            statuses: self.statuses,
            since: self.since,
            until: self.until,
            with_failures: self.with_failures,
            before: self.before,
        };
        let mut runs = select.page(view.connection(), self.limit)?;
        let full = runs.len() as u64 == u64::from(self.limit);
        let next = runs.last().filter(|_| full).map(|run| run.number);
        desk.tell_interrupted(runs.iter_mut());
        Ok(RunsPage { runs, next })
    }
}

/// One run, its balance and its records.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ShowRun {
    /// Its id, or the beginning of it; `last` for the newest.
    pub run: String,
    /// Records of one outcome only.
    pub outcome: Option<Label>,
    /// Records at most.
    #[serde(default = "fifty")]
    #[ts(as = "Option<_>", optional)]
    pub limit: u32,
}

/// A run and its records.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct RunDetail {
    /// The run.
    #[serde(flatten)]
    pub run: Run,
    /// Its records, the first ones.
    pub records: Vec<LedgerEntry>,
}

impl Reads for ShowRun {
    type Output = RunDetail;
    const NAME: &'static str = "show_run";

    fn read(self, desk: &Desk) -> Result<RunDetail> {
        let view = desk.view_or_empty(&self.run)?;
        let on = view.connection();
        let mut run = match self.run.as_str() {
            "last" => Run::newest(on, None, 1)?.pop().ok_or_else(|| {
                Error::config("nothing has run yet").hint("Start a run with `processflow run NAME`.")
            })?,
            id => Run::find(on, id)?,
        };
        desk.tell_interrupted(std::iter::once(&mut run));
        let select = Select {
            run: Some(run.number),
            outcomes: self.outcome.into_iter().collect(),
            ..Select::default()
        };
        let first = select.page(on, Order::OldestFirst, None, self.limit as usize)?;
        Ok(RunDetail {
            run,
            records: first.entries,
        })
    }
}
