//! One record tried on a file while it is written: what each field would be, and why one would not be. Nothing leaves.

use connector_kit::{Error, Raw, Record, Result, Value};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Mapping, Scope, elements_of, list};
use crate::processflow::{
    Plan, Step,
    expression::{
        Expression,
        evaluate::{Object, View},
    },
    json::Index,
    plan::{Set, Skip, Write},
};

/// Elements of a record that are tried at most.
const MOST_ROWS: usize = 50;

/// What a step would make of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TriedStep {
    /// The step's number in the file.
    pub step: String,
    /// `skip`, `set` or `write`.
    pub kind: String,
    /// True where a rule leaves the record out: a run would stop here.
    pub skipped: bool,
    /// The rule's reason.
    pub reason: Option<String>,
    /// What stops the record as a whole: the rule or the list of `each` could not be worked out.
    pub problem: Option<TriedProblem>,
    /// The rows; of `set` one, with the names it gives.
    pub rows: Vec<Vec<TriedField>>,
    /// How many rows there would be; more than `rows` for a long list.
    pub count: usize,
}

/// A field of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TriedField {
    /// The field.
    pub name: String,
    /// What it would be, as JSON text, with the digits it has.
    pub value: Option<String>,
    /// Why it would not be anything.
    pub problem: Option<TriedProblem>,
}

/// Why something could not be worked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TriedProblem {
    /// The thing and the fact.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
}

impl From<Error> for TriedProblem {
    fn from(error: Error) -> Self {
        Self {
            message: error.message,
            hint: error.hint,
        }
    }
}

/// Takes a record through all steps, past what stops it: a person who writes a mapping wants to see all of it.
/// `numbers` are those of the plan's steps in the file.
pub fn try_record(plan: &Plan, numbers: &[usize], scope: &Scope, record: &Record) -> Vec<TriedStep> {
    let mut mapping = scope.record(record);
    let steps = plan.steps.iter().zip(numbers);
    steps
        .map(|(step, number)| {
            let tried = match step {
                Step::Skip(skip) => mapping.try_skip(skip),
                Step::Set(set) => mapping.try_set(set),
                Step::Write(write) => mapping.try_rows(write),
            };
            TriedStep {
                step: number.to_string(),
                ..tried
            }
        })
        .collect()
}

fn tried(kind: &str) -> TriedStep {
    TriedStep {
        step: String::new(),
        kind: kind.to_owned(),
        skipped: false,
        reason: None,
        problem: None,
        rows: Vec::new(),
        count: 0,
    }
}

impl Mapping {
    fn try_skip(&mut self, skip: &Skip) -> TriedStep {
        let (skipped, problem) = match self.skip(skip) {
            Ok(reason) => (reason.is_some(), None),
            Err(error) => (false, Some(error.into())),
        };
        TriedStep {
            skipped,
            problem,
            reason: Some(skip.reason.clone()),
            ..tried("skip")
        }
    }

    fn try_set(&mut self, set: &Set) -> TriedStep {
        let mut row = Vec::new();
        for (place, name, expression) in &set.values {
            let value = self.seen(|view| expression.value(view));
            row.push(field(name, value.clone()));
            if let Ok(value) = value {
                self.name(*place, value);
            }
        }
        TriedStep {
            rows: vec![row],
            count: 1,
            ..tried("set")
        }
    }

    fn try_rows(&mut self, write: &Write) -> TriedStep {
        let rows = self.seen(|view| rows(write, view));
        match rows {
            Ok((rows, count)) => TriedStep {
                rows,
                count,
                ..tried("write")
            },
            Err(error) => TriedStep {
                problem: Some(error.into()),
                ..tried("write")
            },
        }
    }
}

type Rows = (Vec<Vec<TriedField>>, usize);

fn rows(write: &Write, view: &View<'_>) -> Result<Rows> {
    let Some(elements) = &write.elements else {
        return Ok((vec![row(write, view)], 1));
    };
    let listed = list(elements, view)?;
    let (mut rows, mut count) = (Vec::new(), 0);
    for element in elements_of(&listed) {
        let element = element?;
        count += 1;
        if rows.len() < MOST_ROWS {
            let index = Index::of(&element);
            let inside = view.inside(Object {
                text: &element,
                index: &index,
            });
            rows.push(row(write, &inside));
        }
    }
    Ok((rows, count))
}

fn row(write: &Write, view: &View<'_>) -> Vec<TriedField> {
    let Some(fields) = &write.fields else {
        let whole = view.element.map_or_else(
            || Ok(view.whole.clone()),
            |element| Raw::parse(element.text.to_owned()),
        );
        return vec![field("record", whole.map(Value::Json))];
    };
    let one = |(column, expression): (&String, &Expression)| field(column, expression.value(view));
    write.step.columns.iter().zip(fields).map(one).collect()
}

fn field(name: &str, value: Result<Value>) -> TriedField {
    let (value, problem) = match value {
        Ok(value) => (Some(json_text(&value)), None),
        Err(error) => (None, Some(error.into())),
    };
    TriedField {
        name: name.to_owned(),
        value,
        problem,
    }
}

fn json_text(value: &Value) -> String {
    match value {
        Value::Json(raw) => raw.as_str().to_owned(),
        Value::Decimal(number) => number.to_string(),
        other => other.to_json().to_string(),
    }
}
