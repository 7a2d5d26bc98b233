//! Changing a file without losing what was not changed: comments, blank lines, quotes and order stay.
//!
//! An edit replaces a piece of the text. Where the piece begins and ends is told by the places YAML's reader gives and
//! by indentation; whether that was right is never left to hope: the new text is read again, and must say exactly what
//! the old one said with the edit applied. Else the edit is refused and the text stays.

mod pieces;
mod write;

use connector_kit::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use self::pieces::{Pieces, Style};
use super::yaml::{Content, Document, Entry, Node};

/// One change of a file.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Edit {
    /// The way from the top of the file: `["steps", 2, "write", "map", "ID"]`.
    pub path: Vec<PathPart>,
    /// What happens there.
    pub change: Change,
}

/// A field's name, or an element's number from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum PathPart {
    /// An element of a list.
    Element(usize),
    /// A field of a mapping.
    Field(String),
}

/// What happens at a place.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It becomes this value; a field that is not there yet is added.
    Set(#[ts(type = "unknown")] Value),
    /// It goes.
    Remove,
    /// This value is put before the element of that number (into a list), as a new one.
    Insert(#[ts(type = "unknown")] Value),
    /// It moves to that number among its neighbours.
    Move(usize),
    /// The field gets another name.
    Rename(String),
}

/// Applies edits one after the other; each sees what those before it did.
///
/// # Errors
/// Config with a sentence for the first edit that cannot be done without touching something else. The text is then to
/// be edited by hand.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String> {
    let mut text = text.to_owned();
    for edit in edits {
        text = one(&text, edit)?;
    }
    Ok(text)
}

fn one(text: &str, edit: &Edit) -> Result<String> {
    let document = Document::read(text).map_err(|fault| {
        Error::config(format!("the file cannot be edited by form: {}", fault.message))
            .hint("Mend it as text first; the form comes back by itself.")
    })?;
    let mut expected = document.root.clone();
    expect(&mut expected, &edit.path, &edit.change)?;
    let expected = expected.to_json();
    let editor = Editor {
        text,
        root: &document.root,
    };
    let mut changed = editor.candidates(&edit.path, &edit.change)?;
    let right = |text: &String| Document::read(text).is_ok_and(|read| read.root.to_json() == expected);
    changed.find(right).ok_or_else(|| refused(&edit.path))
}

fn refused(path: &[PathPart]) -> Error {
    Error::config(format!(
        "`{}` is written in a way that the form cannot change without touching the rest",
        written(path)
    ))
    .hint("Change it in the text; anchors and values over several lines are such places.")
}

fn written(path: &[PathPart]) -> String {
    let part = |part: &PathPart| match part {
        PathPart::Element(at) => (at + 1).to_string(),
        PathPart::Field(name) => name.clone(),
    };
    path.iter().map(part).collect::<Vec<_>>().join(" / ")
}

fn absent(path: &[PathPart]) -> Error {
    Error::config(format!("the file has no `{}`", written(path)))
        .hint("It was changed meanwhile; look at it again.")
}

/// What the document must say afterwards.
fn expect(root: &mut Node, path: &[PathPart], change: &Change) -> Result<()> {
    let (last, above) = path.split_last().ok_or_else(|| absent(path))?;
    let mut node = root;
    for part in above {
        node = below(node, part).ok_or_else(|| absent(path))?;
    }
    let at = place_of(node, last);
    match (change, &mut node.content, last) {
        (Change::Rename(name), Content::Map(entries), _) => {
            if entries.iter().any(|entry| entry.name == *name) {
                return Err(Error::config(format!("there is a `{name}` already")));
            }
            name.clone_into(&mut entries[at.ok_or_else(|| absent(path))?].name);
        }
        (Change::Set(value), Content::Map(entries), PathPart::Field(name)) => match at {
            Some(at) => entries[at].value = node_of(value),
            None => entries.push(Entry {
                name: name.clone(),
                at: super::report::Span::default(),
                value: node_of(value),
            }),
        },
        (Change::Set(value), Content::Null, PathPart::Field(name)) => {
            node.content = Content::Map(vec![Entry {
                name: name.clone(),
                at: super::report::Span::default(),
                value: node_of(value),
            }]);
        }
        (Change::Set(value), Content::List(elements), _) => {
            elements[at.ok_or_else(|| absent(path))?] = node_of(value);
        }
        (Change::Insert(value), Content::List(elements), PathPart::Element(to)) if *to <= elements.len() => {
            elements.insert(*to, node_of(value));
        }
        (Change::Remove, Content::Map(entries), _) => drop(entries.remove(at.ok_or_else(|| absent(path))?)),
        (Change::Remove, Content::List(elements), _) => {
            elements.remove(at.ok_or_else(|| absent(path))?);
        }
        (Change::Move(to), Content::Map(entries), _) if *to < entries.len() => {
            let entry = entries.remove(at.ok_or_else(|| absent(path))?);
            entries.insert(*to, entry);
        }
        (Change::Move(to), Content::List(elements), _) if *to < elements.len() => {
            let element = elements.remove(at.ok_or_else(|| absent(path))?);
            elements.insert(*to, element);
        }
        _ => return Err(absent(path)),
    }
    Ok(())
}

fn below<'n>(node: &'n mut Node, part: &PathPart) -> Option<&'n mut Node> {
    let at = place_of(node, part)?;
    match &mut node.content {
        Content::Map(entries) => Some(&mut entries[at].value),
        Content::List(elements) => Some(&mut elements[at]),
        _ => None,
    }
}

fn place_of(node: &Node, part: &PathPart) -> Option<usize> {
    match part {
        PathPart::Field(name) => node.entries().iter().position(|entry| entry.name == *name),
        PathPart::Element(at) => (*at < node.elements().len()).then_some(*at),
    }
}

/// A value of a form as it would be read from a file.
fn node_of(value: &Value) -> Node {
    let content = match value {
        Value::Null => Content::Null,
        Value::Bool(value) => Content::Bool(*value),
        Value::Number(number) => Content::Number(number.to_string()),
        Value::String(text) => Content::Text(text.clone()),
        Value::Array(elements) => Content::List(elements.iter().map(node_of).collect()),
        Value::Object(fields) => Content::Map(
            fields
                .iter()
                .map(|(name, value)| Entry {
                    name: name.clone(),
                    at: super::report::Span::default(),
                    value: node_of(value),
                })
                .collect(),
        ),
    };
    Node {
        span: super::report::Span::default(),
        content,
    }
}

struct Editor<'t> {
    text: &'t str,
    root: &'t Node,
}

type Candidates = Box<dyn Iterator<Item = String>>;

impl Editor<'_> {
    /// New texts, the most natural first; the caller takes the first that says what it must.
    fn candidates(&self, path: &[PathPart], change: &Change) -> Result<Candidates> {
        let (last, above) = path.split_last().ok_or_else(|| absent(path))?;
        let mut parent = self.root;
        for part in above {
            let at = place_of(parent, part).ok_or_else(|| absent(path))?;
            parent = match &parent.content {
                Content::Map(entries) => &entries[at].value,
                _ => &parent.elements()[at],
            };
        }
        let at = place_of(parent, last);
        let pieces = Pieces::of(self.text, parent);
        let Some(pieces) = pieces else {
            return self.fill(path, last, parent, change);
        };
        let texts = match (change, at) {
            (Change::Set(value), Some(at)) => self.set(&pieces, parent, at, value),
            (Change::Set(value), None) => pieces.insert(self.text, pieces.count(), Some(last), value),
            (Change::Insert(value), _) => {
                let PathPart::Element(to) = last else {
                    return Err(absent(path));
                };
                pieces.insert(self.text, *to, None, value)
            }
            (Change::Remove, Some(_)) if pieces.count() == 1 => return self.empty(above, parent),
            (Change::Remove, Some(at)) => vec![pieces.remove(self.text, at)],
            (Change::Move(to), Some(at)) => vec![pieces.moved(self.text, at, *to)],
            (Change::Rename(name), Some(at)) => self.rename(parent, at, name),
            _ => return Err(absent(path)),
        };
        Ok(Box::new(texts.into_iter()))
    }

    fn set(&self, pieces: &Pieces, parent: &Node, at: usize, value: &Value) -> Vec<String> {
        let node = match &parent.content {
            Content::Map(entries) => &entries[at].value,
            _ => &parent.elements()[at],
        };
        let scalar = !matches!(node.content, Content::Map(_) | Content::List(_)) && node.span.length > 0;
        let mut texts = Vec::new();
        if scalar && !value.is_object() && !value.is_array() {
            let range = node.span.start..node.span.start + node.span.length;
            let old = &self.text[range.clone()];
            texts.extend(write::scalars(value, old).map(|new| replaced(self.text, &range, &new)));
        }
        texts.extend(pieces.replace(self.text, parent, at, value));
        texts
    }

    fn rename(&self, parent: &Node, at: usize, name: &str) -> Vec<String> {
        let Some(entry) = parent.entries().get(at) else {
            return Vec::new();
        };
        let range = entry.at.start..entry.at.start + entry.at.length;
        let old = &self.text[range.clone()];
        let name = Value::from(name);
        write::scalars(&name, old)
            .map(|new| replaced(self.text, &range, &new))
            .collect()
    }

    /// The last child goes: its parent becomes an empty mapping or list.
    fn empty(&self, above: &[PathPart], parent: &Node) -> Result<Candidates> {
        let value = match parent.content {
            Content::Map(_) => Value::Object(serde_json::Map::new()),
            _ => Value::Array(Vec::new()),
        };
        self.candidates(above, &Change::Set(value))
    }

    /// The first child comes: its parent was empty, or nothing.
    fn fill(&self, path: &[PathPart], last: &PathPart, parent: &Node, change: &Change) -> Result<Candidates> {
        let value = match (change, last, &parent.content) {
            (Change::Set(value), PathPart::Field(name), Content::Map(_) | Content::Null) => {
                Value::Object([(name.clone(), value.clone())].into_iter().collect())
            }
            (Change::Insert(value), PathPart::Element(0), Content::List(_)) => {
                Value::Array(vec![value.clone()])
            }
            _ => return Err(absent(path)),
        };
        self.candidates(&path[..path.len() - 1], &Change::Set(value))
    }
}

fn replaced(text: &str, range: &std::ops::Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..range.start], &text[range.end..])
}

/// True for `{…}` and `[…]`.
fn style(text: &str, node: &Node) -> Style {
    if text[node.span.start..].starts_with(['{', '[']) {
        Style::Flow
    } else {
        Style::Block
    }
}

#[cfg(test)]
mod tests;
