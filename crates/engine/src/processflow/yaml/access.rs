//! serde's view of what a node holds: elements, entries and their names, a step's kind.

use serde::{
    de::{self, IntoDeserializer, Visitor, value::StrDeserializer},
    forward_to_deserialize_any,
};

use super::{
    Content, Entry, Fault, Node,
    decode::{Place, cut_off, rest_of_a_value},
    written::AT,
};
use crate::processflow::report::Span;

pub(super) struct ListOf<'n>(pub(super) std::slice::Iter<'n, Node>);

impl<'n> de::SeqAccess<'n> for ListOf<'n> {
    type Error = Fault;

    fn next_element_seed<S: de::DeserializeSeed<'n>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let node = self.0.next();
        node.map(|node| {
            seed.deserialize(Place(node))
                .map_err(|fault| fault.or_at(node.span))
        })
        .transpose()
    }
}

pub(super) struct MapOf<'n> {
    pub(super) entries: std::slice::Iter<'n, Entry>,
    pub(super) value: Option<&'n Entry>,
}

impl<'n> de::MapAccess<'n> for MapOf<'n> {
    type Error = Fault;

    fn next_key_seed<S: de::DeserializeSeed<'n>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(entry) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some(entry);
        let name = Node {
            span: entry.at,
            content: Content::Text(entry.name.clone()),
        };
        seed.deserialize(Name(&name))
            .map(Some)
            .map_err(|fault| fault.or_at(entry.at))
    }

    fn next_value_seed<S: de::DeserializeSeed<'n>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let entry = self.value.take().expect("serde asks for a name before its value");
        if cut_off(entry) {
            return Err(rest_of_a_value(entry));
        }
        let span = if entry.value.span.length == 0 {
            entry.at
        } else {
            entry.value.span
        };
        seed.deserialize(Place(&entry.value))
            .map_err(|fault| fault.or_at(span))
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

    fn deserialize_newtype_struct<V: Visitor<'n>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match name {
            AT => visitor.visit_seq(NameParts {
                node: self.0,
                next: 0,
            }),
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
pub(super) struct Parts<'n> {
    pub(super) node: &'n Node,
    pub(super) next: u8,
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

pub(super) struct Variant<'n> {
    pub(super) name: &'n str,
    pub(super) at: Span,
    pub(super) value: Option<&'n Node>,
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
            Some(value) if !matches!(value.content, Content::Null) => seed
                .deserialize(Place(value))
                .map_err(|fault| fault.or_at(self.at)),
            _ => Err(
                Fault::at(self.at, format!("`{}` has nothing below it", self.name))
                    .hint("What belongs to it stands on the next lines, indented further."),
            ),
        }
    }

    fn tuple_variant<V: Visitor<'n>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        let _ = visitor;
        Err(Fault::at(self.at, "a list is not expected here"))
    }

    fn struct_variant<V: Visitor<'n>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value {
            Some(value) => Place(value).named(fields, visitor),
            None => Err(Fault::at(
                self.at,
                format!("`{}` has nothing below it", self.name),
            )),
        }
    }
}
