//! Values of MariaDB and MySQL as text and as cells.

use std::fmt::Write as _;

use mysql_async::{
    Column, Value,
    consts::{ColumnFlags, ColumnType},
};
use serde_json::Value as Json;

use crate::sql::query::Cell;

/// The character set number of bytes that are no text.
const BINARY: u16 = 63;

/// A value as text; `None` for nothing.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::NULL => None,
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Value::Int(whole) => Some(whole.to_string()),
        Value::UInt(whole) => Some(whole.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Double(number) => Some(number.to_string()),
        Value::Date(year, month, day, hour, minute, second, micros) => {
            let mut text = format!("{year:04}-{month:02}-{day:02}");
            if (*hour, *minute, *second, *micros) != (0, 0, 0, 0) {
                text.push_str(&clock('T', u32::from(*hour), *minute, *second, *micros));
            }
            Some(text)
        }
        Value::Time(negative, days, hours, minutes, seconds, micros) => {
            let hours = days * 24 + u32::from(*hours);
            let sign = if *negative { "-" } else { "" };
            Some(clock(' ', hours, *minutes, *seconds, *micros).replacen(' ', sign, 1))
        }
    }
}

fn clock(before: char, hours: u32, minutes: u8, seconds: u8, micros: u32) -> String {
    let mut text = format!("{before}{hours:02}:{minutes:02}:{seconds:02}");
    if micros != 0 {
        write!(text, ".{micros:06}").expect("writing to memory does not fail");
    }
    text
}

/// A value as a cell. Decimals keep their digits, bytes become hexadecimal text, and the date of all zeros, which is no
/// date, becomes nothing.
pub(super) fn cell(value: &Value, column: &Column) -> Cell {
    let kind = column.column_type();
    match (value, kind) {
        (Value::NULL, _) => Cell::of(Json::Null),
        (Value::Date(0, 0, 0, ..), _) => Cell::of(Json::Null),
        (Value::Date(..), ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE) => {
            Cell::of(text(value).unwrap_or_default())
        }
        (Value::Date(year, month, day, hour, minute, second, micros), _) => {
            let time = clock('T', u32::from(*hour), *minute, *second, *micros);
            // The session's zone is UTC; a DATETIME has none.
            let zone = if is_timestamp(kind) { "Z" } else { "" };
            Cell::of(format!("{year:04}-{month:02}-{day:02}{time}{zone}"))
        }
        (Value::Int(whole), _) => Cell::of(*whole),
        (Value::UInt(whole), _) => match i64::try_from(*whole) {
            Ok(whole) => Cell::of(whole),
            Err(_) => Cell::of_json(whole.to_string()),
        },
        (Value::Float(number), _) => Cell::of_json(number.to_string()),
        (Value::Double(number), _) => Cell::of_json(number.to_string()),
        (Value::Bytes(bytes), ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL) => {
            Cell::of_json(String::from_utf8_lossy(bytes).into_owned())
        }
        (Value::Bytes(bytes), ColumnType::MYSQL_TYPE_BIT) => Cell::of(
            bytes
                .iter()
                .fold(0_i64, |bits, byte| (bits << 8) | i64::from(*byte)),
        ),
        (Value::Bytes(bytes), ColumnType::MYSQL_TYPE_JSON) => {
            Cell::of_json(String::from_utf8_lossy(bytes).into_owned())
        }
        (Value::Bytes(bytes), _) if is_binary(column) => Cell::of_bytes(bytes),
        (Value::Bytes(bytes), _) => Cell::of_text(bytes),
        (Value::Time(..), _) => Cell::of(text(value).unwrap_or_default()),
    }
}

fn is_timestamp(kind: ColumnType) -> bool {
    matches!(
        kind,
        ColumnType::MYSQL_TYPE_TIMESTAMP | ColumnType::MYSQL_TYPE_TIMESTAMP2
    )
}

fn is_binary(column: &Column) -> bool {
    column.character_set() == BINARY && column.flags().contains(ColumnFlags::BINARY_FLAG)
}

/// What [`bound`] wants to know of a column.
pub(super) fn hint(column: &Column) -> &'static str {
    match column.column_type() {
        ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => "decimal",
        ColumnType::MYSQL_TYPE_TIMESTAMP
        | ColumnType::MYSQL_TYPE_TIMESTAMP2
        | ColumnType::MYSQL_TYPE_DATETIME
        | ColumnType::MYSQL_TYPE_DATETIME2 => "datetime",
        _ => "plain",
    }
}

/// The place of a value that is compared with a column: as text it would be compared in binary.
pub(super) fn bound(hint: &str) -> &'static str {
    match hint {
        "decimal" => "CAST(? AS DECIMAL(65, 20))",
        "datetime" => "CAST(? AS DATETIME(6))",
        _ => "?",
    }
}

/// A value of a cell, to be bound again.
pub(super) fn again(value: &Json) -> Value {
    match value {
        Json::Null => Value::NULL,
        Json::Number(number) if number.is_i64() => Value::Int(number.as_i64().unwrap_or_default()),
        // The zone is the session's.
        Json::String(text) => Value::Bytes(text.strip_suffix('Z').unwrap_or(text).as_bytes().to_vec()),
        other => Value::Bytes(other.to_string().into_bytes()),
    }
}
