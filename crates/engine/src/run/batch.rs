//! One batch on its way through the steps: what each record has become so far.
//!
//! Steps are taken one after the other over the whole batch, so that a write step sees all its rows at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use connector_kit::{Error, Guarantee, Kind, Outcome, Raw, Record, Result, Row, http::Exchange};

use super::{
    Running,
    delivery::{Delivered, Delivery},
    trace::Trace,
};
use crate::{
    processflow::{Mapping, Step, Write},
    state::{Cause, Entry, Label},
};

/// A batch under way.
pub(super) struct Work<'r> {
    running: &'r mut Running,
    records: &'r [Record],
    fates: Vec<Fate>,
    mappings: Vec<Mapping>,
    fingerprints: Vec<(Arc<str>, Arc<str>, [u8; 16])>,
    intents: Vec<(Arc<str>, Arc<str>)>,
}

/// What a record has become so far.
struct Fate {
    end: Option<End>,
    written: bool,
    /// Rows of it that stand in a transaction which is not committed yet.
    in_transaction: bool,
    target: Option<String>,
    /// What the step made of it that it failed in; of every write step, in diagnosis mode.
    steps: Vec<Trace>,
}

/// Where a record's way ended before the last step.
#[derive(Clone)]
enum End {
    Skipped(String),
    Failed {
        error: Error,
        class: &'static str,
        /// The number of the step; none for a record that could not be read.
        step: Option<Arc<str>>,
    },
}

/// What a batch came to.
pub(super) struct Worked {
    pub(super) entries: Vec<Entry>,
    pub(super) fingerprints: Vec<(Arc<str>, Arc<str>, [u8; 16])>,
    pub(super) intents: Vec<(Arc<str>, Arc<str>)>,
}

/// Records that failed in an earlier pass over the same batch, by their place.
pub(super) type Failures = BTreeMap<usize, Failure>;

/// One of them.
#[derive(Clone)]
pub(super) struct Failure(End, Vec<Trace>);

impl<'r> Work<'r> {
    pub(super) fn new(running: &'r mut Running, records: &'r [Record], failed: &Failures) -> Self {
        let fate = |(at, record): (usize, &Record)| {
            let unreadable = record.unreadable.clone().map(|error| End::Failed {
                error,
                class: REJECTED,
                step: None,
            });
            let end = failed.get(&at).map(|failure| failure.0.clone()).or(unreadable);
            let steps = failed
                .get(&at)
                .map(|failure| failure.1.clone())
                .unwrap_or_default();
            Fate {
                end,
                written: false,
                in_transaction: false,
                target: None,
                steps,
            }
        };
        let fates = records.iter().enumerate().map(fate).collect();
        let mappings = records
            .iter()
            .map(|record| running.scope.record(record))
            .collect();
        Self {
            running,
            records,
            fates,
            mappings,
            fingerprints: Vec::new(),
            intents: Vec::new(),
        }
    }

    pub(super) async fn through_all_steps(&mut self) -> Result<()> {
        let plan = self.running.plan.clone();
        for (at, step) in plan.steps.iter().enumerate() {
            // The first step of a file reads.
            let number: Arc<str> = (at + 2).to_string().into();
            match step {
                Step::Skip(skip) => self.each(&number, |mapping| mapping.skip(skip)),
                Step::Set(set) => self.each(&number, |mapping| mapping.set(set).map(|()| None)),
                Step::Write(write) => {
                    self.running.progress.at_step(&number);
                    self.write(write).await?;
                }
            }
        }
        Ok(())
    }

    /// True when a transaction holds rows of a record that failed later: it must be undone.
    pub(super) fn holds_part_of_a_failed_record(&self) -> bool {
        self.fates
            .iter()
            .any(|fate| fate.in_transaction && matches!(fate.end, Some(End::Failed { .. })))
    }

    /// The records that failed, to leave them out next time.
    pub(super) fn failures(&self) -> Failures {
        let failed = |(at, fate): (usize, &Fate)| match &fate.end {
            Some(end @ End::Failed { .. }) => Some((at, Failure(end.clone(), fate.steps.clone()))),
            _ => None,
        };
        self.fates.iter().enumerate().filter_map(failed).collect()
    }

    /// What the batch came to, and what the steps made of each record, as far as that was kept.
    pub(super) fn done(mut self) -> (Worked, Vec<Vec<Trace>>) {
        let steps = match self.running.snapshot {
            Some(_) => self.fates.iter().map(|fate| fate.steps.clone()).collect(),
            None => Vec::new(),
        };
        let fates = std::mem::take(&mut self.fates);
        let entries = self
            .records
            .iter()
            .zip(fates)
            .map(|(record, fate)| entry(record, fate))
            .collect();
        let worked = Worked {
            entries,
            fingerprints: self.fingerprints,
            intents: self.intents,
        };
        (worked, steps)
    }

    /// Takes every record that is still under way through one step that writes nothing.
    fn each(&mut self, number: &Arc<str>, mut step: impl FnMut(&mut Mapping) -> Result<Option<String>>) {
        for (fate, mapping) in self.fates.iter_mut().zip(&mut self.mappings) {
            if fate.end.is_none() {
                fate.end = match step(mapping) {
                    Ok(None) => None,
                    Ok(Some(reason)) => Some(End::Skipped(reason)),
                    Err(error) => Some(End::Failed {
                        error,
                        class: REJECTED,
                        step: Some(number.clone()),
                    }),
                };
            }
        }
    }

    async fn write(&mut self, write: &Write) -> Result<()> {
        let rows = self.rows(write);
        let places: Vec<usize> = rows.iter().map(|row| row.record).collect();
        let delivered = self.deliver(write, rows).await?;
        self.trace(write, &delivered);
        let mut answers: BTreeMap<usize, Vec<Option<Raw>>> = BTreeMap::new();
        for (at, outcome) in places.into_iter().zip(delivered.outcomes) {
            let answer = self.fates[at].take(outcome, write);
            if write.name.is_some() {
                answers.entry(at).or_default().push(answer);
            }
        }
        for (at, answers) in answers {
            self.mappings[at].answer(write, answers);
        }
        self.fingerprints.extend(delivered.fingerprints);
        self.intents.extend(delivered.intents);
        Ok(())
    }

    /// Keeps what the step made of records that failed in it; of all, in diagnosis mode.
    fn trace(&mut self, write: &Write, delivered: &Delivered) {
        let mut kept: BTreeMap<usize, (Vec<&Row>, &[Exchange])> = BTreeMap::new();
        let wanted: BTreeSet<usize> = match self.running.snapshot {
            Some(_) => delivered.rows.iter().map(|row| row.record).collect(),
            None => delivered.failed().map(|(row, _)| row.record).collect(),
        };
        if wanted.is_empty() {
            return;
        }
        for (row, exchanges) in delivered.rows.iter().zip(&delivered.exchanges) {
            if wanted.contains(&row.record) {
                let own = kept.entry(row.record).or_insert((Vec::new(), &[]));
                own.0.push(row);
                if let Some(exchanges) = exchanges {
                    own.1 = exchanges;
                }
            }
        }
        for (at, (rows, exchanges)) in kept {
            self.fates[at].steps.push(Trace::of(write, &rows, exchanges));
        }
    }

    fn rows(&mut self, write: &Write) -> Vec<Row> {
        let mut rows = Vec::with_capacity(self.records.len());
        for (at, (fate, mapping)) in self.fates.iter_mut().zip(&mut self.mappings).enumerate() {
            if fate.end.is_none() {
                match mapping.rows(write, at) {
                    Ok(own) => rows.extend(own),
                    Err(error) => {
                        fate.end = Some(End::Failed {
                            error,
                            class: REJECTED,
                            step: Some(write.step.id.clone()),
                        });
                    }
                }
            }
        }
        rows
    }

    async fn deliver(&mut self, write: &Write, rows: Vec<Row>) -> Result<Delivered> {
        let records = self.records;
        let destination = self
            .running
            .destinations
            .get_mut(&write.alias)
            .expect("opened at the start");
        let delivery = Delivery {
            write,
            destination: destination.as_mut(),
            journal: &self.running.journal,
            tries: self.running.plan.on_failure.tries,
            source: &|row: &Row| records[row.record].id.clone(),
            keeps_all: self.running.snapshot.is_some(),
        };
        delivery.deliver(rows).await
    }
}

impl Fate {
    /// Adds what became of one row of this record; its answer comes back for later steps.
    fn take(&mut self, outcome: Outcome, write: &Write) -> Option<Raw> {
        match outcome {
            Outcome::Written { id, answer } => {
                self.written = true;
                self.in_transaction |= write.guarantee == Guarantee::Transactional;
                self.target = self.target.take().or(id);
                return answer;
            }
            Outcome::Unchanged => {}
            Outcome::Failed(error) | Outcome::Suspect(error) => {
                let class = if error.is_unavailable() {
                    "exhausted"
                } else {
                    REJECTED
                };
                self.fail(error, class, write);
            }
            Outcome::Unknown(error) => self.fail(error, "unknown", write),
        }
        None
    }

    /// The first cause stands.
    fn fail(&mut self, error: Error, class: &'static str, write: &Write) {
        let step = Some(write.step.id.clone());
        self.end.get_or_insert(End::Failed { error, class, step });
    }
}

const REJECTED: &str = "rejected";

fn entry(record: &Record, fate: Fate) -> Entry {
    let (outcome, detail, cause) = match fate.end {
        None if fate.written => (Label::Written, None, None),
        None => (Label::Unchanged, None, None),
        Some(End::Skipped(reason)) => (Label::Skipped, Some(reason), None),
        Some(End::Failed { error, class, step }) => {
            let trace = fate
                .steps
                .iter()
                .find(|trace| Some(&*trace.step) == step.as_deref());
            let trace = trace.map(|trace| serde_json::to_string(trace).expect("plain data serialises"));
            let detail = error.message.clone();
            let cause = cause(record, error, class, step, trace);
            (Label::Failed, Some(detail), Some(Box::new(cause)))
        }
    };
    let (source, labels) = (record.id.clone(), record.labels.join("\n"));
    Entry {
        source,
        labels,
        outcome,
        detail,
        target: fate.target,
        cause,
    }
}

fn cause(record: &Record, error: Error, class: &str, step: Option<Arc<str>>, trace: Option<String>) -> Cause {
    debug_assert!(
        error.kind != Kind::Bug,
        "a mistake of ours fails the run, not a record"
    );
    Cause {
        class: class.to_owned(),
        message: error.message,
        hint: error.hint,
        payload: record.body.as_str().to_owned(),
        tries: 1,
        step: step.map(|step| step.to_string()),
        trace,
    }
}
