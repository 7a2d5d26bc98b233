//! A row of cells as a record: an object of texts, or what is wrong with it.

use connector_kit::{Raw, Record};

use super::cells::Cells;
use crate::files::{
    Encoding,
    decimal::{self, Doubt, Sign},
    lines::{illegible, legible},
};

/// The columns of a file and what is asked of their cells.
pub(super) struct Columns {
    pub(super) file: String,
    pub(super) encoding: Encoding,
    pub(super) names: Vec<Column>,
    /// Places of the key's columns.
    pub(super) key: Vec<usize>,
    pub(super) sign: Option<Sign>,
    pub(super) trim: bool,
}

/// One column.
pub(super) struct Column {
    pub(super) name: String,
    /// `"NAME":`
    pub(super) json: Vec<u8>,
    /// Its cells are numbers.
    pub(super) decimal: bool,
}

impl Column {
    pub(super) fn new(name: String, decimal: bool) -> Self {
        let json = format!("{}:", serde_json::Value::from(name.as_str())).into_bytes();
        Self { name, json, decimal }
    }
}

/// What is wrong with a row, and what to do about it.
struct Wrong(String, String);

impl Columns {
    /// The row that was read last, as a record.
    pub(super) fn record(&self, cells: &Cells) -> Record {
        let (file, line) = (&self.file, cells.line());
        if let Some(length) = cells.too_long() {
            let hint = "A quote that nobody closes can do this: look at the line. Up to 32 MiB are read.";
            return illegible(
                file,
                line,
                &format!("the row has {length} bytes"),
                hint,
                all_cells(cells),
            );
        }
        if cells.len() != self.names.len() {
            let why = format!("{} cells where the header has {}", cells.len(), self.names.len());
            let hint = "Look for a separator or a quote inside a cell; such cells must be quoted.";
            return illegible(file, line, &why, hint, all_cells(cells));
        }
        let mut body = Vec::with_capacity(256);
        let mut wrong = None;
        let mut key: Vec<String> = vec![String::new(); self.key.len()];
        for (at, (column, cell)) in self.names.iter().zip(cells.iter()).enumerate() {
            body.push(if at == 0 { b'{' } else { b',' });
            body.extend_from_slice(&column.json);
            let text = self.cell(column, cell).unwrap_or_else(|found| {
                wrong.get_or_insert(found);
                legible(cell).into_owned()
            });
            if let Some(part) = self.key.iter().position(|place| *place == at) {
                key[part].clone_from(&text);
            }
            serde_json::to_writer(&mut body, &text).expect("writing to memory does not fail");
        }
        body.push(b'}');
        let body = Raw::parse(body).expect("it was put together as JSON");
        if key.iter().any(String::is_empty) && wrong.is_none() {
            let name = self
                .key
                .iter()
                .map(|place| self.names[*place].name.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            wrong = Some(Wrong(
                format!("key column {name} is empty"),
                "Fill it in, or choose another `key`.".to_owned(),
            ));
        }
        match wrong {
            Some(Wrong(why, hint)) => illegible(file, line, &why, &hint, body),
            None if key.is_empty() => Record::new(format!("{file}:{line}"), body),
            None => Record::new(key.join("/"), body).label(&format!("{file}:{line}")),
        }
    }

    fn cell(&self, column: &Column, cell: &[u8]) -> Result<String, Wrong> {
        let text =
            std::str::from_utf8(cell).map_err(|error| self.undecodable(column, error.valid_up_to()))?;
        if self.encoding.is_odd(text) {
            let at = text.find(|letter: char| !letter.is_ascii()).unwrap_or(0);
            return Err(self.undecodable(column, at));
        }
        if text.contains('\0') {
            let why = format!("column {} holds a NUL character", column.name);
            return Err(Wrong(
                why,
                "Such files are often UTF-16: try `encoding: utf-16`.".to_owned(),
            ));
        }
        let text = if self.trim { text.trim() } else { text };
        if !column.decimal {
            return Ok(text.to_owned());
        }
        decimal::read(text, self.sign).map_err(|doubt| doubtful(column, text, &doubt))
    }

    fn undecodable(&self, column: &Column, position: usize) -> Wrong {
        let why = format!(
            "column {} holds a byte that the encoding does not have, after {position} bytes",
            column.name
        );
        let hint = match self.encoding {
            Encoding::Utf8 => "The file may not be UTF-8: try `encoding: windows-1252`.",
            _ => "Check `encoding` against the program that writes the file.",
        };
        Wrong(why, hint.to_owned())
    }
}

fn doubtful(column: &Column, text: &str, doubt: &Doubt) -> Wrong {
    let shown: String = text.chars().take(40).collect();
    match doubt {
        Doubt::Ambiguous => Wrong(
            format!(
                "is `{shown}` in column {} a thousand times larger or has it decimals?",
                column.name
            ),
            "Say so under `with`: `decimal: \",\"` or `decimal: \".\"`.".to_owned(),
        ),
        Doubt::NotANumber => Wrong(
            format!("`{shown}` in column {} is not a number", column.name),
            "Correct the cell, or take the column out of `decimals`.".to_owned(),
        ),
    }
}

fn all_cells(cells: &Cells) -> Raw {
    let texts: Vec<String> = cells
        .iter()
        .take(1000)
        .map(|cell| legible(cell).into_owned())
        .collect();
    Raw::of(&serde_json::json!({ "cells": texts }))
}
