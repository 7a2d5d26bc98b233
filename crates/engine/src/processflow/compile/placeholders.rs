//! Placeholders in the parameters of the read step: what is wrong with them, each at its place in the file.

use connector_kit::{Connector, suggest};
use serde_json::Value;

use super::{Findings, Span};
use crate::{
    placeholder::{IDS, KNOWN, OPEN, Piece, Stands, Values, kept, read},
    processflow::{
        Variable,
        plan::starts,
        yaml::{Content, Node},
    },
    run::asking::with_retry,
};

/// What a read step says.
pub(super) struct ReadStep<'a> {
    pub(super) step: &'a Node,
    pub(super) with: &'a Value,
    pub(super) retry: Option<&'a Value>,
    /// The file's kept variables.
    pub(super) variables: &'a [Variable],
}

/// The parameters as an action would see them, with examples in place of placeholders: those of each run, and those of one
/// over chosen records. `None` when a placeholder is wrong, which is among the findings.
pub(super) fn examples(
    findings: &mut Findings<'_>,
    connector: &Connector,
    written: &ReadStep<'_>,
) -> Option<Vec<Value>> {
    let ReadStep {
        step, with, retry, ..
    } = *written;
    let before = findings.problems.len();
    let mut checker = Checker {
        findings,
        connector,
        variables: written.variables,
        may_be_ids: false,
    };
    for (part, may_be_ids) in [("with", false), ("retry", true)] {
        checker.may_be_ids = may_be_ids;
        if let Some(node) = step.get(part) {
            checker.node("", node);
        }
    }
    if let (Some(retry), Some(entry)) = (retry, step.entry("retry"))
        && !retry.is_object()
    {
        let hint = "For instance `retry: { \"id:in\": [\"{$}\"] }`.";
        findings.mistake(
            entry.at,
            "`retry` names parameters of the action",
            Some(hint.to_owned()),
        );
    }
    let mistakes = &findings.problems[before..];
    if mistakes
        .iter()
        .any(|problem| problem.severity == super::Severity::Mistake)
    {
        return None;
    }
    let retried = retry.map(|_| with_retry(with, retry));
    let all = std::iter::once(with.clone()).chain(retried);
    if !connector.tells_time {
        return Some(all.collect());
    }
    let values = Values::example(starts(written.variables));
    all.map(|with| values.filled(&with).ok()).collect()
}

struct Checker<'a, 't> {
    findings: &'a mut Findings<'t>,
    connector: &'a Connector,
    variables: &'a [Variable],
    may_be_ids: bool,
}

impl Checker<'_, '_> {
    /// `name` is that of the field the node stands in.
    fn node(&mut self, name: &str, node: &Node) {
        match &node.content {
            Content::Map(entries) => entries
                .iter()
                .for_each(|entry| self.node(&entry.name, &entry.value)),
            Content::List(elements) => elements.iter().for_each(|element| self.node(name, element)),
            Content::Text(text) if self.connector.tells_time => self.text(name, node.span, text),
            Content::Text(text) => self.without_time(node.span, text),
            _ => {}
        }
    }

    fn text(&mut self, name: &str, span: Span, text: &str) {
        let pieces = match read(text) {
            Ok(pieces) => pieces,
            Err(wrong) => {
                let place = self.findings.inside(span, text, &wrong.at);
                self.findings.mistake(place, wrong.message, Some(wrong.hint));
                return;
            }
        };
        for piece in pieces {
            match piece {
                Piece::Letters(_) => {}
                Piece::Variable(variable) => self.variable(&variable, span),
                Piece::Ids if self.may_be_ids => {}
                Piece::Ids => {
                    let message = format!(
                        "`{IDS}` stands for the ids of chosen records, and this is read in every run"
                    );
                    let hint = "Put it under `retry`, beside `with`: `retry: { \"id:in\": [\"{$}\"] }`.";
                    self.findings.mistake(span, message, Some(hint.to_owned()));
                }
                Piece::Date(date) => {
                    let filter = (self.connector.date_filter)(name).filter(|filter| filter.is_fixed);
                    if date.stands == Stands::Reached && filter.is_some() {
                        let message = format!(
                            "`{name}` lets only new records through: what is edited later does not come again"
                        );
                        let hint = "Read an action that follows changes if edits matter.";
                        self.findings.warning(span, message, Some(hint.to_owned()));
                    }
                }
            }
        }
    }

    /// A variable that a filter may hold: kept, no secret, and never nothing.
    fn variable(&mut self, name: &str, span: Span) {
        let variable = self.variables.iter().find(|variable| variable.name == name);
        let (message, hint) = match variable {
            None if self.variables.is_empty() => (
                format!("`${{{name}}}` stands for a kept variable, and the file has none"),
                format!("Add `variables: {{ {name}: {{ start: … }} }}` to the file."),
            ),
            None => {
                let names: Vec<&str> = self.variables.iter().map(|known| known.name.as_str()).collect();
                (
                    format!("there is no kept variable `{name}`"),
                    suggest::known("There are", &names, name),
                )
            }
            Some(variable) if variable.encrypted => (
                format!(
                    "`{name}` is kept encrypted, and what stands in a filter is sent in addresses and logged"
                ),
                "Put it where secrets belong: into the connection.".to_owned(),
            ),
            Some(variable) if kept(&variable.start.clone().into()).is_empty() => (
                format!(
                    "`${{{name}}}` stands for nothing before the first run, and an empty filter lets everything through"
                ),
                format!("Give it a first value: `variables: {{ {name}: {{ start: … }} }}`."),
            ),
            Some(_) => return,
        };
        self.findings.mistake(span, message, Some(hint));
    }

    /// In SQL or a file's name such letters mean themselves; only what is certainly meant as a placeholder is told.
    fn without_time(&mut self, span: Span, text: &str) {
        let meant = KNOWN
            .iter()
            .find(|known| text.contains(&format!("{OPEN}{}", known.name)));
        if let Some(known) = meant {
            let message = format!(
                "`~{{{}}}~` is not filled in for `{}`",
                known.name, self.connector.name
            );
            let hint = "Its actions go on from where the last run came to by themselves.";
            self.findings.mistake(span, message, Some(hint.to_owned()));
        }
    }
}
