//! A file as a form shows it: its parts with their values as they are written, and the way to each for
//! [`Edit`](super::edit::Edit).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{
    edit::PathPart,
    outline::DEEPEST,
    report::Span,
    yaml::{Content, Document, Entry, Node},
};

/// A file as a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Form {
    /// The processflow's name.
    pub processflow: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// The names it uses, and the connector of each.
    pub connections: Vec<FormValue>,
    /// When it runs by itself, as it is written.
    #[ts(type = "unknown")]
    pub schedule: Option<Value>,
    /// Its look-up tables.
    pub lookups: Vec<FormTable>,
    /// How often a record is tried while the other side cannot answer, where the file says it.
    pub tries: Option<String>,
    /// Values that are kept from one run to the next.
    pub variables: Vec<FormVariable>,
    /// The steps.
    pub steps: Vec<FormStep>,
}

/// A value that is kept from one run to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FormVariable {
    /// Its name.
    pub name: String,
    /// Its first value, as it is written.
    pub start: Option<String>,
    /// Kept encrypted.
    pub encrypted: bool,
}

/// Steps inside of another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FormSteps {
    /// The way to what holds them: `["steps", 2, "branch", 0]`; the list is its field `steps`.
    pub path: Vec<PathPart>,
    /// The rule of a way; the way of all others has none.
    pub when: Option<String>,
    /// The steps.
    pub steps: Vec<FormStep>,
}

/// A name and what is written behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FormValue {
    /// The name.
    pub name: String,
    /// What is written, without quotes; empty for a list or mapping, which only the text shows.
    pub value: Option<String>,
}

/// A look-up table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FormTable {
    /// Its name.
    pub name: String,
    /// Its values by key.
    pub entries: Vec<FormValue>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FormStep {
    /// Its number: `3`; inside of others `3.2.1`.
    pub number: String,
    /// The way to it: `["steps", 2]`.
    pub path: Vec<PathPart>,
    /// The kind of step, as it is written: `read`, `write`, `branch`.
    pub kind: String,
    /// `connection/action`
    pub action: Option<String>,
    /// The action's parameters.
    #[ts(type = "unknown")]
    pub with: Option<Value>,
    /// The rule of a `skip`.
    pub when: Option<String>,
    /// Its reason.
    pub reason: Option<String>,
    /// The list a `write` makes a row of each element of, or a `for_each` goes through.
    pub each: Option<String>,
    /// What a `fetch` expects to come.
    pub expect: Option<String>,
    /// How long a `delay` is.
    pub delay: Option<String>,
    /// Whether a `write` leaves out what is as it was.
    pub changes_only: bool,
    /// The name of the answer of a `fetch` or `write`, of the list of a `merge`, of the element of a `for_each`.
    #[serde(rename = "as")]
    pub named: Option<String>,
    /// The columns a `write` maps, the parameters a `fetch` does, the values a `set` names, what a `merge` goes by: with
    /// their expressions.
    pub values: Vec<FormValue>,
    /// True where there is a `map`; a `write` without one writes records as they are.
    pub has_map: bool,
    /// The ways of a `branch`, the steps of a `for_each`.
    pub inside: Vec<FormSteps>,
}

impl Form {
    /// The form of a text; `None` while it is no YAML.
    pub fn of(text: &str) -> Option<Self> {
        let root = Document::read(text).ok()?.root;
        let part = |name: &str| root.get(name);
        let letters = |name: &str| part(name).and_then(|node| written(text, node));
        let lookups = part("lookups").map_or(&[][..], Node::entries);
        let steps = part("steps").map_or(&[][..], Node::elements);
        Some(Self {
            processflow: letters("processflow"),
            description: letters("description"),
            connections: values(text, part("connections")),
            schedule: part("schedule").and_then(json),
            lookups: lookups
                .iter()
                .map(|table| FormTable {
                    name: table.name.clone(),
                    entries: values(text, Some(&table.value)),
                })
                .collect(),
            tries: part("on_failure").and_then(|node| written(text, node.get("tries")?)),
            variables: variables(text, part("variables")),
            steps: list(text, steps, "", &[field("steps")], 0),
        })
    }
}

fn variables(text: &str, node: Option<&Node>) -> Vec<FormVariable> {
    let variable = |entry: &Entry| FormVariable {
        name: entry.name.clone(),
        start: entry.value.get("start").and_then(|node| written(text, node)),
        encrypted: is_true(entry.value.get("encrypted")),
    };
    node.map_or(&[][..], Node::entries).iter().map(variable).collect()
}

fn field(name: &str) -> PathPart {
    PathPart::Field(name.to_owned())
}

/// The steps of a list, whose numbers begin with `prefix`.
fn list(text: &str, steps: &[Node], prefix: &str, path: &[PathPart], depth: usize) -> Vec<FormStep> {
    let one = |(at, node): (usize, &Node)| {
        let path = [path, &[PathPart::Element(at)]].concat();
        step(text, node, format!("{prefix}{}", at + 1), path, depth)
    };
    steps.iter().enumerate().map(one).collect()
}

/// The lists of steps inside of a step.
fn inside(text: &str, step: &Node, number: &str, path: &[PathPart], depth: usize) -> Vec<FormSteps> {
    if depth == DEEPEST {
        return Vec::new();
    }
    let below = |node: &Node, prefix: &str, own: &[PathPart]| {
        let path = [path, own].concat();
        let steps = node.get("steps").map_or(&[][..], Node::elements);
        FormSteps {
            when: node.get("when").and_then(|node| written(text, node)),
            steps: list(
                text,
                steps,
                prefix,
                &[&*path, &[field("steps")]].concat(),
                depth + 1,
            ),
            path,
        }
    };
    let ways = step.get("branch").map_or(&[][..], Node::elements);
    let ways = ways.iter().enumerate().map(|(at, way)| {
        let own = [field("branch"), PathPart::Element(at)];
        below(way, &format!("{number}.{}.", at + 1), &own)
    });
    let each = step
        .get("for_each")
        .map(|each| below(each, &format!("{number}."), &[field("for_each")]));
    ways.chain(each).collect()
}

fn is_true(node: Option<&Node>) -> bool {
    matches!(node.map(|node| &node.content), Some(Content::Bool(true)))
}

fn step(text: &str, node: &Node, number: String, path: Vec<PathPart>, depth: usize) -> FormStep {
    let nothing = Node {
        span: Span::default(),
        content: Content::Null,
    };
    let entry = node.entries().first();
    let (kind, inner) = entry.map_or(("", &nothing), |entry| (entry.name.as_str(), &entry.value));
    let letters = |name: &str| inner.get(name).and_then(|node| written(text, node));
    let named = match kind {
        "set" => Some(inner),
        "merge" => inner.get("by"),
        _ => inner.get("map"),
    };
    FormStep {
        inside: inside(text, node, &number, &path, depth),
        number,
        path,
        kind: kind.to_owned(),
        action: letters("action"),
        with: inner.get("with").and_then(json),
        when: letters("when"),
        reason: letters("reason"),
        each: letters("each").or(letters("in")),
        expect: letters("expect"),
        delay: (kind == "delay").then(|| written(text, inner)).flatten(),
        changes_only: is_true(inner.get("changes_only")),
        named: letters("as"),
        values: values(text, named),
        has_map: inner.get("map").is_some(),
    }
}

fn values(text: &str, node: Option<&Node>) -> Vec<FormValue> {
    let value = |entry: &Entry| FormValue {
        name: entry.name.clone(),
        value: written(text, &entry.value),
    };
    node.map_or(&[][..], Node::entries).iter().map(value).collect()
}

fn written(text: &str, node: &Node) -> Option<String> {
    match &node.content {
        Content::Text(words) => Some(words.clone()),
        Content::Number(_) | Content::Bool(_) => Some(node.span.of(text).to_owned()),
        Content::Null if node.span.length > 0 => Some(node.span.of(text).to_owned()),
        _ => None,
    }
}

fn json(node: &Node) -> Option<Value> {
    serde_json::from_str(&node.to_json()).ok()
}
