//! JSON kept as the text it arrived as.
//!
//! A record stays text until somebody looks into it: splitting a page is several times cheaper than parsing it,
//! and what nobody maps is never parsed. Numbers keep their digits.

use std::{fmt, ops::Range};

use bytes::Bytes;
use bytestring::ByteString;
use serde_json::value::RawValue;

use crate::{Error, Result, scan};

/// One JSON value as text, cheap to clone (a slice of the page it came in). Always valid JSON.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Raw(ByteString);

impl Raw {
    /// Checks that `text` is exactly one JSON value.
    pub fn parse(text: impl Into<Bytes>) -> Result<Self> {
        let page = Text::of(text.into())?;
        let value: &RawValue = serde_json::from_str(page.as_str()).map_err(not_json)?;
        Ok(page.part(value)) // without the white space around it
    }

    /// The JSON text of a value of ours.
    pub fn of(value: &impl serde::Serialize) -> Self {
        Self(
            serde_json::to_string(value)
                .expect("maps with text keys always serialise")
                .into(),
        )
    }

    /// Values put together from parts that are JSON, one behind the other in `text` up to these ends. They share its
    /// memory and are not read again. Bug: it is no text.
    pub fn assembled(text: Bytes, ends: &[usize]) -> Result<Vec<Self>> {
        let text = ByteString::try_from(text)
            .map_err(|error| Error::bug("what was put together is no text").source(error))?;
        let starts = std::iter::once(&0).chain(ends);
        let value = |(start, end): (&usize, &usize)| {
            let value = text.slice_ref(&text[*start..*end]);
            debug_assert!(
                serde_json::from_str::<&RawValue>(&value).is_ok(),
                "no JSON was put together"
            );
            Self(value)
        };
        Ok(starts.zip(ends).map(value).collect())
    }

    /// Splits a JSON array, kept in `page`, into its elements without parsing or copying them.
    pub fn split(page: &Bytes) -> Result<Vec<Self>> {
        let page = Text::of(page.clone())?;
        let elements: Vec<&RawValue> = serde_json::from_str(page.as_str()).map_err(not_json)?;
        Ok(elements.into_iter().map(|element| page.part(element)).collect())
    }

    /// A whole value that was found while walking over this one ([`scan`]), as a slice of it; `None` where `value`
    /// lies elsewhere.
    pub fn within(&self, value: &str) -> Option<Self> {
        let (whole, part) = (
            self.as_str().as_bytes().as_ptr_range(),
            value.as_bytes().as_ptr_range(),
        );
        let is_part = !value.is_empty() && whole.start <= part.start && part.end <= whole.end;
        is_part.then(|| Self(self.0.slice_ref(value)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as bytes, shared, not copied.
    pub fn bytes(&self) -> Bytes {
        self.0.clone().into_bytes()
    }

    /// Parses into a type.
    pub fn read<'a, T: serde::Deserialize<'a>>(&'a self) -> Result<T> {
        serde_json::from_str(&self.0).map_err(not_json)
    }

    /// The top-level fields of an object, in order, each as text; empty for anything else.
    pub fn fields(&self) -> Fields {
        Fields::of(self)
    }

    /// One top-level field of an object.
    pub fn field(&self, name: &str) -> Option<Raw> {
        self.fields().get(name)
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

/// A page that is read: its letters are checked once, and values that a reader finds in it are slices of it.
pub struct Text(ByteString);

impl Text {
    /// Unavailable: it is no text.
    pub fn of(page: Bytes) -> Result<Self> {
        let text = ByteString::try_from(page);
        text.map(Self)
            .map_err(|error| Error::unavailable(format!("the answer is not valid JSON ({error})")))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A value that was found while reading this text, as a slice of it: neither parsed again nor copied.
    pub fn part(&self, value: &RawValue) -> Raw {
        Raw(self.0.slice_ref(value.get()))
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
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Raw {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(String::from(Box::<str>::from(raw)).into()))
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
        let text = whole.as_str();
        let range = |part: &str| {
            let from = part.as_ptr() as usize - text.as_ptr() as usize;
            from..from + part.len()
        };
        let field = |(name, value): (&str, &str)| {
            let name = if name.contains('\\') {
                Name::Own(serde_json::from_str(&format!("\"{name}\"")).ok()?)
            } else {
                Name::Part(range(name))
            };
            Some((name, range(value)))
        };
        // A name that is no text (half a surrogate pair) is the one thing a Raw lets through: such an object has
        // no fields for us, and mapping it fails by the name of the field.
        let found: Option<Vec<_>> = scan::members(text).map(field).collect();
        Self {
            whole: whole.clone(),
            found: found.unwrap_or_default(),
        }
    }

    /// The field of that name; the last one where a sender repeats it, as JSON readers do.
    pub fn get(&self, name: &str) -> Option<Raw> {
        let (_, range) = self
            .found
            .iter()
            .rev()
            .find(|(field, _)| self.text(field) == name)?;
        self.whole.within(&self.whole.as_str()[range.clone()])
    }

    /// All names in the order they were sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.found.iter().map(|(name, _)| self.text(name))
    }

    fn text<'f>(&'f self, name: &'f Name) -> &'f str {
        match name {
            Name::Part(range) => &self.whole.as_str()[range.clone()],
            Name::Own(text) => text,
        }
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
