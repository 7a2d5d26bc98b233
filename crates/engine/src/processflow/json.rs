//! Looking into JSON text without parsing it.
//!
//! A record stays text until somebody asks for a field; then one pass finds where its top-level fields stand, and
//! only the values asked for are read. Everything here relies on its input being valid JSON, which a
//! [`Raw`](connector_kit::Raw) is; it checks nothing again.

use std::{borrow::Cow, ops::Range};

use connector_kit::{Error, Result};

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
            escaped: members.escaped,
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

/// The fields of an object: name as it is written, without its quotes, and value.
pub(crate) fn members(text: &str) -> Members<'_> {
    Members {
        cursor: Cursor::inside(text, b'{'),
        escaped: false,
    }
}

/// The elements of an array.
pub(crate) fn elements(text: &str) -> Elements<'_> {
    Elements {
        cursor: Cursor::inside(text, b'['),
    }
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

fn is_name(written: &str, name: &str) -> bool {
    if written.len() > name.len() && written.contains('\\') {
        return serde_json::from_str::<String>(&format!("\"{written}\""))
            .is_ok_and(|decoded| decoded == name);
    }
    // An escape is longer than what it means; a name that is as long and has a backslash is another one.
    written == name && !name.contains('\\')
}

/// See [`members`].
pub(crate) struct Members<'t> {
    cursor: Cursor<'t>,
    escaped: bool,
}

impl<'t> Iterator for Members<'t> {
    type Item = (&'t str, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        self.cursor.escaped = false;
        let name = self.cursor.value()?;
        self.escaped |= self.cursor.escaped;
        self.cursor.past(b':');
        let value = self.cursor.value()?;
        Some((&name[1..name.len() - 1], value))
    }
}

/// See [`elements`].
pub(crate) struct Elements<'t> {
    cursor: Cursor<'t>,
}

impl<'t> Iterator for Elements<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        self.cursor.value()
    }
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
    /// Whether an escape was passed.
    escaped: bool,
}

impl<'t> Cursor<'t> {
    fn inside(text: &'t str, opening: u8) -> Self {
        let mut cursor = Self {
            text,
            at: 0,
            escaped: false,
        };
        cursor.space();
        if cursor.byte() == Some(opening) {
            cursor.at += 1;
        } else {
            cursor.at = text.len();
        }
        cursor
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn past(&mut self, sign: u8) {
        self.space();
        if self.byte() == Some(sign) {
            self.at += 1;
        }
    }

    /// The next value, and the comma before it; `None` at the closing bracket.
    fn value(&mut self) -> Option<&'t str> {
        self.past(b',');
        self.space();
        let start = self.at;
        match self.byte()? {
            b'}' | b']' => return None,
            b'"' => self.string(),
            b'{' | b'[' => self.container(),
            _ => self.literal(),
        }
        Some(&self.text[start..self.at])
    }

    fn string(&mut self) {
        let bytes = self.text.as_bytes();
        self.at += 1;
        loop {
            match bytes[self.at] {
                b'"' => break,
                b'\\' => {
                    self.escaped = true;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
        self.at += 1;
    }

    fn container(&mut self) {
        let bytes = self.text.as_bytes();
        let mut depth = 0_u32;
        loop {
            match bytes[self.at] {
                b'"' => {
                    self.string();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn literal(&mut self) {
        while !matches!(
            self.byte(),
            None | Some(b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t')
        ) {
            self.at += 1;
        }
    }
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
    fn elements_come_in_order() {
        let all: Vec<_> = elements(r#"[1, "a,b" ,{"x":[2]},[],null]"#).collect();
        assert_eq!(
            all,
            ["1", r#""a,b""#, r#"{"x":[2]}"#, "[]", "null"],
            "each element is one value"
        );
        assert_eq!(elements("{}").count(), 0, "an object has no elements");
        assert_eq!(elements(" [ ] ").count(), 0, "nor has an empty list");
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
