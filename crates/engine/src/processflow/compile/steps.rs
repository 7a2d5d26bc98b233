//! The steps, in order: each sees the names the ones before it have given.

use connector_kit::suggest::known;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use connector_kit::{Connector, Does, WriteStep};
use serde_json::Value;

use super::{
    At, Expression, Findings, Names, Place, Read, Span, Step, StepText, Table, Written,
    actions::{self, Named, Wanted},
    names::usable,
};
use crate::processflow::{
    file::{ReadText, WriteText},
    plan::{Set, Skip, Write},
    yaml::{Document, Entries, Node},
};

/// Compiles the steps of one file.
pub(super) struct Compiler<'a, 't> {
    findings: &'a mut Findings<'t>,
    document: &'a Document,
    connections: &'a BTreeMap<String, &'a Connector>,
    aliases: Vec<String>,
    tables: Vec<String>,
    /// Names given so far, in the order of their places.
    pub(super) variables: Vec<String>,
    /// Names that steps further down will give, with their numbers.
    later: Vec<(String, usize)>,
    /// Connections that a step uses.
    pub(super) used: BTreeSet<String>,
    /// The numbers of the steps that were compiled.
    pub(super) numbers: Vec<usize>,
}

impl<'a, 't> Compiler<'a, 't> {
    pub(super) fn new(
        findings: &'a mut Findings<'t>,
        document: &'a Document,
        connections: &'a BTreeMap<String, &'a Connector>,
        tables: &'a [Table],
        steps: &[At<StepText>],
    ) -> Self {
        let given = |(at, step): (usize, &At<StepText>)| {
            given(&step.value).into_iter().map(move |name| (name, at + 1))
        };
        Self {
            findings,
            document,
            connections,
            // Also connections whose connector is not known: their mistake is reported once.
            aliases: document.root.get("connections").map_or_else(Vec::new, |node| {
                node.entries().iter().map(|entry| entry.name.clone()).collect()
            }),
            tables: tables.iter().map(|table| table.name.clone()).collect(),
            variables: Vec::new(),
            later: steps.iter().enumerate().flat_map(given).collect(),
            used: BTreeSet::new(),
            numbers: Vec::new(),
        }
    }

    pub(super) fn compile(
        &mut self,
        steps: &At<Vec<At<StepText>>>,
        places: &mut BTreeMap<Place, Span>,
    ) -> (Option<Read>, Vec<Step>) {
        let (mut read, mut compiled) = (None, Vec::new());
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
            places.insert(Place::Step(number.to_string()), step.span);
            self.later.retain(|(_, step)| *step > number);
            let node = self.node(step.span);
            let before = compiled.len();
            match &step.value {
                StepText::Read(text) if at == 0 => read = self.read(text, node),
                StepText::Read(text) => {
                    let hint = "Make a second processflow for it, or read both with one action.";
                    self.findings.mistake(
                        text.action.span,
                        "only the first step reads",
                        Some(hint.to_owned()),
                    );
                }
                StepText::Skip(text) => {
                    let when = self.expression(&text.when);
                    if text.reason.value.trim().is_empty() {
                        self.findings.mistake(
                            text.reason.span,
                            "the reason is empty",
                            Some("Say it in words: the run's balance shows it.".to_owned()),
                        );
                    }
                    compiled.extend(when.map(|when| {
                        Step::Skip(Skip {
                            when,
                            reason: text.reason.value.clone(),
                        })
                    }));
                }
                StepText::Set(values) => compiled.push(Step::Set(self.set(values))),
                StepText::Write(text) => compiled.extend(self.write(text, node, number).map(Step::Write)),
            }
            self.numbers.extend((before < compiled.len()).then_some(number));
        }
        if read.is_some()
            && !steps
                .value
                .iter()
                .any(|step| matches!(step.value, StepText::Write(_)))
        {
            self.findings.warning(steps.span, "no step writes anything", None);
        }
        (read, compiled)
    }

    /// What stands below a step's kind.
    fn node(&self, step: Span) -> Option<&'a Node> {
        let steps = self.document.root.get("steps").map_or(&[][..], Node::elements);
        let step = steps.iter().find(|node| node.span == step)?;
        step.entries().first().map(|entry| &entry.value)
    }

    fn expression(&mut self, written: &At<Written>) -> Option<Expression> {
        let names = Names {
            aliases: &self.aliases,
            variables: &self.variables,
            later: &self.later,
            tables: &self.tables,
        };
        self.findings.expression(written, &names)
    }

    fn read(&mut self, text: &ReadText, node: Option<&Node>) -> Option<Read> {
        let Named { alias, action, .. } = self.action(&text.action, Wanted::Read)?;
        let with = text.with.as_ref().map_or(Value::Null, |with| with.value.clone());
        if let (Does::Read(read), Some(node)) = (&action.does, node)
            && let Err(error) = read.check(&with)
        {
            actions::complaint(self.findings, node, text.action.span, &error);
            return None;
        }
        Some(Read {
            alias,
            action: action.name.to_owned(),
            with,
        })
    }

    fn action(&mut self, written: &At<String>, wanted: Wanted) -> Option<Named<'a>> {
        self.used
            .extend(written.value.split_once('/').map(|(alias, _)| alias.to_owned()));
        actions::find(self.findings, self.connections, written, wanted)
    }

    fn set(&mut self, values: &Entries<At<Written>>) -> Set {
        let mut compiled = Vec::new();
        for (name, written) in &values.0 {
            let expression = self.expression(written);
            if let (Some(place), Some(expression)) = (self.name(name), expression) {
                compiled.push((place, name.value.clone(), expression));
            }
        }
        Set { values: compiled }
    }

    /// Gives a name from here on; its place.
    fn name(&mut self, name: &At<String>) -> Option<usize> {
        if !usable(self.findings, name, "a value") {
            return None;
        }
        if self.variables.contains(&name.value) {
            let message = format!("`{}` is set a second time", name.value);
            self.findings.mistake(
                name.span,
                message,
                Some("Give it another name: a name means one value.".to_owned()),
            );
            return None;
        }
        self.variables.push(name.value.clone());
        Some(self.variables.len() - 1)
    }

    fn write(&mut self, text: &WriteText, node: Option<&Node>, number: usize) -> Option<Write> {
        let named = self.action(&text.action, Wanted::Write);
        let elements = text.each.as_ref().map(|each| self.expression(each));
        let fields = text.map.as_ref().map(|map| self.fields(&map.value));
        let variable = text.name.as_ref().map(|name| self.name(name));
        let (
            Named {
                alias,
                connector,
                action,
            },
            node,
        ) = (named?, node?);
        let Does::Write(write) = &action.does else {
            return None;
        };
        let columns: Vec<String> = text
            .map
            .iter()
            .flat_map(|map| &map.value.0)
            .map(|(name, _)| name.value.clone())
            .collect();
        let with = text.with.as_ref().map_or(Value::Null, |with| with.value.clone());
        let prepared = match write.prepare(&with, &columns) {
            Ok(prepared) => prepared,
            Err(error) => {
                actions::complaint(self.findings, node, text.action.span, &error);
                return None;
            }
        };
        let key_at = self.places(&prepared.key, &columns, text, node, "says which row it is");
        let scope_at = self.places(
            prepared.scope.as_deref().unwrap_or_default(),
            &columns,
            text,
            node,
            "says what is replaced",
        );
        let changes_only = text.changes_only.as_ref().is_some_and(|only| only.value);
        if changes_only && prepared.key.is_empty() {
            let span = text
                .changes_only
                .as_ref()
                .map_or(text.action.span, |only| only.span);
            let message = format!(
                "`{}` has no key, so `changes_only` cannot tell what a row was before",
                text.action.value
            );
            self.findings
                .mistake(span, message, Some("Leave `changes_only` out.".to_owned()));
        }
        let (key_at, scope_at) = if self.findings.past_mistakes {
            (key_at.or(Some(Vec::new())), scope_at.or(Some(Vec::new())))
        } else {
            (key_at, scope_at)
        };
        let fields = fields.map(|fields| fields.into_iter().collect::<Option<Vec<_>>>());
        let (fields, elements, variable) = (all(fields)?, all(elements)?, all(variable)?);
        self.of_the_record(fields.as_deref(), &scope_at?, text, elements.is_some());
        Some(Write {
            step: WriteStep {
                id: number.to_string().into(),
                action: action.name,
                with: prepared.with,
                columns: Arc::from(columns.clone()),
            },
            alias,
            connector: connector.name,
            key_at: key_at?,
            scope_at: places(prepared.scope.as_deref().unwrap_or_default(), &columns),
            key: prepared.key,
            scope: prepared.scope,
            guarantee: write.guarantee(),
            largest_batch: write.largest_batch(),
            needs_everything: prepared.needs_everything,
            changes_only,
            each: elements.is_some(),
            name: text.name.as_ref().map(|name| name.value.clone()),
            variable,
            fields,
            elements,
        })
    }

    fn fields(&mut self, map: &Entries<At<Written>>) -> Vec<Option<Expression>> {
        map.0
            .iter()
            .map(|(_, written)| self.expression(written))
            .collect()
    }

    /// Where among the columns the action's own fields are; those not mapped are mistakes.
    fn places(
        &mut self,
        fields: &[String],
        columns: &[String],
        text: &WriteText,
        node: &Node,
        role: &str,
    ) -> Option<Vec<usize>> {
        let unmapped: Vec<_> = fields.iter().filter(|field| !columns.contains(field)).collect();
        for field in &unmapped {
            let written = node.get("with").and_then(|with| actions::place_of(with, field));
            let span = written
                .or(node.entry("map").map(|map| map.at))
                .unwrap_or(text.action.span);
            let hint = if columns.is_empty() {
                format!("Add it: `map: {{ {field}: … }}`.")
            } else {
                format!(
                    "Add a line `{field}: …` to `map`. {}",
                    known("Mapped are", columns, field)
                )
            };
            self.findings
                .mistake(span, format!("`{field}` {role} and is not mapped"), Some(hint));
        }
        unmapped.is_empty().then(|| places(fields, columns))
    }

    /// Fields of a scope are needed even when there are no elements.
    fn of_the_record(
        &mut self,
        fields: Option<&[Expression]>,
        scope_at: &[usize],
        text: &WriteText,
        each: bool,
    ) {
        let (Some(fields), Some(map), true) = (fields, &text.map, each) else {
            return;
        };
        for at in scope_at {
            if let Some(own) = fields[*at].own_field() {
                let (name, written) = &map.value.0[*at];
                let message = format!(
                    "`{}` says what is replaced, and `{own}` is a field of the element",
                    name.value
                );
                let hint =
                    format!("A record without elements has none: take it from the record, `record.{own}`.");
                self.findings.mistake(written.span, message, Some(hint));
            }
        }
    }
}

fn places(fields: &[String], columns: &[String]) -> Vec<usize> {
    fields
        .iter()
        .filter_map(|field| columns.iter().position(|column| column == field))
        .collect()
}

/// `Some(None)`, a part that was wrong, makes the whole `None`.
#[expect(
    clippy::option_option,
    reason = "a part that is left out and a part that is wrong are two things"
)]
fn all<T>(part: Option<Option<T>>) -> Option<Option<T>> {
    match part {
        None => Some(None),
        Some(None) => None,
        Some(part) => Some(part),
    }
}

/// The names a step gives.
fn given(step: &StepText) -> Vec<String> {
    match step {
        StepText::Set(values) => values.0.iter().map(|(name, _)| name.value.clone()).collect(),
        StepText::Write(write) => write.name.iter().map(|name| name.value.clone()).collect(),
        StepText::Read(_) | StepText::Skip(_) => Vec::new(),
    }
}
