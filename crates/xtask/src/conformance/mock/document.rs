//! All of the vendor's files as one, for one port under the store's real addresses; a mock knows no servers' paths.
//!
//! Files were mended as `vendor.yaml` says when they were read; this leaves out what OpenAPI tells readers to ignore.

use serde_json::{Map, Value, json};

use crate::conformance::{
    description::{Description, File, Operation, Place},
    judge::IGNORED_HEADERS,
};

/// Names of components begin with their file's name, for files use the same ones.
const BETWEEN: &str = "__";
const COMPONENTS: &str = "#/components/";

/// The document.
pub(super) fn merged(description: &Description) -> Value {
    let mut paths = Map::new();
    for operation in &description.operations {
        let file = description.file(operation);
        let item = paths
            .entry(format!(
                "/stores/{{store_hash}}/{}{}",
                operation.version, operation.path
            ))
            .or_insert_with(|| json!({}));
        item[operation.method.to_lowercase()] = of_operation(file, operation);
    }
    let mut components = Map::new();
    for file in &description.files {
        let kinds = file.root["components"].as_object();
        for (kind, named) in kinds.into_iter().flatten() {
            let all = components.entry(kind).or_insert_with(|| json!({}));
            for (name, value) in named.as_object().into_iter().flatten() {
                all[format!("{}{BETWEEN}{name}", short(file))] = renamed(value, file);
            }
        }
    }
    json!({
        "openapi": "3.0.3", "info": { "title": "All files of the vendor", "version": "1" },
        "paths": paths, "components": components,
    })
}

/// The operation with its address's parameters, and without its keys: a recording has no token.
fn of_operation(file: &File, operation: &Operation) -> Value {
    let place = file
        .at(&operation.pointer)
        .expect("the operation was found there");
    let mut value = renamed(place.value, file);
    let parameters: Vec<Value> = operation
        .parameter_places(file)
        .iter()
        .filter(|parameter| !is_ignored(parameter))
        .map(|parameter| renamed(parameter.value, file))
        .chain([
            json!({ "name": "store_hash", "in": "path", "required": true, "schema": { "type": "string" } }),
        ])
        .collect();
    value["parameters"] = parameters.into();
    if let Some(members) = value.as_object_mut() {
        members.shift_remove("security");
        members.shift_remove("operationId");
    }
    value
}

/// OpenAPI 3.0 has header parameters of these names ignored; a mock that reads them asks for them.
fn is_ignored(parameter: &Place<'_>) -> bool {
    parameter.text("in") == "header"
        && IGNORED_HEADERS.contains(&parameter.text("name").to_lowercase().as_str())
}

/// The same with references to the document's components.
fn renamed(value: &Value, file: &File) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| renamed(item, file)).collect(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let reference = value.as_str().filter(|_| name == "$ref");
                let value = match reference.and_then(|reference| reference.strip_prefix(COMPONENTS)) {
                    Some(place) => moved(place, file).into(),
                    None => renamed(value, file),
                };
                (name.clone(), value)
            };
            Value::Object(members.iter().map(member).collect())
        }
        plain => plain.clone(),
    }
}

/// `schemas/Name/more` below the components of the document.
fn moved(place: &str, file: &File) -> String {
    let (kind, name) = place.split_once('/').unwrap_or((place, ""));
    format!("{COMPONENTS}{kind}/{}{BETWEEN}{name}", short(file))
}

/// A file's name in letters that a component's name may have.
fn short(file: &File) -> String {
    file.name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two files that use the same names, each below its own version.
    fn document() -> Value {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, version) in [("orders.v2.yml", "v2"), ("orders.v3.yml", "v3")] {
            let text = format!(
                "servers: [{{ url: 'https://api.bigcommerce.com/stores/{{store_hash}}/{version}' }}]
paths:
  /orders/{{id}}:
    parameters: [{{ $ref: '#/components/parameters/Accept' }}, {{ name: id, in: path, required: true, schema: {{ type: integer }} }}]
    get:
      security: [{{ token: [] }}]
      responses: {{ '200': {{ content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/Order' }} }} }} }} }}
components:
  parameters: {{ Accept: {{ name: Accept, in: header, required: true, schema: {{ type: string }} }} }}
  schemas: {{ Order: {{ title: '{version}' }} }}
"
            );
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        merged(&Description::read(folder.path(), &[]).expect("the files are OpenAPI"))
    }

    #[test]
    fn files_of_the_same_words_keep_apart() {
        let document = document();
        for version in ["v2", "v3"] {
            let get = &document["paths"][format!("/stores/{{store_hash}}/{version}/orders/{{id}}")]["get"];
            let schema = &get["responses"]["200"]["content"]["application/json"]["schema"];
            let place = schema["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
            let found = place.and_then(|place| document.pointer(place));
            assert_eq!(found.map(|found| &found["title"]), Some(&json!(version)), "{get}");
        }
    }

    #[test]
    fn a_request_needs_no_more_than_openapi_asks_for() {
        let document = document();
        let get = &document["paths"]["/stores/{store_hash}/v2/orders/{id}"]["get"];
        let names: Vec<&str> = get["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        assert_eq!(names, ["id", "store_hash"], "no header that OpenAPI has ignored");
        assert_eq!(get["security"], Value::Null, "and no token");
    }
}
