//! JSON kept as the text it arrived as.
//!
//! A record stays text until somebody looks into it: splitting a page is several times cheaper than parsing it,
//! and what nobody maps is never parsed. Numbers keep their digits.

use std::{fmt, ops::Range};

use bytes::Bytes;
use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::{Error, Result};

/// One JSON value as text, cheap to clone (a slice of the page it came in). Always valid JSON.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Raw(Bytes);

impl Raw {
    /// Checks that `text` is exactly one JSON value.
    pub fn parse(text: impl Into<Bytes>) -> Result<Self> {
        let bytes = text.into();
        let value: &RawValue = serde_json::from_slice(&bytes).map_err(not_json)?;
        Ok(Self::part_of(&bytes, value)) // without the white space around it
    }

    /// The JSON text of a value of ours.
    pub fn of(value: &impl serde::Serialize) -> Self {
        let text = serde_json::to_vec(value).expect("maps with text keys always serialise");
        Self(Bytes::from(text))
    }

    /// Splits a JSON array, kept in `page`, into its elements without parsing or copying them.
    pub fn split(page: &Bytes) -> Result<Vec<Self>> {
        let elements: Vec<&RawValue> = serde_json::from_slice(page).map_err(not_json)?;
        Ok(elements
            .into_iter()
            .map(|element| Self(page.slice_ref(element.get().as_bytes())))
            .collect())
    }

    /// A value that was found while reading `page`, as a slice of it: neither parsed again nor copied.
    pub fn part_of(page: &Bytes, value: &RawValue) -> Self {
        Self(page.slice_ref(value.get().as_bytes()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("JSON that serde_json accepted is UTF-8")
    }

    /// The text as bytes, shared, not copied.
    pub fn bytes(&self) -> Bytes {
        self.0.clone()
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
    found: Vec<(Name, Range<usize>)>,
}

/// A field's name: a part of the text, or its own where the text spells it with escapes.
#[derive(Clone, Debug)]
enum Name {
    Part(Range<usize>),
    Own(Box<str>),
}

impl Fields {
    fn of(whole: &Raw) -> Self {
        let mut found = Vec::new();
        if whole.0.first() == Some(&b'{') {
            let mut reader = serde_json::Deserializer::from_slice(&whole.0);
            let scan = Scan {
                start: whole.0.as_ptr() as usize,
                found: &mut found,
            };
            // A name that is no text (half a surrogate pair) is the one thing a Raw lets through: such an object
            // has no fields for us, and mapping it fails by the name of the field.
            if serde::Deserializer::deserialize_map(&mut reader, scan).is_err() {
                found.clear();
            }
        }
        Self {
            whole: whole.clone(),
            found,
        }
    }

    /// The field of that name; the last one where a sender repeats it, as JSON readers do.
    pub fn get(&self, name: &str) -> Option<Raw> {
        let (_, range) = self
            .found
            .iter()
            .rev()
            .find(|(field, _)| self.text(field) == name.as_bytes())?;
        Some(self.whole.part(range))
    }

    /// All names in the order they were sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let text =
            |name| std::str::from_utf8(self.text(name)).expect("JSON that serde_json accepted is UTF-8");
        self.found.iter().map(move |(name, _)| text(name))
    }

    fn text<'f>(&'f self, name: &'f Name) -> &'f [u8] {
        match name {
            Name::Part(range) => &self.whole.0[range.clone()],
            Name::Own(text) => text.as_bytes(),
        }
    }
}

/// Notes where the names and values of an object stand in its text, which begins at address `start`.
struct Scan<'s> {
    start: usize,
    found: &'s mut Vec<(Name, Range<usize>)>,
}

impl Scan<'_> {
    fn at(&self, part: &str) -> Range<usize> {
        let from = part.as_ptr() as usize - self.start;
        from..from + part.len()
    }
}

impl<'de> Visitor<'de> for Scan<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(NameIn(&self))? {
            let value: &RawValue = map.next_value()?;
            let range = self.at(value.get());
            self.found.push((name, range));
        }
        Ok(())
    }
}

/// Reads one name without copying it where that is possible.
struct NameIn<'s>(&'s Scan<'s>);

impl<'de> DeserializeSeed<'de> for NameIn<'_> {
    type Value = Name;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for NameIn<'_> {
    type Value = Name;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a field's name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name, E> {
        Ok(Name::Part(self.0.at(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        Ok(Name::Own(name.into()))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err passes it")]
fn not_json(error: serde_json::Error) -> Error {
    Error::unavailable(format!("the answer is not valid JSON ({error})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &'static str) -> Raw {
        Raw::parse(text).unwrap()
    }

    #[test]
    fn a_value_keeps_its_letters_and_loses_the_space_around_it() {
        let value = raw(" \n{\"price\": 25.0000, \"sku\":\"0017\"}\t");
        assert_eq!(
            value.as_str(),
            "{\"price\": 25.0000, \"sku\":\"0017\"}",
            "digits are money"
        );
        assert_eq!(
            value.field("price").unwrap().as_str(),
            "25.0000",
            "space in front hides no field"
        );
        assert_eq!(raw("  17 ").plain().as_deref(), Some("17"));
        assert_eq!(
            serde_json::to_string(&value).unwrap(),
            value.as_str(),
            "written as it was read"
        );
        assert_eq!(value.len(), value.as_str().len());
    }

    #[test]
    fn what_is_not_one_json_value_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "{\"a\":1",
            "[1,]",
            "1 2",
            "<html>",
            "{\"a\":NaN}",
            "{'a':1}",
            "\u{feff}{}",
            "nul",
        ] {
            let error = Raw::parse(text).expect_err(text);
            assert!(
                error.is_unavailable(),
                "an answer that is not data is asked for again: {text}"
            );
        }
        assert!(Raw::parse(&b"\"\xff\""[..]).is_err(), "text that is not UTF-8");
    }

    #[test]
    fn a_page_is_split_without_copying() {
        let page = Bytes::from_static(b" [ {\"id\":1} , 2,\"x\" ,[3] ] ");
        let elements = Raw::split(&page).unwrap();
        assert_eq!(
            elements.iter().map(Raw::as_str).collect::<Vec<_>>(),
            ["{\"id\":1}", "2", "\"x\"", "[3]"]
        );
        let inside = page.as_ptr_range();
        assert!(
            elements
                .iter()
                .all(|element| inside.contains(&element.as_str().as_ptr())),
            "slices of the page"
        );
        assert!(
            Raw::split(&Bytes::from_static(b"{}")).is_err(),
            "an object is not a page"
        );
        assert!(
            Raw::split(&Bytes::from_static(b"[1,2")).is_err(),
            "half a page is not a page"
        );
    }

    #[test]
    fn fields_are_found_by_name() {
        let value = raw(r#"{"id":7,"name":"a\"b","n\u0061me2":null,"id":8,"nested":{"id":9},"":[]}"#);
        let fields = value.fields();
        assert_eq!(
            fields.get("id").unwrap().as_str(),
            "8",
            "the last one counts, as for every JSON reader"
        );
        assert_eq!(
            fields.get("name2").unwrap().as_str(),
            "null",
            "an escaped name is the same name"
        );
        assert_eq!(fields.get("name").unwrap().plain().as_deref(), Some("a\"b"));
        assert_eq!(fields.get("nested").unwrap().field("id").unwrap().as_str(), "9");
        assert_eq!(fields.get("").unwrap().as_str(), "[]");
        assert!(fields.get("missing").is_none());
        assert_eq!(
            fields.names().collect::<Vec<_>>(),
            ["id", "name", "name2", "id", "nested", ""]
        );
        assert_eq!(raw("[1]").fields().names().count(), 0, "only objects have fields");
    }

    #[test]
    fn odd_but_legal_texts_do_not_stop_the_program() {
        let half_pair = raw(r#"{"a":1,"\ud800":2}"#);
        assert_eq!(half_pair.fields().names().count(), 0, "a name that is no text");
        assert_eq!(raw(r#""\ud800""#).plain(), None);
        assert_eq!(
            raw("{\"a\":1e400}").field("a").unwrap().plain().as_deref(),
            Some("1e400")
        );
        let deep = Raw::parse("[".repeat(100_000) + &"]".repeat(100_000)).unwrap();
        assert!(
            deep.read::<serde_json::Value>().is_err(),
            "too deep to parse, not too deep to keep"
        );
        assert_eq!(
            raw("12345678901234567890").plain().as_deref(),
            Some("12345678901234567890")
        );
    }

    #[test]
    fn plain_text_comes_from_strings_and_numbers_alone() {
        for (text, plain) in [
            ("\"A-1\"", Some("A-1")),
            ("17", Some("17")),
            ("-0.50", Some("-0.50")),
            ("\"\"", Some("")),
        ] {
            assert_eq!(raw(text).plain().as_deref(), plain);
        }
        for text in ["null", "true", "{}", "[]"] {
            assert_eq!(raw(text).plain(), None, "{text} has no plain text");
        }
    }

    #[test]
    fn a_record_does_not_print_itself() {
        assert_eq!(
            format!("{:?}", raw("{\"email\":\"jane@x.example\"}")),
            "Raw(26 bytes)"
        );
    }

    #[test]
    fn a_value_travels_inside_other_json() {
        #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
        struct Kept {
            payload: Raw,
        }
        let kept: Kept = serde_json::from_str("{\"payload\": {\"a\": 1.50} }").unwrap();
        assert_eq!(
            serde_json::to_string(&kept).unwrap(),
            "{\"payload\":{\"a\": 1.50}}",
            "to the letter"
        );
        assert_eq!(Raw::of(&[1, 2]).as_str(), "[1,2]");
    }
}
