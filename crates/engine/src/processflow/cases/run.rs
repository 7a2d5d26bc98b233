//! Takes the given records through the steps.

use std::collections::BTreeMap;

use connector_kit::{Error, Raw, Record, Row};
use jiff::Timestamp;

use super::{Case, compare};
use crate::processflow::{
    mapping::{Mapping, Scope},
    plan::{Plan, RunFacts, Step, Write},
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
    for (at, body) in case.given.iter().enumerate() {
        let id = body
            .field("id")
            .and_then(|id| id.plain())
            .unwrap_or_else(|| (at + 1).to_string());
        one(plan, &scope, &Record::new(id, body.clone()), case, &mut came);
    }
    compare::differences(plan, &case.expect, &came)
}

fn one(plan: &Plan, scope: &Scope, record: &Record, case: &Case, came: &mut Came) {
    let mut mapping = scope.record(record);
    let mut rows = Vec::new();
    for step in &plan.steps {
        match through(&mut mapping, step, case, &mut rows) {
            Ok(None) => {}
            Ok(Some(reason)) => {
                came.skipped.insert(record.id.clone(), reason);
                break;
            }
            Err(error) => {
                came.failed.insert(record.id.clone(), error);
                break;
            }
        }
    }
    for (step, row) in rows {
        came.writes.entry(step).or_default().push(row);
    }
}

fn through(
    mapping: &mut Mapping,
    step: &Step,
    case: &Case,
    written: &mut Vec<(String, Row)>,
) -> connector_kit::Result<Option<String>> {
    match step {
        Step::Skip(skip) => return mapping.skip(skip),
        Step::Set(set) => mapping.set(set)?,
        Step::Write(write) => {
            let rows = mapping.rows(write, 0)?;
            mapping.answer(write, answers(write, case, rows.len()));
            written.extend(rows.into_iter().map(|row| (write.step.id.to_string(), row)));
        }
    }
    Ok(None)
}

fn answers(write: &Write, case: &Case, rows: usize) -> Vec<Option<Raw>> {
    let answer = write.name.as_ref().and_then(|name| case.answers.get(name));
    vec![answer.cloned(); rows]
}
