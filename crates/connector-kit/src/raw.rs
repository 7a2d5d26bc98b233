//! JSON kept as the text it arrived as.
//!
//! A record stays text until somebody looks into it: splitting a page is several times cheaper than parsing it,
//! and what nobody maps is never parsed. Numbers keep their digits.

use std::{fmt, ops::Range};

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::{Error, Result};

/// One JSON value as text, cheap to clone (a slice of the page it came in). Always valid JSON.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Raw(Bytes);

impl Raw {
    /// Checks that `text` is exactly one JSON value.
    pub fn parse(text: impl Into<Bytes>) -> Result<Self> {
        let bytes = text.into();
        let _: &RawValue = serde_json::from_slice(&bytes).map_err(not_json)?;
        Ok(Self(bytes))
    }

    /// The JSON text of a value of ours.
    pub fn of(value: &impl serde::Serialize) -> Self {
        let text = serde_json::to_vec(value).expect("maps with text keys always serialise");
        Self(Bytes::from(text))
    }

    /// Splits a JSON array, kept in `page`, into its elements without parsing or copying them.
    pub fn split(page: &Bytes) -> Result<Vec<Self>> {
        let elements: Vec<&RawValue> = serde_json::from_slice(page).map_err(not_json)?;
        Ok(elements.into_iter().map(|element| Self(page.slice_ref(element.get().as_bytes()))).collect())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("JSON that serde_json accepted is UTF-8")
    }

    /// Parses into a type.
    pub fn read<'a, T: serde::Deserialize<'a>>(&'a self) -> Result<T> {
        serde_json::from_slice(&self.0).map_err(not_json)
    }

    /// The top-level fields of an object, in order, each as text; empty for anything else.
    pub fn fields(&self) -> Fields {
        Fields::of(self)
    }

    /// One top-level field of an object.
    pub fn field(&self, name: &str) -> Option<Raw> {
        self.fields().get(name)
    }

    /// The part of this value at `range`, which must hold one whole JSON value.
    fn part(&self, range: &Range<usize>) -> Self {
        Self(self.0.slice(range.clone()))
    }

    /// Length of the text in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Never: JSON text has at least one byte.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// A JSON string's or number's plain text (`"A-1"` and `17` give `A-1` and `17`); `None` for anything else.
    pub fn plain(&self) -> Option<String> {
        match self.as_str().as_bytes().first()? {
            b'"' => self.read().ok(),
            b'-' | b'0'..=b'9' => Some(self.as_str().to_owned()),
            _ => None,
        }
    }
}

impl fmt::Debug for Raw {
    // A record may hold personal data: its size says enough in a log.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Raw({} bytes)", self.0.len())
    }
}

impl serde::Serialize for Raw {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_slice(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Raw {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(Bytes::from(String::from(Box::<str>::from(raw)))))
    }
}

/// The top-level fields of one JSON object, found in one pass, still text.
#[derive(Clone, Debug)]
pub struct Fields {
    whole: Raw,
    found: Vec<(Box<str>, Range<usize>)>,
}

impl Fields {
    fn of(whole: &Raw) -> Self {
        let mut found = Vec::new();
        if whole.0.first() == Some(&b'{') {
            let start = whole.0.as_ptr() as usize;
            let mut visit = |name: Box<str>, value: &RawValue| {
                let at = value.get().as_ptr() as usize - start;
                found.push((name, at..at + value.get().len()));
            };
            scan(&whole.0, &mut visit);
        }
        Self { whole: whole.clone(), found }
    }

    /// The field of that name; the last one where a sender repeats it, as JSON readers do.
    pub fn get(&self, name: &str) -> Option<Raw> {
        let (_, range) = self.found.iter().rev().find(|(field, _)| &**field == name)?;
        Some(self.whole.part(range))
    }

    /// All names in the order they were sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.found.iter().map(|(name, _)| &**name)
    }
}

/// Calls `visit` for each top-level field of the object in `text`.
fn scan(text: &[u8], visit: &mut dyn FnMut(Box<str>, &RawValue)) {
    struct Visitor<'v>(&'v mut dyn FnMut(Box<str>, &RawValue));
    impl<'de> serde::de::Visitor<'de> for Visitor<'_> {
        type Value = ();
        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("an object")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(name) = map.next_key::<Box<str>>()? {
                (self.0)(name, map.next_value::<&RawValue>()?);
            }
            Ok(())
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    serde::Deserializer::deserialize_map(&mut reader, Visitor(visit)).expect("a Raw is valid JSON");
}

fn not_json(error: serde_json::Error) -> Error {
    Error::unavailable(format!("the answer is not valid JSON ({error})"))
}
