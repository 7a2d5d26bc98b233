//! A processflow that was checked and is ready to run: the interface between the file and the run.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use connector_kit::{Connector, Error, Guarantee, Raw, WriteStep, http::Priority};
use jiff::Timestamp;

use super::{
    compile,
    expression::{Expression, evaluate::Table},
    file::{Expect, OnFailure},
    json::Wanted,
    mapping::Scope,
    outline::{self, Placed},
    report::{Problem, Report, Severity, Span},
    yaml::Document,
};
use crate::{
    placeholder::{Kept, kept},
    schedule::ScheduleText,
};

/// A processflow, checked against the connectors, ready to run.
#[derive(Debug)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// What it does, in a sentence.
    pub description: Option<String>,
    /// When it runs by itself, as it is written.
    pub schedule: Option<ScheduleText>,
    /// Whose requests go first when a budget is short.
    pub priority: Priority,
    /// The names the file uses, and the connector of each.
    pub connections: BTreeMap<String, String>,
    /// What is read.
    pub read: Read,
    /// What makes one record of several, where there is such a step.
    pub merge: Option<Merge>,
    /// What becomes of each record, in order.
    pub steps: Vec<Step>,
    /// The numbers of all steps, those inside of others too, in the order of the file: `1`, `2`, `2.1.1`. The first
    /// one reads.
    pub numbers: Vec<Arc<str>>,
    /// Values that are kept from one run to the next, by the place of their name.
    pub variables: Vec<Variable>,
    /// What happens to records that could not be written.
    pub on_failure: OnFailure,
    /// The file as it was compiled.
    pub text: String,
    /// What is odd and does not stop it.
    pub warnings: Vec<Problem>,
    pub(crate) tables: Arc<[Table]>,
    pub(crate) fields: Arc<Wanted>,
    /// How many names the steps and the variables give.
    pub(crate) names: usize,
    pub(crate) file: String,
    pub(crate) places: BTreeMap<Place, Span>,
}

/// A part of a processflow file, to say where something is wrong that turns out later: at deploy, in a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The schedule.
    Schedule,
    /// A connection, by its name in the file.
    Connection(String),
    /// A step, by its number in the file.
    Step(String),
}

/// The read step.
#[derive(Debug)]
pub struct Read {
    /// The connection's name in the file.
    pub alias: String,
    /// The action's name (`orders.changed`).
    pub action: String,
    /// The action's parameters, checked.
    pub with: serde_json::Value,
    /// Parameters in place of them when chosen records are read.
    pub retry: Option<serde_json::Value>,
    /// How records are looked for that are not there any more.
    pub gone: Option<Gone>,
}

/// How records are looked for that were delivered and are not there any more.
#[derive(Debug)]
pub struct Gone {
    /// Fields that are kept of each.
    pub keep: Vec<String>,
    /// How often.
    pub every: Duration,
    /// So many of a hundred may be gone at once.
    pub at_most: u64,
}

/// Makes one record of several that belong together.
#[derive(Debug)]
pub struct Merge {
    /// Its number in the file.
    pub id: Arc<str>,
    /// What they have in common: field of the new record, and what it is made of.
    pub(crate) by: Vec<(String, Expression)>,
    /// The field that lists them.
    pub(crate) name: String,
}

/// A value that is kept from one run to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The name under which steps see it.
    pub name: String,
    /// Its value before the first run, as JSON.
    pub start: serde_json::Value,
    /// Kept encrypted and never shown.
    pub encrypted: bool,
    /// Its place among the names.
    pub(crate) place: usize,
}

/// What kept variables stand for before the first run.
pub(crate) fn starts(variables: &[Variable]) -> Kept {
    in_filters(
        variables,
        variables
            .iter()
            .map(|variable| kept(&variable.start.clone().into())),
    )
}

/// Kept variables by name with these texts, but for secrets, which no filter may hold.
pub(crate) fn in_filters(variables: &[Variable], texts: impl Iterator<Item = String>) -> Kept {
    let all = variables.iter().zip(texts);
    let plain = all.filter(|(variable, _)| !variable.encrypted);
    plain
        .map(|(variable, text)| (variable.name.clone(), text))
        .collect()
}

/// A step behind those that read.
#[derive(Debug)]
pub struct Step {
    /// Its number in the file: `3`; inside a branch `3.2.1`, inside a list `4.1`.
    pub id: Arc<str>,
    /// Its place among [`Plan::numbers`].
    pub(crate) at: usize,
    /// What it does.
    pub kind: StepKind,
}

/// What a step does.
#[derive(Debug)]
pub enum StepKind {
    /// Asks for more about each record.
    Fetch(Fetch),
    /// Leaves out records.
    Skip(Skip),
    /// Names values.
    Set(Set),
    /// Takes each record one of several ways.
    Branch(Vec<Way>),
    /// Takes each element of a list through steps of its own.
    ForEach(ForEach),
    /// Waits, once for all records that come together.
    Delay(Duration),
    /// Writes rows.
    Write(Write),
}

/// Asks for more about each record.
#[derive(Debug)]
pub struct Fetch {
    /// The connection's name in the file.
    pub alias: String,
    /// The action's name (`orders.get`).
    pub action: String,
    /// The name under which later steps see it.
    pub name: String,
    pub(crate) expect: Expect,
    /// Parameters that are the same for all records.
    pub(crate) with: serde_json::Map<String, serde_json::Value>,
    /// Parameters taken from the record.
    pub(crate) map: Vec<(String, Expression)>,
    pub(crate) variable: usize,
}

/// One way of a branch.
#[derive(Debug)]
pub struct Way {
    /// True for records that go this way; none for the way of all others.
    pub(crate) when: Option<Expression>,
    /// What happens on it.
    pub steps: Vec<Step>,
}

/// Takes each element of a list through steps of its own.
#[derive(Debug)]
pub struct ForEach {
    pub(crate) list: Expression,
    /// The place of the element's name, where it has one.
    pub(crate) variable: Option<usize>,
    /// What happens to each element.
    pub steps: Vec<Step>,
}

/// Leaves out records by a rule.
#[derive(Debug)]
pub struct Skip {
    /// True for records that are left out.
    pub when: Expression,
    /// Why, for people.
    pub reason: String,
}

/// Names values for later steps.
#[derive(Debug)]
pub struct Set {
    pub(crate) values: Vec<(usize, String, Expression)>,
}

/// Writes rows made from the record.
#[derive(Debug)]
pub struct Write {
    /// The connection's name in the file.
    pub alias: String,
    /// The connector's name.
    pub connector: &'static str,
    /// What the destination sees.
    pub step: WriteStep,
    /// The fields that say which thing in the destination a row is.
    pub key: Vec<String>,
    /// The fields of the scope, for an action that replaces what a scope holds.
    pub scope: Option<Vec<String>>,
    /// What the action guarantees.
    pub guarantee: Guarantee,
    /// Rows in one request at most.
    pub largest_batch: usize,
    /// True when the result is right only after a run that read everything.
    pub needs_everything: bool,
    /// Writes only rows that differ from what was written before.
    pub changes_only: bool,
    /// One row for each element of a list.
    pub each: bool,
    /// The name under which later steps see the answer.
    pub name: Option<String>,
    pub(crate) variable: Option<usize>,
    /// One for each of the step's columns; `None` writes the record as it is.
    pub(crate) fields: Option<Vec<Expression>>,
    pub(crate) elements: Option<Expression>,
    /// Places of the key fields and of the scope's among the columns.
    pub(crate) key_at: Vec<usize>,
    pub(crate) scope_at: Vec<usize>,
}

/// What expressions may know of the run.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// The run's id: `run.id`.
    pub id: String,
    /// When it started: `run.started`.
    pub at: Timestamp,
}

impl Plan {
    /// Checks a file against the connectors. `file` is what messages call it. The report has all mistakes that can
    /// be told apart; warnings of a file that is right are in [`Plan::warnings`].
    pub fn compile(text: &str, file: &str, connectors: &[Connector]) -> Result<Self, Report> {
        compile::compile(text, file, connectors)
    }

    /// As much of a file as can be tried while it is typed. Never to be run: what is wrong in it is an error only where
    /// it is worked out.
    pub(crate) fn for_trying(text: &str, connectors: &[Connector]) -> Option<Self> {
        compile::for_trying(text, super::FILE_NAME, connectors)
    }

    /// What all records of one run share. `facts`: by alias, what the connection tells of itself.
    pub fn scope(&self, facts: &BTreeMap<String, serde_json::Value>, run: RunFacts) -> Scope {
        let connections = facts
            .iter()
            .map(|(alias, facts)| (alias.clone(), Raw::of(facts)))
            .collect();
        let started = ("started".to_owned(), run.at.to_string().into());
        let run = serde_json::Map::from_iter([("id".to_owned(), run.id.into()), started]);
        Scope::new(
            connections,
            Raw::of(&run),
            self.tables.clone(),
            self.fields.clone(),
            self.names,
        )
    }

    /// All steps behind those that read, those inside of others too, in the order of the file.
    pub fn all_steps(&self) -> Vec<&Step> {
        let mut all = Vec::with_capacity(self.numbers.len());
        for step in &self.steps {
            step.and_inside(&mut all);
        }
        all
    }

    /// All steps that write, in the order of the file.
    pub fn writes(&self) -> impl Iterator<Item = &Write> {
        self.all_steps().into_iter().filter_map(|step| match &step.kind {
            StepKind::Write(write) => Some(write),
            _ => None,
        })
    }

    /// All steps that fetch, with their numbers, in the order of the file.
    pub fn fetches(&self) -> impl Iterator<Item = (&Arc<str>, &Fetch)> {
        self.all_steps().into_iter().filter_map(|step| match &step.kind {
            StepKind::Fetch(fetch) => Some((&step.id, fetch)),
            _ => None,
        })
    }

    /// The look-up tables: name, how many values, whether there is one for all others.
    pub fn lookups(&self) -> impl Iterator<Item = (String, usize, bool)> {
        self.tables
            .iter()
            .map(|table| (table.name.clone(), table.entries.len(), table.default.is_some()))
    }

    /// What write steps say of making what is missing (`create`), by the step's number.
    pub fn creates(&self) -> BTreeMap<String, serde_json::Value> {
        let Ok(document) = Document::read(&self.text) else {
            return BTreeMap::new();
        };
        let create = |step: Placed<'_>| {
            let create = step.node.get("write")?.get("with")?.get("create")?;
            let value = serde_json::from_str(&create.to_json()).ok()?;
            Some((step.number, value))
        };
        outline::steps(&document.root)
            .into_iter()
            .filter_map(create)
            .collect()
    }

    /// A report that points an error which turned out later at a part of the file.
    pub fn blame(&self, place: &Place, error: &Error) -> Report {
        let span = self.places.get(place).copied().unwrap_or_default();
        let problem =
            Problem::new(&self.text, Severity::Mistake, span, &error.message).hint(error.hint.clone());
        Report::new(&self.file, &self.text, vec![problem])
    }
}

impl Set {
    /// Whether it gives the name at this place a value.
    pub(crate) fn gives(&self, place: usize) -> bool {
        self.values.iter().any(|(given, _, _)| *given == place)
    }
}

impl Step {
    /// Its place among [`Plan::numbers`].
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    fn and_inside<'s>(&'s self, all: &mut Vec<&'s Self>) {
        all.push(self);
        for steps in self.inside() {
            steps.iter().for_each(|step| step.and_inside(all));
        }
    }

    /// The lists of steps inside of this one.
    pub(crate) fn inside(&self) -> Vec<&[Self]> {
        match &self.kind {
            StepKind::Branch(ways) => ways.iter().map(|way| &*way.steps).collect(),
            StepKind::ForEach(each) => vec![&each.steps],
            _ => Vec::new(),
        }
    }
}
