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
    state::{Cause, Entry, Label, StepCounts},
};

/// A batch under way.
pub(super) struct Work<'r> {
    running: &'r mut Running,
    records: &'r [Record],
    fates: Vec<Fate>,
    mappings: Vec<Mapping>,
    fingerprints: Vec<(Arc<str>, Arc<str>, [u8; 16])>,
    intents: Vec<(Arc<str>, Arc<str>)>,
    /// Rows by the step that wrote them; the first is the read step.
    steps: Vec<StepCounts>,
}

/// What a record has become so far.
struct Fate {
    end: Option<End>,
    /// The step it ended in, counted from 0; the read step is 0.
    ended_in: usize,
    written: bool,
    /// Rows of it that stand in a transaction which is not committed yet.
    in_transaction: bool,
    target: Option<String>,
    /// What the step made of it that it failed in; of every write step, in diagnosis mode.
    traces: Vec<Trace>,
}

/// Where a record's way ended before the last step.
#[derive(Clone)]
enum End {
    Skipped(String),
    Failed { error: Error, class: &'static str },
}

/// What a batch came to.
pub(super) struct Worked {
    pub(super) entries: Vec<Entry>,
    pub(super) steps: Vec<StepCounts>,
    pub(super) fingerprints: Vec<(Arc<str>, Arc<str>, [u8; 16])>,
    pub(super) intents: Vec<(Arc<str>, Arc<str>)>,
}

/// Records that failed in an earlier pass over the same batch, by their place.
pub(super) type Failures = BTreeMap<usize, Failure>;

/// One of them.
#[derive(Clone)]
pub(super) struct Failure {
    end: End,
    ended_in: usize,
    traces: Vec<Trace>,
}

impl<'r> Work<'r> {
    pub(super) fn new(running: &'r mut Running, records: &'r [Record], failed: &Failures) -> Self {
        let fate = |(at, record): (usize, &Record)| {
            let unreadable = record.unreadable.clone().map(|error| End::Failed {
                error,
                class: REJECTED,
            });
            let known = failed.get(&at);
            Fate {
                end: known.map(|failure| failure.end.clone()).or(unreadable),
                ended_in: known.map_or(0, |failure| failure.ended_in),
                written: false,
                in_transaction: false,
                target: None,
                traces: known.map(|failure| failure.traces.clone()).unwrap_or_default(),
            }
        };
        let fates = records.iter().enumerate().map(fate).collect();
        let mappings = records
            .iter()
            .map(|record| running.scope.record(record))
            .collect();
        let steps = vec![StepCounts::default(); 1 + running.plan.steps.len()];
        Self {
            running,
            records,
            steps,
            fates,
            mappings,
            fingerprints: Vec::new(),
            intents: Vec::new(),
        }
    }

    pub(super) async fn through_all_steps(&mut self) -> Result<()> {
        let plan = self.running.plan.clone();
        for (at, step) in (1..).zip(&plan.steps) {
            match step {
                Step::Skip(skip) => self.each(at, |mapping| mapping.skip(skip)),
                Step::Set(set) => self.each(at, |mapping| mapping.set(set).map(|()| None)),
                Step::Write(write) => {
                    self.running.progress.at_step(&write.step.id);
                    self.write(at, write).await?;
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
            Some(end @ End::Failed { .. }) => Some((
                at,
                Failure {
                    end: end.clone(),
                    ended_in: fate.ended_in,
                    traces: fate.traces.clone(),
                },
            )),
            _ => None,
        };
        self.fates.iter().enumerate().filter_map(failed).collect()
    }

    /// What the batch came to, and what the steps made of each record, as far as that was kept.
    pub(super) fn done(mut self) -> (Worked, Vec<Vec<Trace>>) {
        self.count_records();
        let traces = match self.running.snapshot {
            Some(_) => self.fates.iter().map(|fate| fate.traces.clone()).collect(),
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
            steps: self.steps,
            fingerprints: self.fingerprints,
            intents: self.intents,
        };
        (worked, traces)
    }

    /// Where the records ended, as counts of the steps.
    fn count_records(&mut self) {
        for fate in &self.fates {
            match &fate.end {
                Some(End::Skipped(_)) => self.steps[fate.ended_in].skipped += 1,
                Some(End::Failed { .. }) => self.steps[fate.ended_in].failed += 1,
                None => {}
            }
        }
        let mut records = self.fates.len() as u64;
        for step in &mut self.steps {
            step.records = records;
            records = step.passed();
        }
    }

    /// Takes every record that is still under way through one step that writes nothing.
    fn each(&mut self, at: usize, mut step: impl FnMut(&mut Mapping) -> Result<Option<String>>) {
        for (fate, mapping) in self.fates.iter_mut().zip(&mut self.mappings) {
            if fate.end.is_none() {
                fate.end = match step(mapping) {
                    Ok(None) => None,
                    Ok(Some(reason)) => Some(End::Skipped(reason)),
                    Err(error) => Some(End::Failed {
                        error,
                        class: REJECTED,
                    }),
                };
                fate.ended_in = at;
            }
        }
    }

    async fn write(&mut self, step: usize, write: &Write) -> Result<()> {
        let rows = self.rows(step, write);
        let places: Vec<usize> = rows.iter().map(|row| row.record).collect();
        let delivered = self.deliver(write, rows).await?;
        self.trace(write, &delivered);
        let mut answers: BTreeMap<usize, Vec<Option<Raw>>> = BTreeMap::new();
        for (at, outcome) in places.into_iter().zip(delivered.outcomes) {
            match &outcome {
                Outcome::Written { .. } => self.steps[step].written += 1,
                Outcome::Unchanged => self.steps[step].unchanged += 1,
                _ => {}
            }
            let answer = self.fates[at].take(outcome, write.guarantee, step);
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
            self.fates[at].traces.push(Trace::of(write, &rows, exchanges));
        }
    }

    fn rows(&mut self, step: usize, write: &Write) -> Vec<Row> {
        let mut rows = Vec::with_capacity(self.records.len());
        for (at, (fate, mapping)) in self.fates.iter_mut().zip(&mut self.mappings).enumerate() {
            if fate.end.is_none() {
                match mapping.rows(write, at) {
                    Ok(own) => rows.extend(own),
                    Err(error) => {
                        fate.end = Some(End::Failed {
                            error,
                            class: REJECTED,
                        });
                        fate.ended_in = step;
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
            one_record: self.running.one_record,
            keeps_all: self.running.snapshot.is_some(),
        };
        delivery.deliver(rows).await
    }
}

impl Fate {
    /// Adds what became of one row of this record; its answer comes back for later steps.
    fn take(&mut self, outcome: Outcome, guarantee: Guarantee, step: usize) -> Option<Raw> {
        match outcome {
            Outcome::Written { id, answer } => {
                self.written = true;
                self.in_transaction |= guarantee == Guarantee::Transactional;
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
                self.fail(error, class, step);
            }
            Outcome::Unknown(error) => self.fail(error, "unknown", step),
        }
        None
    }

    /// The first cause stands.
    fn fail(&mut self, error: Error, class: &'static str, step: usize) {
        if self.end.is_none() {
            (self.end, self.ended_in) = (Some(End::Failed { error, class }), step);
        }
    }
}

impl Worked {
    /// Counts a record that was written in a step before this process was there.
    pub(super) fn passed_through(&mut self, step: &str) {
        self.steps.iter_mut().for_each(|step| step.records += 1);
        let at = step.parse::<usize>().ok().and_then(|step| step.checked_sub(1));
        if let Some(step) = at.and_then(|at| self.steps.get_mut(at)) {
            step.written += 1;
        }
    }
}

const REJECTED: &str = "rejected";

fn entry(record: &Record, fate: Fate) -> Entry {
    let (outcome, detail, cause) = match fate.end {
        None if fate.written => (Label::Written, None, None),
        None => (Label::Unchanged, None, None),
        Some(End::Skipped(reason)) => (Label::Skipped, Some(reason), None),
        Some(End::Failed { error, class }) => {
            // Steps are counted from 1, and the first one reads; a record that could not be read was in none.
            let step = (fate.ended_in > 0).then(|| (fate.ended_in + 1).to_string());
            let trace = fate
                .traces
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

fn cause(record: &Record, error: Error, class: &str, step: Option<String>, trace: Option<String>) -> Cause {
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
        step,
        trace,
    }
}
