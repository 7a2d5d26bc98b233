//! One batch on its way through the steps: what each record has become so far.
//!
//! Steps are taken one after the other over the whole batch, so that a write step sees all its rows at once.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Error, Guarantee, Kind, Outcome, Raw, Record, Result, Row};

use super::{Running, delivery::Delivery};
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
    pub(super) fingerprints: Vec<(Arc<str>, Arc<str>, [u8; 16])>,
    pub(super) intents: Vec<(Arc<str>, Arc<str>)>,
}

/// Records that failed in an earlier pass over the same batch, by their place.
pub(super) type Failures = BTreeMap<usize, Failure>;

/// One of them.
#[derive(Clone)]
pub(super) struct Failure(End);

impl<'r> Work<'r> {
    pub(super) fn new(running: &'r mut Running, records: &'r [Record], failed: &Failures) -> Self {
        let fate = |(at, record): (usize, &Record)| {
            let unreadable = record.unreadable.clone().map(|error| End::Failed {
                error,
                class: REJECTED,
            });
            let end = failed.get(&at).map(|failure| failure.0.clone()).or(unreadable);
            Fate {
                end,
                written: false,
                in_transaction: false,
                target: None,
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
        for step in &plan.steps {
            match step {
                Step::Skip(skip) => self.each(|mapping| mapping.skip(skip)),
                Step::Set(set) => self.each(|mapping| mapping.set(set).map(|()| None)),
                Step::Write(write) => self.write(write).await?,
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
            Some(end @ End::Failed { .. }) => Some((at, Failure(end.clone()))),
            _ => None,
        };
        self.fates.iter().enumerate().filter_map(failed).collect()
    }

    pub(super) fn done(self) -> Worked {
        let entries = self
            .records
            .iter()
            .zip(self.fates)
            .map(|(record, fate)| entry(record, fate))
            .collect();
        Worked {
            entries,
            fingerprints: self.fingerprints,
            intents: self.intents,
        }
    }

    /// Takes every record that is still under way through one step that writes nothing.
    fn each(&mut self, mut step: impl FnMut(&mut Mapping) -> Result<Option<String>>) {
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
            }
        }
    }

    async fn write(&mut self, write: &Write) -> Result<()> {
        let rows = self.rows(write);
        let places: Vec<usize> = rows.iter().map(|row| row.record).collect();
        let delivered = self.deliver(write, rows).await?;
        let mut answers: BTreeMap<usize, Vec<Option<Raw>>> = BTreeMap::new();
        for (at, outcome) in places.into_iter().zip(delivered.outcomes) {
            let answer = self.fates[at].take(outcome, write.guarantee);
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
                        });
                    }
                }
            }
        }
        rows
    }

    async fn deliver(&mut self, write: &Write, rows: Vec<Row>) -> Result<super::delivery::Delivered> {
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
        };
        delivery.deliver(rows).await
    }
}

impl Fate {
    /// Adds what became of one row of this record; its answer comes back for later steps.
    fn take(&mut self, outcome: Outcome, guarantee: Guarantee) -> Option<Raw> {
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
                self.fail(error, class);
            }
            Outcome::Unknown(error) => self.fail(error, "unknown"),
        }
        None
    }

    /// The first cause stands.
    fn fail(&mut self, error: Error, class: &'static str) {
        self.end.get_or_insert(End::Failed { error, class });
    }
}

const REJECTED: &str = "rejected";

fn entry(record: &Record, fate: Fate) -> Entry {
    let (outcome, detail, cause) = match fate.end {
        None if fate.written => (Label::Written, None, None),
        None => (Label::Unchanged, None, None),
        Some(End::Skipped(reason)) => (Label::Skipped, Some(reason), None),
        Some(End::Failed { error, class }) => (
            Label::Failed,
            Some(error.message.clone()),
            Some(Box::new(cause(record, error, class))),
        ),
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

fn cause(record: &Record, error: Error, class: &str) -> Cause {
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
    }
}
