//! The action a step names, and where in the step an action's own complaint belongs.

use connector_kit::suggest::{known, nearest};
use std::collections::BTreeMap;

use connector_kit::{Action, Connector, Does, Error};

use super::Findings;
use crate::processflow::{
    report::Span,
    yaml::{At, Content, Node},
};

/// An action of a connection.
pub(super) struct Named<'c> {
    pub(super) alias: String,
    pub(super) connector: &'c Connector,
    pub(super) action: &'c Action,
}

/// What a step wants of its action.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Read,
    Fetch,
    Write,
}

impl Wanted {
    fn is(self, action: &Action) -> bool {
        matches!(
            (self, &action.does),
            (Self::Read | Self::Fetch, Does::Read(_)) | (Self::Write, Does::Write(_))
        )
    }

    /// The action's doing that does not fit, and the kind of step.
    fn against(self) -> (&'static str, &'static str) {
        match self {
            Self::Read => ("writes", "read"),
            Self::Fetch => ("writes", "fetch"),
            Self::Write => ("reads", "write"),
        }
    }
}

/// Finds `alias/action`; what is wrong with it is noted.
pub(super) fn find<'c>(
    findings: &mut Findings<'_>,
    connections: &BTreeMap<String, &'c Connector>,
    written: &At<String>,
    wanted: Wanted,
) -> Option<Named<'c>> {
    let aliases: Vec<_> = connections.keys().collect();
    let Some((alias, name)) = written.value.split_once('/') else {
        let owner = connections
            .iter()
            .find(|(_, connector)| connector.action(&written.value).is_some());
        let example = owner
            .map(|(alias, _)| alias)
            .or(aliases.first().copied())
            .map_or("store", String::as_str);
        let message = format!("`{}` does not say of which connection", written.value);
        findings.mistake(
            written.span,
            message,
            Some(format!("Write `{example}/{}`.", written.value)),
        );
        return None;
    };
    let Some(connector) = connections.get(alias) else {
        let span = written_part(findings, written, alias, 0);
        let message = format!("`{alias}` is not one of this file's connections");
        findings.mistake(span, message, Some(known("They are", &aliases, alias)));
        return None;
    };
    let span = written_part(findings, written, name, alias.len() + 1);
    let Some(action) = connector.action(name) else {
        let message = format!("`{name}` is not an action of `{}`", connector.name);
        findings.mistake(span, message, Some(instead(connector, name, wanted)));
        return None;
    };
    if !wanted.is(action) {
        let (does, step) = wanted.against();
        let message = format!("`{}` {does}, and stands in a `{step}` step", written.value);
        findings.mistake(span, message, Some(instead(connector, name, wanted)));
        return None;
    }
    Some(Named {
        alias: alias.to_owned(),
        connector,
        action,
    })
}

fn instead(connector: &Connector, name: &str, wanted: Wanted) -> String {
    let names: Vec<_> = connector
        .actions
        .iter()
        .filter(|action| wanted.is(action))
        .map(|action| action.name)
        .collect();
    if names.is_empty() {
        let does = if wanted == Wanted::Write {
            "written to"
        } else {
            "read from"
        };
        return format!("`{}` cannot be {does}.", connector.name);
    }
    // The catalogue is thousands of letters: looked through only when no name of its own is like it.
    let guess = nearest(&names, name).map(str::to_owned).or_else(|| {
        let more: Vec<_> = connector
            .catalogue()
            .iter()
            .filter(|action| wanted.is(action))
            .map(|action| action.name)
            .collect();
        nearest(&more, name).map(str::to_owned)
    });
    match guess {
        Some(guess) if guess != name => format!("Did you mean `{guess}`?"),
        _ if names.len() <= 12 => known("There are", &names, ""),
        _ => format!("`processflow actions {}` lists them.", connector.name),
    }
}

/// A part of a value, where the value stands letter by letter in the file.
fn written_part(findings: &Findings<'_>, written: &At<String>, part: &str, at: usize) -> Span {
    findings.inside(written.span, &written.value, &(at..at + part.len()))
}

/// Notes what an action says of its parameters and fields, at the name it speaks of.
pub(super) fn complaint(findings: &mut Findings<'_>, step: &Node, action: Span, error: &Error) {
    let quoted: Vec<_> = error.message.split('`').skip(1).step_by(2).collect();
    let with = step.entry("with");
    let searched = [with.map(|with| &with.value), step.get("retry"), step.get("map")];
    let found = quoted.iter().find_map(|name| {
        searched
            .into_iter()
            .flatten()
            .find_map(|node| place_of(node, name))
    });
    let span = found.or(with.map(|with| with.at)).unwrap_or(action);
    findings.mistake(
        span,
        &*error.message,
        guess(&error.message, &quoted).or(error.hint.clone()),
    );
}

/// The field of that name below a node, else the text that says exactly this.
pub(super) fn place_of(node: &Node, name: &str) -> Option<Span> {
    match &node.content {
        Content::Map(entries) => entries
            .iter()
            .find(|entry| entry.name == name)
            .map(|entry| entry.at)
            .or_else(|| entries.iter().find_map(|entry| place_of(&entry.value, name))),
        Content::List(elements) => elements.iter().find_map(|element| place_of(element, name)),
        Content::Text(text) if text == name => Some(node.span),
        _ => None,
    }
}

/// serde says `unknown field `tabel`, expected one of `table`, `key``: the nearest of these.
fn guess(message: &str, quoted: &[&str]) -> Option<String> {
    let after = quoted.iter().skip_while(|name| {
        !message.contains(&format!("unknown field `{name}`"))
            && !message.contains(&format!("unknown variant `{name}`"))
    });
    let names: Vec<_> = after.copied().collect();
    let (unknown, expected) = names.split_first()?;
    nearest(expected, unknown).map(|guess| format!("Did you mean `{guess}`?"))
}
