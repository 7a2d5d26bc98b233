//! Looking into JSON text without parsing it.
//!
//! A record stays text until somebody asks for a field; then one pass finds where its top-level fields stand, and
//! only the values asked for are read. Everything here relies on its input being valid JSON, which a
//! [`Raw`](connector_kit::Raw) is; it checks nothing again.

use std::{borrow::Cow, ops::Range};

pub(crate) use connector_kit::scan::{elements, members};
use connector_kit::{Error, Result, scan::is_name};

/// Where the fields of one object stand in its text.
#[derive(Debug, Default)]
pub(crate) struct Index {
    fields: Box<[(Range<u32>, Range<u32>)]>,
    /// Whether any name is written with escapes; hardly ever.
    escaped: bool,
}

impl Index {
    /// One pass over an object; no fields for anything else.
    pub(crate) fn of(text: &str) -> Self {
        let start = text.as_ptr() as usize;
        let range = |part: &str| {
            let at = (part.as_ptr() as usize - start) as u32;
            at..at + part.len() as u32
        };
        let mut fields = Vec::with_capacity(64);
        let mut members = members(text);
        for (name, value) in members.by_ref() {
            fields.push((range(name), range(value)));
        }
        Self {
            fields: fields.into_boxed_slice(),
            escaped: members.has_escapes(),
        }
    }

    /// The JSON text of the field of that name; the last one where a sender repeats it, as JSON readers do.
    pub(crate) fn get<'t>(&self, text: &'t str, name: &str) -> Option<&'t str> {
        let part = |range: &Range<u32>| &text[range.start as usize..range.end as usize];
        let found = |field: &Range<u32>| {
            if self.escaped {
                is_name(part(field), name)
            } else {
                part(field) == name
            }
        };
        let (_, value) = self.fields.iter().rev().find(|(field, _)| found(field))?;
        Some(part(value))
    }
}

/// One field of an object.
pub(crate) fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    members(text)
        .filter(|(field, _)| is_name(field, name))
        .last()
        .map(|(_, value)| value)
}

/// The text of a JSON string with its quotes.
pub(crate) fn string(quoted: &str) -> Result<Cow<'_, str>> {
    let inside = &quoted[1..quoted.len() - 1];
    if !inside.contains('\\') {
        return Ok(Cow::Borrowed(inside));
    }
    // Half of a surrogate pair passes as JSON and is no text.
    let text =
        serde_json::from_str(quoted).map_err(|_| Error::rejected("a text in it is not valid Unicode"))?;
    Ok(Cow::Owned(text))
}

/// A JSON string for a text.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_whatever_stands_between_them() {
        let text = r#" { "a" : 1 ,"b":{"a":[1,"}\"]"]}, "c":"x\"y", "d" : [ ] , "a":2.50 } "#;
        let index = Index::of(text);
        let cases = [
            ("a", Some("2.50")),
            ("b", Some(r#"{"a":[1,"}\"]"]}"#)),
            ("c", Some(r#""x\"y""#)),
        ];
        for (name, expected) in cases {
            assert_eq!(index.get(text, name), expected, "{name} in the index");
            assert_eq!(field(text, name), expected, "{name} by scanning");
        }
        assert_eq!(index.get(text, "d"), Some("[ ]"), "an empty list is a value");
        assert_eq!(index.get(text, "e"), None, "what is not there is not found");
    }

    #[test]
    fn a_name_with_escapes_is_the_name_it_means() {
        let text = r#"{"Item \u004eo.":"A-1"}"#;
        assert_eq!(
            field(text, "Item No."),
            Some(r#""A-1""#),
            "escapes in names are only spelling"
        );
    }

    #[test]
    fn half_a_surrogate_is_refused_and_not_replaced() {
        assert!(
            string(r#""\ud800""#).is_err(),
            "a character that is not there must not be invented"
        );
        assert_eq!(
            string(r#""Caf\u00e9 \ud83d\ude00""#).unwrap(),
            "Café 😀",
            "whole pairs are text"
        );
    }
}
