//! Values as YAML: plain where that says the same, in quotes where it would not.

use serde_json::Value;

use crate::processflow::yaml::{Content, Document, Node};

/// Longest line for which a mapping or list stands in brackets.
const SHORT: usize = 90;

/// A single value in the ways it can be written; first as the old one was.
pub(super) fn scalars(value: &Value, old: &str) -> impl Iterator<Item = String> + use<> {
    let mut ways = match value {
        Value::String(text) => vec![text.clone(), single(text), double(text)],
        other => vec![other.to_string()],
    };
    if let Value::String(text) = value {
        match old.chars().next() {
            Some('"') => ways.insert(0, double(text)),
            Some('\'') => ways.insert(0, single(text)),
            _ => {}
        }
        ways.retain(|way| !way.is_empty() && !way.contains('\n'));
    }
    ways.into_iter()
}

fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn double(text: &str) -> String {
    Value::from(text).to_string()
}

/// A text, plain if it is read back as itself at such a place.
pub(super) fn word(text: &str, flow: bool) -> String {
    let means = |written: &str| {
        let sample = if flow {
            format!("[{{ k: {written}, x: 1 }}]")
        } else {
            format!("k: {written}\nx: 1\n")
        };
        let Ok(document) = Document::read(&sample) else {
            return false;
        };
        let map = if flow {
            document.root.elements().first()
        } else {
            Some(&document.root)
        };
        let node = map.and_then(|map| (map.entries().len() == 2).then(|| map.get("k"))?);
        node.is_some_and(|node: &Node| matches!(&node.content, Content::Text(read) if read == text))
    };
    // `06:00` is a number to other readers of YAML.
    let plain = !text.is_empty() && !text.contains(['\n', ':']) && means(text);
    if plain {
        return text.to_owned();
    }
    if text.contains(['\n', '\t', '\r']) || !means(&single(text)) {
        return double(text);
    }
    single(text)
}

/// A value on one line.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => word(text, true),
        Value::Array(elements) => format!("[{}]", elements.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| format!("{}: {}", word(name, true), flow(value));
            format!(
                "{{ {} }}",
                fields.iter().map(field).collect::<Vec<_>>().join(", ")
            )
        }
        other => other.to_string(),
    }
}

/// A value behind `key:` or `-`, whose lines stand at `indent`: with the space or line break before it.
pub(super) fn block(value: &Value, indent: usize) -> String {
    let short = flow(value);
    match value {
        Value::Object(fields) if !fields.is_empty() && !is_short(value, &short, indent) => {
            format!("\n{}", fields_at(fields, indent))
        }
        Value::Array(elements) if !elements.is_empty() && !is_short(value, &short, indent) => {
            let pad = " ".repeat(indent);
            let element = |value: &Value| format!("{pad}-{}", element(value, indent));
            format!(
                "\n{}",
                elements.iter().map(element).collect::<Vec<_>>().join("\n")
            )
        }
        Value::String(text) => format!(" {}", word(text, false)),
        _ => format!(" {short}"),
    }
}

/// An element behind its dash, which stands at `indent`.
pub(super) fn element(value: &Value, indent: usize) -> String {
    match value {
        Value::Object(fields) if fields.len() == 1 => {
            let (name, value) = fields.iter().next().expect("there is one");
            format!(" {}:{}", word(name, false), block(value, indent + 4))
        }
        Value::Object(fields) if !fields.is_empty() && !is_short(value, &flow(value), indent) => {
            format!(" {}", fields_at(fields, indent + 2).trim_start())
        }
        _ => block(value, indent + 2),
    }
}

fn fields_at(fields: &serde_json::Map<String, Value>, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let field =
        |(name, value): (&String, &Value)| format!("{pad}{}:{}", word(name, false), block(value, indent + 2));
    fields.iter().map(field).collect::<Vec<_>>().join("\n")
}

/// Short enough for one line, and not a mapping of expressions, which people read line by line, nor what has steps
/// inside, which grows.
fn is_short(value: &Value, flow: &str, indent: usize) -> bool {
    let nested = match value {
        Value::Object(fields) => fields.contains_key("steps") || fields.values().any(Value::is_object),
        Value::Array(elements) => elements.iter().any(Value::is_object),
        _ => false,
    };
    !nested && indent + flow.len() < SHORT
}
