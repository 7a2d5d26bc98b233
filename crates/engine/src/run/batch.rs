//! One batch on its way through the steps: what each record has become so far.
//!
//! Steps are taken one after the other over the whole batch (`steps.rs`), so that a write step sees all its rows at
//! once.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Error, Guarantee, Kind, Outcome, Raw, Record, Value};

use super::{Running, trace::Trace};
use crate::{
    processflow::{Mapping, Step},
    state::{Cause, Entry, Label, StepCounts},
};

/// A batch under way.
pub(super) struct Work<'r> {
    pub(super) running: &'r mut Running,
    pub(super) records: &'r [Record],
    pub(super) fates: Vec<Fate>,
    pub(super) fingerprints: Vec<(Arc<str>, Arc<str>, [u8; 16])>,
    pub(super) intents: Vec<(Arc<str>, Arc<str>)>,
    /// Rows by the step that wrote them; the first is the read step.
    pub(super) steps: Vec<StepCounts>,
    /// What the kept variables are now.
    pub(super) variables: Vec<Value>,
}

/// A record on its way through the steps, or an element of one inside of a `for_each`.
pub(super) struct Unit {
    /// The record's place in the batch.
    pub(super) record: usize,
    pub(super) mapping: Mapping,
    pub(super) is_element: bool,
    /// A rule left this element out; the record goes on.
    pub(super) left_out: bool,
}

/// Whether the next step is for it.
pub(super) fn goes_on(fates: &[Fate], unit: &Unit) -> bool {
    !unit.left_out && fates[unit.record].end.is_none()
}

/// What a record has become so far.
#[derive(Default)]
pub(super) struct Fate {
    pub(super) end: Option<Box<End>>,
    /// The step it ended in, by its place in the plan; the read step is 0.
    pub(super) ended_in: usize,
    written: bool,
    /// A row of it stood there as it is.
    unchanged: bool,
    /// Why nothing was made of it, or of a part of it: a rule for elements, no way of a branch.
    pub(super) left_out: Option<String>,
    /// Rows of it that stand in a transaction which is not committed yet.
    in_transaction: bool,
    target: Option<String>,
    /// Steps inside of others that it came to, as often as it or its elements did.
    pub(super) visited: Vec<usize>,
    /// What the step made of it that it failed in; of every write step, in diagnosis mode.
    pub(super) traces: Vec<Trace>,
}

// A batch has one for each of its records; were they much larger, their memory would go back to the system with every
// batch, and getting it anew costs more than filling it.
const _: () = assert!(size_of::<Fate>() <= 128 && size_of::<Record>() <= 128);

/// Where a record's way ended before the last step.
#[derive(Clone)]
pub(super) enum End {
    Skipped(String),
    Failed { error: Error, class: &'static str },
}

/// What a batch came to.
pub(super) struct Worked {
    pub(super) entries: Vec<Entry>,
    pub(super) steps: Vec<StepCounts>,
    pub(super) fingerprints: Vec<(Arc<str>, Arc<str>, [u8; 16])>,
    pub(super) intents: Vec<(Arc<str>, Arc<str>)>,
    /// What the kept variables are now.
    pub(super) variables: Vec<Value>,
}

/// Records that failed in an earlier pass over the same batch, by their place.
pub(super) type Failures = BTreeMap<usize, Failure>;

/// One of them.
#[derive(Clone)]
pub(super) struct Failure {
    end: Box<End>,
    ended_in: usize,
    visited: Vec<usize>,
    traces: Vec<Trace>,
}

impl<'r> Work<'r> {
    pub(super) fn new(running: &'r mut Running, records: &'r [Record], failed: &Failures) -> Self {
        let fate = |(at, record): (usize, &Record)| match failed.get(&at).cloned() {
            Some(failure) => Fate {
                end: Some(failure.end),
                ended_in: failure.ended_in,
                visited: failure.visited,
                traces: failure.traces,
                ..Fate::default()
            },
            None => Fate {
                end: end_before_the_steps(record),
                ..Fate::default()
            },
        };
        let fates = records.iter().enumerate().map(fate).collect();
        let steps = vec![StepCounts::default(); running.plan.numbers.len()];
        let variables = running.variables.now.clone();
        Self {
            running,
            records,
            fates,
            steps,
            variables,
            fingerprints: Vec::new(),
            intents: Vec::new(),
        }
    }

    /// True when a transaction holds rows of a record that failed later: it must be undone.
    pub(super) fn holds_part_of_a_failed_record(&self) -> bool {
        self.fates
            .iter()
            .any(|fate| fate.in_transaction && fate.end.as_deref().is_some_and(End::is_failure))
    }

    /// The records that failed, to leave them out next time.
    pub(super) fn failures(&self) -> Failures {
        let failed = |(at, fate): (usize, &Fate)| {
            let failure = Failure {
                end: fate.end.as_ref().filter(|end| end.is_failure())?.clone(),
                ended_in: fate.ended_in,
                visited: fate.visited.clone(),
                traces: fate.traces.clone(),
            };
            Some((at, failure))
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
        let plan = self.running.plan.clone();
        let fates = std::mem::take(&mut self.fates);
        let entries = self
            .records
            .iter()
            .zip(fates)
            .map(|(record, fate)| entry(record, fate, &plan.numbers))
            .collect();
        let worked = Worked {
            entries,
            steps: self.steps,
            fingerprints: self.fingerprints,
            intents: self.intents,
            variables: self.variables,
        };
        (worked, traces)
    }

    /// Where the records ended, as counts of the steps. What lies inside of other steps was counted where it was
    /// visited; of the others, each gets what passed the one before.
    fn count_records(&mut self) {
        let plan = self.running.plan.clone();
        let mut ended = vec![0_u64; self.steps.len()];
        for fate in &self.fates {
            match fate.end.as_deref() {
                Some(End::Skipped(_)) => self.steps[fate.ended_in].skipped += 1,
                Some(End::Failed { .. }) => self.steps[fate.ended_in].failed += 1,
                None => {}
            }
            ended[fate.ended_in] += u64::from(fate.end.is_some());
            for &at in &fate.visited {
                self.steps[at].records += 1;
            }
        }
        let reading = 0..self.steps.len() - plan.all_steps().len();
        let mut starts: Vec<usize> = reading.chain(plan.steps.iter().map(Step::at)).collect();
        starts.push(self.steps.len());
        let mut records = self.fates.len() as u64;
        for step in starts.windows(2) {
            self.steps[step[0]].records = records;
            records -= ended[step[0]..step[1]].iter().sum::<u64>();
        }
    }
}

/// What the source said of a record that it could not make sense of, or that nobody wants.
fn end_before_the_steps(record: &Record) -> Option<Box<End>> {
    let failed = record.unreadable.as_deref().map(|error| End::Failed {
        error: error.clone(),
        class: REJECTED,
    });
    let end = failed.or_else(|| record.left_out.map(|reason| End::Skipped(reason.to_owned())));
    end.map(Box::new)
}

impl End {
    fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

impl Fate {
    /// Its way ends by a rule.
    pub(super) fn skip(&mut self, reason: String, step: usize) {
        (self.end, self.ended_in) = (Some(Box::new(End::Skipped(reason))), step);
    }

    /// Its way ends because something of it is not right.
    pub(super) fn reject(&mut self, error: Error, step: usize) {
        self.fail(error, REJECTED, step);
    }

    /// Adds what became of one row of this record; its answer comes back for later steps.
    pub(super) fn take(&mut self, outcome: Outcome, guarantee: Guarantee, step: usize) -> Option<Raw> {
        match outcome {
            Outcome::Written { id, answer } => {
                self.written = true;
                self.in_transaction |= guarantee == Guarantee::Transactional;
                self.target = self.target.take().or(id);
                return answer;
            }
            Outcome::Unchanged => self.unchanged = true,
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
            (self.end, self.ended_in) = (Some(Box::new(End::Failed { error, class })), step);
        }
    }
}

impl Worked {
    /// Counts a record that was written in a step before this process was there.
    pub(super) fn passed_through(&mut self, step: &str, numbers: &[Arc<str>]) {
        self.steps.iter_mut().for_each(|step| step.records += 1);
        if let Some(at) = numbers.iter().position(|number| **number == *step) {
            self.steps[at].written += 1;
        }
    }
}

const REJECTED: &str = "rejected";

fn entry(record: &Record, fate: Fate, numbers: &[Arc<str>]) -> Entry {
    let (outcome, detail, cause) = match fate.end.map(|end| *end) {
        None if fate.written => (Label::Written, None, None),
        None if !fate.unchanged && fate.left_out.is_some() => (Label::Skipped, fate.left_out, None),
        None => (Label::Unchanged, None, None),
        Some(End::Skipped(reason)) => (Label::Skipped, Some(reason), None),
        Some(End::Failed { error, class }) => {
            // A record that could not be read was in no step.
            let step = (fate.ended_in > 0).then(|| numbers[fate.ended_in].to_string());
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
    let (source, labels) = (record.id.clone(), record.labels.text().clone());
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
