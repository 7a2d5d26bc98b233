//! From nodes to the structs of the file, by serde; every fault knows its place.

use std::{fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize,
    de::{self, DeserializeOwned, IntoDeserializer, Visitor, value::StrDeserializer},
    forward_to_deserialize_any,
};

use super::{Content, Entry, Node};
use crate::processflow::{report::Span, suggest::known};

/// A node as a type.
pub(crate) fn decode<T: DeserializeOwned>(node: &Node) -> Result<T, Fault> {
    T::deserialize(Place(node)).map_err(|fault| fault.or_at(node.span))
}

/// What is wrong with a node.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The innermost place that is known.
    pub(crate) span: Option<Span>,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// True when only the entry at the span is wrong, and the rest can be read without it.
    pub(crate) entry: bool,
}

impl Fault {
    pub(crate) fn at(span: Span, message: impl Into<String>) -> Self {
        Self { span: Some(span), message: message.into(), hint: None, entry: false }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn or_at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { span: None, message: message.to_string(), hint: None, entry: false }
    }

    fn unknown_variant(name: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format!("`{name}` is not known here")).hint(known("Known are", expected, name))
    }

    fn missing_field(name: &'static str) -> Self {
        Self::custom(format!("`{name}` is missing")).hint(format!("Add a line `{name}: …`."))
    }
}

/// A value with its place in the file.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) span: Span,
    pub(crate) value: T,
}

const AT: &str = "processflow at";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Parts<T> {
            type Value = At<T>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a value")
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut parts: A) -> Result<At<T>, A::Error> {
                let absent = || de::Error::custom("a place has three parts");
                let start = parts.next_element()?.ok_or_else(absent)?;
                let length = parts.next_element()?.ok_or_else(absent)?;
                let value = parts.next_element()?.ok_or_else(absent)?;
                Ok(At { span: Span { start, length }, value })
            }
        }
        deserializer.deserialize_newtype_struct(AT, Parts(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
    fn inline_schema() -> bool {
        T::inline_schema()
    }
}

/// A mapping with names of the person's choice, in the order of the file.
#[derive(Clone, Debug)]
pub(crate) struct Entries<T>(pub(crate) Vec<(At<String>, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for All<T> {
            type Value = Entries<T>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("names with their values")
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Entries<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(All(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Names of {}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        <std::collections::BTreeMap<String, T>>::json_schema(generator)
    }
    fn inline_schema() -> bool {
        true
    }
}

/// An expression as it is written: YAML's numbers and booleans are taken by their letters, lists and mappings are
/// explained.
#[derive(Clone, Debug)]
pub(crate) struct Written(pub(crate) String);

const WRITTEN: &str = "processflow expression";

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Letters;
        impl Visitor<'_> for Letters {
            type Value = Written;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an expression")
            }
            fn visit_str<E>(self, text: &str) -> Result<Written, E> {
                Ok(Written(text.to_owned()))
            }
        }
        deserializer.deserialize_newtype_struct(WRITTEN, Letters)
    }
}

impl JsonSchema for Written {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Expression".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "An expression over the record: a field (`billing_address.email`), a text in quotes, or \
                            made of them with the functions under `x-expressions`.",
            "type": ["string", "number", "boolean"],
        })
    }
}

fn expression(node: &Node) -> Result<&str, Fault> {
    let fault = |message: &str, hint: &str| Err(Fault::at(node.span, message).hint(hint));
    match &node.content {
        Content::Text(text) => Ok(text),
        Content::Number(digits) if digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit() => fault(
            "a number does not begin with zeros",
            &format!("To keep them, write a text in quotes within quotes: `\"'{digits}'\"`."),
        ),
        Content::Number(digits) => Ok(digits),
        Content::Bool(true) => Ok("true"),
        Content::Bool(false) => Ok("false"),
        Content::Null => fault("there is no expression here", "Write `none` for an empty value, `\"''\"` for an empty text."),
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
struct Place<'n>(&'n Node);

impl<'n> Place<'n> {
    fn other(self, expected: &dyn de::Expected) -> Fault {
        let Self(node) = self;
        let fault = Fault::at(node.span, format!("{expected} is expected here, this is {}", node.kind()));
        match &node.content {
            Content::Number(digits) => fault.hint(format!("If it is meant as a text, put it in quotes: `\"{digits}\"`.")),
            Content::Bool(value) => fault.hint(format!("If it is meant as a text, put it in quotes: `\"{value}\"`.")),
            _ => fault,
        }
    }

    fn named<V: Visitor<'n>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        let Content::Map(entries) = &self.0.content else { return Err(self.other(&visitor)) };
        if let Some(entry) = entries.iter().find(|entry| !fields.contains(&&*entry.name)) {
            return Err(unknown(entry, fields));
        }
        visitor.visit_map(MapOf { entries: entries.iter(), value: None }).map_err(|fault| fault.or_at(self.place()))
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
        let fault = Fault::at(entry.at, format!("`{}` is not a field that is known here", entry.name));
        fault.hint(known("Known are", fields, &entry.name))
    };
    fault.entry = true;
    fault
}

/// `{ when: words(a, b) == '', … }`: the comma has ended the value, and ` b) == ''` looks like a name.
fn cut_off(entry: &Entry) -> bool {
    matches!(entry.value.content, Content::Null) && entry.name.contains([')', ']', '\'', '"', '(', ' '])
}

fn rest_of_a_value(entry: &Entry) -> Fault {
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
            Content::Map(entries) => visitor.visit_map(MapOf { entries: entries.iter(), value: None }),
        };
        result.map_err(|fault: Fault| fault.or_at(node.span))
    }

    fn deserialize_newtype_struct<V: Visitor<'n>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        match name {
            AT => visitor.visit_seq(Parts { node: self.0, next: 0 }),
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
            Content::Text(text) => visitor.visit_borrowed_str(text).map_err(|fault: Fault| fault.or_at(self.0.span)),
            _ => Err(self.other(&"a text")),
        }
    }

    fn deserialize_string<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.content {
            Content::Bool(value) => visitor.visit_bool(value),
            _ => Err(Fault::at(self.0.span, format!("`true` or `false` is expected here, this is {}", self.0.kind()))),
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
            Content::Map(entries) => visitor.visit_map(MapOf { entries: entries.iter(), value: None }),
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
                    let fault = Fault::at(second.at, format!("`{}` stands in the same element as `{}`", second.name, entries[0].name));
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
        visitor.visit_enum(Variant { name, at, value }).map_err(|fault: Fault| fault.or_at(at))
    }

    forward_to_deserialize_any! {
        <V: Visitor<'n>>
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
        identifier ignored_any
    }
}

struct ListOf<'n>(std::slice::Iter<'n, Node>);

impl<'n> de::SeqAccess<'n> for ListOf<'n> {
    type Error = Fault;

    fn next_element_seed<S: de::DeserializeSeed<'n>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let node = self.0.next();
        node.map(|node| seed.deserialize(Place(node)).map_err(|fault| fault.or_at(node.span))).transpose()
    }
}

struct MapOf<'n> {
    entries: std::slice::Iter<'n, Entry>,
    value: Option<&'n Entry>,
}

impl<'n> de::MapAccess<'n> for MapOf<'n> {
    type Error = Fault;

    fn next_key_seed<S: de::DeserializeSeed<'n>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        self.value = Some(entry);
        let name = Node { span: entry.at, content: Content::Text(entry.name.clone()) };
        seed.deserialize(Name(&name)).map(Some).map_err(|fault| fault.or_at(entry.at))
    }

    fn next_value_seed<S: de::DeserializeSeed<'n>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let entry = self.value.take().expect("serde asks for a name before its value");
        if cut_off(entry) {
            return Err(rest_of_a_value(entry));
        }
        let span = if entry.value.span.length == 0 { entry.at } else { entry.value.span };
        seed.deserialize(Place(&entry.value)).map_err(|fault| fault.or_at(span))
    }
}

/// The name of an entry; lives only while it is read.
struct Name<'t>(&'t Node);

impl<'n> de::Deserializer<'n> for Name<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.content {
            Content::Text(text) => visitor.visit_str(text),
            _ => visitor.visit_unit(),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'n>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        match name {
            AT => visitor.visit_seq(NameParts { node: self.0, next: 0 }),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    forward_to_deserialize_any! {
        <V: Visitor<'n>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A value behind its start and length, see [`At`].
struct Parts<'n> {
    node: &'n Node,
    next: u8,
}

impl<'n> de::SeqAccess<'n> for Parts<'n> {
    type Error = Fault;

    fn next_element_seed<S: de::DeserializeSeed<'n>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        self.next += 1;
        match self.next {
            1 => seed.deserialize(self.node.span.start.into_deserializer()),
            2 => seed.deserialize(self.node.span.length.into_deserializer()),
            _ => seed.deserialize(Place(self.node)),
        }
        .map(Some)
    }
}

struct NameParts<'t> {
    node: &'t Node,
    next: u8,
}

impl<'n> de::SeqAccess<'n> for NameParts<'_> {
    type Error = Fault;

    fn next_element_seed<S: de::DeserializeSeed<'n>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        self.next += 1;
        match self.next {
            1 => seed.deserialize(self.node.span.start.into_deserializer()),
            2 => seed.deserialize(self.node.span.length.into_deserializer()),
            _ => seed.deserialize(Name(self.node)),
        }
        .map(Some)
    }
}

struct Variant<'n> {
    name: &'n str,
    at: Span,
    value: Option<&'n Node>,
}

impl<'n> de::EnumAccess<'n> for Variant<'n> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<S: de::DeserializeSeed<'n>>(self, seed: S) -> Result<(S::Value, Self), Fault> {
        let name: StrDeserializer<'_, Fault> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'n> de::VariantAccess<'n> for Variant<'n> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.value {
            None => Ok(()),
            Some(value) => Err(Fault::at(value.span, format!("`{}` takes nothing", self.name))),
        }
    }

    fn newtype_variant_seed<S: de::DeserializeSeed<'n>>(self, seed: S) -> Result<S::Value, Fault> {
        match self.value {
            Some(value) if !matches!(value.content, Content::Null) => {
                seed.deserialize(Place(value)).map_err(|fault| fault.or_at(self.at))
            }
            _ => Err(Fault::at(self.at, format!("`{}` has nothing below it", self.name))
                .hint("What belongs to it stands on the next lines, indented further.")),
        }
    }

    fn tuple_variant<V: Visitor<'n>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        let _ = visitor;
        Err(Fault::at(self.at, "a list is not expected here"))
    }

    fn struct_variant<V: Visitor<'n>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Some(value) => Place(value).named(fields, visitor),
            None => Err(Fault::at(self.at, format!("`{}` has nothing below it", self.name))),
        }
    }
}
