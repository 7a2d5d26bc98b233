//! What is written: rows of named values, made from records by a processflow's `map`.

use std::{fmt, str::FromStr, sync::Arc};

use crate::{Error, Raw, Result};

/// One row for one write step. A clone shares the values.
#[derive(Clone, Debug)]
pub struct Row {
    /// The record it came from, by its place in the batch. Rows of one record stand together.
    pub record: usize,
    /// The step's key fields as text: what this row is in the destination. Empty for steps without a key.
    pub key: Arc<str>,
    /// Names of the values, shared by all rows of a step.
    pub columns: Arc<[String]>,
    /// Values in the order of `columns`.
    pub values: Arc<[Value]>,
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
            None | Some(Value::Null) => Err(Error::rejected(format!("field `{column}` is empty")).hint(
                format!("Map a value to `{column}`, or skip such records with a rule."),
            )),
            Some(value) => Ok(value.to_string()),
        }
    }

    /// The value as a whole number.
    pub fn integer(&self, column: &str) -> Result<i64> {
        let text = self.text(column)?;
        let whole = text.parse().ok().or_else(|| {
            let decimal: Decimal = text.parse().ok()?;
            decimal.shortest().parse().ok() // `5.0000` is five
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
            // What no number or tree of ours holds (1e400, a depth of thousands) stays text.
            Self::Json(raw) => raw.read().unwrap_or_else(|_| raw.as_str().into()),
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::String(text) => Self::Text(text),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(whole) => Self::Integer(whole),
                None => number
                    .to_string()
                    .parse()
                    .map_or_else(|_| Self::Text(number.to_string()), Self::Decimal),
            },
            nested => Self::Json(Raw::of(&nested)),
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

    /// Equal in value, whatever the zeros at either end.
    pub fn same_as(&self, other: &Self) -> bool {
        self.shortest() == other.shortest()
    }

    /// Without zeros that say nothing, and zero without a sign.
    fn shortest(&self) -> String {
        let (sign, digits) = self
            .0
            .strip_prefix('-')
            .map_or(("", &*self.0), |digits| ("-", digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        match (whole, fraction) {
            ("", "") => "0".to_owned(),
            (whole, "") => format!("{sign}{whole}"),
            ("", fraction) => format!("{sign}0.{fraction}"),
            (whole, fraction) => format!("{sign}{whole}.{fraction}"),
        }
    }

    fn to_json(&self) -> serde_json::Value {
        let number = serde_json::Number::from_str(&self.shortest()).ok();
        let digits = |number: &serde_json::Number| number.to_string().parse::<Self>().ok();
        let exact = number.filter(|number| digits(number).is_some_and(|digits| digits.same_as(self)));
        exact.map_or_else(|| self.0.clone().into(), serde_json::Value::Number)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn row(values: Vec<(&str, Value)>) -> Row {
        let columns: Vec<String> = values.iter().map(|(name, _)| (*name).to_owned()).collect();
        let values = values.into_iter().map(|(_, value)| value).collect();
        Row {
            record: 0,
            key: "".into(),
            columns: columns.into(),
            values,
            nothing: false,
        }
    }

    #[test]
    fn decimals_are_digits_not_floats() {
        for text in [
            "0",
            "-1",
            "25.0000",
            "0.1",
            "123456789012345678901234567890.12",
            "007",
            "-0",
        ] {
            assert_eq!(decimal(text).as_str(), text, "the digits stay");
        }
        for text in [
            "", "-", ".5", "5.", "1e3", "1,5", "+1", " 1", "1.2.3", "--1", "NaN", "0x1", "١",
        ] {
            assert!(
                text.parse::<Decimal>().is_err(),
                "`{text}` is not a decimal number"
            );
        }
    }

    #[test]
    fn decimals_compare_by_value() {
        for (one, other) in [
            ("25.0000", "25"),
            ("0.10", "0.1"),
            ("-0.00", "0"),
            ("-0", "0"),
            ("007", "7"),
            ("100", "100.0"),
        ] {
            assert!(decimal(one).same_as(&decimal(other)), "{one} is {other}");
        }
        for (one, other) in [("100", "10"), ("-1", "1"), ("0.01", "0.1"), ("1.10", "11.0")] {
            assert!(!decimal(one).same_as(&decimal(other)), "{one} is not {other}");
        }
    }

    #[test]
    fn json_numbers_hold_a_decimal_exactly_or_not_at_all() {
        let json = |text: &str| Value::Decimal(decimal(text)).to_json();
        assert_eq!(json("19.99"), serde_json::json!(19.99));
        assert_eq!(json("25.0000"), serde_json::json!(25));
        assert_eq!(
            json("9007199254740993"),
            serde_json::json!(9_007_199_254_740_993_i64),
            "ids keep their digits"
        );
        let long = "0.12345678901234567890123";
        assert_eq!(
            json(long),
            serde_json::json!(long),
            "a float would change the amount"
        );
        let large = "123456789012345678901234567890";
        assert_eq!(json(large), serde_json::json!(large));
    }

    #[test]
    fn whole_numbers_are_read_in_any_spelling() {
        let numbers = row(vec![
            ("plain", Value::Integer(5)),
            ("text", Value::Text("-17".into())),
            ("decimal", Value::Decimal(decimal("5.0000"))),
            ("broken", Value::Text("5.5".into())),
            ("words", Value::Text("five".into())),
            ("nothing", Value::Null),
        ]);
        assert_eq!(numbers.integer("plain").unwrap(), 5);
        assert_eq!(numbers.integer("text").unwrap(), -17);
        assert_eq!(
            numbers.integer("decimal").unwrap(),
            5,
            "stores write quantities as 5.0000"
        );
        for column in ["broken", "words", "nothing", "missing"] {
            let error = numbers.integer(column).unwrap_err();
            assert_eq!(
                error.kind,
                crate::Kind::Rejected,
                "one record's fault, the others go on"
            );
            assert!(error.message.contains(column), "the field is named: {error}");
        }
    }

    #[test]
    fn text_is_kept_to_the_letter() {
        let texts = row(vec![
            ("sku", Value::Text("0017".into())),
            ("empty", Value::Text(String::new())),
        ]);
        assert_eq!(texts.text("sku").unwrap(), "0017");
        assert_eq!(texts.text("empty").unwrap(), "", "empty text is a value");
        assert!(
            texts.text("missing").unwrap_err().hint.is_some(),
            "the way out is named"
        );
    }

    #[test]
    fn a_row_becomes_an_object_in_its_order() {
        let nested = Raw::parse("{\"a\":[1,2]}").unwrap();
        let huge = Raw::parse("{\"a\":1e400}").unwrap();
        let values = row(vec![
            ("z", Value::Bool(true)),
            ("a", Value::Null),
            ("nested", Value::Json(nested)),
            ("huge", Value::Json(huge)),
        ]);
        let text = serde_json::to_string(&values.to_json()).unwrap();
        assert_eq!(
            text, "{\"z\":true,\"a\":null,\"nested\":{\"a\":[1,2]},\"huge\":\"{\\\"a\\\":1e400}\"}",
            "what no number holds stays text and stops nothing"
        );
    }
}
