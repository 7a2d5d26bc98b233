//! Looking into JSON text without parsing it.
//!
//! A record stays text until somebody asks for a field; then one pass finds where its top-level fields stand, and
//! only the values asked for are read. Everything here relies on its input being valid JSON, which a
//! [`Raw`](connector_kit::Raw) is; it checks nothing again.

use std::{
    borrow::Cow,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

pub(crate) use connector_kit::scan::{elements, members};
use connector_kit::{Error, Result, scan::is_name};

/// Names of fields that somebody will look for: those that the expressions of a processflow have in them. A record has
/// ten times as many.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    names: Vec<String>,
    /// A bit for each length that one of them has; the highest for all that are longer.
    lengths: u64,
}

impl Wanted {
    pub(crate) fn new(names: impl IntoIterator<Item = String>) -> Self {
        let names: Vec<String> = names.into_iter().collect();
        let lengths = names.iter().fold(0, |all, name| all | Self::length(name));
        Self { names, lengths }
    }

    fn has(&self, name: &str) -> bool {
        self.lengths & Self::length(name) != 0 && self.names.iter().any(|wanted| wanted == name)
    }

    fn length(name: &str) -> u64 {
        1 << name.len().min(63)
    }
}

/// Where the fields of one object stand in its text.
#[derive(Debug)]
pub(crate) struct Index {
    /// Those that are wanted.
    fields: Box<[(Range<u32>, Range<u32>)]>,
    wanted: Arc<Wanted>,
    /// Whether any name is written with escapes; hardly ever.
    escaped: bool,
    /// Lists of its text whose elements somebody has looked into, by their place.
    lists: Mutex<Vec<(usize, Arc<Elements>)>>,
}

/// The elements of a list, each with where its fields stand.
#[derive(Debug)]
pub(crate) struct Elements(Box<[(Range<u32>, Index)]>);

impl Index {
    /// One pass over an object; no fields for anything else.
    pub(crate) fn of(text: &str, wanted: &Arc<Wanted>) -> Self {
        let start = text.as_ptr() as usize;
        let range = |part: &str| {
            let at = (part.as_ptr() as usize - start) as u32;
            at..at + part.len() as u32
        };
        let mut fields = Vec::new();
        let mut members = members(text);
        if text.starts_with('{') {
            fields.reserve_exact(wanted.names.len());
        }
        while let Some((name, value)) = members.next() {
            // A name with escapes may be any.
            let is_escaped = members.has_escapes() && name.contains('\\');
            if is_escaped || wanted.has(name) {
                fields.push((range(name), range(value)));
            }
        }
        Self {
            fields: fields.into_boxed_slice(),
            wanted: wanted.clone(),
            escaped: members.has_escapes(),
            lists: Mutex::default(),
        }
    }

    /// The same of another object, of which the same fields are wanted.
    pub(crate) fn of_another(&self, text: &str) -> Self {
        Self::of(text, &self.wanted)
    }

    /// The elements of a list that is a part of its text; `None` of any other. They are looked for once, however many
    /// expressions and steps look into them.
    pub(crate) fn elements(&self, text: &str, list: &str) -> Option<Arc<Elements>> {
        let at = (list.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        if at + list.len() > text.len() {
            return None;
        }
        // A list that is right at any time.
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = lists.iter().find(|(place, _)| *place == at) {
            return Some(known.clone());
        }
        let elements = Arc::new(Elements::of(list, &self.wanted));
        lists.push((at, elements.clone()));
        Some(elements)
    }

    /// The JSON text of the field of that name; the last one where a sender repeats it, as JSON readers do. One that is
    /// not among the wanted is looked for in the text.
    pub(crate) fn get<'t>(&self, text: &'t str, name: &str) -> Option<&'t str> {
        if !self.wanted.has(name) {
            return field(text, name);
        }
        let part = |range: &Range<u32>| &text[range.start as usize..range.end as usize];
        let found = |field: &Range<u32>| {
            if self.escaped {
                is_name(part(field), name)
            } else {
                // Lengths first: they are at hand, and hardly two names of a record have the same.
                field.len() == name.len() && part(field) == name
            }
        };
        let (_, value) = self.fields.iter().rev().find(|(field, _)| found(field))?;
        Some(part(value))
    }
}

impl Elements {
    fn of(list: &str, wanted: &Arc<Wanted>) -> Self {
        let start = list.as_ptr() as usize;
        let element = |element: &str| {
            let at = (element.as_ptr() as usize - start) as u32;
            (at..at + element.len() as u32, Index::of(element, wanted))
        };
        Self(elements(list).map(element).collect())
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Each with its text, which is a part of `list`.
    pub(crate) fn each<'e, 't>(&'e self, list: &'t str) -> impl Iterator<Item = (&'t str, &'e Index)> {
        let element = |(range, index): &'e (Range<u32>, Index)| {
            (&list[range.start as usize..range.end as usize], index)
        };
        self.0.iter().map(element)
    }
}

/// One field of an object.
pub(crate) fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut members = members(text);
    let mut found = None;
    while let Some((written, value)) = members.next() {
        let is_it = if members.has_escapes() {
            is_name(written, name)
        } else {
            written == name
        };
        found = if is_it { Some(value) } else { found };
    }
    found
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
        let wanted = Wanted::new(["a", "c", "f"].map(str::to_owned));
        let index = Index::of(text, &Arc::new(wanted));
        assert_eq!(index.fields.len(), 3, "nothing is kept that nobody wants");
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
        assert_eq!(index.get(text, "f"), None, "neither is what was wanted");
    }

    #[test]
    fn elements_are_looked_for_once_in_a_list_of_the_text_alone() {
        let text = r#"{"lines":[{"id":1},{"id":2},3],"none":[]}"#;
        let wanted = Wanted::new(["id".to_owned()]);
        let index = Index::of(text, &Arc::new(wanted));
        let lines = index.get(text, "lines").unwrap();
        let first = index.elements(text, lines).unwrap();
        let ids: Vec<_> = first
            .each(lines)
            .map(|(line, fields)| fields.get(line, "id"))
            .collect();
        assert_eq!(
            ids,
            [Some("1"), Some("2"), None],
            "what is no object has no fields"
        );
        let again = index.elements(text, lines).unwrap();
        assert!(Arc::ptr_eq(&first, &again), "once");
        let none = index.get(text, "none").unwrap();
        assert_eq!(index.elements(text, none).unwrap().len(), 0);
        assert!(
            index.elements(text, "[1]").is_none(),
            "another text is not remembered"
        );
    }

    #[test]
    fn a_name_with_escapes_is_the_name_it_means() {
        let text = r#"{"Item \u004eo.":"A-1"}"#;
        assert_eq!(
            field(text, "Item No."),
            Some(r#""A-1""#),
            "escapes in names are only spelling"
        );
        for wanted in [Wanted::default(), Wanted::new(["Item No.".to_owned()])] {
            let index = Index::of(text, &Arc::new(wanted));
            assert_eq!(index.get(text, "Item No."), Some(r#""A-1""#));
        }
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
