//! Runs of this agent: started, watched, cancelled. One at a time for each processflow.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use connector_kit::{Does, Error, Live, Reading, Record, Result, Span, Watermark};
use futures::FutureExt;
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{Agent, changes};
use crate::{
    operations::compiled,
    os,
    processflow::{Fetch, Plan, RunFacts, Scope},
    run::{
        self, Execution, FetchMore, List, Locker, OpenSource, Progress, ProgressSender, ReadAgain, Snapshot,
        Stored,
        asking::{Asking, Part, reached},
    },
    state::{self, Deployment, Journal, Run, Trigger, Version},
};

/// How long calls under way may take when the agent wants to leave.
const LAST_ANSWERS: Duration = Duration::from_secs(30);

/// A run under way.
pub(super) struct RunningRun {
    id: String,
    cancel: CancellationToken,
    progress: watch::Receiver<Progress>,
}

/// What a run shall read.
#[derive(Debug)]
pub enum Wanted {
    /// What comes next: from the watermark on.
    Next,
    /// Everything again, from the beginning.
    Everything,
    /// What changed since an instant. The watermark stays.
    Since(Timestamp, BTreeMap<String, String>),
    /// These records. The watermark stays.
    Ids(Vec<String>),
    /// What the filters let through. The watermark stays.
    Filtered(BTreeMap<String, String>),
    /// These records, as they were kept. The watermark stays.
    Stored(Vec<Record>),
}

impl Wanted {
    /// Over chosen records only.
    fn is_part(&self) -> bool {
        !matches!(self, Self::Next | Self::Everything)
    }

    /// Over one record that a person looked at. Of many that are retried together nobody looked at each.
    fn is_one_record(&self) -> bool {
        match self {
            Self::Stored(records) => records.len() == 1,
            Self::Ids(ids) => ids.len() == 1,
            _ => false,
        }
    }
}

impl Agent {
    /// Starts a run; its id comes back at once.
    ///
    /// # Errors
    /// Config: not deployed, already running, a connection is missing, the deployed file does not compile.
    pub(crate) async fn start(
        self: &Arc<Self>,
        name: &str,
        wanted: Wanted,
        trigger: Trigger,
    ) -> Result<String> {
        // Two starts at once must not both find nothing running.
        let _one = self.starting.lock().await;
        let deployment = self.deployed(name).await?;
        self.refuse_second(name)?;
        let version = self.version(&deployment).await?;
        let plan = Arc::new(compiled(&version.text, name, self.desk())?);
        if wanted.is_part() {
            refuse_part(&plan)?;
        }
        if matches!(wanted, Wanted::Ids(_)) {
            refuse_ids(&plan)?;
        }
        let deployment = match wanted {
            Wanted::Everything => {
                self.begin_anew(name, None).await?;
                self.deployed(name).await?
            }
            _ => deployment,
        };
        let id = uuid::Uuid::now_v7().to_string();
        let begin = state::new_run(id, &deployment, trigger, wanted.is_part(), self.now());
        let (journal, run) = Journal::lease(&self.state, self.clock().clone(), &deployment, begin).await?;
        let (progress, watching) = ProgressSender::channel(&run, self.clock().clone());
        let cancel = CancellationToken::new();
        let running = RunningRun {
            id: run.id.clone(),
            cancel: cancel.clone(),
            progress: watching,
        };
        tokio::spawn(changes::tell_progress(self.clone(), running.progress.clone()));
        self.hold_running().insert(name.to_owned(), running);
        let has_read_everything = run.read_everything;
        let agent = self.clone();
        let going = Going {
            agent,
            deployment,
            version,
            plan,
            journal,
            has_read_everything,
            cancel,
            progress,
        };
        let id = run.id.clone();
        run::on_a_thread(going.until_its_end(run, wanted));
        Ok(id)
    }

    pub(crate) fn refuse_second(&self, name: &str) -> Result<()> {
        match self.hold_running().get(name) {
            Some(running) if running.progress.borrow().ended.is_none() => Err(Error::config(format!(
                "processflow `{name}` is running already (run {})",
                running.id
            ))
            .hint(format!(
                "Wait for it, or end it with `processflow cancel {name}`."
            ))),
            _ => Ok(()),
        }
    }

    /// Forgets where a deployment came to, on both sides: the epoch fences what destinations remember.
    pub(crate) async fn begin_anew(&self, name: &str, watermark: Option<Watermark>) -> Result<()> {
        self.change(name, move |deployment| {
            deployment.epoch += 1;
            deployment.watermark = watermark;
        })
        .await
    }

    /// How far a run is: from its own mouth while it is under way, from the state afterwards.
    pub(crate) async fn progress(&self, id: &str) -> Result<Progress> {
        let live = self
            .hold_running()
            .values()
            .find(|running| running.id == id)
            .map(|running| running.progress.borrow().clone());
        if let Some(progress) = live {
            return Ok(progress.told(self.clock().now()));
        }
        let id = id.to_owned();
        let run = self.state.read(move |on| Run::find(on, &id)).await?;
        Ok(Progress {
            read: run.counts.read,
            settled: run.counts.clone(),
            at: run.ended_at.clone().unwrap_or_default(),
            ended: Some(run.status),
            run: run.id,
            processflow: run.processflow,
            ..Progress::default()
        })
    }

    /// Ends a run (by its id, the beginning of it, or its processflow) at a safe point.
    pub(crate) fn cancel(&self, which: &str) -> Result<()> {
        let running = self.hold_running();
        let under_way = |running: &RunningRun| running.progress.borrow().ended.is_none();
        let found = running
            .iter()
            .find(|(name, running)| under_way(running) && (*name == which || running.id.starts_with(which)));
        let Some((_, found)) = found else {
            return Err(Error::config(format!("no run `{which}` is under way"))
                .hint("`processflow status` lists what runs."));
        };
        found.cancel.cancel();
        Ok(())
    }

    /// Waits until every run has ended, also those that clients start meanwhile, and every client has its answer.
    /// Afterwards no call is taken: who asks then finds the next agent.
    pub async fn all_ended(&self) {
        loop {
            let watching: Vec<_> = self
                .hold_running()
                .values()
                .map(|running| running.progress.clone())
                .collect();
            for mut progress in watching {
                // An error means the run's task is gone, which is an end as well.
                let _gone = progress
                    .wait_for(|progress| progress.ended.is_some())
                    .await
                    .is_err();
            }
            tokio::select! {
                () = self.calls.idle() => {}
                // A client that was stopped in the middle of its question keeps nobody here.
                () = self.clock().sleep(LAST_ANSWERS) => return,
            }
            if self.running_names().is_empty() && self.calls.close() {
                return;
            }
        }
    }

    /// Asks every run to end at a safe point.
    pub(crate) fn cancel_all(&self) {
        self.hold_running()
            .values()
            .for_each(|running| running.cancel.cancel());
    }

    /// Names of the processflows that run now.
    pub(crate) fn running_names(&self) -> Vec<String> {
        let running = self.hold_running();
        let under_way = running
            .iter()
            .filter(|(_, running)| running.progress.borrow().ended.is_none());
        under_way.map(|(name, _)| name.clone()).collect()
    }

    /// Processflows of this list that run now.
    pub(crate) fn running_among(&self, names: &[String]) -> Vec<String> {
        let running = self.hold_running();
        let runs = |name: &&String| {
            running
                .get(*name)
                .is_some_and(|run| run.progress.borrow().ended.is_none())
        };
        names.iter().filter(runs).cloned().collect()
    }

    fn hold_running(&self) -> std::sync::MutexGuard<'_, std::collections::HashMap<String, RunningRun>> {
        self.running
            .lock()
            .expect("nothing panics while it holds this lock")
    }
}

/// A run that was started, on its way to a thread of its own.
struct Going {
    agent: Arc<Agent>,
    deployment: Deployment,
    version: Version,
    plan: Arc<Plan>,
    journal: Journal,
    has_read_everything: bool,
    cancel: CancellationToken,
    progress: ProgressSender,
}

impl Going {
    async fn until_its_end(self, run: Run, wanted: Wanted) {
        let (journal, progress) = (self.journal.clone(), self.progress.clone());
        let agent = self.agent.clone();
        let span = tracing::info_span!("run", run = %run.id, processflow = %run.processflow);
        let begun = async {
            match self.execution(wanted).await {
                Ok(execution) => {
                    os::let_go_of_startup_code();
                    run::execute(execution).await
                }
                Err(error) => run::end(&journal, Err(error)).await,
            }
        };
        // A panic is a mistake of ours in one run; the others and the agent go on. The run stays Running in the
        // state and is taken up as interrupted.
        let watched = async {
            tokio::select! {
                ended = begun => ended,
                () = agent.note_quotas_meanwhile() => unreachable!("it goes on for as long as the run"),
            }
        };
        let ended = std::panic::AssertUnwindSafe(watched)
            .catch_unwind()
            .instrument(span.clone())
            .await;
        agent.note_quotas();
        // A process that was started for this run alone stays until history is back within its limits: there may be no
        // other that forgets it.
        let _forgetting = agent.calls.enter();
        span.in_scope(|| match ended {
            Ok(Ok(run)) => progress.ended(&run),
            Ok(Err(error)) => {
                tracing::error!(error = %error.chain(), "The run's end could not be written down.");
                progress.gave_up();
            }
            Err(_) => {
                tracing::error!(
                    "The run stopped by a mistake of this program. It goes on with the next start."
                );
                progress.gave_up();
            }
        });
        agent.forget_old().await;
    }

    async fn execution(self, wanted: Wanted) -> Result<Execution> {
        let connections = self
            .agent
            .bound(&self.version.bindings, self.plan.priority)
            .await?;
        let facts = self.facts().await?;
        let run = RunFacts {
            id: self.journal.run().to_owned(),
            at: self.agent.clock().now(),
        };
        let snapshot = self.snapshot(run.at)?;
        let scope = self.plan.scope(&facts, run);
        let (moves_watermark, one_record) = (!wanted.is_part(), wanted.is_one_record());
        let live = connections
            .get(&self.plan.read.alias)
            .expect("every alias was bound")
            .clone();
        let fetch = self.fetch(&connections);
        let locker = self.locker().await?;
        let list = self.list(live.clone());
        let open = self.source(live, wanted, &scope);
        Ok(Execution {
            scope,
            fetch,
            locker,
            plan: self.plan,
            journal: self.journal,
            deployment: self.deployment.id,
            connections,
            open,
            list,
            moves_watermark,
            one_record,
            has_read_everything: self.has_read_everything,
            clock: self.agent.clock().clone(),
            cancel: self.cancel,
            progress: self.progress,
            snapshot,
        })
    }

    /// How more is asked about a record: the same actions that read, with parameters of its own.
    fn fetch(&self, connections: &BTreeMap<String, connector_kit::Live>) -> FetchMore {
        let (agent, connections) = (self.agent.clone(), connections.clone());
        let connectors = self.plan.connections.clone();
        Arc::new(move |fetch: &Fetch, with| {
            let (agent, action) = (agent.clone(), fetch.action.clone());
            let connector = connectors[&fetch.alias].clone();
            let system = connections[&fetch.alias].system();
            Box::pin(async move {
                let read = reader(&agent, &connector, &action)?;
                // What the file says was checked when it was deployed: the rest is what the record brought.
                read.check(&with).map_err(|error| {
                    let rejected = Error::rejected(error.message);
                    error.hint.iter().fold(rejected, Error::hint)
                })?;
                read.open(system, &with, Reading::of(Span::Whole)).await
            })
        })
    }

    /// What opens kept variables that are encrypted.
    async fn locker(&self) -> Result<Option<Locker>> {
        if !self.plan.variables.iter().any(|variable| variable.encrypted) {
            return Ok(None);
        }
        self.agent.locker(&self.deployment.id).await.map(Some)
    }

    /// Where its records are written down, if a person wants to look into this processflow now.
    fn snapshot(&self, now: Timestamp) -> Result<Option<Snapshot>> {
        let settings = self.agent.settings();
        if !settings.diagnosis.covers(&self.deployment.name, now) {
            return Ok(None);
        }
        Snapshot::of_run(&self.agent.folder().diagnosis(), self.journal.run()).map(Some)
    }

    /// What expressions may use of the connections: their names, and what their connectors tell.
    async fn facts(&self) -> Result<BTreeMap<String, serde_json::Value>> {
        let mut facts = BTreeMap::new();
        for (alias, name) in &self.version.bindings {
            let saved = self.agent.saved(name).await?;
            let mut own = serde_json::Map::from_iter([("name".to_owned(), json!(name))]);
            for (fact, value) in self
                .agent
                .desk()
                .connector(&saved.connector)?
                .facts(&saved.settings)?
            {
                own.insert(fact.to_owned(), json!(value));
            }
            facts.insert(alias.clone(), own.into());
        }
        Ok(facts)
    }

    /// The list that is read, and how it is asked for again beside the reading itself.
    fn list(&self, live: Live) -> List {
        let read = &self.plan.read;
        let connection = &self.version.bindings[&read.alias];
        let name = format!("{connection}/{}", read.action);
        let (agent, plan) = (self.agent.clone(), self.plan.clone());
        let again: ReadAgain = Box::new(move |ids, variables| {
            let (agent, plan, live) = (agent.clone(), plan.clone(), live.clone());
            Box::pin(async move {
                let asking = Asking {
                    connector: agent.desk().connector(&plan.connections[&plan.read.alias])?,
                    live,
                    read: &plan.read,
                    variables,
                    pages_under_way: agent.settings().pages_under_way as usize,
                };
                let part = ids.map_or(Part::Whole(None), Part::Ids);
                asking.open(part, BTreeMap::new()).await
            })
        });
        List { name, again }
    }

    /// How the source opens once the journal has said where.
    fn source(&self, live: Live, wanted: Wanted, scope: &Scope) -> OpenSource {
        let scope = scope.clone();
        let (agent, plan) = (self.agent.clone(), self.plan.clone());
        Box::new(move |watermark, variables| {
            Box::pin(async move {
                // A position moved by hand is an instant; any other is the source's own.
                let moved = watermark.as_ref().and_then(moved_to);
                let (part, filter) = match (wanted, moved) {
                    // They were merged when they were set aside.
                    (Wanted::Stored(records), _) => return Ok(Box::new(Stored::new(records)) as _),
                    (Wanted::Next | Wanted::Everything, Some(since)) => (Part::Since(since), BTreeMap::new()),
                    (Wanted::Next | Wanted::Everything, None) => (Part::Next(watermark), BTreeMap::new()),
                    (Wanted::Since(since, filter), _) => (Part::Since(since), filter),
                    (Wanted::Ids(ids), _) => (Part::Ids(ids), BTreeMap::new()),
                    (Wanted::Filtered(filter), Some(since)) => (Part::Whole(Some(since)), filter),
                    (Wanted::Filtered(filter), None) => (Part::Whole(reached(watermark)?), filter),
                };
                let asking = Asking {
                    connector: agent.desk().connector(&plan.connections[&plan.read.alias])?,
                    live,
                    read: &plan.read,
                    variables,
                    pages_under_way: agent.settings().pages_under_way as usize,
                };
                let source = asking.open(part, filter).await?;
                Ok(run::merged(source, &plan, &scope))
            })
        })
    }
}

/// A read action of a connector, as the plan named it.
fn reader<'a>(
    agent: &'a Agent,
    connector: &str,
    action: &str,
) -> Result<&'a dyn connector_kit::action::AnyRead> {
    let connector = agent.desk().connector(connector)?;
    match connector.action(action).map(|action| &action.does) {
        Some(Does::Read(read)) => Ok(read.as_ref()),
        _ => Err(Error::bug(format!("`{action}` was checked at deploy"))),
    }
}

/// The watermark a person asked for: read what changed since then, and go on from there.
pub fn moved(to: Timestamp) -> Watermark {
    Watermark(json!({ "moved_to": to.to_string() }))
}

fn moved_to(watermark: &Watermark) -> Option<Timestamp> {
    watermark.0.get("moved_to")?.as_str()?.parse().ok()
}

fn refuse_part(plan: &Plan) -> Result<()> {
    let Some(write) = plan.writes().find(|write| write.needs_everything) else {
        return Ok(());
    };
    Err(Error::config(format!(
        "step {} replaces a whole file, so `{}` cannot run over chosen records only",
        write.step.id, plan.name
    ))
    .hint(format!("Run it whole: `processflow run {}`.", plan.name)))
}

/// Of records that are merged, a chosen one would come without those that belong to it.
fn refuse_ids(plan: &Plan) -> Result<()> {
    let Some(merge) = &plan.merge else { return Ok(()) };
    Err(Error::config(format!(
        "step {} merges records, so `{}` cannot run over chosen ones: those that belong to them would be missing",
        merge.id, plan.name
    ))
    .hint(format!("Run it whole: `processflow run {}`.", plan.name)))
}
