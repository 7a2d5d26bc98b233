//! The children of a mapping or list as pieces of the text.

use std::ops::Range;

use serde_json::Value;

use super::{PathPart, replaced, style, write};
use crate::processflow::yaml::{Content, Node};

/// How a mapping or list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// One child below the other.
    Block,
    /// In brackets.
    Flow,
}

/// The children's places: whole lines in block style, without the commas in flow style.
pub(super) struct Pieces {
    style: Style,
    /// How far a child is indented, in block style.
    indent: usize,
    is_list: bool,
    places: Vec<Range<usize>>,
}

impl Pieces {
    /// `None` for what has no children, or is written in a way that does not tell them apart.
    pub(super) fn of(text: &str, parent: &Node) -> Option<Self> {
        let starts: Vec<usize> = match &parent.content {
            Content::Map(entries) => entries.iter().map(|entry| entry.at.start).collect(),
            Content::List(elements) => elements.iter().map(|element| element.span.start).collect(),
            _ => return None,
        };
        let is_list = matches!(parent.content, Content::List(_));
        let first = *starts.first()?;
        let style = style(text, parent);
        if style == Style::Flow {
            let places = (0..starts.len()).map(|at| flow_place(text, parent, at)).collect();
            return Some(Self {
                style,
                indent: 0,
                is_list,
                places,
            });
        }
        let starts: Vec<usize> = if is_list {
            starts
                .into_iter()
                .map(|start| dash(text, start))
                .collect::<Option<_>>()?
        } else {
            starts
        };
        let indent = column(text, *starts.first().unwrap_or(&first));
        let places = starts
            .iter()
            .map(|start| *start..block_end(text, *start, indent))
            .collect();
        Some(Self {
            style,
            indent,
            is_list,
            places,
        })
    }

    pub(super) fn count(&self) -> usize {
        self.places.len()
    }

    pub(super) fn remove(&self, text: &str, at: usize) -> String {
        let own = &self.places[at];
        let range = match self.style {
            Style::Block if at == 0 && !is_alone(text, own.start) => own.start..self.places[1].start,
            Style::Block => lines(text, own),
            Style::Flow if at + 1 < self.count() => own.start..self.places[at + 1].start,
            Style::Flow => self.places[at - 1].end..own.end,
        };
        replaced(text, &range, "")
    }

    /// Pieces change their places; what stands between them stays, but for comments right above one.
    pub(super) fn moved(&self, text: &str, from: usize, to: usize) -> String {
        let block = self.style == Style::Block;
        let places: Vec<Range<usize>> = self
            .places
            .iter()
            .map(|place| {
                if block {
                    with_comments(text, place, self.indent)
                } else {
                    place.clone()
                }
            })
            .collect();
        let mut order: Vec<usize> = (0..places.len()).collect();
        let moved = order.remove(from);
        order.insert(to, moved);
        let mut out = text[..places[0].start].to_owned();
        for (at, piece) in order.iter().enumerate() {
            out.push_str(&text[places[*piece].clone()]);
            let next = places.get(at + 1).map_or(text.len(), |next| next.start);
            out.push_str(&text[places[at].end..next]);
        }
        out
    }

    /// New texts with a child before the one of that number.
    pub(super) fn insert(
        &self,
        text: &str,
        to: usize,
        name: Option<&PathPart>,
        value: &Value,
    ) -> Vec<String> {
        let to = to.min(self.count());
        match self.style {
            Style::Flow => {
                let child = match name {
                    Some(PathPart::Field(name)) => {
                        format!("{}: {}", write::word(name, true), write::flow(value))
                    }
                    _ => write::flow(value),
                };
                vec![match to {
                    0 => replaced(
                        text,
                        &(self.places[0].start..self.places[0].start),
                        &format!("{child}, "),
                    ),
                    _ => replaced(
                        text,
                        &(self.places[to - 1].end..self.places[to - 1].end),
                        &format!(", {child}"),
                    ),
                }]
            }
            Style::Block => {
                let pad = " ".repeat(self.indent);
                let child = match name {
                    Some(PathPart::Field(name)) => {
                        format!(
                            "{}:{}",
                            write::word(name, false),
                            write::block(value, self.indent + 2)
                        )
                    }
                    _ => format!("-{}", write::element(value, self.indent)),
                };
                let end = line_break(text);
                let child = child.replace('\n', end);
                vec![if to == 0 {
                    let at = self.places[0].start;
                    replaced(text, &(at..at), &format!("{child}{end}{pad}"))
                } else {
                    let at = self.places[to - 1].end;
                    replaced(text, &(at..at), &format!("{end}{pad}{child}"))
                }]
            }
        }
    }

    /// New texts with another value in a child's place.
    pub(super) fn replace(&self, text: &str, parent: &Node, at: usize, value: &Value) -> Vec<String> {
        let own = &self.places[at];
        let head = match &parent.content {
            Content::Map(entries) => {
                let key = &entries[at].at;
                let Some(colon) = text[key.start + key.length..own.end].find(':') else {
                    return Vec::new();
                };
                key.start + key.length + colon + 1
            }
            _ if self.style == Style::Block => own.start + 1,
            _ => own.start,
        };
        let range = head..own.end;
        let space = if self.is_list && self.style == Style::Flow {
            ""
        } else {
            " "
        };
        let flow = format!("{space}{}", write::flow(value));
        let end = line_break(text);
        let block = match (self.style, self.is_list) {
            (Style::Flow, _) => flow.clone(),
            (_, true) => write::element(value, self.indent),
            (_, false) => write::block(value, self.indent + 2),
        };
        // What stood in brackets stays in brackets; in empty ones nothing stood.
        let old = text[range.clone()].trim();
        let was_flow = old.starts_with(['{', '[']) && !matches!(old, "[]" | "{}");
        let ways = if was_flow { [flow, block] } else { [block, flow] };
        // A comment behind `key:` belongs to the key.
        let (range, comment) = without_comment(text, range);
        ways.into_iter()
            .map(|way| replaced(text, &range, &format!("{}{}", way.replace('\n', end), comment)))
            .collect()
    }
}

/// A comment at the end of a value that is written on one line stays there.
fn without_comment(text: &str, range: Range<usize>) -> (Range<usize>, String) {
    let old = &text[range.clone()];
    match old.rfind(" #") {
        Some(at) if !old.contains('\n') && !old[..at].trim().is_empty() => {
            let at = old[..at].trim_end().len();
            (range.start..range.start + at, String::new())
        }
        _ => (range, String::new()),
    }
}

fn line_break(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

fn column(text: &str, at: usize) -> usize {
    at - line_start(text, at)
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |line| line + 1)
}

/// True when nothing but spaces stands before it on its line.
fn is_alone(text: &str, at: usize) -> bool {
    text[line_start(text, at)..at].trim().is_empty()
}

/// The dash before an element.
fn dash(text: &str, start: usize) -> Option<usize> {
    if text[start..].starts_with("- ") || text[start..].starts_with("-\n") {
        let before = text[..start].trim_end_matches([' ', '\n', '\r']);
        if !before.ends_with('-') || before.ends_with("--") {
            return Some(start);
        }
    }
    let before = text[..start].trim_end_matches([' ', '\n', '\r']);
    before.ends_with('-').then(|| before.len() - 1)
}

/// Where a child in block style ends: before the first line that is not further in, without blank lines and comments
/// behind it, and without the line break.
fn block_end(text: &str, start: usize, indent: usize) -> usize {
    let mut end = start;
    let mut at = start;
    let is_dash = text[start..].starts_with('-');
    for (nth, line) in text[start..].split_inclusive('\n').enumerate() {
        let content = line.trim_start_matches(' ');
        let full = content.trim_end();
        let own = line.len() - content.len();
        // A list may stand exactly below the key it belongs to.
        let list_below = !is_dash && own == indent && (full == "-" || full.starts_with("- "));
        if nth > 0 && !full.is_empty() && own <= indent && !list_below && !full.starts_with('#') {
            break;
        }
        let belongs = !full.is_empty() && (!full.starts_with('#') || (nth > 0 && own > indent));
        if belongs || nth == 0 {
            end = at + line.trim_end().len();
        }
        at += line.len();
    }
    end
}

/// Whole lines with their line break.
fn lines(text: &str, place: &Range<usize>) -> Range<usize> {
    let start = line_start(text, place.start);
    let end = text[place.end..]
        .find('\n')
        .map_or(text.len(), |line| place.end + line + 1);
    start..end
}

/// With the comments right above it that stand at its indentation.
fn with_comments(text: &str, place: &Range<usize>, indent: usize) -> Range<usize> {
    let mut start = place.start;
    if !is_alone(text, start) {
        return place.clone();
    }
    loop {
        let line = line_start(text, start);
        let Some(above) = line.checked_sub(1).map(|end| &text[line_start(text, end)..end]) else {
            break;
        };
        let content = above.trim_start_matches(' ');
        if !content.starts_with('#') || above.len() - content.len() != indent {
            break;
        }
        start = line_start(text, line - 1) + indent;
    }
    start..place.end
}

fn flow_place(text: &str, parent: &Node, at: usize) -> Range<usize> {
    let (start, value, behind_key) = if let Content::Map(entries) = &parent.content {
        let entry = &entries[at];
        (entry.at.start, &entry.value, entry.at.start + entry.at.length)
    } else {
        let element = &parent.elements()[at];
        (element.span.start, element, element.span.start)
    };
    let end = match &value.content {
        Content::Map(_) | Content::List(_) => closing(text, value.span.start),
        _ if value.span.length > 0 => value.span.start + value.span.length,
        _ => text[behind_key..]
            .find([',', '}', ']'])
            .map_or(behind_key, |end| {
                behind_key + text[behind_key..behind_key + end].trim_end().len()
            }),
    };
    start..end
}

/// Behind the bracket that closes the one at this place.
fn closing(text: &str, at: usize) -> usize {
    let (mut depth, mut quote, mut before) = (0usize, None, ' ');
    for (offset, sign) in text[at..].char_indices() {
        match (quote, sign) {
            (Some(own), _) if own == sign => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if " ,[{:".contains(before) => quote = Some(sign),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => {
                depth -= 1;
                if depth == 0 {
                    return at + offset + 1;
                }
            }
            _ => {}
        }
        before = sign;
    }
    text.len()
}
