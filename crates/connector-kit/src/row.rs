//! What is written: rows of named values, made from records by a processflow's `map`.

use std::{fmt, str::FromStr, sync::Arc};

use crate::{Error, Raw, Result};

/// One row for one write step.
#[derive(Clone, Debug)]
pub struct Row {
    /// The record it came from, by its place in the batch. Rows of one record stand together.
    pub record: usize,
    /// The step's key fields as text: what this row is in the destination. Empty for steps without a key.
    pub key: String,
    /// Names of the values, shared by all rows of a step.
    pub columns: Arc<[String]>,
    /// Values in the order of `columns`.
    pub values: Vec<Value>,
    /// Set on the one row a `replace` step gets for a record with no elements: only its scope has values, and
    /// nothing of that scope shall remain.
    pub nothing: bool,
}

impl Row {
    /// The value of a column; `None` when the row does not have it.
    pub fn get(&self, column: &str) -> Option<&Value> {
        let at = self.columns.iter().position(|name| name == column)?;
        self.values.get(at)
    }

    /// The value as text, for fields that must be there.
    pub fn text(&self, column: &str) -> Result<String> {
        match self.get(column) {
            None | Some(Value::Null) => Err(Error::rejected(format!("field `{column}` is empty"))
                .hint(format!("Map a value to `{column}`, or skip such records with a rule."))),
            Some(value) => Ok(value.to_string()),
        }
    }

    /// The value as a whole number.
    pub fn integer(&self, column: &str) -> Result<i64> {
        let text = self.text(column)?;
        let whole = text.parse().ok().or_else(|| {
            let decimal: Decimal = text.parse().ok()?;
            decimal.as_str().strip_suffix(".0").unwrap_or(decimal.as_str()).parse().ok()
        });
        whole.ok_or_else(|| Error::rejected(format!("field `{column}` is `{text}`, not a whole number")))
    }

    /// The row as a JSON object.
    pub fn to_json(&self) -> serde_json::Map<String, serde_json::Value> {
        let values = self.values.iter().map(Value::to_json);
        self.columns.iter().cloned().zip(values).collect()
    }
}

/// One value of a row. Amounts are decimal text, never binary floats; identifiers are text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing: NULL in a database, an empty cell in CSV, `null` in JSON.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// An amount, with the digits it was given.
    Decimal(Decimal),
    /// Text, kept to the letter (`0017` stays `0017`).
    Text(String),
    /// A list or an object, as JSON text.
    Json(Raw),
}

impl Value {
    /// As JSON; decimals become numbers when a number holds them exactly, text otherwise.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Integer(value) => (*value).into(),
            Self::Decimal(value) => value.to_json(),
            Self::Text(value) => value.clone().into(),
            Self::Json(raw) => raw.read().expect("a Raw is valid JSON"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(value) => value.fmt(out),
            Self::Integer(value) => value.fmt(out),
            Self::Decimal(value) => out.write_str(value.as_str()),
            Self::Text(value) => out.write_str(value),
            Self::Json(raw) => out.write_str(raw.as_str()),
        }
    }
}

/// A decimal number as text: optional minus, digits, optional point and digits (`-1234.56`). Its digits are
/// kept; `25.0000` and `25` compare through [`Decimal::same_as`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal(String);

impl Decimal {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Equal in value, whatever the zeros at the end.
    pub fn same_as(&self, other: &Self) -> bool {
        trimmed(&self.0) == trimmed(&other.0)
    }

    fn to_json(&self) -> serde_json::Value {
        let number = serde_json::Number::from_str(&self.0).ok();
        let exact = number.filter(|number| trimmed(&number.to_string()) == trimmed(&self.0));
        exact.map_or_else(|| self.0.clone().into(), serde_json::Value::Number)
    }
}

fn trimmed(digits: &str) -> &str {
    if !digits.contains('.') {
        return digits;
    }
    let short = digits.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0" } else { short }
}

impl FromStr for Decimal {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if numeric(whole) && numeric(fraction) {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::rejected(format!("`{text}` is not a decimal number")))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
