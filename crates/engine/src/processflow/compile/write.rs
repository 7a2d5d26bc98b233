//! The step that writes: its action, its key and scope, and whether what they need is mapped.

use std::sync::Arc;

use connector_kit::{Does, WriteStep, suggest::known};
use serde_json::Value;

use super::{
    At, Expression, Written,
    actions::{self, Named, Wanted},
    steps::Compiler,
};
use crate::processflow::{
    file::WriteText,
    plan::Write,
    yaml::{Entries, Node},
};

impl Compiler<'_, '_> {
    pub(super) fn write(&mut self, text: &WriteText, node: Option<&Node>, number: Arc<str>) -> Option<Write> {
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
                id: number,
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
