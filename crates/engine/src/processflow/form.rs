//! A file as a form shows it: its parts with their values as they are written, and the way to each for
//! [`Edit`](super::edit::Edit).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{
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
    /// The steps; the way to one is `["steps", N]`.
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
    /// `read`, `set`, `skip`, `write`; as it is written where it is none of these.
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
    /// The list a `write` makes a row of each element of.
    pub each: Option<String>,
    /// Whether a `write` leaves out what is as it was.
    pub changes_only: bool,
    /// The name of a `write`'s answer.
    #[serde(rename = "as")]
    pub named: Option<String>,
    /// The columns a `write` maps, or the values a `set` names, with their expressions.
    pub values: Vec<FormValue>,
    /// True where a `write` has a `map`; without, records are written as they are.
    pub has_map: bool,
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
            steps: steps.iter().map(|node| step(text, node)).collect(),
        })
    }
}

fn step(text: &str, node: &Node) -> FormStep {
    let nothing = Node {
        span: Span::default(),
        content: Content::Null,
    };
    let entry = node.entries().first();
    let (kind, inner) = entry.map_or(("", &nothing), |entry| (entry.name.as_str(), &entry.value));
    let letters = |name: &str| inner.get(name).and_then(|node| written(text, node));
    let named = if kind == "set" {
        Some(inner)
    } else {
        inner.get("map")
    };
    FormStep {
        kind: kind.to_owned(),
        action: letters("action"),
        with: inner.get("with").and_then(json),
        when: letters("when"),
        reason: letters("reason"),
        each: letters("each"),
        changes_only: matches!(
            inner.get("changes_only").map(|node| &node.content),
            Some(Content::Bool(true))
        ),
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
