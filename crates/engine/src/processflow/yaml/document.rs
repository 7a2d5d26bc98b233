//! The text as a tree of nodes with their places.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Spanned, budget, options};

use super::{Fault, traps};
use crate::processflow::{json, report::Span};

/// The largest file (bytes).
const LARGEST: usize = 1 << 20;

/// A file as nodes.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) root: Node,
}

/// One value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) content: Content,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Null,
    Bool(bool),
    /// A number, with the digits it has in the file.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One field of a mapping.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) at: Span,
    pub(crate) value: Node,
}

impl Document {
    /// Reads a text; the fault has its place and, for YAML's own traps, the way out.
    pub(crate) fn read(text: &str) -> Result<Self, Fault> {
        if text.len() > LARGEST {
            return Err(Fault::at(
                Span::default(),
                format!("the file is larger than {} MiB", LARGEST >> 20),
            ));
        }
        let mut root: Node = serde_saphyr::from_str_with_options(text, settings())
            .map_err(|error| traps::explain(text, &error))?;
        root.take_digits(text);
        Ok(Self { root })
    }
}

fn settings() -> serde_saphyr::Options {
    options! {
        budget: budget! {
            max_depth: 32,
            max_nodes: 50_000,
            max_events: 200_000,
            max_documents: 1,
            max_aliases: 100,
            max_anchors: 100,
            max_merge_keys: 0,
            max_total_scalar_bytes: LARGEST,
        },
        strict_booleans: true,
        merge_keys: serde_saphyr::MergeKeyPolicy::AsOrdinary,
        with_snippet: false,
    }
}

impl Node {
    /// The field of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// The field of that name, with the place of the name.
    pub(crate) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.name == name)
    }

    /// All fields.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// All elements.
    pub(crate) fn elements(&self) -> &[Node] {
        match &self.content {
            Content::List(elements) => elements,
            _ => &[],
        }
    }

    /// What it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self.content {
            Content::Null => "nothing",
            Content::Bool(_) => "true or false",
            Content::Number(_) => "a number",
            Content::Text(_) => "a text",
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
        }
    }

    /// As JSON text; numbers keep their digits.
    pub(crate) fn to_json(&self) -> String {
        let list = |parts: Vec<String>| parts.join(",");
        match &self.content {
            Content::Null => "null".to_owned(),
            Content::Bool(value) => value.to_string(),
            Content::Number(digits) => match serde_json::from_str::<serde_json::Number>(digits) {
                Ok(_) => digits.clone(),
                // `.5`, `0x1F` and `012` are numbers in YAML and none in JSON.
                Err(_) => self
                    .number()
                    .map_or_else(|| json::quoted(digits), |number| number.to_string()),
            },
            Content::Text(text) => json::quoted(text),
            Content::List(elements) => format!("[{}]", list(elements.iter().map(Self::to_json).collect())),
            Content::Map(entries) => {
                let field =
                    |entry: &Entry| format!("{}:{}", json::quoted(&entry.name), entry.value.to_json());
                format!("{{{}}}", list(entries.iter().map(field).collect()))
            }
        }
    }

    /// A number by YAML's rules.
    pub(crate) fn number(&self) -> Option<serde_json::Number> {
        let Content::Number(digits) = &self.content else {
            return None;
        };
        let whole = || digits.parse::<i64>().ok().map(serde_json::Number::from);
        serde_json::from_str(digits)
            .ok()
            .or_else(whole)
            .or_else(|| serde_saphyr::from_str(digits).ok())
    }

    /// Numbers were read as such and dropped; their digits are those in the file.
    fn take_digits(&mut self, text: &str) {
        match &mut self.content {
            Content::Number(digits) => self.span.of(text).clone_into(digits),
            Content::List(elements) => elements.iter_mut().for_each(|node| node.take_digits(text)),
            Content::Map(entries) => entries.iter_mut().for_each(|entry| entry.value.take_digits(text)),
            _ => {}
        }
    }
}

fn place<T>(spanned: &Spanned<T>) -> Span {
    // Where it is defined: behind an alias stands the text of the anchor.
    let span = spanned.defined.span();
    let bytes = |bytes: Option<u64>| bytes.unwrap_or_default() as usize;
    Span {
        start: bytes(span.byte_offset()),
        length: bytes(span.byte_len()),
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Self {
            span: place(&spanned),
            content: spanned.value,
        })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyContent)
    }
}

struct AnyContent;

impl<'de> Visitor<'de> for AnyContent {
    type Value = Content;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Bool(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Content, E> {
        Ok(Content::Number(String::new()))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Content, E> {
        Ok(Content::Number(String::new()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Content, E> {
        Ok(Content::Number(String::new()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Content, E> {
        Ok(Content::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = list.next_element()? {
            elements.push(element);
        }
        Ok(Content::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some((name, value)) = map.next_entry::<Spanned<String>, Node>()? {
            entries.push(Entry {
                at: place(&name),
                name: name.value,
                value,
            });
        }
        Ok(Content::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_digits_and_words() {
        let document =
            Document::read("a: 012\nb: yes\nc: 2.50\nd: 'no'\ne: 2025-01-31\nf: [1, {g: true}]\n11: x\n")
                .unwrap();
        let json = document.root.to_json();
        let expected = r#"{"a":12,"b":"yes","c":2.50,"d":"no","e":"2025-01-31","f":[1,{"g":true}],"11":"x"}"#;
        assert_eq!(
            json, expected,
            "only true and false are booleans, and digits stay"
        );
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let before = format!("*a{}", level - 1);
            bomb.extend([format!("a{level}: &a{level} [{}]\n", vec![before; 10].join(", "))]);
        }
        assert!(
            Document::read(&bomb).is_err(),
            "U9: aliases of aliases of aliases"
        );
        assert!(
            Document::read(&format!("a: {}1{}", "[".repeat(40), "]".repeat(40))).is_err(),
            "U9: depth"
        );
        assert!(Document::read(&"a".repeat(LARGEST + 1)).is_err(), "U9: size");
    }
}
