//! From nodes to the structs of the file, by serde; every fault knows its place.

use serde::{
    de::{self, DeserializeOwned, Visitor},
    forward_to_deserialize_any,
};

use super::{
    Content, Entry, Fault, Node,
    access::{ListOf, MapOf, Parts, Variant},
    written::{AT, WRITTEN},
};
use connector_kit::suggest::known;

use crate::processflow::report::Span;

/// A node as a type.
pub(crate) fn decode<T: DeserializeOwned>(node: &Node) -> Result<T, Fault> {
    T::deserialize(Place(node)).map_err(|fault| fault.or_at(node.span))
}

fn expression(node: &Node) -> Result<&str, Fault> {
    let fault = |message: &str, hint: &str| Err(Fault::at(node.span, message).hint(hint));
    match &node.content {
        Content::Text(text) => Ok(text),
        Content::Number(digits)
            if digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit() =>
        {
            fault(
                "a number does not begin with zeros",
                &format!("To keep them, write a text in quotes within quotes: `\"'{digits}'\"`."),
            )
        }
        Content::Number(digits) => Ok(digits),
        Content::Bool(true) => Ok("true"),
        Content::Bool(false) => Ok("false"),
        Content::Null => fault(
            "there is no expression here",
            "Write `none` for an empty value, `\"''\"` for an empty text.",
        ),
        Content::List(_) => fault(
            "YAML reads this as a list, because it begins with `[` or `-`",
            "Put quotes around the whole expression: `'[…]'`.",
        ),
        Content::Map(_) => fault(
            "YAML reads this as a mapping, because it begins with `{` or has a colon and a space in it",
            "Put quotes around the whole expression: `'{…}'`. A `map` has expressions only, no mappings in mappings.",
        ),
    }
}

/// serde's view of a node.
#[derive(Clone, Copy)]
pub(super) struct Place<'n>(pub(super) &'n Node);

impl<'n> Place<'n> {
    fn other(self, expected: &dyn de::Expected) -> Fault {
        let Self(node) = self;
        let fault = Fault::at(
            node.span,
            format!("{expected} is expected here, this is {}", node.kind()),
        );
        match &node.content {
            Content::Number(digits) => fault.hint(format!(
                "If it is meant as a text, put it in quotes: `\"{digits}\"`."
            )),
            Content::Bool(value) => fault.hint(format!(
                "If it is meant as a text, put it in quotes: `\"{value}\"`."
            )),
            _ => fault,
        }
    }

    pub(super) fn named<V: Visitor<'n>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let Content::Map(entries) = &self.0.content else {
            return Err(self.other(&visitor));
        };
        if let Some(entry) = entries.iter().find(|entry| !fields.contains(&&*entry.name)) {
            return Err(unknown(entry, fields));
        }
        visitor
            .visit_map(MapOf {
                entries: entries.iter(),
                value: None,
            })
            .map_err(|fault| fault.or_at(self.place()))
    }

    /// Where a mapping is best pointed at: its first name.
    fn place(self) -> Span {
        self.0.entries().first().map_or(self.0.span, |entry| entry.at)
    }
}

fn unknown(entry: &Entry, fields: &[&str]) -> Fault {
    let mut fault = if cut_off(entry) {
        rest_of_a_value(entry)
    } else {
        let fault = Fault::at(
            entry.at,
            format!("`{}` is not a field that is known here", entry.name),
        );
        fault.hint(known("Known are", fields, &entry.name))
    };
    fault.entry = true;
    fault
}

/// `{ when: words(a, b) == '', … }`: the comma has ended the value, and ` b) == ''` looks like a name.
pub(super) fn cut_off(entry: &Entry) -> bool {
    matches!(entry.value.content, Content::Null) && entry.name.contains([')', ']', '\'', '"', '(', ' '])
}

pub(super) fn rest_of_a_value(entry: &Entry) -> Fault {
    Fault::at(entry.at, format!("`{}` is the rest of the value before it", entry.name)).hint(
        "Between `{` and `}` a comma ends a value: put quotes around the whole expression, or write the fields on \
         lines of their own.",
    )
}

impl<'n> de::Deserializer<'n> for Place<'n> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Self(node) = self;
        let result = match &node.content {
            Content::Null => visitor.visit_unit(),
            Content::Bool(value) => visitor.visit_bool(*value),
            Content::Number(digits) => match node.number() {
                Some(number) if number.is_u64() => visitor.visit_u64(number.as_u64().unwrap_or_default()),
                Some(number) if number.is_i64() => visitor.visit_i64(number.as_i64().unwrap_or_default()),
                Some(number) => visitor.visit_f64(number.as_f64().unwrap_or_default()),
                None => visitor.visit_str(digits),
            },
            Content::Text(text) => visitor.visit_borrowed_str(text),
            Content::List(elements) => visitor.visit_seq(ListOf(elements.iter())),
            Content::Map(entries) => visitor.visit_map(MapOf {
                entries: entries.iter(),
                value: None,
            }),
        };
        result.map_err(|fault: Fault| fault.or_at(node.span))
    }

    fn deserialize_newtype_struct<V: Visitor<'n>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match name {
            AT => visitor.visit_seq(Parts {
                node: self.0,
                next: 0,
            }),
            WRITTEN => expression(self.0).and_then(|text| visitor.visit_str(text)),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_option<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.content {
            Content::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_str<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.content {
            Content::Text(text) => visitor
                .visit_borrowed_str(text)
                .map_err(|fault: Fault| fault.or_at(self.0.span)),
            _ => Err(self.other(&"a text")),
        }
    }

    fn deserialize_string<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.content {
            Content::Bool(value) => visitor.visit_bool(value),
            _ => Err(Fault::at(
                self.0.span,
                format!("`true` or `false` is expected here, this is {}", self.0.kind()),
            )),
        }
    }

    fn deserialize_seq<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.content {
            Content::List(elements) => visitor.visit_seq(ListOf(elements.iter())),
            _ => Err(self.other(&"a list")),
        }
    }

    fn deserialize_map<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.content {
            Content::Map(entries) => visitor.visit_map(MapOf {
                entries: entries.iter(),
                value: None,
            }),
            _ => Err(self.other(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'n>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.named(fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'n>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let (name, at, value) = match &self.0.content {
            Content::Text(name) => (&**name, self.0.span, None),
            Content::Map(entries) => match &**entries {
                [one] => (&*one.name, one.at, Some(&one.value)),
                [_, second, ..] => {
                    let fault = Fault::at(
                        second.at,
                        format!(
                            "`{}` stands in the same element as `{}`",
                            second.name, entries[0].name
                        ),
                    );
                    return Err(fault.hint("Each element has one kind: begin the next with `- `, and indent what belongs to this one further."));
                }
                [] => return Err(self.other(&"one kind")),
            },
            _ => return Err(self.other(&"one kind")),
        };
        if !variants.contains(&name) {
            let fault: Fault = de::Error::unknown_variant(name, variants);
            return Err(fault.or_at(at));
        }
        visitor
            .visit_enum(Variant { name, at, value })
            .map_err(|fault: Fault| fault.or_at(at))
    }

    forward_to_deserialize_any! {
        <V: Visitor<'n>>
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
        identifier ignored_any
    }
}
