//! What the rest of the file says, as far as the cursor's part of it needs to know: connections, tables, the names
//! earlier steps give, the action of the step. Each is read from a part of the text that is whole by itself.

use std::collections::BTreeMap;

use super::place::{Part, Place};
use crate::processflow::{
    outline::{self, Placed},
    yaml::{Document, Entry, Node},
};

/// What stands around the cursor.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// The names of connections, and the connector of each.
    pub(super) connections: BTreeMap<String, String>,
    /// The names of look-up tables.
    pub(super) tables: Vec<String>,
    /// Kept variables that a filter may hold.
    pub(super) kept: Vec<String>,
    /// The names earlier steps give.
    pub(super) variables: Vec<String>,
    /// Fields beside the cursor that are there already.
    pub(super) present: Vec<String>,
    /// The `alias/action` of the step.
    pub(super) action: Option<String>,
    /// What the step's `each` says.
    pub(super) each: Option<String>,
    /// Columns that the step's parameters name.
    pub(super) columns: Vec<String>,
}

impl Around {
    pub(super) fn of(text: &str, place: &Place, cursor: usize) -> Self {
        let connections = section(text, "connections");
        let step_text = place.step.map(|(start, indent)| step_text(text, start, indent));
        let mut around = Self {
            connections: pairs(connections.as_ref(), "connections"),
            tables: names(section(text, "lookups").as_ref(), "lookups"),
            kept: kept(section(text, "variables").as_ref()),
            present: present(text, place, cursor),
            ..Self::default()
        };
        if let (Some(step), Some((start, indent))) = (step_text, place.step) {
            around.variables = variables(text, start);
            around.action = word_after(step, "action:");
            around.each = word_after(step, "each:");
            around.columns = columns(&without_line(step, cursor.saturating_sub(start)), indent);
        }
        around
    }

    /// The action's connector and name.
    pub(super) fn action(&self) -> Option<(&str, &str)> {
        let (alias, action) = self.action.as_deref()?.split_once('/')?;
        Some((self.connections.get(alias)?, action))
    }
}

/// A part of the file that begins at the left margin, read by itself.
fn section(text: &str, name: &str) -> Option<Document> {
    Document::read(section_text(text, name)?).ok()
}

fn section_text<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (mut start, mut from) = (0, None);
    for line in text.split_inclusive('\n') {
        let begins = line.starts_with(|sign: char| sign.is_alphabetic() || sign == '"' || sign == '\'');
        match from {
            Some(from) if begins => return Some(&text[from..start]),
            None if line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')) => from = Some(start),
            _ => {}
        }
        start += line.len();
    }
    from.map(|from| &text[from..])
}

fn pairs(document: Option<&Document>, name: &str) -> BTreeMap<String, String> {
    let entries = document
        .and_then(|document| document.root.get(name))
        .map_or(&[][..], Node::entries);
    entries
        .iter()
        .filter_map(|entry| Some((entry.name.clone(), entry.value.words()?)))
        .collect()
}

/// Those that are no secret.
fn kept(document: Option<&Document>) -> Vec<String> {
    let all = document
        .and_then(|document| document.root.get("variables"))
        .map_or(&[][..], Node::entries);
    let is_plain = |entry: &&Entry| {
        let encrypted = entry.value.get("encrypted").map(Node::to_json);
        encrypted.as_deref() != Some("true")
    };
    all.iter()
        .filter(is_plain)
        .map(|entry| entry.name.clone())
        .collect()
}

fn names(document: Option<&Document>, name: &str) -> Vec<String> {
    let entries = document
        .and_then(|document| document.root.get(name))
        .map_or(&[][..], Node::entries);
    entries.iter().map(|entry| entry.name.clone()).collect()
}

/// A step's lines: up to the next dash at its place, or a line further left.
fn step_text(text: &str, start: usize, indent: usize) -> &str {
    let mut end = start;
    for (nth, line) in text[start..].split_inclusive('\n').enumerate() {
        let content = line.trim_start_matches(' ');
        let own = line.len() - content.len() > indent;
        if nth > 0 && !own && !content.trim().is_empty() && !content.starts_with('#') {
            break;
        }
        end += line.len();
    }
    &text[start..end]
}

/// Names that steps before this one give, by `set` and `as`, and those that are kept.
fn variables(text: &str, before: usize) -> Vec<String> {
    let Some(steps) = section_text(text, "steps") else {
        return Vec::new();
    };
    let begin = text.find(steps).unwrap_or(0);
    let whole = steps.get(..before.saturating_sub(begin)).unwrap_or_default();
    // The indentation of the step that follows stands at the end.
    let Ok(document) = Document::read(whole.trim_end_matches(' ')) else {
        return Vec::new();
    };
    let given = |step: Placed<'_>| {
        let set = step.node.get("set").map_or(&[][..], Node::entries);
        let named = ["write", "fetch", "for_each"];
        let answers = named
            .into_iter()
            .filter_map(|kind| step.node.get(kind)?.get("as")?.words());
        set.iter()
            .map(|entry| entry.name.clone())
            .chain(answers)
            .collect::<Vec<_>>()
    };
    let kept = names(section(text, "variables").as_ref(), "variables");
    let mut all: Vec<String> = kept
        .into_iter()
        .chain(outline::steps(&document.root).into_iter().flat_map(given))
        .collect();
    let mut seen = std::collections::HashSet::new();
    all.retain(|name| seen.insert(name.clone()));
    all
}

/// The value behind a field's name, on the same line.
fn word_after(text: &str, key: &str) -> Option<String> {
    let at = text.match_indices(key).map(|(at, _)| at).find(|at| {
        text[..*at]
            .chars()
            .next_back()
            .is_none_or(|before| matches!(before, ' ' | '{' | ',' | '\n'))
    })?;
    let rest = text[at + key.len()..].lines().next()?.trim_start();
    let end = rest.find([' ', ',', '}', '#']).unwrap_or(rest.len());
    let word = rest[..end].trim_matches(['"', '\'']);
    (!word.is_empty()).then(|| word.to_owned())
}

/// Columns that `create`, `key` and `within` name: what `map` still wants.
fn columns(step: &str, indent: usize) -> Vec<String> {
    let text = format!("{}{step}", " ".repeat(indent));
    let Ok(document) = Document::read(&text) else {
        return Vec::new();
    };
    let with = document
        .root
        .elements()
        .first()
        .and_then(|step| step.get("write")?.get("with"));
    let Some(with) = with else { return Vec::new() };
    let mut columns: Vec<String> = Vec::new();
    for part in ["within", "key"] {
        let listed = with.get(part).map_or(&[][..], Node::elements);
        columns.extend(listed.iter().filter_map(Node::words));
    }
    let create = with.get("create").map_or(&[][..], Node::entries);
    columns.extend(create.iter().map(|entry| entry.name.clone()));
    let mut seen = std::collections::HashSet::new();
    columns.retain(|column| seen.insert(column.clone()));
    columns
}

fn without_line(text: &str, at: usize) -> String {
    let at = at.min(text.len());
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
    let end = text[at..].find('\n').map_or(text.len(), |line| at + line);
    // The first line holds the step's dash.
    if start == 0 {
        text.to_owned()
    } else {
        format!("{}{}", &text[..start], &text[end..])
    }
}

/// Fields of the mapping the cursor stands in: its lines are those with the same place.
fn present(text: &str, place: &Place, cursor: usize) -> Vec<String> {
    if !place.is_key {
        return Vec::new();
    }
    let without = {
        let start = text[..place.from].rfind('\n').map_or(0, |line| line + 1);
        let end = text[cursor..].find('\n').map_or(text.len(), |line| cursor + line);
        let line = &text[start..end];
        let dashes = line.len() - line.trim_start_matches([' ', '-']).len();
        format!(
            "{}{}{}",
            &text[..start],
            &line[..dashes.min(line.len())],
            &text[end..]
        )
    };
    let whole = Document::read(&without).or_else(|_| Document::read(text));
    let Ok(document) = whole else { return Vec::new() };
    let node = node_at(&document.root, &place.path);
    node.map_or(&[][..], Node::entries)
        .iter()
        .map(|entry| entry.name.clone())
        .collect()
}

pub(super) fn node_at<'n>(root: &'n Node, path: &[Part]) -> Option<&'n Node> {
    path.iter().try_fold(root, |node, part| match part {
        Part::Key(key) => node.get(key),
        Part::Item(at) => node.elements().get(*at),
    })
}
