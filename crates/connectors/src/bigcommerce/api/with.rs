//! The `with:` of an operation: its parameters by their own names, and what records are known by.

use std::collections::BTreeMap;

use connector_kit::{Error, Result, http::Request, schemars::Schema, suggest};
use serde_json::{Map, Value, json};

use super::operation::{Operation, Paging};
use crate::bigcommerce::filter;

/// What a record or a row is known by; no parameter of the API has this name.
const KNOWN_BY: &str = "known_by";

/// Parameters that say how a list is read, not what: the reading sets them.
const PLACE: &[&str] = &["page", "after", "before"];

/// Checked parameters of a step.
#[derive(Debug)]
pub(super) struct With {
    pub(super) operation: &'static Operation,
    /// As they are asked for, by name.
    pub(super) values: BTreeMap<String, String>,
    pub(super) known_by: Vec<String>,
}

impl With {
    /// Reads and checks what a processflow file says.
    pub(super) fn read(operation: &'static Operation, with: &Value) -> Result<Self> {
        operation.check()?;
        let empty = Map::new();
        let given = match with {
            Value::Null => &empty,
            Value::Object(given) => given,
            _ => {
                return Err(Error::config(format!(
                    "`with` of `{}` is no list of parameters",
                    operation.name
                ))
                .hint(lists(operation)));
            }
        };
        let mut read = Self {
            operation,
            values: BTreeMap::new(),
            known_by: Vec::new(),
        };
        for (name, value) in given {
            if name == KNOWN_BY {
                read.known_by = fields(value)?;
            } else if !value.is_null() {
                read.set(name, value)?;
            }
        }
        Ok(read)
    }

    /// Sets a parameter, over one that is set.
    pub(super) fn set(&mut self, name: &str, value: &Value) -> Result<()> {
        let operation = self.operation;
        if operation.reads() && operation.paging.is_some() && PLACE.contains(&name) {
            return Err(Error::config(format!(
                "`{name}` is set by the reading itself: all pages are read"
            ))
            .hint("Leave it out. `limit` says how large a page is."));
        }
        let Some(parameter) = operation.parameter(name) else {
            return Err(self.unknown(name));
        };
        let text = parameter.text(value).map_err(|wrong| {
            Error::config(format!("`{name}` of `{}` {wrong}", operation.name)).hint(lists(operation))
        })?;
        self.values.insert(name.to_owned(), text);
        Ok(())
    }

    /// Sets a parameter that says which records of a list are wanted.
    pub(super) fn filter(&mut self, name: &str, value: &Value) -> Result<()> {
        let operation = self.operation;
        if PLACE.contains(&name) {
            return Err(filter::reserved_by_reading(name));
        }
        let filters = filters(operation);
        if !filters.contains(&name) {
            return Err(Error::config(format!("`{name}` is not a filter of this list"))
                .hint(suggest::known("Its filters are", &filters, name)));
        }
        let known = operation.parameter(name).expect("it is one of its filters");
        let text = known
            .text(value)
            .map_err(|wrong| Error::config(format!("the filter `{name}` {wrong}")).hint(lists(operation)))?;
        self.values.insert(name.to_owned(), text);
        Ok(())
    }

    fn unknown(&self, name: &str) -> Error {
        let error = Error::config(format!(
            "`{name}` is not a parameter of `{}`",
            self.operation.name
        ));
        let names = names(self.operation);
        match suggest::nearest(&names, name) {
            Some(guess) => error.hint(format!("Did you mean `{guess}`?")),
            None if names.len() <= 12 => error.hint(suggest::known("Its parameters are", &names, name)),
            None => error.hint(lists(self.operation)),
        }
    }

    /// The path with its places filled in; `value` gives what each holds.
    pub(super) fn path(operation: &Operation, value: impl Fn(&str) -> Option<String>) -> Result<String> {
        let part = |part: &str| {
            let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
                return Ok(part.to_owned());
            };
            let value = value(name).filter(|value| !value.is_empty());
            value
                .map(|value| Request::segment(&value))
                .ok_or_else(|| missing(operation, name))
        };
        let parts: Vec<String> = operation
            .path
            .trim_start_matches('/')
            .split('/')
            .map(part)
            .collect::<Result<_>>()?;
        Ok(parts.join("/"))
    }

    /// The JSON Schema of the parameters.
    pub(super) fn schema(operation: &Operation) -> Schema {
        let mut properties: Map<String, Value> = operation
            .parameters
            .iter()
            .filter(|parameter| !is_place(operation, &parameter.name))
            .map(|parameter| (parameter.name.clone(), parameter.schema()))
            .collect();
        let about = if operation.reads() {
            "Fields that tell one record from another, where `id` does not."
        } else {
            "Mapped fields that tell one row from another, where the parameters of the path do not."
        };
        let text = json!({ "type": "string" });
        let known_by = json!({ "anyOf": [text, { "type": "array", "items": text }], "description": about });
        properties.insert(KNOWN_BY.to_owned(), known_by);
        let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
        // Those of a write may be mapped instead.
        if operation.reads() {
            let required = operation.parameters.iter().filter(|parameter| parameter.required);
            schema["required"] = required
                .map(|parameter| Value::from(parameter.name.as_str()))
                .collect();
        }
        Schema::try_from(schema).expect("an object is a schema")
    }
}

/// A parameter that is needed and has no value.
pub(super) fn missing(operation: &Operation, name: &str) -> Error {
    Error::config(format!("`{}` needs the parameter `{name}`", operation.name))
        .hint(format!("Add it: `with: {{ {name}: … }}`."))
}

fn is_place(operation: &Operation, name: &str) -> bool {
    operation.reads() && operation.paging.is_some() && PLACE.contains(&name)
}

fn names(operation: &Operation) -> Vec<&str> {
    let own = operation
        .parameters
        .iter()
        .map(|parameter| parameter.name.as_str());
    own.filter(|name| !is_place(operation, name))
        .chain([KNOWN_BY])
        .collect()
}

/// The parameters that say which records of a list are wanted, and how much of each.
fn filters(operation: &Operation) -> Vec<&str> {
    let own = operation.parameters.iter().filter(|parameter| !parameter.path);
    own.map(|parameter| parameter.name.as_str())
        .filter(|name| !PLACE.contains(name))
        .collect()
}

fn lists(operation: &Operation) -> String {
    format!(
        "`processflow actions --search {}` lists its parameters.",
        operation.name
    )
}

fn fields(value: &Value) -> Result<Vec<String>> {
    let one = |value: &Value| value.as_str().filter(|name| !name.is_empty()).map(str::to_owned);
    let read = match value {
        Value::Array(values) => values.iter().map(one).collect(),
        value => one(value).map(|name| vec![name]),
    };
    read.ok_or_else(|| {
        Error::config(format!("`{KNOWN_BY}` names fields"))
            .hint("For instance `known_by: [variant_id, currency]`.")
    })
}

impl Paging {
    /// Whether what slips over the edge of a page is lost in one pass.
    pub(super) fn slips(self) -> bool {
        self != Self::Cursor
    }
}
