//! What an expression works on: a value that mostly still lies in the record's text.

use std::borrow::Cow;

use bytes::Bytes;
use connector_kit::{Error, Raw, Result, Value};

use super::{Unlike, number};
use crate::processflow::json;

/// A value while an expression is worked out. Borrows from the record wherever it can.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Term<'r> {
    /// There is nothing of that name; the text says what was looked for.
    Missing(String),
    Null,
    Bool(bool),
    Integer(i64),
    /// A number as the digits it was given.
    Decimal(Cow<'r, str>),
    Text(Cow<'r, str>),
    /// A list or an object that is still JSON text.
    Json(&'r str),
    List(Vec<Term<'r>>),
    Map(Vec<(String, Term<'r>)>),
}

impl<'r> Term<'r> {
    /// Reads one JSON value; lists and objects stay text.
    pub(crate) fn of_json(text: &'r str) -> Result<Self> {
        Ok(match text.as_bytes().first() {
            Some(b'"') => Self::Text(json::string(text)?),
            Some(b'{' | b'[') => Self::Json(text),
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') | None => Self::Null,
            Some(_) => number::of_json(text),
        })
    }

    /// A value that was worked out before.
    pub(crate) fn of_value(value: &'r Value) -> Result<Self> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Integer(value) => Self::Integer(*value),
            Value::Decimal(value) => Self::Decimal(Cow::Borrowed(value.as_str())),
            Value::Text(value) => Self::Text(Cow::Borrowed(value)),
            Value::Json(raw) => return Self::of_json(raw.as_str().trim_start()),
        })
    }

    pub(crate) fn text(text: impl Into<Cow<'r, str>>) -> Self {
        Self::Text(text.into())
    }

    /// As the value of a row. What is missing is an error that names it. A part of `whole` is shared with it.
    pub(crate) fn into_value(self, whole: &Raw) -> Result<Value> {
        Ok(match self {
            Self::Missing(what) => return Err(missing(&what)),
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Integer(value) => Value::Integer(value),
            Self::Decimal(digits) => Value::Decimal(digits.parse()?),
            Self::Text(text) => Value::Text(text.into_owned()),
            Self::Json(text) => Value::Json(match whole.within(text) {
                Some(part) => part,
                None => Raw::parse(Bytes::copy_from_slice(text.as_bytes()))?,
            }),
            list => Value::Json(Raw::parse(list.to_json()?)?),
        })
    }

    /// As JSON text. Numbers keep their digits.
    pub(crate) fn to_json(&self) -> Result<String> {
        let mut out = String::new();
        self.write_json(&mut out)?;
        Ok(out)
    }

    fn write_json(&self, out: &mut String) -> Result<()> {
        match self {
            Self::Missing(what) => return Err(missing(what)),
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Integer(value) => out.push_str(&value.to_string()),
            Self::Decimal(digits) => out.push_str(digits),
            Self::Text(text) => out.push_str(&json::quoted(text)),
            Self::Json(text) => out.push_str(text),
            Self::List(elements) => {
                let each = |out: &mut String, element: &Self| element.write_json(out);
                separated(out, ('[', ']'), elements, each)?;
            }
            Self::Map(fields) => separated(out, ('{', '}'), fields, |out, (name, value)| {
                out.push_str(&json::quoted(name));
                out.push(':');
                value.write_json(out)
            })?,
        }
        Ok(())
    }

    /// What it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Missing(_) => "missing",
            Self::Null => "empty (null)",
            Self::Bool(_) => "true or false",
            Self::Integer(_) | Self::Decimal(_) => "a number",
            Self::Text(_) => "text",
            Self::Json(text) if text.starts_with('[') => "a list",
            Self::List(_) => "a list",
            Self::Json(_) | Self::Map(_) => "an object",
        }
    }

    /// What counts as yes in `and`, `or`, `not` and `if`: as in Jinja, everything that is not empty and not 0.
    pub(crate) fn is_true(&self) -> Result<bool> {
        Ok(match self {
            Self::Missing(what) => return Err(missing(what)),
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Integer(value) => *value != 0,
            Self::Decimal(digits) => digits.bytes().any(|digit| matches!(digit, b'1'..=b'9')),
            Self::Text(text) => !text.is_empty(),
            Self::Json(text) => json::elements(text).next().is_some() || json::members(text).next().is_some(),
            Self::List(elements) => !elements.is_empty(),
            Self::Map(fields) => !fields.is_empty(),
        })
    }

    /// Its plain text, where it is one value: numbers as their digits, nothing for null.
    pub(crate) fn plain(&self) -> Result<Cow<'r, str>> {
        Ok(match self {
            Self::Missing(what) => return Err(missing(what)),
            Self::Null => Cow::Borrowed(""),
            Self::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Self::Integer(value) => Cow::Owned(value.to_string()),
            Self::Decimal(text) | Self::Text(text) => text.clone(),
            other => {
                let hint = "Take one field of it, `| join(\", \")` a list, or `| json` for its JSON text.";
                let error = Error::rejected(format!("{} is not a text", other.kind())).hint(hint);
                return Err(Unlike::mark(error, other));
            }
        })
    }

    /// Its elements, where it is a list.
    pub(crate) fn into_elements(self) -> Result<Vec<Self>> {
        match self {
            Self::List(elements) => Ok(elements),
            Self::Json(text) if text.starts_with('[') => json::elements(text).map(Self::of_json).collect(),
            Self::Missing(what) => Err(missing(&what)),
            other => {
                let error = Error::rejected(format!("a list is needed, this is {}", other.kind()));
                Err(Unlike::mark(error, &other))
            }
        }
    }

    /// The field of that name; missing for what has no fields. `path` is how it is written, for messages.
    pub(crate) fn field(self, name: &str, path: impl FnOnce() -> String) -> Result<Self> {
        let found = match self {
            Self::Json(text) => json::field(text, name).map(Self::of_json).transpose()?,
            Self::Map(fields) => fields
                .into_iter()
                .rev()
                .find(|(field, _)| field == name)
                .map(|(_, value)| value),
            Self::Missing(what) => return Ok(Self::Missing(what)),
            _ => None,
        };
        Ok(found.unwrap_or_else(|| Self::Missing(path())))
    }

    /// The element at that place; negative ones count from the end.
    pub(crate) fn element(self, at: i64, path: impl FnOnce() -> String) -> Result<Self> {
        let place = |length: usize| {
            let at = if at < 0 { at + length as i64 } else { at };
            usize::try_from(at).unwrap_or(usize::MAX)
        };
        let found = match self {
            Self::Json(text) if at >= 0 => json::elements(text)
                .nth(place(0))
                .map(Self::of_json)
                .transpose()?,
            Self::Json(text) => {
                let all: Vec<_> = json::elements(text).collect();
                all.get(place(all.len()))
                    .map(|text| Self::of_json(text))
                    .transpose()?
            }
            Self::List(mut elements) => {
                let at = place(elements.len());
                (at < elements.len()).then(|| elements.swap_remove(at))
            }
            Self::Missing(what) => return Ok(Self::Missing(what)),
            _ => None,
        };
        Ok(found.unwrap_or_else(|| Self::Missing(path())))
    }
}

/// The error of using what is not there.
pub(crate) fn missing(what: &str) -> Error {
    let config = what.starts_with("connections.");
    if config {
        return Error::config(format!("`{what}` is not known of this connection"))
            .hint("Validate the connection: what it told of itself is what `connections.` offers.");
    }
    Error::rejected(format!("`{what}` is not in the record"))
        .hint(format!(
            "If it may be missing, write `{what} | default(none)`; else correct the name."
        ))
        .source(Unlike::Missing)
}

fn separated<T>(
    out: &mut String,
    (open, close): (char, char),
    parts: &[T],
    mut write: impl FnMut(&mut String, &T) -> Result<()>,
) -> Result<()> {
    out.push(open);
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, part)?;
    }
    out.push(close);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_kind_and_their_digits() {
        let cases = [
            ("17", Value::Integer(17)),
            ("25.0000", Value::Decimal("25.0000".parse().unwrap())),
            ("1.5e3", Value::Decimal("1500".parse().unwrap())),
            (
                "92233720368547758070",
                Value::Decimal("92233720368547758070".parse().unwrap()),
            ),
            ("\"0017\"", Value::Text("0017".into())),
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("[1,2.50]", Value::Json(Raw::parse("[1,2.50]").unwrap())),
        ];
        for (json, expected) in cases {
            let record = Raw::parse("{}").unwrap();
            let value = Term::of_json(json).unwrap().into_value(&record).unwrap();
            assert_eq!(value, expected, "{json} must arrive as it was sent");
        }
    }

    #[test]
    fn what_a_connection_does_not_tell_stops_the_run_and_not_the_record() {
        let error = missing("connections.store.hash");
        assert_eq!(
            error.kind,
            connector_kit::Kind::Config,
            "the next record would fail in the same way"
        );
        assert_eq!(
            missing("sku").kind,
            connector_kit::Kind::Rejected,
            "another record may have it"
        );
    }
}
