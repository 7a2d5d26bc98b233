//! Values of SQLite as cells.

use rusqlite::types::ValueRef;
use serde_json::Value as Json;

use crate::sql::query::Cell;

/// A value as a cell. Bytes become hexadecimal text, as SQLite writes them.
pub(super) fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::of(Json::Null),
        ValueRef::Integer(whole) => Cell::of(whole),
        ValueRef::Real(number) => Cell::of(
            serde_json::Number::from_f64(number).map_or_else(|| number.to_string().into(), Json::Number),
        ),
        ValueRef::Text(text) => Cell::of_text(text),
        ValueRef::Blob(bytes) => Cell::of_bytes(bytes),
    }
}
