//! The shapes of records: one JSON file a kind, with markers where records differ.
//! From a file come the text of a seeded record (filled in without building a tree), the defaults of a created
//! one, and the types that a write is checked against.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

pub(crate) mod check;

/// A record as a tree.
pub(crate) type Document = Map<String, Value>;

pub(crate) static PRODUCT: LazyLock<Template> = LazyLock::new(|| Template::new(include_str!("product.json")));
pub(crate) static VARIANT: LazyLock<Template> = LazyLock::new(|| Template::new(include_str!("variant.json")));
pub(crate) static CUSTOMER: LazyLock<Template> =
    LazyLock::new(|| Template::new(include_str!("customer.json")));
pub(crate) static ORDER: LazyLock<Template> = LazyLock::new(|| Template::new(include_str!("order.json")));
pub(crate) static LINE: LazyLock<Template> = LazyLock::new(|| Template::new(include_str!("line.json")));
pub(crate) static ADDRESS: LazyLock<Template> =
    LazyLock::new(|| Template::new(include_str!("shipping_address.json")));
pub(crate) static CATEGORY: LazyLock<Template> =
    LazyLock::new(|| Template::new(include_str!("category.json")));

/// A JSON object with markers such as `"$sku|text"`.
pub(crate) struct Template {
    pieces: Vec<(String, String)>,
    tail: String,
    blank: Document,
}

impl Template {
    fn new(source: &str) -> Self {
        let document: Document =
            serde_json::from_str(source).expect("the shapes are JSON: a test reads each");
        let text = Value::Object(document.clone()).to_string();
        let mut pieces = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("\"$") {
            let (marker, after) = after.split_once('"').expect("a marker is a whole JSON string");
            let name = marker.split('|').next().unwrap_or(marker);
            pieces.push((before.to_owned(), name.to_owned()));
            rest = after;
        }
        let tail = rest.to_owned();
        Self {
            pieces,
            tail,
            blank: document
                .into_iter()
                .map(|(name, value)| (name, blank(value)))
                .collect(),
        }
    }

    /// Writes a record; `value` appends the JSON of one marker.
    pub(crate) fn fill(&self, out: &mut String, mut value: impl FnMut(&str, &mut String)) {
        out.reserve(self.pieces.iter().map(|(before, _)| before.len() + 16).sum());
        for (before, marker) in &self.pieces {
            out.push_str(before);
            value(marker, out);
        }
        out.push_str(&self.tail);
    }

    /// A record in which every marker has its empty value.
    pub(crate) fn blank(&self) -> Document {
        self.blank.clone()
    }

    /// What a field holds, for telling a number from text in a write.
    pub(crate) fn example(&self, field: &str) -> Option<&Value> {
        self.blank.get(field)
    }
}

fn blank(value: Value) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$').and_then(|marker| marker.split_once('|')) {
            Some((_, "number")) => json!(0),
            Some((_, "amount")) => json!("0.0000"),
            Some((_, "list")) => json!([]),
            Some((_, "flag")) => json!(false),
            Some((_, "object")) => json!({}),
            Some((_, "null")) => Value::Null,
            Some(_) => json!(""),
            None => Value::String(text),
        },
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, blank(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(blank).collect(),
        other => other,
    }
}

/// Appends `text` as a JSON string.
pub(crate) fn push_text(out: &mut String, text: &str) {
    if text
        .bytes()
        .all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
    {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&Value::String(text.to_owned()).to_string());
    }
}

/// Reads a record's text as a tree.
pub(crate) fn read(text: &str) -> Document {
    serde_json::from_str(text).unwrap_or_default()
}

/// The text of an object with members appended: `{"a":1}` and `"b":2` make `{"a":1,"b":2}`.
pub(crate) fn splice(text: &str, members: &[(&str, String)]) -> String {
    let mut out =
        String::with_capacity(text.len() + members.iter().map(|(_, text)| text.len() + 24).sum::<usize>());
    out.push_str(text.strip_suffix('}').unwrap_or(text));
    for (name, value) in members {
        out.push(',');
        push_text(&mut out, name);
        out.push(':');
        out.push_str(value);
    }
    out.push('}');
    out
}

/// The number of a plain member, without reading the rest.
pub(crate) fn number_in(text: &str, member: &str) -> u64 {
    let name = format!("\"{member}\":");
    let Some((_, after)) = text.split_once(&name) else {
        return 0;
    };
    let end = after
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(after.len());
    after[..end].parse().unwrap_or_default()
}

/// `text` with another value of a member that is a link, an object without objects in it.
pub(crate) fn replace_link(text: &str, member: &str, value: &str) -> String {
    let name = format!("\"{member}\":{{");
    let Some((before, after)) = text.split_once(&name) else {
        return splice(text, &[(member, value.to_owned())]);
    };
    let Some((_, after)) = after.split_once('}') else {
        return text.to_owned();
    };
    format!("{before}\"{member}\":{value}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_can_be_read_and_has_the_size_of_the_vendors_records() {
        let shapes = [&PRODUCT, &VARIANT, &CUSTOMER, &ORDER, &LINE, &ADDRESS, &CATEGORY];
        for shape in shapes {
            assert!(shape.blank().len() > 10, "a shape has the vendor's fields");
        }
        assert!(PRODUCT.blank().len() >= 68, "the vendor's product has 68 fields");
        assert!(ORDER.blank().len() >= 74, "the vendor's order has 74 fields");
    }
}
