//! OpenAPI 3.0's schemas as JSON Schema 2020-12, which the library reads.
//!
//! `nullable`, bounds that are flags, and members beside `$ref` mean something else in the two. Members that only the
//! store sets are not required of a request.

use std::collections::HashMap;

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use super::description::File;

/// Who wrote the body.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Request,
    Answer,
}

/// Compiled schemas by file, side and pointer.
#[derive(Default)]
pub(super) struct Schemas {
    registries: HashMap<(String, Side), Registry<'static>>,
    compiled: HashMap<(String, Side, String), Result<Validator, String>>,
}

impl Schemas {
    /// The schema at a pointer of a file; an error is the library's, for a schema that is none.
    pub(super) fn at(&mut self, file: &File, side: Side, pointer: &str) -> Result<&Validator, String> {
        let key = (file.name.clone(), side, pointer.to_owned());
        if !self.compiled.contains_key(&key) {
            let compiled = self.compile(file, side, pointer);
            self.compiled.insert(key.clone(), compiled);
        }
        self.compiled[&key].as_ref().map_err(Clone::clone)
    }

    fn compile(&mut self, file: &File, side: Side, pointer: &str) -> Result<Validator, String> {
        let address = format!("https://vendor.invalid/{}", file.name);
        let key = (file.name.clone(), side);
        if !self.registries.contains_key(&key) {
            let document = translated(&file.root, side);
            let registry = Registry::new().draft(Draft::Draft202012).add(&address, document);
            let registry = registry.and_then(jsonschema::RegistryBuilder::prepare);
            self.registries
                .insert(key.clone(), registry.map_err(|error| error.to_string())?);
        }
        let wanted = json!({ "$ref": format!("{address}#{}", in_uri(pointer)) });
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registries[&key])
            .should_validate_formats(true)
            .build(&wanted)
            .map_err(|error| format!("{error} at {}", error.instance_path()))
    }
}

fn translated(value: &Value, side: Side) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| translated(item, side)).collect(),
        Value::Object(members) => object(members, side),
        plain => plain.clone(),
    }
}

fn object(members: &Map<String, Value>, side: Side) -> Value {
    let nullable = ["nullable", "x-nullable"]
        .iter()
        .any(|name| members.get(*name) == Some(&Value::Bool(true)));
    if let Some(Value::String(reference)) = members.get("$ref") {
        let alone = json!({ "$ref": in_uri(reference) });
        return if nullable { or_null(alone) } else { alone };
    }
    let mut schema: Map<String, Value> = members
        .iter()
        .map(|(name, value)| (name.clone(), translated(value, side)))
        .collect();
    bound(&mut schema, "exclusiveMaximum", "maximum");
    bound(&mut schema, "exclusiveMinimum", "minimum");
    require(&mut schema, side);
    if nullable {
        null_too(schema)
    } else {
        Value::Object(schema)
    }
}

/// In 3.0 a flag beside the bound; the vendor also writes the flag without any bound.
fn bound(schema: &mut Map<String, Value>, flag: &str, bound: &str) {
    let Some(Value::Bool(exclusive)) = schema.get(flag) else {
        return;
    };
    let exclusive = *exclusive;
    schema.shift_remove(flag);
    if exclusive && let Some(limit) = schema.shift_remove(bound) {
        schema.insert(flag.to_owned(), limit);
    }
}

fn require(schema: &mut Map<String, Value>, side: Side) {
    if matches!(schema.get("required"), Some(Value::Bool(_))) {
        schema.shift_remove("required");
    }
    let set_by_other = if side == Side::Request {
        "readOnly"
    } else {
        "writeOnly"
    };
    let properties = schema.get("properties").cloned().unwrap_or_default();
    if let Some(Value::Array(names)) = schema.get_mut("required") {
        names.retain(|name| properties[name.as_str().unwrap_or_default()][set_by_other] != Value::Bool(true));
    }
}

fn null_too(mut schema: Map<String, Value>) -> Value {
    if ["allOf", "anyOf", "oneOf"]
        .iter()
        .any(|name| schema.contains_key(*name))
    {
        return or_null(Value::Object(schema));
    }
    if let Some(Value::String(kind)) = schema.get("type") {
        schema.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.push(Value::Null);
    }
    Value::Object(schema)
}

#[expect(clippy::needless_pass_by_value, reason = "it is moved into the new schema")]
fn or_null(schema: Value) -> Value {
    json!({ "anyOf": [{ "type": "null" }, schema] })
}

/// A pointer as it may stand in a URI.
fn in_uri(pointer: &str) -> String {
    pointer
        .replace('{', "%7B")
        .replace('}', "%7D")
        .replace(' ', "%20")
}
