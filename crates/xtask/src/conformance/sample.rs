//! A small body that a schema asks for: what it requires, and nothing that the store alone sets.

use serde_json::{Map, Value, json};

use super::description::Place;

/// Schemas may hold themselves.
const DEEPEST: u8 = 12;

/// A value that fits a schema, as far as it says what fits.
pub(super) fn sample(schema: &Place<'_>) -> Value {
    of(schema, 0)
}

fn of(schema: &Place<'_>, depth: u8) -> Value {
    let parts = parts(schema, 0);
    let told = |name: &str| parts.iter().find_map(|part| part.value.get(name));
    let words = told("enum").and_then(Value::as_array);
    if let Some(word) = words.and_then(|words| words.iter().find(|word| !word.is_null())) {
        return word.clone();
    }
    if depth > DEEPEST {
        return Value::Null;
    }
    let kind = told("type").and_then(Value::as_str);
    match kind {
        Some("array") => list(&parts, depth),
        Some("integer" | "number") => number(&parts),
        Some("boolean") => true.into(),
        Some("object") => object(&parts, depth),
        _ if told("properties").is_some() => object(&parts, depth),
        _ => text(&parts),
    }
}

/// What a schema is put together from: all of `allOf`, and the first of its alternatives.
fn parts<'a>(schema: &Place<'a>, depth: u8) -> Vec<Place<'a>> {
    let mut parts = vec![schema.clone()];
    if depth > DEEPEST {
        return parts;
    }
    for (name, most) in [("allOf", usize::MAX), ("oneOf", 1), ("anyOf", 1)] {
        let list = schema.child(name).map(|list| list.elements()).unwrap_or_default();
        parts.extend(
            list.iter()
                .take(most)
                .flat_map(|part| self::parts(part, depth + 1)),
        );
    }
    parts
}

fn object(parts: &[Place<'_>], depth: u8) -> Value {
    let all: Vec<Place<'_>> = parts.iter().filter_map(|part| part.child("properties")).collect();
    // Parts may say different things of one member: what one of them lets be written can be.
    let own = |name: &str| {
        let mut found = all.iter().filter_map(|properties| properties.child(name));
        found.find(|place| place.value.get("readOnly") != Some(&Value::Bool(true)))
    };
    let required = parts
        .iter()
        .filter_map(|part| part.value.get("required")?.as_array())
        .flatten()
        .filter_map(Value::as_str);
    let mut members: Map<String, Value> = required
        .filter_map(|name| Some((name.to_owned(), of(&own(name)?, depth + 1))))
        .collect();
    // A body says something, even where nothing is required.
    if members.is_empty() && depth <= 1 {
        let names = all.iter().filter_map(|properties| properties.value.as_object());
        let writable = names
            .flat_map(Map::keys)
            .find_map(|name| Some((name, own(name)?)));
        members.extend(writable.map(|(name, place)| (name.clone(), of(&place, depth + 1))));
    }
    Value::Object(members)
}

fn list(parts: &[Place<'_>], depth: u8) -> Value {
    let told = |name: &str| parts.iter().find_map(|part| part.value.get(name)?.as_u64());
    let items = parts.iter().find_map(|part| part.child("items"));
    let one = || items.as_ref().map_or(json!("x"), |items| of(items, depth + 1));
    (0..told("minItems").unwrap_or(1).max(1)).map(|_| one()).collect()
}

fn number(parts: &[Place<'_>]) -> Value {
    let bound = |name: &str| parts.iter().find_map(|part| part.value.get(name)?.as_f64());
    let is_exclusive = |part: &Place<'_>| part.value.get("exclusiveMinimum") == Some(&Value::Bool(true));
    let exclusive = f64::from(u8::from(parts.iter().any(is_exclusive)));
    let least = bound("minimum").map_or(1.0, |least| (least + exclusive).max(1.0));
    let value = bound("maximum").map_or(least, |most| least.min(most));
    json!(value as i64)
}

fn text(parts: &[Place<'_>]) -> Value {
    let told = |name: &str| parts.iter().find_map(|part| part.value.get(name)?.as_str());
    let least = parts
        .iter()
        .find_map(|part| part.value.get("minLength")?.as_u64());
    let least = least.unwrap_or(1) as usize;
    let text = match told("format").map(str::to_lowercase).as_deref() {
        Some("date-time") => "2026-01-15T10:00:00Z".to_owned(),
        Some("date") => "2026-01-15".to_owned(),
        Some("email") => "ann@example.com".to_owned(),
        Some("uri" | "url") => "https://example.com/x".to_owned(),
        Some("uuid") => "5f0e4a9c-1b8e-4c5e-9a52-6f1d2f0f7a11".to_owned(),
        // A pattern is a riddle; the file shows what it means.
        _ if told("pattern").is_some() => told("example").unwrap_or("x").to_owned(),
        _ => "x".repeat(least.max(1)),
    };
    text.into()
}
