//! What a column takes. A value that does not fit is refused with the column and the reason; nothing is cut,
//! rounded or filled in.

use std::{borrow::Cow, fmt, str::FromStr};

use connector_kit::{Decimal, Error, Result, Value};

/// The type of a column: `text`, `text(60)`, `integer`, `decimal`, `decimal(12,2)`, `boolean`, `date`,
/// `timestamp`, `json`; and, for tables that were there before, what their declarations mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text of at most so many characters.
    Text(Option<usize>),
    /// A whole number of 64 bits.
    Integer,
    /// A decimal number, kept as its digits.
    Decimal(Option<Digits>),
    /// True or false.
    Boolean,
    /// `2026-11-21`
    Date,
    /// A date with a time, with or without a zone.
    Timestamp,
    /// Any JSON.
    Json,
    /// A column of a table that was there before, which keeps whole numbers of this range.
    Whole(i64, i64),
    /// A column of a table that was there before, which keeps so many bits.
    Bits(u32),
    /// A column of a table that was there before, which keeps a date with a time and no zone: instants are kept in UTC.
    DateTime,
    /// A column of a table that was there before, which keeps numbers in binary: at most 15 digits are safe.
    Number(Option<Digits>),
    /// A column of a table that was there before, whose declaration says nothing; text that looks like a number
    /// becomes one.
    Loose,
    /// A column that takes everything as it is.
    Any,
}

/// `decimal(12,2)`: twelve digits in all, two of them after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits {
    /// Digits in all.
    pub precision: usize,
    /// Digits after the point.
    pub scale: usize,
}

impl Kind {
    /// The value as this column stores it, or why it cannot.
    pub(super) fn fit<'v>(&self, value: &'v Value) -> Result<Cow<'v, Value>> {
        if *value == Value::Null {
            return Ok(Cow::Borrowed(value));
        }
        match self {
            Self::Text(most) => text(value, *most),
            Self::Integer => integer(value),
            Self::Decimal(digits) => decimal(value, *digits),
            Self::Boolean => boolean(value),
            Self::Date => dated(value, is_date, "a date"),
            Self::Timestamp => dated(value, is_timestamp, "a date with a time"),
            Self::Json => Ok(json(value)),
            Self::Whole(least, most) => ranged(value, *least, *most),
            Self::Bits(bits) => ranged(
                value,
                0,
                1_i64
                    .checked_shl(*bits)
                    .map_or(i64::MAX, |most| most.wrapping_sub(1).max(0)),
            ),
            Self::DateTime => in_utc(value),
            Self::Number(digits) => number(value, *digits),
            Self::Loose => loose(value),
            Self::Any => Ok(Cow::Borrowed(value)),
        }
    }
}

fn text(value: &Value, most: Option<usize>) -> Result<Cow<'_, Value>> {
    let text = match value {
        Value::Text(_) => Cow::Borrowed(value),
        other => Cow::Owned(Value::Text(other.to_string())),
    };
    let (Some(most), Value::Text(letters)) = (most, &*text) else {
        return Ok(text);
    };
    // Bytes are never fewer than characters, so most texts need no counting.
    if letters.len() <= most || letters.chars().count() <= most {
        return Ok(text);
    }
    Err(refused(format!(
        "has {} characters, the column holds {most}",
        letters.chars().count()
    )))
}

fn integer(value: &Value) -> Result<Cow<'_, Value>> {
    match value {
        Value::Integer(_) => Ok(Cow::Borrowed(value)),
        Value::Bool(yes) => Ok(Cow::Owned(Value::Integer((*yes).into()))),
        other => whole(&other.to_string())
            .map(|whole| Cow::Owned(Value::Integer(whole)))
            .ok_or_else(|| refused(format!("is {}, not a whole number", shown(other)))),
    }
}

fn ranged(value: &Value, least: i64, most: i64) -> Result<Cow<'_, Value>> {
    let whole = integer(value)?;
    match *whole {
        Value::Integer(number) if number < least || number > most => Err(refused(format!(
            "is `{number}`, the column holds {least} to {most}"
        ))),
        _ => Ok(whole),
    }
}

/// An offset would be dropped silently by a column without one, and the hour with it.
fn in_utc(value: &Value) -> Result<Cow<'_, Value>> {
    let is = |text: &str| is_timestamp(text) || is_date(text);
    let value = dated(value, is, "a date with a time")?;
    let instant = match &*value {
        Value::Text(text) => text.parse::<jiff::Timestamp>().ok(),
        _ => None,
    };
    Ok(instant.map_or(value, |instant| {
        let utc = instant.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        Cow::Owned(Value::Text(utc.to_string()))
    }))
}

/// `17` and `17.00` are whole; `0017` is not taken for a number: its zeros would be lost.
fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = whole == "0" || !whole.starts_with('0');
    if !plain || !fraction.bytes().all(|digit| digit == b'0') {
        return None;
    }
    let end = text.len() - digits.len() + whole.len();
    text[..end].parse().ok()
}

fn decimal(value: &Value, digits: Option<Digits>) -> Result<Cow<'_, Value>> {
    let decimal = match value {
        Value::Decimal(decimal) => decimal.clone(),
        Value::Integer(whole) => whole.to_string().parse()?,
        Value::Text(text) => text.parse().map_err(|_| not_a_number(value))?,
        other => return Err(not_a_number(other)),
    };
    holds(&decimal, digits)?;
    Ok(Cow::Owned(Value::Decimal(decimal)))
}

/// Digits that carry value must have room: zeros at both ends do not count.
fn holds(decimal: &Decimal, digits: Option<Digits>) -> Result<()> {
    let Some(Digits { precision, scale }) = digits else {
        return Ok(());
    };
    let (whole, fraction) = significant(decimal);
    if fraction.len() > scale {
        return Err(refused(format!(
            "`{decimal}` has {} decimals, the column holds {scale}",
            fraction.len()
        )));
    }
    let room = precision.saturating_sub(scale);
    if whole.len() > room {
        return Err(refused(format!(
            "`{decimal}` has {} digits before the point, the column holds {room}",
            whole.len()
        )));
    }
    Ok(())
}

/// Digits before and after the point without the zeros that say nothing.
fn significant(decimal: &Decimal) -> (&str, &str) {
    let digits = decimal.as_str().trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    (whole.trim_start_matches('0'), fraction.trim_end_matches('0'))
}

fn boolean(value: &Value) -> Result<Cow<'_, Value>> {
    let yes = match value {
        Value::Bool(yes) => *yes,
        Value::Integer(1) => true,
        Value::Integer(0) => false,
        Value::Text(text) if text.eq_ignore_ascii_case("true") || text == "1" => true,
        Value::Text(text) if text.eq_ignore_ascii_case("false") || text == "0" => false,
        other => return Err(refused(format!("is {}, neither true nor false", shown(other)))),
    };
    Ok(Cow::Owned(Value::Bool(yes)))
}

fn dated<'v>(value: &'v Value, is: impl Fn(&str) -> bool, what: &str) -> Result<Cow<'v, Value>> {
    match value {
        Value::Text(text) if is(text) => Ok(Cow::Borrowed(value)),
        other => Err(refused(format!("is {}, not {what}", shown(other)))
            .hint("Turn it into an ISO date in the `map` with the filter `date`.")),
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn is_timestamp(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || (text.len() > 10 && text.parse::<jiff::civil::DateTime>().is_ok())
}

/// JSON text is bound as text; anything else becomes the JSON text it has.
fn json(value: &Value) -> Cow<'_, Value> {
    match value {
        Value::Json(_) => Cow::Borrowed(value),
        other => Cow::Owned(Value::Text(other.to_json().to_string())),
    }
}

fn number(value: &Value, digits: Option<Digits>) -> Result<Cow<'_, Value>> {
    let decimal: Decimal = match value {
        Value::Bool(_) | Value::Integer(_) => return Ok(Cow::Borrowed(value)),
        other => other.to_string().parse().map_err(|_| not_a_number(other))?,
    };
    holds(&decimal, digits)?;
    kept(value, &decimal)?;
    Ok(Cow::Borrowed(value))
}

fn loose(value: &Value) -> Result<Cow<'_, Value>> {
    if let (Value::Text(_) | Value::Decimal(_), Ok(decimal)) = (value, value.to_string().parse()) {
        kept(value, &decimal)?;
    }
    Ok(Cow::Borrowed(value))
}

/// A column that keeps numbers in binary changes what is not one: `0017` becomes 17, and digits beyond the 15th
/// go missing.
fn kept(value: &Value, decimal: &Decimal) -> Result<()> {
    let (whole, fraction) = significant(decimal);
    let digits = decimal.as_str().trim_start_matches('-');
    let zeros = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if zeros && matches!(value, Value::Text(_)) {
        return Err(refused(format!(
            "`{decimal}` would lose its leading zeros: the column keeps numbers"
        )));
    }
    if whole.len() + fraction.len() > 15 && decimal.as_str().parse::<i64>().is_err() {
        return Err(refused(format!(
            "`{decimal}` has more digits than the column keeps exactly (15)"
        )));
    }
    Ok(())
}

fn not_a_number(value: &Value) -> Error {
    refused(format!("is {}, not a decimal number", shown(value)))
}

/// The value where it is short; a message never holds a whole record.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match value {
        Value::Json(_) => "a list or an object".to_owned(),
        _ if text.chars().count() > 40 => format!("a text of {} characters", text.chars().count()),
        _ => format!("`{text}`"),
    }
}

/// The caller puts the column in front.
fn refused(why: String) -> Error {
    Error::rejected(why).hint("Correct the value or the mapping, then send the record again.")
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, arguments) = parts(text);
        match (name.as_str(), arguments.as_slice()) {
            ("text", []) => Ok(Self::Text(None)),
            ("text", [most]) if *most > 0 => Ok(Self::Text(Some(*most))),
            ("integer", []) => Ok(Self::Integer),
            ("decimal", []) => Ok(Self::Decimal(None)),
            ("decimal", [precision, scale]) if precision >= scale && *precision > 0 => {
                Ok(Self::Decimal(Some(Digits {
                    precision: *precision,
                    scale: *scale,
                })))
            }
            ("boolean", []) => Ok(Self::Boolean),
            ("date", []) => Ok(Self::Date),
            ("timestamp", []) => Ok(Self::Timestamp),
            ("json", []) => Ok(Self::Json),
            _ => Err(format!(
                "`{text}` is no column type; there are text, text(60), integer, decimal, decimal(12,2), boolean, \
                 date, timestamp, json"
            )),
        }
    }
}

/// `Decimal(12, 2)` is `decimal` with 12 and 2. What is not a number between the brackets reads as 0.
pub(super) fn parts(text: &str) -> (String, Vec<usize>) {
    let (name, rest) = text.split_once('(').unwrap_or((text, ""));
    let inside = rest.split(')').next().unwrap_or_default();
    let numbers = inside
        .split(',')
        .map(str::trim)
        .filter(|number| !number.is_empty());
    (
        name.trim().to_lowercase(),
        numbers.map(|number| number.parse().unwrap_or(0)).collect(),
    )
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(Some(most)) => write!(out, "text({most})"),
            Self::Text(None) => out.write_str("text"),
            Self::Integer | Self::Whole(..) | Self::Bits(_) => out.write_str("integer"),
            Self::Decimal(Some(digits)) => write!(out, "decimal({},{})", digits.precision, digits.scale),
            Self::Decimal(None) => out.write_str("decimal"),
            Self::Boolean => out.write_str("boolean"),
            Self::Date => out.write_str("date"),
            Self::Timestamp | Self::DateTime => out.write_str("timestamp"),
            Self::Json => out.write_str("json"),
            Self::Number(_) => out.write_str("number"),
            Self::Loose | Self::Any => out.write_str("any"),
        }
    }
}

#[cfg(test)]
mod tests {
    use connector_kit::{Raw, Value};

    use super::Kind;

    fn kind(text: &str) -> Kind {
        text.parse().expect("a type")
    }

    fn decimal(text: &str) -> Value {
        Value::Decimal(text.parse().expect("a decimal"))
    }

    #[test]
    fn a_text_is_never_cut() {
        let long = Value::Text("x".repeat(61));
        let error = kind("text(60)")
            .fit(&long)
            .expect_err("61 characters do not fit in 60");
        assert_eq!(
            error.message, "has 61 characters, the column holds 60",
            "both lengths help to decide"
        );
        let umlauts = Value::Text("ü".repeat(60));
        assert!(
            kind("text(60)").fit(&umlauts).is_ok(),
            "characters count, not bytes"
        );
    }

    #[test]
    fn values_fit_or_are_refused() {
        let cases = [
            ("integer", Value::Text("17".into()), Some("17")),
            ("integer", Value::Text("0017".into()), None),
            ("integer", decimal("-17.00"), Some("-17")),
            ("integer", decimal("17.5"), None),
            ("integer", Value::Text(".0".into()), None),
            ("integer", Value::Bool(true), Some("1")),
            ("decimal(6,2)", decimal("1234.5600"), Some("1234.5600")),
            ("decimal(6,2)", decimal("1234.567"), None),
            ("decimal(6,2)", decimal("12345.6"), None),
            ("decimal", Value::Text("25.0000".into()), Some("25.0000")),
            ("decimal", Value::Text("1,5".into()), None),
            ("boolean", Value::Text("True".into()), Some("true")),
            ("boolean", Value::Integer(2), None),
            ("date", Value::Text("2026-11-21".into()), Some("2026-11-21")),
            ("date", Value::Text("21.11.2026".into()), None),
            (
                "timestamp",
                Value::Text("2026-11-21T10:00:00Z".into()),
                Some("2026-11-21T10:00:00Z"),
            ),
            (
                "timestamp",
                Value::Text("2026-11-21 10:00:00".into()),
                Some("2026-11-21 10:00:00"),
            ),
            ("timestamp", Value::Text("2026-11-21".into()), None),
            ("json", Value::Text("a".into()), Some("\"a\"")),
            ("json", Value::Json(Raw::parse("[1]").expect("JSON")), Some("[1]")),
            ("text", Value::Integer(5), Some("5")),
            ("text", Value::Null, Some("")),
        ];
        for (name, value, want) in cases {
            let got = kind(name).fit(&value).ok().map(|value| value.to_string());
            assert_eq!(got.as_deref(), want, "{name} with {value:?}");
        }
    }

    #[test]
    fn columns_that_keep_numbers_lose_no_digit() {
        let number = Kind::Number(None);
        assert!(
            number.fit(&Value::Text("0017".into())).is_err(),
            "SKU 0017 would become 17 (T45)"
        );
        assert!(
            number.fit(&decimal("12345678901234567.89")).is_err(),
            "19 digits do not fit a binary number"
        );
        assert!(
            number.fit(&decimal("0.50")).is_ok(),
            "an amount below one starts with a zero"
        );
        assert!(
            Kind::Loose.fit(&Value::Text("007".into())).is_err(),
            "a loose column turns 007 into 7"
        );
        assert!(
            Kind::Loose.fit(&Value::Text("2026-11-21".into())).is_ok(),
            "a date is no number"
        );
    }
}
