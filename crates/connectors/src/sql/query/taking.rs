//! Rows of the database as records.

use std::fmt::Write as _;

use connector_kit::{Error, Raw, Record, Result, Span};
use rusqlite::types::ValueRef;
use serde_json::Value as Json;

use super::pass::{Pass, place, set_down};
use crate::sql::{
    names::listed,
    spool::{Entry, Spool},
};

/// Turns rows into entries of the spool.
pub(super) struct Taking<'p> {
    pass: &'p Pass,
    columns: &'p [String],
    /// `"NAME":` of each column.
    names: Vec<Vec<u8>>,
    key: Vec<usize>,
    after: Option<usize>,
    filter: Vec<(usize, &'p String)>,
    pub(super) spool: Spool,
}

impl<'p> Taking<'p> {
    pub(super) fn of(pass: &'p Pass, columns: &'p [String]) -> Self {
        let folder = pass.file.path.parent().unwrap_or(std::path::Path::new("."));
        Self {
            pass,
            columns,
            names: columns
                .iter()
                .map(|name| format!("{}:", Json::from(name.as_str())).into_bytes())
                .collect(),
            key: pass.query.key.iter().map(|name| place(columns, name)).collect(),
            after: pass.query.after.as_ref().map(|name| place(columns, name)),
            filter: pass
                .reading
                .filter
                .iter()
                .map(|(name, value)| (place(columns, name), value))
                .collect(),
            spool: Spool::new(folder),
        }
    }

    pub(super) fn row(&mut self, row: &rusqlite::Row<'_>) -> rusqlite::Result<Result<()>> {
        let field = |at: usize| row.get_ref(at).map(|value| cell(value).0);
        for (at, want) in &self.filter {
            if plain(&field(*at)?) != **want {
                return Ok(Ok(()));
            }
        }
        let (mut body, mut cause) = (Vec::with_capacity(256), None);
        for (at, (name, json)) in self.columns.iter().zip(&self.names).enumerate() {
            let (value, legible) = cell(row.get_ref(at)?);
            if !legible {
                cause = Some(format!("column {name} holds bytes that are not UTF-8 text"));
            }
            body.push(if at == 0 { b'{' } else { b',' });
            body.extend_from_slice(json);
            serde_json::to_writer(&mut body, &value).expect("writing to memory does not fail");
        }
        body.push(b'}');
        let key: Vec<Json> = self
            .key
            .iter()
            .map(|at| field(*at))
            .collect::<rusqlite::Result<_>>()?;
        if key.iter().any(|part| plain(part).is_empty()) {
            cause = Some(format!("key column {} is empty", listed(&self.pass.query.key)));
        }
        let id = key.iter().map(plain).collect::<Vec<_>>().join("/");
        let place = match self.after {
            None => key,
            Some(at) => vec![field(at)?],
        };
        if let Some(at) = self.after.filter(|_| place[0].is_null()) {
            cause = Some(format!(
                "column {} is empty, so the row has no place in the order",
                self.columns[at]
            ));
        }
        let body = String::from_utf8(body).expect("JSON is text");
        let entry = Entry {
            id,
            body,
            cause,
            place,
        };
        Ok(if self.is_wanted(&entry) {
            self.spool.add(&entry).map_err(|error| set_down(&error))
        } else {
            Ok(())
        })
    }

    fn is_wanted(&self, entry: &Entry) -> bool {
        if let Span::Ids(ids) = &self.pass.reading.span {
            return ids.contains(&entry.id);
        }
        let position = &self.pass.position;
        // Rows at the value a former run ended with come again; those it delivered are known.
        let at_the_border = self.after.is_some() && position.after.as_ref() == entry.place.first();
        !(at_the_border && position.seen.contains(&entry.hash()))
    }
}

/// A value as JSON, and whether it was legible. Bytes become hexadecimal text, as SQLite writes them.
pub(in crate::sql) fn cell(value: ValueRef<'_>) -> (Json, bool) {
    match value {
        ValueRef::Null => (Json::Null, true),
        ValueRef::Integer(whole) => (whole.into(), true),
        ValueRef::Real(number) => {
            let json =
                serde_json::Number::from_f64(number).map_or_else(|| number.to_string().into(), Json::Number);
            (json, true)
        }
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => (text.into(), true),
            Err(_) => (String::from_utf8_lossy(text).into(), false),
        },
        ValueRef::Blob(bytes) => (hexadecimal(bytes).into(), true),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            write!(text, "{byte:02X}").expect("writing to memory does not fail");
            text
        })
}

fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
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
            unreadable,
            ..Record::new(self.id, body)
        }
    }
}
