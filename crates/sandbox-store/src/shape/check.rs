//! Checks a write against the shape of its kind: unknown members, wrong types, values outside the vendor's
//! limits. Members that only the store sets are dropped, as the vendor does.

use serde_json::Value;

use super::{Document, Template};

/// What a kind's shape does not say by itself.
pub(crate) struct Rules {
    pub(crate) template: &'static std::sync::LazyLock<Template>,
    /// Set by the store alone.
    pub(crate) read_only: &'static [&'static str],
    /// Taken in a write although the record does not show them.
    pub(crate) beside: &'static [&'static str],
    /// Longest text.
    pub(crate) longest: &'static [(&'static str, usize)],
    /// Words allowed.
    pub(crate) words: &'static [(&'static str, &'static [&'static str])],
    /// Numbers that may not be negative.
    pub(crate) natural: &'static [&'static str],
    /// Amounts may come as text too.
    pub(crate) loose_amounts: bool,
}

impl Rules {
    /// Removes what is read-only; returns what is wrong, by member.
    pub(crate) fn check(&self, sent: &mut Document) -> Document {
        sent.retain(|member, _| !self.read_only.contains(&member.as_str()));
        let wrong = |(member, value): (&String, &Value)| {
            self.fault(member, value)
                .map(|message| (member.clone(), Value::String(message)))
        };
        sent.iter().filter_map(wrong).collect()
    }

    fn fault(&self, member: &str, value: &Value) -> Option<String> {
        if self.beside.contains(&member) {
            return None;
        }
        let Some(example) = self.template.example(member) else {
            return Some(format!("The field '{member}' is not supported by this resource."));
        };
        self.type_fault(example, value)
            .or_else(|| self.length_fault(member, value))
            .or_else(|| self.word_fault(member, value))
            .or_else(|| {
                let negative =
                    self.natural.contains(&member) && value.as_f64().is_some_and(|number| number < 0.0);
                negative.then(|| "The value must not be negative.".to_owned())
            })
    }

    fn type_fault(&self, example: &Value, value: &Value) -> Option<String> {
        let amount = self.loose_amounts && (is_amount(example) || example.is_number());
        let fits = match (example, value) {
            (Value::Null, _) => true,
            (_, Value::Number(_)) if amount => true,
            (_, Value::String(text)) if amount => text.parse::<f64>().is_ok(),
            (Value::String(_), Value::String(_))
            | (Value::Number(_), Value::Number(_))
            | (Value::Bool(_), Value::Bool(_))
            | (Value::Array(_), Value::Array(_))
            | (Value::Object(_), Value::Object(_)) => true,
            _ => false,
        };
        (!fits).then(|| format!("The value must be {}.", name_of(example)))
    }

    fn length_fault(&self, member: &str, value: &Value) -> Option<String> {
        let (_, most) = self.longest.iter().find(|(name, _)| *name == member)?;
        let length = value.as_str()?.chars().count();
        (length > *most).then(|| format!("The value must have at most {most} characters, not {length}."))
    }

    fn word_fault(&self, member: &str, value: &Value) -> Option<String> {
        let (_, words) = self.words.iter().find(|(name, _)| *name == member)?;
        let word = value.as_str()?;
        (!words.contains(&word)).then(|| format!("'{word}' is not one of {}.", words.join(", ")))
    }
}

fn is_amount(example: &Value) -> bool {
    example
        .as_str()
        .is_some_and(|text| text.parse::<f64>().is_ok() && text.contains('.'))
}

fn name_of(example: &Value) -> &'static str {
    match example {
        Value::String(_) => "text",
        Value::Number(_) => "a number",
        Value::Bool(_) => "true or false",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
        Value::Null => "anything",
    }
}
