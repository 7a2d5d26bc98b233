//! From the text to the file's structs, past as many mistakes as possible: what is wrong is noted, taken out, and
//! the rest read again.

use super::{Findings, MOST_STEPS};
use crate::processflow::{
    file::File,
    report::Span,
    yaml::{Content, Document, Entry, Fault, Node, decode},
};

/// Reads; what was wrong is among the findings. `None` when too little is left to go on with.
pub(super) fn read(findings: &mut Findings<'_>) -> Option<(File, Document)> {
    let mut document = match Document::read(findings.text) {
        Ok(document) => document,
        Err(fault) => {
            found(findings, &fault);
            return None;
        }
    };
    if !begins(findings, &document.root) {
        return None;
    }
    let steps = document
        .root
        .get("steps")
        .map_or(0, |steps| steps.elements().len());
    findings.numbers = (1..=steps).collect();
    if findings.past_mistakes {
        fill_in(&mut document.root);
    }
    loop {
        match decode::<File>(&document.root) {
            Ok(file) => return Some((file, document)),
            Err(fault) => {
                found(findings, &fault);
                if !mended(&mut document.root, &fault, &mut findings.numbers) {
                    return None;
                }
            }
        }
    }
}

fn begins(findings: &mut Findings<'_>, root: &Node) -> bool {
    let mistake = match &root.content {
        Content::Map(_) if root.get("processflow").is_none() => {
            "this is no processflow: it has no line `processflow: NAME`"
        }
        Content::Map(_) => {
            let steps = root.get("steps").map_or(&[][..], Node::elements);
            if let Some(step) = steps.get(MOST_STEPS) {
                findings.mistake(
                    step.span,
                    format!("a processflow has {MOST_STEPS} steps at most"),
                    None,
                );
                return false;
            }
            return true;
        }
        Content::Null => "the file is empty",
        _ => "this is no processflow: it begins with a list or a text",
    };
    let hint = "The shortest one is `processflow: NAME`, `connections: { … }` and `steps:`; `processflow schema` prints the format.";
    findings.mistake(Span::default(), mistake, Some(hint.to_owned()));
    false
}

fn found(findings: &mut Findings<'_>, fault: &Fault) {
    findings.mistake(
        fault.span.unwrap_or_default(),
        &*fault.message,
        fault.hint.clone(),
    );
}

/// An expression that is not there yet becomes an empty one, which says so at its own place; without it the whole step
/// would be taken out.
fn fill_in(node: &mut Node) {
    match &mut node.content {
        Content::List(elements) => elements.iter_mut().for_each(fill_in),
        Content::Map(entries) => {
            for Entry { name, value, .. } in entries {
                match (&**name, &mut value.content) {
                    ("map" | "set" | "by", Content::Map(fields)) => {
                        fields.iter_mut().for_each(|field| fill_in_one(&mut field.value));
                    }
                    ("when" | "each" | "in", _) => fill_in_one(value),
                    _ => fill_in(value),
                }
            }
        }
        _ => {}
    }
}

fn fill_in_one(node: &mut Node) {
    if matches!(node.content, Content::Null) {
        node.content = Content::Text(String::new());
    }
}

/// Takes out what is wrong: a field that is not known, else the step, else the whole part of the file. False when
/// it cannot be told what, or the file cannot be without it.
fn mended(root: &mut Node, fault: &Fault, numbers: &mut Vec<usize>) -> bool {
    let Some(span) = fault.span else { return false };
    if fault.entry && without_entry(root, span) {
        return true;
    }
    let Content::Map(parts) = &mut root.content else {
        return false;
    };
    let Some(part) = parts.iter().rposition(|part| part.at.start <= span.start) else {
        return false;
    };
    let Entry { name, value, .. } = &mut parts[part];
    match (&**name, &mut value.content) {
        ("steps", Content::List(steps)) => {
            let step = steps.iter().rposition(|step| step.span.start <= span.start);
            if let Some(step) = step {
                steps.remove(step);
                numbers.remove(step);
            }
            step.is_some()
        }
        ("processflow" | "connections" | "steps", _) => false,
        _ => {
            parts.remove(part);
            true
        }
    }
}

fn without_entry(node: &mut Node, at: Span) -> bool {
    match &mut node.content {
        Content::Map(entries) => {
            let before = entries.len();
            entries.retain(|entry: &Entry| entry.at != at);
            entries.len() < before
                || entries
                    .iter_mut()
                    .any(|entry| without_entry(&mut entry.value, at))
        }
        Content::List(elements) => elements.iter_mut().any(|element| without_entry(element, at)),
        _ => false,
    }
}
