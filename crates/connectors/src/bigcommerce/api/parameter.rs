//! A parameter of a path or a query: what values it takes, and how they are spelt.

use connector_kit::{Decimal, suggest};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::bigcommerce::{date, filter};

/// Facts of a parameter.
#[derive(Debug, Deserialize)]
pub(super) struct Parameter {
    pub(super) name: String,
    /// It stands in the path; else in the query.
    #[serde(default)]
    pub(super) path: bool,
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(default)]
    list: bool,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    words: Vec<String>,
    format: Option<String>,
    min: Option<serde_json::Number>,
    max: Option<serde_json::Number>,
    most: Option<usize>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Integer,
    Number,
    Boolean,
    String,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::String => "string",
        }
    }
}

impl Parameter {
    /// A value as it is asked for; an error is what is wrong with it, for a sentence behind the parameter's name.
    ///
    /// An empty one is an error: an empty id in a path would mean everything that lies there.
    pub(super) fn text(&self, value: &Value) -> Result<String, String> {
        // The store takes lists wherever the name says `:in`, whatever the type.
        let several = self.list || self.name.ends_with(":in");
        let Value::Array(values) = value else {
            let text = plain(value).ok_or("is neither text nor number")?;
            // Words hold no comma; a text without them may.
            if several && (self.kind != Kind::String || !self.words.is_empty()) {
                let parts: Vec<String> = text
                    .split(',')
                    .map(|part| self.one(part))
                    .collect::<Result<_, _>>()?;
                return self.joined(&parts);
            }
            return self.one(&text);
        };
        if !several {
            return Err("takes one value, not a list".to_owned());
        }
        let one =
            |value: &Value| self.one(&plain(value).ok_or("has an element that is neither text nor number")?);
        let parts: Vec<String> = values.iter().map(one).collect::<Result<_, String>>()?;
        self.joined(&parts)
    }

    fn joined(&self, parts: &[String]) -> Result<String, String> {
        if parts.is_empty() {
            return Err("is an empty list".to_owned());
        }
        if self.most.is_some_and(|most| parts.len() > most) {
            return Err(format!(
                "has {} values, and takes {} at most",
                parts.len(),
                self.most.unwrap_or_default()
            ));
        }
        Ok(parts.join(","))
    }

    fn one(&self, text: &str) -> Result<String, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("is empty".to_owned());
        }
        if self.path && matches!(text, "." | "..") {
            return Err(format!("is `{text}`, which leads elsewhere"));
        }
        match self.kind {
            Kind::Integer if text.parse::<i64>().is_err() => {
                return Err(format!("is `{text}`, not a whole number"));
            }
            Kind::Number if text.parse::<Decimal>().is_err() => {
                return Err(format!("is `{text}`, not a number"));
            }
            Kind::Boolean if !matches!(text, "true" | "false") => {
                return Err(format!("is `{text}`, neither true nor false"));
            }
            _ => {}
        }
        if !self.words.is_empty() && !self.words.iter().any(|word| word == text) {
            let known = suggest::known("It takes", &self.words, text);
            return Err(format!(
                "is `{text}`, which it does not take. {}",
                known.trim_end_matches('.')
            ));
        }
        self.within(text)?;
        if self.is_date() {
            return date::full(text).ok_or_else(|| format!("is `{text}`, which is no date"));
        }
        Ok(text.to_owned())
    }

    fn within(&self, text: &str) -> Result<(), String> {
        let Ok(number) = text.parse::<f64>() else {
            return Ok(());
        };
        if self.kind == Kind::String {
            return Ok(());
        }
        let bound = |bound: &Option<serde_json::Number>| bound.as_ref().and_then(serde_json::Number::as_f64);
        match (bound(&self.min), bound(&self.max)) {
            (Some(min), _) if number < min => Err(format!("is {text}, and takes {min} at least")),
            (_, Some(max)) if number > max => Err(format!("is {text}, and takes {max} at most")),
            _ => Ok(()),
        }
    }

    fn format(&self) -> Option<&str> {
        self.format.as_deref().or(self.is_date().then_some("date-time"))
    }

    fn is_date(&self) -> bool {
        self.kind == Kind::String && filter::is_date(&self.name)
    }

    /// The largest page, of `limit`.
    pub(super) fn largest(&self) -> Option<u64> {
        self.max.as_ref()?.as_u64()
    }

    /// For forms, completion and the catalogue.
    pub(super) fn schema(&self) -> Value {
        let mut one = Map::new();
        one.insert("type".to_owned(), self.kind.word().into());
        if !self.words.is_empty() {
            let word = |word: &String| -> Value {
                match self.kind {
                    Kind::String => word.as_str().into(),
                    _ => serde_json::from_str(word).unwrap_or_else(|_| word.as_str().into()),
                }
            };
            one.insert("enum".to_owned(), self.words.iter().map(word).collect());
        }
        let facts = [
            ("format", self.format().map(Value::from)),
            ("minimum", self.min.clone().map(Value::Number)),
            ("maximum", self.max.clone().map(Value::Number)),
        ];
        one.extend(
            facts
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?))),
        );
        let mut schema = if self.list || self.name.ends_with(":in") {
            let mut list = json!({ "type": "array", "items": one });
            if let Some(most) = self.most {
                list["maxItems"] = most.into();
            }
            json!({ "anyOf": [one, list] })
        } else {
            Value::Object(one)
        };
        schema["description"] = self.about().into();
        schema
    }

    fn about(&self) -> &'static str {
        match (self.path, self.list) {
            (true, _) => "Part of the path.",
            (false, false) => "A parameter of the query.",
            (false, true) => "A parameter of the query: one value or a list.",
        }
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(facts: Value) -> Parameter {
        serde_json::from_value(facts).unwrap()
    }

    #[test]
    fn values_are_spelt_as_the_store_reads_them() {
        let ids = parameter(json!({ "name": "id:in", "type": "integer", "list": true, "most": 3 }));
        for (value, text) in [(json!([1, "2"]), "1,2"), (json!(7), "7"), (json!("7, 8"), "7,8")] {
            assert_eq!(ids.text(&value).as_deref(), Ok(text));
        }
        for wrong in [
            json!([]),
            json!(""),
            json!([1, ""]),
            json!("1,"),
            json!("all"),
            json!([1, 2, 3, 4]),
            json!({}),
        ] {
            assert!(ids.text(&wrong).is_err(), "{wrong} names nothing");
        }
        let date = parameter(json!({ "name": "min_date_created", "type": "string" }));
        assert_eq!(
            date.text(&json!("2026-01-15")).as_deref(),
            Ok("2026-01-15T00:00:00Z"),
            "without a time the server would add its own"
        );
    }

    #[test]
    fn an_id_leads_nowhere_but_to_its_thing() {
        let id = parameter(json!({ "name": "order_id", "path": true, "type": "integer", "required": true }));
        let code = parameter(json!({ "name": "code", "path": true, "type": "string", "required": true }));
        for wrong in ["", " ", "count", "1/products"] {
            assert!(id.text(&json!(wrong)).is_err(), "`{wrong}`");
        }
        for wrong in ["", " ", ".", ".."] {
            assert!(code.text(&json!(wrong)).is_err(), "`{wrong}`");
        }
    }
}
