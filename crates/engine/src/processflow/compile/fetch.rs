//! Steps that bring records together, ask for more about them, or wait.

use std::{sync::Arc, time::Duration};

use connector_kit::{Action, Does, suggest::known};
use serde_json::{Map, Value};

use super::{
    At,
    actions::{self, Named, Wanted},
    steps::Compiler,
};
use crate::{
    processflow::{
        file::{FetchText, MergeText},
        plan::{Fetch, Merge},
        yaml::Node,
    },
    schedule::duration,
};

/// The longest `delay`. Whoever wants to wait longer wants a schedule.
const LONGEST_DELAY: Duration = Duration::from_mins(15);

impl Compiler<'_, '_> {
    pub(super) fn merge(&mut self, text: &MergeText, id: Arc<str>) -> Option<Merge> {
        let mut by = Vec::new();
        for (name, written) in &text.by.value.0 {
            let expression = self.expression(written)?;
            by.push((name.value.clone(), expression));
        }
        let twice = by.iter().any(|(name, _)| *name == text.name.value);
        let mistake = if by.is_empty() {
            Some((
                text.by.span,
                "`by` names nothing that records have in common",
                "Name it: `by: { order: order_no }`.",
            ))
        } else if twice {
            Some((
                text.name.span,
                "the list has the name of one of the fields in `by`",
                "Give it another name, as in `as: lines`.",
            ))
        } else {
            None
        };
        if let Some((span, message, hint)) = mistake {
            self.findings.mistake(span, message, Some(hint.to_owned()));
            return None;
        }
        Some(Merge {
            id,
            by,
            name: text.name.value.clone(),
        })
    }

    pub(super) fn fetch(&mut self, text: &FetchText, node: Option<&Node>) -> Option<Fetch> {
        let named = self.action(&text.action, Wanted::Fetch);
        let mut map = Vec::new();
        for (name, written) in text.map.iter().flat_map(|map| &map.value.0) {
            let expression = self.expression(written);
            map.push((name, expression));
        }
        let variable = self.name(&text.name);
        let Named { alias, action, .. } = named?;
        let with = match text.with.as_ref().map(|with| with.value.clone()) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(with)) => with,
            Some(_) => {
                let span = text.with.as_ref().map(|with| with.span).unwrap_or_default();
                let message = "`with` is a mapping: parameter and value";
                self.findings.mistake(span, message, None);
                return None;
            }
        };
        if Value::Object(with.clone()).to_string().contains("~{") {
            let span = text.with.as_ref().map(|with| with.span).unwrap_or_default();
            let message = "placeholders stand in the step that reads, not in a `fetch`";
            let hint = "Take the value from the record: `map: { parameter: expression }`.".to_owned();
            self.findings.mistake(span, message, Some(hint));
            return None;
        }
        let names: Vec<&At<String>> = map.iter().map(|(name, _)| *name).collect();
        if !self.takes(action, text, &with, &names, node?) {
            return None;
        }
        let compiled = map
            .into_iter()
            .map(|(name, expression)| Some((name.value.clone(), expression?)));
        let map = compiled.collect::<Option<Vec<_>>>();
        Some(Fetch {
            alias,
            action: action.name.to_owned(),
            name: text.name.value.clone(),
            expect: text.expect,
            with,
            map: map?,
            variable: variable?,
        })
    }

    /// Whether the action takes these parameters. Values of mapped ones are known for each record alone, so their names
    /// are looked at here, and all of it is checked once more before it is asked.
    fn takes(
        &mut self,
        action: &Action,
        text: &FetchText,
        with: &Map<String, Value>,
        mapped: &[&At<String>],
        node: &Node,
    ) -> bool {
        if mapped.is_empty()
            && let Does::Read(read) = &action.does
            && let Err(error) = read.check(&Value::Object(with.clone()))
        {
            actions::complaint(self.findings, node, text.action.span, &error);
            return false;
        }
        let schema = (action.schema)().to_value();
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return true;
        };
        let known_names: Vec<&String> = properties.keys().collect();
        let before = self.findings.problems.len();
        let with_at = |name: &str| node.get("with").and_then(|with| actions::place_of(with, name));
        let in_with = with
            .keys()
            .map(|name| (name.as_str(), with_at(name).unwrap_or(text.action.span)));
        let in_map = mapped.iter().map(|name| (name.value.as_str(), name.span));
        for (name, span) in in_with.chain(in_map) {
            if !properties.contains_key(name) {
                let message = format!("`{}` takes no parameter `{name}`", text.action.value);
                let hint = known("It takes", &known_names, name);
                self.findings.mistake(span, message, Some(hint));
            }
        }
        for name in mapped.iter().filter(|name| with.contains_key(&name.value)) {
            let message = format!("`{}` stands in `with` and in `map`", name.value);
            let hint = "Take it out of one of them.".to_owned();
            self.findings.mistake(name.span, message, Some(hint));
        }
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !with.contains_key(name) && !mapped.iter().any(|mapped| mapped.value == name) {
                let message = format!("`{}` needs the parameter `{name}`", text.action.value);
                let hint = format!("Take it from the record: `map: {{ {name}: … }}`.");
                self.findings.mistake(text.action.span, message, Some(hint));
            }
        }
        self.findings.problems.len() == before
    }

    pub(super) fn delay(&mut self, text: &At<String>) -> Option<Duration> {
        let (message, hint) = match duration::parse(&text.value) {
            Ok(delay) if delay <= LONGEST_DELAY => return Some(delay),
            Ok(_) => (
                format!("`delay` is {} at most", duration::words(LONGEST_DELAY)),
                Some("Let a second processflow do the rest, on a schedule of its own.".to_owned()),
            ),
            Err(error) => (error.message, error.hint),
        };
        self.findings.mistake(text.span, message, hint);
        None
    }
}
