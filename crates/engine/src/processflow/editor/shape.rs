//! What may stand at a place, told by the JSON Schema of the file and of the action's parameters.

use std::sync::OnceLock;

use connector_kit::Connector;
use serde_json::Value;

use super::{
    around::Around,
    place::{Part, in_steps},
};
use crate::processflow::file::File;

/// A schema, and the parts of it that describe one place.
pub(super) struct Shape {
    root: Value,
    places: Vec<Value>,
}

/// A field that may stand somewhere.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) about: Option<String>,
    pub(super) must: bool,
    pub(super) kind: Kind,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Mapping,
    List,
    Other,
}

impl Shape {
    /// What describes this place: the action's schema below `with` and `retry`, else the file's.
    pub(super) fn at(path: &[Part], around: &Around, connectors: &[Connector]) -> Option<Self> {
        let rest = match in_steps(path) {
            [
                Part::Key(_),
                Part::Item(_),
                Part::Key(_),
                Part::Key(with),
                rest @ ..,
            ] if with == "with" || with == "retry" => Some(rest),
            _ => None,
        };
        let mut shape = match rest {
            Some(_) => Self::of_action(around, connectors)?,
            None => Self::of(file_schema().clone()),
        };
        let rest = rest.unwrap_or(path);
        for part in rest {
            shape = shape.below(part);
        }
        Some(shape)
    }

    /// What describes the parameters of the step's action.
    pub(super) fn of_action(around: &Around, connectors: &[Connector]) -> Option<Self> {
        action_schema(around, connectors).map(Self::of)
    }

    fn of(root: Value) -> Self {
        Self {
            places: vec![root.clone()],
            root,
        }
    }

    fn below(self, part: &Part) -> Self {
        let mut places = Vec::new();
        for place in self.all() {
            let next = match part {
                Part::Key(key) => place
                    .pointer(&format!(
                        "/properties/{}",
                        key.replace('~', "~0").replace('/', "~1")
                    ))
                    .or_else(|| place.get("additionalProperties")),
                Part::Item(_) => place.get("items"),
            };
            places.extend(next.filter(|next| next.is_object()).cloned());
        }
        Self {
            root: self.root,
            places,
        }
    }

    /// The places with references followed and alternatives side by side.
    fn all(&self) -> Vec<&Value> {
        let mut all = Vec::new();
        let mut open: Vec<(&Value, u8)> = self.places.iter().map(|place| (place, 0)).collect();
        while let Some((place, depth)) = open.pop() {
            if depth > 8 {
                continue;
            }
            all.push(place);
            let reference = place.get("$ref").and_then(Value::as_str);
            let target = reference.and_then(|to| self.root.pointer(to.strip_prefix('#')?));
            open.extend(target.map(|target| (target, depth + 1)));
            for kind in ["anyOf", "oneOf", "allOf"] {
                let parts = place.get(kind).and_then(Value::as_array).into_iter().flatten();
                open.extend(parts.map(|part| (part, depth + 1)));
            }
        }
        all
    }

    /// The fields that may stand here, in the order of the schema.
    pub(super) fn fields(&self) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        for place in self.all().into_iter().rev() {
            let required: Vec<&str> = place
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let properties = place
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten();
            for (name, schema) in properties {
                let own = Self {
                    root: self.root.clone(),
                    places: vec![schema.clone()],
                };
                if fields.iter().all(|field| field.name != *name) {
                    fields.push(Field {
                        name: name.clone(),
                        about: own.about(),
                        must: required.contains(&name.as_str()),
                        kind: own.kind(),
                    });
                }
            }
        }
        fields
    }

    /// Values that are listed, as they are written; with what they mean.
    pub(super) fn values(&self) -> Vec<(String, Option<String>)> {
        let mut values = Vec::new();
        for place in self.all() {
            let about = place
                .get("description")
                .and_then(Value::as_str)
                .map(str::to_owned);
            let listed = place.get("enum").and_then(Value::as_array).into_iter().flatten();
            values.extend(
                listed
                    .chain(place.get("const"))
                    .map(|value| (written(value), about.clone())),
            );
            let examples = place
                .get("examples")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            values.extend(examples.map(|value| (written(value), None)));
            if place.get("type").is_some_and(|kind| *kind == "boolean") {
                values.extend(["true", "false"].map(|value| (value.to_owned(), None)));
            }
        }
        values.dedup();
        values
    }

    /// What the place is for.
    pub(super) fn about(&self) -> Option<String> {
        // The nearest description speaks: a field's own, before that of its type.
        let own = self.places.iter().find_map(|place| place.get("description"));
        let own = own.or_else(|| self.all().into_iter().find_map(|place| place.get("description")));
        own.and_then(Value::as_str).map(|about| about.replace('\n', " "))
    }

    fn kind(&self) -> Kind {
        let all = self.all();
        let is = |name: &str| {
            all.iter().any(|place| match place.get("type") {
                Some(Value::String(kind)) => kind == name,
                Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
                _ => false,
            })
        };
        match (is("object"), is("array")) {
            (true, _) => Kind::Mapping,
            (_, true) => Kind::List,
            _ => Kind::Other,
        }
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains([':', '*', '#', ',']) => format!("\"{text}\""),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn action_schema(around: &Around, connectors: &[Connector]) -> Option<Value> {
    let (connector, action) = around.action()?;
    let connector = connectors.iter().find(|known| known.name == connector)?;
    Some((connector.action(action)?.schema)().to_value())
}

fn file_schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| schemars::schema_for!(File).to_value())
}
