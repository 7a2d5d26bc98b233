//! A parameter of a path or a query.

use serde::Serialize;
use serde_json::{Number, Value};

use crate::conformance::description;

/// Facts of a parameter; what does not apply is left out.
#[derive(Serialize)]
pub(super) struct Parameter {
    pub(super) name: String,
    /// It stands in the path; else in the query.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) path: bool,
    /// `integer`, `number`, `boolean`, `string`.
    #[serde(rename = "type")]
    kind: String,
    /// Several values, with commas between them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    list: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) required: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    words: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<Number>,
    /// Values of a list at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<u64>,
}

/// Those of the path and the query, in the file's order. A file that has one in both means the path's.
pub(super) fn parameters(all: &[description::Parameter<'_>]) -> Vec<Parameter> {
    let in_path = |name: &str| all.iter().any(|other| other.kind == "path" && other.name == name);
    all.iter()
        .filter(|parameter| match parameter.kind.as_str() {
            "path" => true,
            "query" => !in_path(&parameter.name),
            _ => false,
        })
        .map(parameter)
        .collect()
}

fn parameter(parameter: &description::Parameter<'_>) -> Parameter {
    let schema = parameter.schema.as_ref();
    let is_list = schema.is_some_and(|schema| schema.value.get("type").is_some_and(|kind| kind == "array"));
    let items = schema.and_then(|schema| schema.child("items"));
    let of_value = if is_list { items.as_ref() } else { schema };
    let told = |name: &str| of_value.and_then(|schema| schema.value.get(name)).cloned();
    let text = |name: &str| told(name).and_then(|value| value.as_str().map(str::to_owned));
    let number = |name: &str| told(name).and_then(|value| value.as_number().cloned());
    let word = |word: &Value| word.as_str().map_or_else(|| word.to_string(), str::to_owned);
    let words = told("enum").and_then(|words| Some(words.as_array()?.iter().map(word).collect()));
    let path = parameter.kind == "path";
    Parameter {
        name: parameter.name.clone(),
        path,
        kind: text("type").unwrap_or_else(|| "string".to_owned()),
        list: is_list,
        required: path || parameter.required,
        words: words.unwrap_or_default(),
        format: text("format").map(|format| format.to_lowercase()),
        min: number("minimum"),
        max: number("maximum"),
        most: schema.and_then(|schema| schema.value.get("maxItems")?.as_u64()),
    }
}
