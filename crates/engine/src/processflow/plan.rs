//! A processflow that was checked and is ready to run: the interface between the file and the run.

use std::{collections::BTreeMap, sync::Arc};

use connector_kit::{Connector, Error, Guarantee, Raw, WriteStep};
use jiff::Timestamp;

use super::{
    compile,
    expression::{Expression, evaluate::Table},
    file::OnFailure,
    mapping::Scope,
    report::{Problem, Report, Severity, Span},
    yaml::{Document, Node},
};
use crate::schedule::ScheduleText;

/// A processflow, checked against the connectors, ready to run.
#[derive(Debug)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// What it does, in a sentence.
    pub description: Option<String>,
    /// When it runs by itself, as it is written.
    pub schedule: Option<ScheduleText>,
    /// The names the file uses, and the connector of each.
    pub connections: BTreeMap<String, String>,
    /// What is read.
    pub read: Read,
    /// What becomes of each record, in order.
    pub steps: Vec<Step>,
    /// What happens to records that could not be written.
    pub on_failure: OnFailure,
    /// The file as it was compiled.
    pub text: String,
    /// What is odd and does not stop it.
    pub warnings: Vec<Problem>,
    pub(crate) tables: Arc<[Table]>,
    /// How many names `set` and `as` give.
    pub(crate) variables: usize,
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
}

/// A step after the first.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a plan has few steps, and is not moved about"
)]
pub enum Step {
    /// Leaves out records.
    Skip(Skip),
    /// Names values.
    Set(Set),
    /// Writes rows.
    Write(Write),
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

    /// As much of a file as can be tried while it is typed, and the number of each step that is left. Never to be run:
    /// what is wrong in it is an error only where it is worked out.
    pub(crate) fn for_trying(text: &str, connectors: &[Connector]) -> Option<(Self, Vec<usize>)> {
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
        Scope::new(connections, Raw::of(&run), self.tables.clone(), self.variables)
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
        let steps = document.root.get("steps").map_or(&[][..], Node::elements);
        let create = |(at, step): (usize, &Node)| {
            let create = step.get("write")?.get("with")?.get("create")?;
            let value = serde_json::from_str(&create.to_json()).ok()?;
            Some(((at + 1).to_string(), value))
        };
        steps.iter().enumerate().filter_map(create).collect()
    }

    /// A report that points an error which turned out later at a part of the file.
    pub fn blame(&self, place: &Place, error: &Error) -> Report {
        let span = self.places.get(place).copied().unwrap_or_default();
        let problem =
            Problem::new(&self.text, Severity::Mistake, span, &error.message).hint(error.hint.clone());
        Report::new(&self.file, &self.text, vec![problem])
    }
}
