//! One run of a processflow: read, transform, write, settle.
//!
//! Knows no connector and no schedule. Waiting and trying a request again is the HTTP client's business; here a
//! batch is tried again as a whole when its destination could not take it.

pub(crate) mod asking;
mod batch;
mod delivery;
mod drift;
mod going_on;
mod gone;
mod leftovers;
mod merge;
mod progress;
mod reader;
mod snapshot;
mod steps;
mod thread;
mod trace;
mod variables;
mod writing;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use connector_kit::{
    Checkpoint, Clock, Destination, Error, Guarantee, Kind, Live, OpenFor, Record, Result, Source, Watermark,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, debug, info, warn};

use crate::{
    placeholder::Kept,
    processflow::{Fetch, Plan, Scope, Write},
    state::{Journal, KnownRecord, Resumed, Run, RunStatus, Settlement, Whereabouts},
};

pub(crate) use merge::merged;
pub use progress::{Progress, ProgressSender};
pub use reader::Stored;
pub use snapshot::{Snapshot, SnapshotRecord, find as find_snapshot, held as held_snapshot};
pub(crate) use thread::on_a_thread;
pub use trace::{Asked, Trace};
pub use variables::Locker;
pub(crate) use variables::stored;

use batch::Worked;
use reader::Reader;
use thread::joined;
use variables::Variables;

/// Everything a run needs; made by the operation that starts it.
pub struct Execution {
    /// What to do.
    pub plan: Arc<Plan>,
    /// What all its records share.
    pub scope: Scope,
    /// Where it is written down.
    pub journal: Journal,
    /// The deployment's id.
    pub deployment: String,
    /// The live connections by alias.
    pub connections: BTreeMap<String, Live>,
    /// Opens the source at a watermark (`None`: this run does not go on from one).
    pub open: OpenSource,
    /// The list that is read, and how it is asked for again.
    pub list: List,
    /// Asks for more about a record.
    pub fetch: FetchMore,
    /// Opens and closes kept variables that are encrypted, where the plan has any.
    pub locker: Option<Locker>,
    /// Whether it moves the watermark: runs over chosen records do not.
    pub moves_watermark: bool,
    /// Whether it is over one record that a person named: who retries one whose outcome nothing can look up has looked.
    pub one_record: bool,
    /// Whether it was taken up after it had read everything: then it only has to be published.
    pub has_read_everything: bool,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ends it at a safe point.
    pub cancel: CancellationToken,
    /// Who watches.
    pub progress: ProgressSender,
    /// Where every record is written down with what the steps made of it, in diagnosis mode.
    pub snapshot: Option<Snapshot>,
}

/// Opens a run's source at a watermark, with what kept variables stand for.
pub type OpenSource = Box<
    dyn FnOnce(Option<Watermark>, Kept) -> futures::future::BoxFuture<'static, Result<Box<dyn Source>>>
        + Send,
>;

/// What is read, beside the reading that goes on from a watermark.
pub struct List {
    /// Connection and action.
    pub name: String,
    /// Opens it from its beginning, or for these ids.
    pub again: ReadAgain,
}

/// Opens a source from its beginning, or for some ids, with what kept variables stand for.
pub type ReadAgain = Box<
    dyn Fn(Option<Vec<String>>, Kept) -> futures::future::BoxFuture<'static, Result<Box<dyn Source>>>
        + Send
        + Sync,
>;

/// Opens the source of a `fetch` step with the parameters of one record. What is wrong with these is the record's fault.
pub type FetchMore = Arc<
    dyn Fn(&Fetch, serde_json::Value) -> futures::future::BoxFuture<'static, Result<Box<dyn Source>>>
        + Send
        + Sync,
>;

/// The step that every processflow begins with.
const READING: &str = "1";

/// How long a cancelled run may take to bring a request that is under way to its end.
const GRACE: Duration = Duration::from_secs(10);

/// Runs to the end, whatever the end is, and writes down how it ended.
pub async fn execute(execution: Execution) -> Result<Run> {
    let journal = execution.journal.clone();
    info!("Run began.");
    let ended = Running::begin(execution).await;
    end(&journal, ended).await
}

/// Writes down how a run ended, also one that could not even begin. Who watches is told by the caller: a process may
/// leave as soon as it hears of the last end, so everything else that is written down comes before.
pub(crate) async fn end(journal: &Journal, ended: Result<Ended>) -> Result<Run> {
    let (status, problem) = match ended {
        Ok(Ended::Whole) => (status_of(journal).await?, None),
        Ok(Ended::Cancelled) => (RunStatus::Cancelled, None),
        Err(error) if error.kind == Kind::Bug => (RunStatus::Failed, Some(error)),
        Err(error) => (RunStatus::Waiting, Some(of_the_run(error))),
    };
    let run = journal.finish(status, problem.as_ref()).await?;
    let counts = &run.counts;
    let problem = problem.as_ref().map(Error::chain);
    // Who looks at warnings only sees every run that somebody has to look at.
    if matches!(run.status, RunStatus::Successful | RunStatus::Cancelled) {
        info!(status = %run.status, read = counts.read, written = counts.written, unchanged = counts.unchanged,
            failed = counts.failed, problem, "Run ended.");
    } else {
        warn!(status = %run.status, read = counts.read, written = counts.written, unchanged = counts.unchanged,
            failed = counts.failed, problem, "Run ended.");
    }
    Ok(run)
}

/// How a run came to its end without an error.
pub(crate) enum Ended {
    /// Everything was read and settled.
    Whole,
    /// A person ended it.
    Cancelled,
}

async fn status_of(journal: &Journal) -> Result<RunStatus> {
    let failed = journal.counts().await?.failed;
    Ok(if failed == 0 {
        RunStatus::Successful
    } else {
        RunStatus::FinishedWithProblems
    })
}

/// A run under way.
struct Running {
    plan: Arc<Plan>,
    scope: Scope,
    journal: Journal,
    clock: Arc<dyn Clock>,
    progress: ProgressSender,
    snapshot: Option<Snapshot>,
    destinations: Destinations,
    list: List,
    fetch: FetchMore,
    variables: Variables,
    at: Checkpoint,
    moves_watermark: bool,
    one_record: bool,
    /// The last batch, while it is being settled.
    settling: Option<JoinHandle<Result<()>>>,
}

/// The open ends of a run by connection alias.
type Destinations = BTreeMap<String, Box<dyn Destination>>;

impl Running {
    async fn begin(execution: Execution) -> Result<Ended> {
        let Execution {
            plan,
            scope,
            journal,
            deployment,
            connections,
            open,
            ..
        } = execution;
        let resumed = journal.resume().await?;
        let purpose = OpenFor {
            deployment: deployment.clone(),
            epoch: resumed.epoch,
        };
        let destinations = open_ends(&plan, &connections, &purpose).await?;
        let at = Checkpoint {
            deployment,
            epoch: resumed.epoch,
            batch: resumed.batch,
        };
        let mut running = Self {
            plan,
            scope,
            journal,
            clock: execution.clock,
            progress: execution.progress,
            snapshot: execution.snapshot,
            destinations,
            list: execution.list,
            fetch: execution.fetch,
            variables: Variables::new(execution.locker),
            at,
            moves_watermark: execution.moves_watermark,
            one_record: execution.one_record,
            settling: None,
        };
        running.ready().await?;
        let watermark = running.recover(resumed).await?;
        running.variables.load(&running.plan, &running.journal).await?;
        if execution.has_read_everything {
            return running.end().await;
        }
        let source = open(watermark, running.variables.shown(&running.plan)).await?;
        let pumped = running.pump(source, execution.cancel.clone()).await;
        running.settled().await?;
        if let Ended::Cancelled = pumped? {
            return Ok(Ended::Cancelled);
        }
        let looked = running.look_for_gone(&execution.cancel).await;
        running.settled().await?;
        match looked? {
            Ended::Whole => running.end().await,
            Ended::Cancelled => Ok(Ended::Cancelled),
        }
    }

    /// Every write step can be written to, or the run does not begin.
    async fn ready(&mut self) -> Result<()> {
        for write in self.plan.writes() {
            let destination = self.destinations.get_mut(&write.alias).expect("opened above");
            destination.ready(&write.step).await?;
        }
        Ok(())
    }

    /// Settles or discards the batch a dead process left behind, by what its destination says it has.
    async fn recover(&mut self, resumed: Resumed) -> Result<Option<Watermark>> {
        let mut has = None;
        for destination in self.destinations.values_mut() {
            if let Some(checkpoint) = destination.resume().await? {
                fenced(&checkpoint, &self.at)?;
                if checkpoint.epoch == self.at.epoch {
                    has = has.max(Some(checkpoint.batch));
                }
            }
        }
        let mut watermark = resumed.watermark;
        if let Some(prepared) = resumed.prepared {
            if has >= Some(prepared.batch) {
                watermark = prepared.watermark.clone().or(watermark);
                self.at.batch = prepared.batch;
                info!(
                    batch = prepared.batch,
                    "A batch that was written before the stop is settled now."
                );
                self.journal.settle(prepared).await?;
            } else {
                debug!(
                    batch = prepared.batch,
                    "A batch that never was committed is read again."
                );
                self.journal.discard().await?;
            }
        }
        // A destination ahead of us means our state is an older copy: its numbers go on, the reading repeats.
        self.at.batch = self.at.batch.max(has.unwrap_or(0));
        Ok(watermark)
    }

    async fn pump(&mut self, source: Box<dyn Source>, cancel: CancellationToken) -> Result<Ended> {
        let mut reader = Reader::start(source, largest_batch(&self.plan));
        let clock = self.clock.clone();
        loop {
            self.progress.at_step(READING);
            let read = tokio::select! {
                () = cancel.cancelled() => return Ok(Ended::Cancelled),
                read = reader.next() => read?,
            };
            let Some(batch) = read else { break };
            self.progress.read(batch.records.len(), batch.expected);
            tokio::select! {
                biased;
                done = self.batch(batch) => done?,
                () = grace_after(&cancel, clock.as_ref()) => return Ok(Ended::Cancelled),
            }
        }
        Ok(Ended::Whole)
    }

    /// Everything was read: what was left open is settled, files take their names.
    async fn end(&mut self) -> Result<Ended> {
        if self.moves_watermark {
            self.settle_leftovers().await?;
            self.journal.read_everything().await?;
        }
        for destination in self.destinations.values_mut() {
            destination.finish(&self.at).await?;
        }
        Ok(Ended::Whole)
    }

    /// One batch, tried again as a whole while its destination is not available. It is worked on while the one
    /// before is settled; that one's settlement must stand before this one is prepared.
    async fn batch(&mut self, batch: connector_kit::Batch) -> Result<()> {
        let watermark = self.moves_watermark.then(|| batch.watermark.clone());
        self.deliver(&batch.records, watermark, Whereabouts::Listed).await
    }

    async fn deliver(
        &mut self,
        records: &[Record],
        watermark: Option<Watermark>,
        found: Whereabouts,
    ) -> Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            let worked = self.work(records).await;
            self.settled().await?;
            let committed = match worked {
                Ok(worked) => {
                    let known = self.known(records, &worked.entries, found);
                    self.commit(worked, watermark.clone(), known).await
                }
                Err(error) => Err(error),
            };
            let error = match committed {
                Ok(settlement) => return self.settle(settlement).await,
                Err(error) => error,
            };
            self.undo().await?;
            if !error.is_unavailable() || tries >= self.plan.on_failure.tries {
                return Err(error);
            }
            let wait = pause(&error, tries);
            warn!(seconds = wait.as_secs(), error = %error.chain(), "The destination is not available; waiting.");
            self.progress.waiting(&error);
            self.clock.sleep(wait).await;
        }
    }

    /// Takes the records through all steps. A transaction that holds part of a record that failed is undone and
    /// written again without it, so that an order never stands there without its lines.
    async fn work(&mut self, records: &[Record]) -> Result<Worked> {
        let mut failed = BTreeMap::new();
        loop {
            let mut work = batch::Work::new(self, records, &failed);
            work.through_all_steps().await?;
            if !work.holds_part_of_a_failed_record() {
                let (worked, steps) = work.done();
                if let Some(snapshot) = &mut self.snapshot {
                    snapshot.add(&self.clock.now().to_string(), records, &worked.entries, steps);
                }
                return Ok(worked);
            }
            failed = work.failures();
            self.undo().await?;
        }
    }

    async fn undo(&mut self) -> Result<()> {
        for destination in self.destinations.values_mut() {
            destination.undo().await?;
        }
        Ok(())
    }

    /// prepare → commit. What comes back is to be settled, whatever happens: the destination has it.
    async fn commit(
        &mut self,
        worked: Worked,
        watermark: Option<Watermark>,
        known: Vec<KnownRecord>,
    ) -> Result<Settlement> {
        let at = Checkpoint {
            batch: self.at.batch + 1,
            ..self.at.clone()
        };
        let settlement = Settlement {
            run: self.journal.run().to_owned(),
            batch: at.batch,
            watermark,
            entries: worked.entries,
            steps: worked.steps,
            fingerprints: worked.fingerprints,
            intents: worked.intents,
            variables: self.variables.changed(&self.plan, &worked.variables)?,
            known,
        };
        if self.commits() {
            // Both wait for a disk, and neither counts without what follows.
            let prepared = self.journal.prepare(&settlement);
            let (prepared, flushed) = futures::join!(prepared, flush(&mut self.destinations));
            prepared.and(flushed)?;
            for destination in self.destinations.values_mut() {
                committed(destination.as_mut(), &at).await?;
            }
        }
        self.at = at;
        self.variables.now = worked.variables;
        Ok(settlement)
    }

    /// Settles a batch, while the next one is worked on where that needs nothing of what is settled.
    async fn settle(&mut self, settlement: Settlement) -> Result<()> {
        let (journal, progress) = (self.journal.clone(), self.progress.clone());
        let settling = async move {
            let batch = settlement.batch;
            let settled = journal.settle(settlement).await?;
            debug!(batch, read = settled.counts.read, "Batch settled.");
            progress.settled(&settled.counts);
            Ok(())
        };
        self.settling = Some(tokio::spawn(settling.in_current_span()));
        let asks_the_journal =
            |write: &Write| write.guarantee != Guarantee::Transactional || write.changes_only;
        if self.plan.writes().any(asks_the_journal) {
            return self.settled().await;
        }
        Ok(())
    }

    /// Waits until the last batch is settled.
    async fn settled(&mut self) -> Result<()> {
        let Some(settling) = &mut self.settling else {
            return Ok(());
        };
        let settled = joined(settling)
            .await
            .unwrap_or_else(|error| Err(Error::bug("settling a batch broke off").source(error)));
        self.settling = None;
        settled
    }

    /// Whether any destination has transactions; without, there is nothing between prepare and settle.
    fn commits(&self) -> bool {
        self.plan
            .writes()
            .any(|write| write.guarantee == Guarantee::Transactional)
    }
}

/// Records that make one batch at most: half the pages that may be under way, so that the others come meanwhile, and
/// as many as fill the largest request that a step sends.
fn largest_batch(plan: &Plan) -> usize {
    const PAGES: usize = 1_500;
    const MOST: usize = 2_000;
    // A question for each record: what was asked is asked again after a stop.
    const ASKED: usize = 250;
    if plan.fetches().next().is_some() {
        return ASKED;
    }
    let requests = plan
        .writes()
        .filter(|write| write.guarantee != Guarantee::Transactional);
    requests
        .map(|write| write.largest_batch)
        .max()
        .unwrap_or(PAGES)
        .clamp(PAGES, MOST)
}

async fn open_ends(
    plan: &Plan,
    connections: &BTreeMap<String, Live>,
    purpose: &OpenFor,
) -> Result<Destinations> {
    let mut open = Destinations::new();
    for write in plan.writes() {
        if !open.contains_key(&write.alias) {
            let live = connections
                .get(&write.alias)
                .expect("every alias was bound at deploy");
            open.insert(write.alias.clone(), live.open(purpose.clone()).await?);
        }
    }
    Ok(open)
}

/// Brings what was written nearer to the disk.
async fn flush(destinations: &mut Destinations) -> Result<()> {
    for destination in destinations.values_mut() {
        destination.flush().await?;
    }
    Ok(())
}

/// Commits. A commit whose answer is an error may have happened all the same: what the destination durably has
/// tells, so that nothing is written twice.
async fn committed(destination: &mut dyn Destination, at: &Checkpoint) -> Result<()> {
    let Err(error) = destination.commit(at).await else {
        return Ok(());
    };
    match destination.resume().await {
        Ok(Some(has)) if has == *at => Ok(()),
        _ => Err(error),
    }
}

/// A checkpoint of a higher epoch belongs to somebody who went on without us.
fn fenced(theirs: &Checkpoint, ours: &Checkpoint) -> Result<()> {
    if theirs.epoch <= ours.epoch {
        return Ok(());
    }
    Err(
        Error::config("the destination was written by another copy of this data folder since")
            .hint("Two agents must not share one past. Stop the other one, or deploy under another name."),
    )
}

/// How long to wait before a batch is tried again: what was asked for, or growing seconds.
fn pause(error: &Error, tries: u32) -> Duration {
    match error.kind {
        Kind::Unavailable {
            retry_after: Some(wait),
        } => wait,
        _ => Duration::from_secs(1 << tries.min(6)),
    }
}

/// A refusal that is no record's fault is for a person to mend: the question of the step that reads, a look-up's.
fn of_the_run(error: Error) -> Error {
    match error.kind {
        Kind::Rejected => Error {
            kind: Kind::Config,
            ..error
        },
        _ => error,
    }
}

async fn grace_after(cancel: &CancellationToken, clock: &dyn Clock) {
    cancel.cancelled().await;
    clock.sleep(GRACE).await;
}
