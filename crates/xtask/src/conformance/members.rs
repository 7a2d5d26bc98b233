//! Members that a body has and the file does not know. JSON Schema lets them pass; a misspelt field is one.
//!
//! All branches of `allOf`, `anyOf` and `oneOf` count: a member is known if any of them names it.

use serde_json::Value;

use super::description::Place;

/// Pointers of the unknown members of a body.
pub(super) fn unknown(schema: &Place<'_>, body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    look(&branches(schema.clone()), body, "", &mut found);
    found
}

fn look(schemas: &[Place<'_>], value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            let of_items: Vec<_> = schemas
                .iter()
                .filter_map(|schema| schema.child("items"))
                .flat_map(branches)
                .collect();
            for (index, item) in items.iter().enumerate() {
                look(&of_items, item, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(members) => {
            let described: Vec<_> = schemas
                .iter()
                .filter_map(|schema| schema.child("properties"))
                .collect();
            let named = described
                .iter()
                .any(|properties| properties.value.as_object().is_some_and(|all| !all.is_empty()));
            let closed = named && !schemas.iter().any(is_open);
            for (name, value) in members {
                let place = format!("{at}/{name}");
                let of_member: Vec<_> = described
                    .iter()
                    .filter_map(|properties| properties.child(name))
                    .flat_map(branches)
                    .collect();
                if of_member.is_empty() && closed {
                    found.push(place);
                } else {
                    look(&of_member, value, &place, found);
                }
            }
        }
        _ => {}
    }
}

/// Whether it says itself that other members may come.
fn is_open(schema: &Place<'_>) -> bool {
    schema
        .value
        .get("additionalProperties")
        .is_some_and(|more| *more != Value::Bool(false))
}

/// A schema and everything it is put together from.
pub(crate) fn branches(schema: Place<'_>) -> Vec<Place<'_>> {
    let mut all = Vec::new();
    for name in ["allOf", "anyOf", "oneOf"] {
        let parts = schema.child(name).map(|list| list.elements()).unwrap_or_default();
        all.extend(parts.into_iter().flat_map(branches));
    }
    all.push(schema);
    all
}
