//! One record tried on a file while it is written: what each field would be, and why one would not be. Nothing leaves.

use connector_kit::{Error, Raw, Record, Result, Value};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Mapping, Scope, elements_of, list};
use crate::processflow::{
    Plan,
    expression::{
        Expression,
        evaluate::{Object, View},
    },
    plan::{Fetch, ForEach, Set, Skip, Step, StepKind, Way, Write},
};

/// Elements of a record that are tried at most.
const MOST_ROWS: usize = 50;

/// What a step would make of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TriedStep {
    /// The step's number in the file.
    pub step: String,
    /// `skip`, `set`, `write`, and so on.
    pub kind: String,
    /// True where a rule leaves the record out: a run would stop here.
    pub skipped: bool,
    /// The rule's reason.
    pub reason: Option<String>,
    /// What stops the record as a whole: the rule or the list of `each` could not be worked out.
    pub problem: Option<TriedProblem>,
    /// The rows; of `set` one, with the names it gives.
    pub rows: Vec<Vec<TriedField>>,
    /// How many rows there would be, more than `rows` for a long list; of a `for_each` its elements, of a `branch` the
    /// number of the way.
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

/// Takes a record through all steps, past what stops it: a person who writes a mapping wants to see all of it. Of a
/// branch it goes the way it would go, of a list with its first element.
pub fn try_record(plan: &Plan, scope: &Scope, record: &Record) -> Vec<TriedStep> {
    let mut mapping = scope.record(record);
    for variable in &plan.variables {
        mapping.know(variable.place, Value::from(variable.start.clone()));
    }
    let mut tried = Vec::new();
    mapping.try_steps(&plan.steps, &mut tried);
    tried
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
    fn try_steps(&mut self, steps: &[Step], all: &mut Vec<TriedStep>) {
        for step in steps {
            let at = all.len();
            let tried = match &step.kind {
                StepKind::Skip(skip) => self.try_skip(skip),
                StepKind::Set(set) => self.try_set(set),
                StepKind::Write(write) => self.try_rows(write),
                StepKind::Fetch(fetch) => self.try_fetch(fetch),
                StepKind::Delay(_) => tried("delay"),
                StepKind::Branch(ways) => self.try_branch(ways, all),
                StepKind::ForEach(each) => self.try_elements(each, all),
            };
            let step = step.id.to_string();
            all.insert(at, TriedStep { step, ..tried });
        }
    }

    /// Nothing is asked while a file is typed: the parameters are what can be seen.
    fn try_fetch(&mut self, fetch: &Fetch) -> TriedStep {
        let mut row: Vec<TriedField> = Vec::new();
        for (name, expression) in &fetch.map {
            let value = self.seen(|view| expression.value(view));
            row.push(field(name, value));
        }
        TriedStep {
            rows: vec![row],
            count: 1,
            ..tried("fetch")
        }
    }

    fn try_branch(&mut self, ways: &[Way], all: &mut Vec<TriedStep>) -> TriedStep {
        match self.way(ways) {
            Ok(way) => {
                if let Some(way) = way {
                    self.try_steps(&ways[way].steps, all);
                }
                TriedStep {
                    count: way.map_or(0, |way| way + 1),
                    ..tried("branch")
                }
            }
            Err(error) => TriedStep {
                problem: Some(error.into()),
                ..tried("branch")
            },
        }
    }

    fn try_elements(&mut self, each: &ForEach, all: &mut Vec<TriedStep>) -> TriedStep {
        match self.elements(each) {
            Ok(mut elements) => {
                if let Some(first) = elements.first_mut() {
                    first.try_steps(&each.steps, all);
                }
                TriedStep {
                    count: elements.len(),
                    ..tried("for_each")
                }
            }
            Err(error) => TriedStep {
                problem: Some(error.into()),
                ..tried("for_each")
            },
        }
    }

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
    let listed = list(elements, "each", view)?;
    let (mut rows, mut count) = (Vec::new(), 0);
    for element in elements_of(&listed) {
        let element = element?;
        count += 1;
        if rows.len() < MOST_ROWS {
            let index = view.index(&element);
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
