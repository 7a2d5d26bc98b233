//! Fields that a sample record has, for those who write expressions.

use serde_json::Value;

/// What a name stands for in an expression of this step: a field of the element under `each`, else of the record.
pub(super) fn scope<'r>(record: &'r Value, each: Option<&str>) -> &'r Value {
    match each {
        None => record,
        Some(each) => walk(record, record, each)
            .and_then(|list| list.get(0))
            .unwrap_or(&Value::Null),
    }
}

/// Follows `a.b.c` from here, or from the whole record where it begins with `record`.
pub(super) fn walk<'r>(record: &'r Value, here: &'r Value, path: &str) -> Option<&'r Value> {
    let mut parts = path.split('.').filter(|part| !part.is_empty()).peekable();
    let mut value = match parts.next_if_eq(&"record") {
        Some(_) => record,
        None => here,
    };
    for part in parts {
        let inner = if value.is_array() { value.get(0)? } else { value };
        value = inner.get(part)?;
    }
    Some(value)
}

/// The fields of an object, or of the first element of a list: name, and what it holds in the sample.
pub(super) fn of(value: &Value) -> Vec<(String, String)> {
    let value = if value.is_array() {
        value.get(0).unwrap_or(value)
    } else {
        value
    };
    let fields = value.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.clone(), short(value))).collect()
}

/// A value in at most 60 characters.
pub(super) fn short(value: &Value) -> String {
    let text = match value {
        Value::Array(list) => format!("list of {}", list.len()),
        Value::Object(_) => "mapping".to_owned(),
        other => other.to_string(),
    };
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// How a field is written in an expression: plain where it is a name, else in brackets.
pub(super) fn written(prefix: &str, name: &str) -> String {
    let plain = name
        .chars()
        .all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
        && !name.starts_with(|sign: char| sign.is_ascii_digit());
    match (plain, prefix) {
        (true, "") => name.to_owned(),
        (true, prefix) => format!("{prefix}.{name}"),
        (false, "") => format!("record[{}]", Value::from(name)),
        (false, prefix) => format!("{prefix}[{}]", Value::from(name)),
    }
}
