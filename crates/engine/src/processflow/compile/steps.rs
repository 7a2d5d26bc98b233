//! The steps, in order: each sees the names the ones before it have given.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use connector_kit::{Connector, Does, http::Priority};
use serde_json::Value;

use super::{
    At, Expression, Findings, Names, Place, Read, Span, Step, StepText, Table, Written,
    actions::{self, Named, Wanted},
    gone,
    names::usable,
    placeholders,
};
use crate::processflow::{
    file::{ReadText, SkipText, StepsText, VariableText},
    outline::{self, Placed},
    plan::{Merge, Set, Skip, StepKind, Variable},
    yaml::{Document, Entries, Node},
};

/// Compiles the steps of one file.
pub(super) struct Compiler<'a, 't> {
    pub(super) findings: &'a mut Findings<'t>,
    /// All steps of the file, with their numbers.
    outline: Vec<Placed<'a>>,
    pub(super) connections: &'a BTreeMap<String, &'a Connector>,
    aliases: Vec<String>,
    tables: Vec<String>,
    /// Names given so far, in the order of their places. One that cannot be seen here is empty.
    pub(super) names: Vec<String>,
    /// Names that steps further down will give, with their numbers.
    later: Vec<(String, usize)>,
    /// Values that are kept from one run to the next.
    pub(super) variables: Vec<Variable>,
    /// The highest of what the actions want.
    pub(super) priority: Option<Priority>,
    /// Connections that a step uses.
    pub(super) used: BTreeSet<String>,
    /// The numbers in the file of the steps that were compiled, those inside of others too.
    pub(super) numbers: Vec<Arc<str>>,
    /// Names given on other ways of the branches around this place: the same name may be given on each way.
    pub(super) elsewhere: Vec<BTreeMap<String, usize>>,
    /// How many steps lie around this place.
    depth: usize,
    pub(super) places: BTreeMap<Place, Span>,
}

/// What the steps of a file come to.
pub(super) struct Compiled {
    pub(super) read: Option<Read>,
    pub(super) merge: Option<Merge>,
    pub(super) steps: Vec<Step>,
}

impl<'a, 't> Compiler<'a, 't> {
    pub(super) fn new(
        findings: &'a mut Findings<'t>,
        document: &'a Document,
        connections: &'a BTreeMap<String, &'a Connector>,
        tables: &'a [Table],
        steps: &StepsText,
    ) -> Self {
        let mut later = Vec::new();
        for (at, step) in steps.value.iter().enumerate() {
            given(&step.value, &mut |name| later.push((name.to_owned(), at + 1)));
        }
        Self {
            findings,
            outline: outline::steps(&document.root),
            connections,
            // Also connections whose connector is not known: their mistake is reported once.
            aliases: document.root.get("connections").map_or_else(Vec::new, |node| {
                node.entries().iter().map(|entry| entry.name.clone()).collect()
            }),
            tables: tables.iter().map(|table| table.name.clone()).collect(),
            names: Vec::new(),
            later,
            variables: Vec::new(),
            priority: None,
            used: BTreeSet::new(),
            numbers: Vec::new(),
            elsewhere: Vec::new(),
            depth: 0,
            places: BTreeMap::new(),
        }
    }

    /// The values that are kept: names that every step sees.
    pub(super) fn variables(&mut self, written: &Entries<At<VariableText>>) {
        for (name, text) in &written.0 {
            let Some(place) = self.name(name) else { continue };
            let start = text.value.start.as_ref();
            if text.value.encrypted && start.is_some_and(|start| !start.value.is_null()) {
                let message = format!(
                    "`{}` is kept encrypted, and its first value stands in the file",
                    name.value
                );
                let hint = "Leave `start` out: a step sets it, or a person does.";
                self.findings.mistake(name.span, message, Some(hint.to_owned()));
            }
            // Steps that set it do not give the name.
            self.later.retain(|(later, _)| *later != name.value);
            self.variables.push(Variable {
                name: name.value.clone(),
                start: start.map_or(Value::Null, |start| start.value.clone()),
                encrypted: text.value.encrypted,
                place,
            });
        }
    }

    pub(super) fn compile(&mut self, steps: &StepsText) -> Compiled {
        let (mut read, mut merge, mut compiled) = (None, None, Vec::new());
        if !matches!(
            steps.value.first().map(|step| &step.value),
            Some(StepText::Read(_))
        ) {
            let span = steps.value.first().map_or(steps.span, |step| step.span);
            let hint = "Begin with what is read: `- read: { action: store/orders.changed }`.";
            self.findings
                .mistake(span, "the first step must read", Some(hint.to_owned()));
        }
        for (at, step) in steps.value.iter().enumerate() {
            let number = self.findings.numbers.get(at).copied().unwrap_or(at + 1);
            self.later.retain(|(_, step)| *step > number);
            let id: Arc<str> = number.to_string().into();
            let placed = self.placed(step.span);
            match &step.value {
                StepText::Read(text) if at == 0 => {
                    self.places.insert(Place::Step(id.to_string()), step.span);
                    read = self.read(text, placed.as_ref().and_then(inner));
                    self.numbers.extend(read.is_some().then_some(id));
                }
                StepText::Merge(text) if at == 1 => {
                    self.places.insert(Place::Step(id.to_string()), step.span);
                    merge = self.merge(text, id.clone());
                    self.numbers.extend(merge.is_some().then_some(id));
                }
                _ => compiled.extend(self.step(step, id, placed.as_ref())),
            }
        }
        let writes = |placed: &Placed<'_>| placed.node.get("write").is_some();
        if read.is_some() && !self.outline.iter().any(writes) {
            self.findings.warning(steps.span, "no step writes anything", None);
        }
        Compiled {
            read,
            merge,
            steps: compiled,
        }
    }

    /// Steps inside of another one.
    pub(super) fn steps_inside(&mut self, steps: &StepsText, prefix: &str) -> Vec<Step> {
        if steps.value.is_empty() {
            let hint = "Write what happens there, or leave the whole part out.";
            self.findings
                .mistake(steps.span, "there are no steps here", Some(hint.to_owned()));
        }
        if self.depth == outline::DEEPEST {
            let message = format!("steps lie in each other {} deep at most", outline::DEEPEST);
            let hint = "Make a second processflow of the inner ones.";
            self.findings.mistake(steps.span, message, Some(hint.to_owned()));
            return Vec::new();
        }
        self.depth += 1;
        let mut compiled = Vec::new();
        for (at, step) in steps.value.iter().enumerate() {
            let placed = self.placed(step.span);
            compiled.extend(self.step(step, format!("{prefix}{}", at + 1).into(), placed.as_ref()));
        }
        self.depth -= 1;
        compiled
    }

    /// Any step behind those that read. Its number is noted before those of the steps inside.
    fn step(&mut self, step: &At<StepText>, id: Arc<str>, placed: Option<&Placed<'a>>) -> Option<Step> {
        self.places.insert(Place::Step(id.to_string()), step.span);
        let (at, node) = (self.numbers.len(), placed.and_then(inner));
        self.numbers.push(id.clone());
        let kind = match &step.value {
            StepText::Read(text) => {
                let hint = "To ask for more about each record, write `fetch`; else make a second processflow for it.";
                self.misplaced(text.action.span, "only the first step reads", hint)
            }
            StepText::Merge(text) => {
                let hint = "Move it there: it makes the records that all other steps see.";
                self.misplaced(text.name.span, "`merge` stands directly behind `read`", hint)
            }
            StepText::Fetch(text) => self.fetch(text, node).map(StepKind::Fetch),
            StepText::Skip(text) => self.skip(text).map(StepKind::Skip),
            StepText::Set(values) => Some(StepKind::Set(self.set(values))),
            StepText::Branch(ways) => self.branch(ways, &id).map(StepKind::Branch),
            StepText::ForEach(text) => self.for_each(text, &id).map(StepKind::ForEach),
            StepText::Delay(text) => self.delay(text).map(StepKind::Delay),
            StepText::Write(text) => self.write(text, node, id.clone()).map(StepKind::Write),
        };
        let Some(kind) = kind else {
            self.numbers.truncate(at);
            return None;
        };
        Some(Step { id, at, kind })
    }

    fn misplaced(&mut self, span: Span, message: &str, hint: &str) -> Option<StepKind> {
        self.findings.mistake(span, message, Some(hint.to_owned()));
        None
    }

    fn skip(&mut self, text: &SkipText) -> Option<Skip> {
        let when = self.expression(&text.when);
        if text.reason.value.trim().is_empty() {
            self.findings.mistake(
                text.reason.span,
                "the reason is empty",
                Some("Say it in words: the run's balance shows it.".to_owned()),
            );
        }
        when.map(|when| Skip {
            when,
            reason: text.reason.value.clone(),
        })
    }

    /// Where a step stands in the file.
    fn placed(&self, step: Span) -> Option<Placed<'a>> {
        self.outline
            .iter()
            .find(|placed| placed.node.span == step)
            .cloned()
    }

    pub(super) fn expression(&mut self, written: &At<Written>) -> Option<Expression> {
        let names = Names {
            aliases: &self.aliases,
            variables: &self.names,
            later: &self.later,
            tables: &self.tables,
        };
        self.findings.expression(written, &names)
    }

    fn read(&mut self, text: &ReadText, node: Option<&Node>) -> Option<Read> {
        let Named {
            alias,
            connector,
            action,
        } = self.action(&text.action, Wanted::Read)?;
        let with = text.with.as_ref().map_or(Value::Null, |with| with.value.clone());
        let retry = text.retry.as_ref().map(|retry| retry.value.clone());
        if let (Does::Read(read), Some(node)) = (&action.does, node) {
            let written = placeholders::ReadStep {
                step: node,
                with: &with,
                retry: retry.as_ref(),
                variables: &self.variables,
            };
            for with in placeholders::examples(self.findings, connector, &written)? {
                if let Err(error) = read.check(&with) {
                    actions::complaint(self.findings, node, text.action.span, &error);
                    return None;
                }
            }
        }
        let gone = match &action.does {
            Does::Read(read) => gone::gone(self.findings, text, read.as_ref()),
            Does::Write(_) => None,
        };
        Some(Read {
            alias,
            action: action.name.to_owned(),
            with,
            retry,
            gone,
        })
    }

    pub(super) fn action(&mut self, written: &At<String>, wanted: Wanted) -> Option<Named<'a>> {
        self.used
            .extend(written.value.split_once('/').map(|(alias, _)| alias.to_owned()));
        let named = actions::find(self.findings, self.connections, written, wanted)?;
        let priority = (named.connector.priority)(named.action.name);
        // Of a destination without a quota nothing is to be known.
        if named.connector.tells_time {
            self.priority = self.priority.max(Some(priority));
        }
        Some(named)
    }

    fn set(&mut self, values: &Entries<At<Written>>) -> Set {
        let mut compiled = Vec::new();
        for (name, written) in &values.0 {
            let expression = self.expression(written);
            let kept = self.variables.iter().find(|variable| variable.name == name.value);
            let place = match kept.map(|variable| variable.place) {
                Some(place) => Some(place),
                None => self.name(name),
            };
            if let (Some(place), Some(expression)) = (place, expression) {
                compiled.push((place, name.value.clone(), expression));
            }
        }
        Set { values: compiled }
    }

    /// Gives a name from here on; its place.
    pub(super) fn name(&mut self, name: &At<String>) -> Option<usize> {
        if !usable(self.findings, name, "a value") {
            return None;
        }
        if self.names.contains(&name.value) {
            let message = format!("`{}` is set a second time", name.value);
            self.findings.mistake(
                name.span,
                message,
                Some("Give it another name: a name means one value.".to_owned()),
            );
            return None;
        }
        let known = self.elsewhere.iter().find_map(|names| names.get(&name.value));
        if let Some(&place) = known {
            self.names[place].clone_from(&name.value);
            return Some(place);
        }
        self.names.push(name.value.clone());
        Some(self.names.len() - 1)
    }
}

/// What stands below a step's kind.
fn inner<'n>(placed: &Placed<'n>) -> Option<&'n Node> {
    placed.node.entries().first().map(|entry| &entry.value)
}

/// The names a step gives that later steps see.
fn given(step: &StepText, name: &mut dyn FnMut(&str)) {
    match step {
        StepText::Set(values) => values.0.iter().for_each(|(given, _)| name(&given.value)),
        StepText::Write(write) => write.name.iter().for_each(|given| name(&given.value)),
        StepText::Fetch(fetch) => name(&fetch.name.value),
        StepText::Branch(ways) => {
            for step in ways.value.iter().flat_map(|way| &way.steps.value) {
                given(&step.value, name);
            }
        }
        // What is set for an element is seen there alone.
        StepText::ForEach(_)
        | StepText::Read(_)
        | StepText::Merge(_)
        | StepText::Skip(_)
        | StepText::Delay(_) => {}
    }
}
