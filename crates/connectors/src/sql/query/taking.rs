//! Rows of a database as records.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
    path::Path,
    sync::Arc,
};

use connector_kit::{Error, Raw, Reading, Record, Result, Span};
use serde_json::Value as Json;

use super::selection::{Selection, place};
use crate::sql::{
    names::listed,
    spool::{Entry, Spool},
};

/// Whole numbers beyond it are not the same any more once a page has read them.
const EXACT: u64 = 1 << 53;

/// A value of a row.
#[derive(Clone, Debug)]
pub(in crate::sql) struct Cell {
    /// As the engine can be given it back, and as ids are made of it. What no JSON number of ours holds is text.
    pub(in crate::sql) value: Json,
    /// Its JSON, where `value` says less: a decimal number with all its digits, a list, an object.
    pub(in crate::sql) json: Option<String>,
    /// False for bytes that should have been text.
    pub(in crate::sql) legible: bool,
}

impl Cell {
    /// A value that JSON holds as it is.
    pub(in crate::sql) fn of(value: impl Into<Json>) -> Self {
        Self {
            value: value.into(),
            json: None,
            legible: true,
        }
    }

    /// Bytes, as hexadecimal text.
    pub(in crate::sql) fn of_bytes(bytes: &[u8]) -> Self {
        let mut text = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            write!(text, "{byte:02X}").expect("writing to memory does not fail");
        }
        Self::of(text)
    }

    /// Bytes that should be text.
    pub(in crate::sql) fn of_text(bytes: &[u8]) -> Self {
        std::str::from_utf8(bytes).map_or_else(
            |_| Self {
                legible: false,
                ..Self::of(String::from_utf8_lossy(bytes).into_owned())
            },
            Self::of,
        )
    }

    /// JSON text that came from the database.
    pub(in crate::sql) fn of_json(json: String) -> Self {
        let value = match serde_json::from_str(&json) {
            Ok(Json::Number(number)) if number.is_i64() => Json::Number(number),
            Ok(plain @ (Json::Null | Json::Bool(_) | Json::String(_))) => plain,
            // Its digits, not the nearest binary number; lists and objects as their text.
            _ => Json::String(json.clone()),
        };
        Self {
            value,
            json: Some(json),
            legible: true,
        }
    }

    /// As people are shown it.
    pub(in crate::sql) fn shown(self) -> Json {
        match self.value {
            Json::Number(number) if number.as_i64().is_none_or(|whole| whole.unsigned_abs() > EXACT) => {
                number.to_string().into()
            }
            other => other,
        }
    }

    fn text(&self) -> String {
        match &self.value {
            Json::Null => String::new(),
            Json::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    fn write(&self, body: &mut Vec<u8>) {
        match &self.json {
            Some(json) => body.extend_from_slice(json.as_bytes()),
            None => serde_json::to_writer(body, &self.value).expect("writing to memory does not fail"),
        }
    }
}

/// Turns rows into entries of a spool, leaving out those that are not wanted.
pub(in crate::sql) struct Taking {
    selection: Arc<Selection>,
    filter: BTreeMap<String, String>,
    ids: Option<HashSet<String>>,
    /// The value a former run ended with, and the rows it delivered at it: they come again.
    border: Option<Json>,
    seen: HashSet<String>,
}

/// A [`Taking`] that knows the columns.
pub(in crate::sql) struct Rows {
    taking: Taking,
    columns: Vec<String>,
    /// `"NAME":` of each column.
    names: Vec<Vec<u8>>,
    key: Vec<usize>,
    after: Option<usize>,
    filter: Vec<(usize, String)>,
    spool: Spool,
}

impl Taking {
    pub(super) fn new(
        selection: Arc<Selection>,
        reading: &Reading,
        border: Option<Json>,
        seen: HashSet<String>,
    ) -> Self {
        let ids = match &reading.span {
            Span::Ids(ids) => Some(ids.iter().cloned().collect()),
            _ => None,
        };
        let filter = reading.filter.iter();
        Self {
            selection,
            filter: filter
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            ids,
            border,
            seen,
        }
    }

    /// Begins, now that the columns are known. Many rows go to `folder`.
    pub(in crate::sql) fn begin(self, columns: Vec<String>, folder: &Path) -> Result<Rows> {
        self.selection.check(&columns, self.filter.keys())?;
        Ok(Rows {
            names: columns
                .iter()
                .map(|name| format!("{}:", Json::from(name.as_str())).into_bytes())
                .collect(),
            key: self
                .selection
                .key
                .iter()
                .map(|name| place(&columns, name))
                .collect(),
            after: self.selection.after.as_ref().map(|name| place(&columns, name)),
            filter: self
                .filter
                .iter()
                .map(|(name, value)| (place(&columns, name), value.clone()))
                .collect(),
            spool: Spool::new(folder),
            taking: self,
            columns,
        })
    }
}

impl Rows {
    /// Takes a row: a cell for each column.
    pub(in crate::sql) fn row(&mut self, cells: &[Cell]) -> Result<()> {
        if self.filter.iter().any(|(at, want)| cells[*at].text() != *want) {
            return Ok(());
        }
        let (mut body, mut cause) = (Vec::with_capacity(256), None);
        for (at, (cell, name)) in cells.iter().zip(&self.names).enumerate() {
            if !cell.legible {
                cause = Some(format!(
                    "column {} holds bytes that are not UTF-8 text",
                    self.columns[at]
                ));
            }
            body.push(if at == 0 { b'{' } else { b',' });
            body.extend_from_slice(name);
            cell.write(&mut body);
        }
        body.push(b'}');
        let key: Vec<String> = self.key.iter().map(|at| cells[*at].text()).collect();
        if key.iter().any(String::is_empty) {
            cause = Some(format!(
                "key column {} is empty",
                listed(&self.taking.selection.key)
            ));
        }
        let place: Vec<Json> = match self.after {
            None => self.key.iter().map(|at| cells[*at].value.clone()).collect(),
            Some(at) => vec![cells[at].value.clone()],
        };
        if let Some(at) = self.after.filter(|_| place[0].is_null()) {
            cause = Some(format!(
                "column {} is empty, so the row has no place in the order",
                self.columns[at]
            ));
        }
        let entry = Entry {
            id: key.join("/"),
            body: String::from_utf8(body).expect("JSON is text"),
            cause,
            place,
        };
        if self.is_wanted(&entry) {
            self.spool.add(&entry).map_err(|error| set_down(&error))?;
        }
        Ok(())
    }

    fn is_wanted(&self, entry: &Entry) -> bool {
        if let Some(ids) = &self.taking.ids {
            return ids.contains(&entry.id);
        }
        // Rows at the value a former run ended with come again; those it delivered are known.
        let at_the_border =
            self.taking.border.is_some() && self.taking.border.as_ref() == entry.place.first();
        !(at_the_border && self.taking.seen.contains(&entry.hash()))
    }

    /// All rows were taken.
    pub(in crate::sql) fn done(mut self) -> Result<Spool> {
        self.spool.ready().map_err(|error| set_down(&error))?;
        Ok(self.spool)
    }
}

fn set_down(error: &std::io::Error) -> Error {
    Error::unavailable(format!("the rows of the query cannot be set down ({error})"))
        .hint("Free space on the disk of the database, or of the temporary folder.")
}

impl Entry {
    /// The row as a record.
    pub(super) fn record(self) -> Record {
        let body = Raw::parse(self.body).unwrap_or_else(|_| Raw::of(&()));
        let unreadable = self.cause.map(|cause| {
            Error::rejected(cause)
                .hint("Correct the row in the database, or leave it out with the query's WHERE.")
        });
        Record {
            unreadable: unreadable.map(Box::new),
            ..Record::new(self.id, body)
        }
    }
}
