//! A request's body: what kind, how much of it, and what may not be missing.

use serde::Serialize;
use serde_json::Value;

use super::told;
use crate::conformance::{description::Place, members::branches};

/// Facts of a body; what does not apply is left out.
#[derive(Serialize)]
pub(super) struct Body {
    /// `object`, `list` (of objects), `values` (a list of plain values), `file` (multipart).
    kind: &'static str,
    /// Elements of a list at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required: Vec<String>,
}

/// Facts of the body that an operation takes.
pub(super) fn body(operation: &Place<'_>, method: &str, path: &str) -> Option<Body> {
    if method == "GET" {
        return None;
    }
    let content = operation.child("requestBody")?.child("content")?;
    let Some(json) = content.child("application/json") else {
        return Some(Body {
            kind: "file",
            most: None,
            required: Vec::new(),
        });
    };
    let parts = json.child("schema").map(branches).unwrap_or_default();
    let is_list = is(&parts, "array");
    let items: Vec<Place<'_>> = parts
        .iter()
        .filter_map(|part| part.child("items"))
        .flat_map(branches)
        .collect();
    let plain = ["integer", "string", "number"]
        .iter()
        .any(|kind| is(&items, kind));
    let most = parts.iter().find_map(|part| part.value.get("maxItems")?.as_u64());
    let kind = match (is_list, plain) {
        (false, _) => "object",
        (true, false) => "list",
        (true, true) => "values",
    };
    Some(Body {
        kind,
        most: told::most(method, path).or(most).filter(|_| is_list),
        required: required(if is_list { &items } else { &parts }),
    })
}

fn is(parts: &[Place<'_>], wanted: &str) -> bool {
    parts
        .iter()
        .any(|part| part.value.get("type").is_some_and(|kind| kind == wanted))
}

/// Fields that every body has to have: those of the whole and of all its `allOf`, but not what the store alone sets.
fn required(parts: &[Place<'_>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in parts.iter().filter(|part| {
        let pointer = &part.pointer;
        !pointer.contains("/oneOf/") && !pointer.contains("/anyOf/")
    }) {
        let listed = part
            .value
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        names.extend(listed.filter_map(Value::as_str).map(str::to_owned));
    }
    names.retain(|name| {
        let own = parts
            .iter()
            .filter_map(|part| part.child("properties"))
            .find_map(|properties| properties.child(name));
        !own.is_some_and(|own| own.value.get("readOnly") == Some(&Value::Bool(true)))
    });
    names.sort();
    names.dedup();
    names
}
