//! The one way a run touches the state: lease, resume, prepare, settle, finish, and the intents between.
//!
//! A batch goes `prepare(N)` → the destination commits checkpoint N → `settle(N)`. What is prepared and not
//! settled is either settled or discarded at the next start, by what the destination says it has. The watermark
//! moves in [`Journal::settle`] alone, in the transaction that writes the ledger: it never passes a record that
//! is not settled.

use std::sync::Arc;

use connector_kit::{Clock, Error, Result, Watermark};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{
    Activity, Counts, Deployment, Entry, Intent, KeptVariable, KnownRecord, Label, Problem, Run, RunStatus,
    State, StepCounts, StoredVariable, Trigger, broken, set_aside,
};

/// The journal of one run of one deployment.
#[derive(Clone)]
pub struct Journal {
    state: State,
    clock: Arc<dyn Clock>,
    name: Arc<str>,
    deployment: Arc<str>,
    run: Arc<str>,
    number: i64,
}

/// Where a run begins.
#[derive(Debug)]
pub struct Resumed {
    /// See [`connector_kit::Checkpoint::epoch`].
    pub epoch: u64,
    /// The last settled batch.
    pub batch: u64,
    /// Where to go on reading.
    pub watermark: Option<Watermark>,
    /// A batch that was written and not settled.
    pub prepared: Option<Settlement>,
}

/// What became of the records of one batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settlement {
    /// The run it belongs to.
    pub run: String,
    /// Its number.
    pub batch: u64,
    /// Where the source stands after it; `None` for runs that do not move the watermark.
    pub watermark: Option<Watermark>,
    /// One entry per record.
    pub entries: Vec<Entry>,
    /// What passed through each step, in the order of the file.
    #[serde(default)]
    pub steps: Vec<StepCounts>,
    /// What `changes_only` steps wrote: step, key, hash.
    pub fingerprints: Vec<(Arc<str>, Arc<str>, [u8; 16])>,
    /// Intents that are settled with it: step, key.
    pub intents: Vec<(Arc<str>, Arc<str>)>,
    /// Kept variables that have another value after it.
    #[serde(default)]
    pub variables: Vec<StoredVariable>,
    /// Where its records are, as far as those that are gone are looked for.
    #[serde(default)]
    pub known: Vec<KnownRecord>,
}

/// A settlement in numbers.
#[derive(Clone, Debug)]
pub struct Settled {
    /// What the whole run came to so far.
    pub counts: Counts,
}

impl Settlement {
    /// Its balance.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts {
            read: self.entries.len() as u64,
            ..Counts::default()
        };
        for entry in &self.entries {
            match entry.outcome {
                Label::Written => counts.written += 1,
                Label::Unchanged => counts.unchanged += 1,
                Label::Failed => counts.failed += 1,
                Label::Skipped => {
                    let reason = entry.detail.clone().unwrap_or_default();
                    *counts.skipped.entry(reason).or_default() += 1;
                }
            }
        }
        counts
    }
}

impl Journal {
    /// Begins a run, or takes up the one that stopped in the middle, when both are whole and of one version. The
    /// caller knows that no run of this deployment is under way.
    pub async fn lease(
        state: &State,
        clock: Arc<dyn Clock>,
        deployment: &Deployment,
        begin: Run,
    ) -> Result<(Self, Run)> {
        let id = deployment.id.clone();
        let run = state
            .write(move |on| {
                let stopped = Run::running(on)?.into_iter().find(|run| run.deployment == id);
                let one = |run: &Run| !run.part && !begin.part && run.version == begin.version;
                match stopped {
                    Some(run) if one(&run) => Ok(run),
                    Some(run) => {
                        interrupt(on, &run)?;
                        begun(on, begin)
                    }
                    None => begun(on, begin),
                }
            })
            .await?;
        let journal = Self {
            state: state.clone(),
            clock,
            name: deployment.name.as_str().into(),
            deployment: deployment.id.as_str().into(),
            run: run.id.as_str().into(),
            number: run.number,
        };
        Ok((journal, run))
    }

    /// Where the run begins.
    pub async fn resume(&self) -> Result<Resumed> {
        let name = self.name.clone();
        self.state
            .read(move |on| {
                let deployment = Deployment::find(on, &name)?
                    .ok_or_else(|| Error::config(format!("processflow `{name}` is not deployed")))?;
                let prepared = prepared(on, &deployment.id)?;
                let Deployment {
                    epoch,
                    batch,
                    watermark,
                    ..
                } = deployment;
                Ok(Resumed {
                    epoch,
                    batch,
                    watermark,
                    prepared,
                })
            })
            .await
    }

    /// Makes a settlement durable before its destination commits.
    pub async fn prepare(&self, settlement: &Settlement) -> Result<()> {
        let deployment = self.deployment.clone();
        let (batch, text) = (
            settlement.batch,
            serde_json::to_string(settlement).expect("a settlement is plain data"),
        );
        self.state
            .write(move |on| {
                let sql = "INSERT OR REPLACE INTO prepared (deployment, batch, settlement)
                    VALUES (?1, ?2, ?3)";
                on.execute(sql, params![deployment, batch, text])
                    .map(drop)
                    .map_err(broken)
            })
            .await
    }

    /// Throws a prepared batch away that its destination does not have: it is read again.
    pub async fn discard(&self) -> Result<()> {
        let deployment = self.deployment.clone();
        self.state.write(move |on| unprepare(on, &deployment)).await
    }

    /// Settles a batch: ledger, set-aside records, fingerprints, intents, run and watermark, all at once. It is
    /// durable with whatever is noted next: until then a power cut leaves what was prepared or intended, which
    /// leads to the same settlement.
    pub async fn settle(&self, settlement: Settlement) -> Result<Settled> {
        let at = self.clock.now().to_string();
        let (name, deployment) = (self.name.clone(), self.deployment.clone());
        self.state
            .write_behind(move |on| settle(on, &name, &deployment, &settlement, &at))
            .await
    }

    /// Notes that everything was read and settled: a run that dies from here on only has to be published.
    pub async fn read_everything(&self) -> Result<()> {
        let id = self.run.clone();
        self.state
            .write(move |on| Run::has_read_everything(on, &id))
            .await
    }

    /// Ends the run. Its balance is checked here: a run that does not balance is Failed, whatever else it was.
    pub async fn finish(&self, status: RunStatus, problem: Option<&Error>) -> Result<Run> {
        let (id, at) = (self.run.clone(), self.clock.now().to_string());
        let problem = problem.map(Problem::from);
        self.state
            .write(move |on| {
                let mut run = Run::exactly(on, &id)?;
                (run.status, run.problem, run.ended_at) = (status, problem, Some(at));
                if !run.counts.balances() {
                    let lost = Error::bug("the run does not balance: a record is not accounted for")
                        .hint("Nothing was thrown away. Please report this with the run's log.");
                    (run.status, run.problem) = (RunStatus::Failed, Some(Problem::from(&lost)));
                }
                run.update(on)?;
                Ok(run)
            })
            .await
    }

    /// What the run came to so far.
    pub async fn counts(&self) -> Result<Counts> {
        let id = self.run.clone();
        self.state.read(move |on| Ok(Run::exactly(on, &id)?.counts)).await
    }

    /// The intents noted for these rows of a step, in order.
    pub async fn intended(&self, step: &str, keys: Vec<Arc<str>>) -> Result<Vec<Option<Intent>>> {
        let (deployment, step) = (self.deployment.clone(), step.to_owned());
        self.state
            .read(move |on| {
                keys.iter()
                    .map(|key| Intent::find(on, &deployment, &step, key))
                    .collect()
            })
            .await
    }

    /// All intents that are noted: after a whole run, those of records that did not come again.
    pub async fn intents(&self) -> Result<Vec<Intent>> {
        let deployment = self.deployment.clone();
        self.state.read(move |on| Intent::all(on, &deployment)).await
    }

    /// Notes intents, durably: before their request leaves, and again with what came of it.
    pub async fn note(&self, intents: Vec<Intent>) -> Result<()> {
        let (deployment, run) = (self.deployment.clone(), self.run.clone());
        let at = self.clock.now().to_string();
        self.state
            .write(move |on| {
                intents
                    .iter()
                    .try_for_each(|intent| intent.save(on, &deployment, &run, &at))
            })
            .await
    }

    /// Forgets intents that certainly were not applied.
    pub async fn forget(&self, step: &str, keys: Vec<Arc<str>>) -> Result<()> {
        let (deployment, step) = (self.deployment.clone(), step.to_owned());
        self.state
            .write(move |on| {
                keys.iter()
                    .try_for_each(|key| Intent::remove(on, &deployment, &step, key))
            })
            .await
    }

    /// What was last written under these keys of a `changes_only` step, in order.
    pub async fn fingerprints(&self, step: &str, keys: Vec<Arc<str>>) -> Result<Vec<Option<[u8; 16]>>> {
        let (deployment, step) = (self.deployment.clone(), step.to_owned());
        self.state
            .read(move |on| {
                let sql = "SELECT hash FROM fingerprint WHERE deployment = ?1 AND step = ?2 AND key = ?3";
                let mut query = on.prepare_cached(sql).map_err(broken)?;
                let mut find = |key: &Arc<str>| {
                    query
                        .query_row(params![deployment, step, key], |row| row.get(0))
                        .optional()
                };
                keys.iter().map(|key| find(key).map_err(broken)).collect()
            })
            .await
    }

    /// The records that were delivered from a list, where those that are gone are looked for.
    pub async fn known(&self, list: &str) -> Result<Vec<KnownRecord>> {
        let (deployment, list) = (self.deployment.clone(), list.to_owned());
        self.state
            .read(move |on| KnownRecord::all(on, &deployment, &list))
            .await
    }

    /// When they were last compared with the whole list.
    pub async fn compared_at(&self, list: &str) -> Result<Option<Timestamp>> {
        let (deployment, list) = (self.deployment.clone(), list.to_owned());
        let at = self
            .state
            .read(move |on| KnownRecord::compared_at(on, &deployment, &list))
            .await?;
        Ok(at.and_then(|at| at.parse().ok()))
    }

    /// Notes that they were compared now; and which are in the list again.
    pub async fn compared(&self, list: &str, again: Vec<KnownRecord>) -> Result<()> {
        let (deployment, list) = (self.deployment.clone(), list.to_owned());
        let at = self.clock.now().to_string();
        self.state
            .write(move |on| {
                KnownRecord::save_all(&again, on, &deployment)?;
                KnownRecord::compared(on, &deployment, &list, &at)
            })
            .await
    }

    /// What the deployment keeps from one run to the next.
    pub async fn variables(&self) -> Result<Vec<StoredVariable>> {
        let deployment = self.deployment.clone();
        let kept = self
            .state
            .read(move |on| StoredVariable::of(on, &deployment))
            .await?;
        let variable = |kept: KeptVariable| kept.variable;
        Ok(kept.into_iter().map(variable).collect())
    }

    /// The run's id.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The run's number.
    pub fn number(&self) -> i64 {
        self.number
    }
}

fn begun(on: &Connection, mut run: Run) -> Result<Run> {
    run.number = run.insert(on)?;
    Ok(run)
}

/// Marks a run whose process ended in the middle.
fn interrupt(on: &Connection, run: &Run) -> Result<()> {
    let mut run = run.clone();
    run.status = RunStatus::Interrupted;
    run.update(on)
}

fn prepared(on: &Connection, deployment: &str) -> Result<Option<Settlement>> {
    let sql = "SELECT settlement FROM prepared WHERE deployment = ?1";
    let text: Option<String> = on
        .query_row(sql, [deployment], |row| row.get(0))
        .optional()
        .map_err(broken)?;
    let read = |text: String| {
        serde_json::from_str(&text)
            .map_err(|error| Error::bug(format!("a prepared batch is unreadable: {error}")))
    };
    text.map(read).transpose()
}

fn unprepare(on: &Connection, deployment: &str) -> Result<()> {
    let sql = "DELETE FROM prepared WHERE deployment = ?1";
    on.prepare_cached(sql)
        .and_then(|mut query| query.execute([deployment]))
        .map(drop)
        .map_err(broken)
}

fn settle(
    on: &Transaction<'_>,
    name: &str,
    deployment: &str,
    settlement: &Settlement,
    at: &str,
) -> Result<Settled> {
    let mut run = Run::exactly(on, &settlement.run)?;
    let counts = settlement.counts();
    if let Some(batch) = Entry::insert_all(&settlement.entries, on, run.number)? {
        batch.note(on, run.number, at, &counts)?;
    }
    let owner = set_aside::Owner {
        processflow: name,
        deployment,
        run: &settlement.run,
        at,
    };
    set_aside::settle(on, &owner, &settlement.entries)?;
    keep_fingerprints(on, deployment, &settlement.fingerprints)?;
    for (step, key) in &settlement.intents {
        Intent::remove(on, deployment, step, key)?;
    }
    for variable in &settlement.variables {
        variable.save(on, deployment, at)?;
    }
    KnownRecord::save_all(&settlement.known, on, deployment)?;
    move_on(on, deployment, settlement)?;
    unprepare(on, deployment)?;
    Activity::add(on, name, at, &counts)?;
    run.counts.add(&counts);
    run.update(on)?;
    StepCounts::settle(on, run.number, &settlement.steps)?;
    Ok(Settled { counts: run.counts })
}

fn keep_fingerprints(
    on: &Connection,
    deployment: &str,
    kept: &[(Arc<str>, Arc<str>, [u8; 16])],
) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO fingerprint (deployment, step, key, hash) VALUES (?1, ?2, ?3, ?4)";
    let mut query = on.prepare_cached(sql).map_err(broken)?;
    for (step, key, hash) in kept {
        query
            .execute(params![deployment, step, key, hash])
            .map_err(broken)?;
    }
    Ok(())
}

/// Moves the watermark and the batch number; a batch that does not follow the last one is a mistake of ours.
fn move_on(on: &Connection, deployment: &str, settlement: &Settlement) -> Result<()> {
    let watermark = settlement
        .watermark
        .as_ref()
        .map(|watermark| watermark.0.to_string());
    let sql = "UPDATE deployment SET batch = ?2, watermark = coalesce(?3, watermark)
        WHERE id = ?1 AND batch < ?2";
    let row = params![deployment, settlement.batch, watermark];
    let moved = on
        .prepare_cached(sql)
        .and_then(|mut query| query.execute(row))
        .map_err(broken)?;
    if moved == 1 {
        return Ok(());
    }
    Err(Error::bug(format!(
        "batch {} was settled before",
        settlement.batch
    )))
}

/// A run that is about to begin.
pub(crate) fn new_run(id: String, deployment: &Deployment, trigger: Trigger, part: bool, at: String) -> Run {
    Run {
        number: 0,
        id,
        processflow: deployment.name.clone(),
        deployment: deployment.id.clone(),
        version: deployment.version,
        trigger,
        part,
        read_everything: false,
        status: RunStatus::Running,
        started_at: at,
        ended_at: None,
        counts: Counts::default(),
        problem: None,
    }
}
