//! Takes the given records through the steps.

use std::collections::BTreeMap;

use connector_kit::{Error, Raw, Record, Result, Row};
use jiff::Timestamp;

use super::{Case, compare};
use crate::processflow::{
    json::elements,
    mapping::{Groups, Mapping, Scope},
    plan::{Fetch, Plan, RunFacts, Step, StepKind, Write},
};

/// What became of the given records.
#[derive(Default)]
pub(super) struct Came {
    /// By step number.
    pub(super) writes: BTreeMap<String, Vec<Row>>,
    pub(super) skipped: BTreeMap<String, String>,
    pub(super) failed: BTreeMap<String, Error>,
}

/// Where a case came out otherwise than it expects.
pub(super) fn differences(plan: &Plan, case: &Case) -> Vec<String> {
    let facts = case.connections.clone();
    let scope = plan.scope(
        &facts,
        RunFacts {
            id: "case".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        },
    );
    let mut came = Came::default();
    for record in given(plan, &scope, case) {
        match record {
            Ok(record) => one(plan, &scope, &record, case, &mut came),
            Err(error) => return vec![error.chain()],
        }
    }
    compare::differences(plan, &case.expect, &came)
}

/// The records as the steps see them: behind a `merge`, those it makes.
fn given(plan: &Plan, scope: &Scope, case: &Case) -> Vec<Result<Record>> {
    let record = |(at, body): (usize, &Raw)| {
        let id = body.field("id").and_then(|id| id.plain());
        Record::new(id.unwrap_or_else(|| (at + 1).to_string()), body.clone())
    };
    let records = case.given.iter().enumerate().map(record);
    let Some(merge) = &plan.merge else {
        return records.map(Ok).collect();
    };
    let mut groups = Groups::default();
    for record in records {
        if let Err(error) = groups.add(merge, scope, record) {
            return vec![Err(error)];
        }
    }
    groups.records(merge)
}

fn one(plan: &Plan, scope: &Scope, record: &Record, case: &Case, came: &mut Came) {
    let mut way = Way {
        case,
        rows: Vec::new(),
    };
    match way.through(&plan.steps, &mut scope.record(record)) {
        Ok(None) => {}
        Ok(Some(reason)) => {
            came.skipped.insert(record.id.to_string(), reason);
        }
        Err(error) => {
            came.failed.insert(record.id.to_string(), error);
        }
    }
    for (step, row) in way.rows {
        came.writes.entry(step).or_default().push(row);
    }
}

/// A record on its way through the steps of a case.
struct Way<'c> {
    case: &'c Case,
    /// What would be written, by step number.
    rows: Vec<(String, Row)>,
}

impl Way<'_> {
    /// The reason, where a rule ends the way.
    fn through(&mut self, steps: &[Step], mapping: &mut Mapping) -> Result<Option<String>> {
        for step in steps {
            let ended = match &step.kind {
                StepKind::Skip(skip) => mapping.skip(skip)?,
                StepKind::Set(set) => mapping.set(set).map(|()| None)?,
                StepKind::Delay(_) => None,
                StepKind::Fetch(fetch) => {
                    mapping.parameters(fetch)?;
                    mapping.fetched(fetch, &self.fetched(fetch)?)?;
                    None
                }
                StepKind::Branch(ways) => match mapping.way(ways)? {
                    Some(way) => self.through(&ways[way].steps, mapping)?,
                    None => None,
                },
                StepKind::ForEach(each) => {
                    for mut element in mapping.elements(each)? {
                        self.through(&each.steps, &mut element)?;
                    }
                    None
                }
                StepKind::Write(write) => {
                    self.write(write, mapping)?;
                    None
                }
            };
            if ended.is_some() {
                return Ok(ended);
            }
        }
        Ok(None)
    }

    fn write(&mut self, write: &Write, mapping: &mut Mapping) -> Result<()> {
        let rows = mapping.rows(write, 0)?;
        let answer = write.name.as_ref().and_then(|name| self.case.answers.get(name));
        mapping.answer(write, vec![answer.cloned(); rows.len()]);
        self.rows
            .extend(rows.into_iter().map(|row| (write.step.id.to_string(), row)));
        Ok(())
    }

    /// What the case says came: a list of records, or one.
    fn fetched(&self, fetch: &Fetch) -> Result<Vec<Raw>> {
        let Some(answer) = self.case.answers.get(&fetch.name) else {
            return Ok(Vec::new());
        };
        if answer.as_str().starts_with('[') {
            elements(answer.as_str())
                .map(|element| Raw::parse(element.to_owned()))
                .collect()
        } else {
            Ok(vec![answer.clone()])
        }
    }
}
