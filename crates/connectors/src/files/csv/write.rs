//! `csv.write`: rows as lines of cells.

use std::borrow::Cow;

use connector_kit::{
    Error, Guarantee, JsonSchema, Outcome, Result, Row, Value, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;

use crate::files::{Encoding, Folder, Mode, Open, assembly::Shape, decimal::Sign, place};

/// Writes rows to a CSV file, columns in the order of the `map`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CsvWrite {
    /// A file beneath the connection's folder: products.csv
    file: String,
    /// `replace`: the file holds the rows of the last run that had any, and changes in one step when the run is
    /// over. `append`: rows are added at the end.
    #[serde(default)]
    mode: Mode,
    /// What stands between cells.
    #[serde(default = "comma")]
    separator: char,
    /// The encoding. A letter that it does not have makes the row fail, unless `instead` says what to write.
    #[serde(default)]
    encoding: Encoding,
    /// What is written in place of a letter that the encoding does not have, such as `_`; empty, and it is left out.
    #[serde(default)]
    instead: Option<String>,
    /// Begin the file with the encoding's mark. Left out, UTF-16 has one and UTF-8 has none.
    #[serde(default)]
    mark: Option<bool>,
    /// Begin the file with the names of the columns.
    #[serde(default = "yes")]
    header: bool,
    /// The decimal sign of amounts.
    #[serde(default = "point")]
    decimal: Sign,
    /// What becomes of texts that a spreadsheet would run as a formula.
    #[serde(default)]
    formulas: Formulas,
    /// What ends a line.
    #[serde(default)]
    line_end: LineEnd,
}

/// Texts that begin with `=`, `+`, `-`, `@`, a tab or a line end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Formulas {
    /// An apostrophe before them makes them text for a spreadsheet. Numbers stay as they are.
    #[default]
    Escape,
    /// They stay as they are, for programs that read the file.
    Keep,
}

/// Line ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum LineEnd {
    /// `\n`
    #[default]
    Lf,
    /// `\r\n`
    Crlf,
}

fn comma() -> char {
    ','
}

fn yes() -> bool {
    true
}

fn point() -> Sign {
    Sign::Point
}

#[async_trait]
impl WriteAction for CsvWrite {
    type System = Folder;
    const NAME: &'static str = "csv.write";
    const ABOUT: &'static str = "Writes rows to a CSV file; each once, and visible whole.";
    const GUARANTEE: Guarantee = Guarantee::Transactional;
    const LARGEST_BATCH: usize = 100_000;

    fn check(&self, columns: &[String]) -> Result<()> {
        place::check(&self.file)?;
        if columns.is_empty() {
            return Err(
                Error::config("`csv.write` needs a `map`: its fields are the columns")
                    .hint("Add a `map`, or write whole records with `jsonl.write`."),
            );
        }
        if !self.separator.is_ascii() || matches!(self.separator, '"' | '\r' | '\n' | '\0') {
            return Err(Error::config("`separator` must be one plain sign, such as `;`")
                .hint("A tab is written as \"\\t\"."));
        }
        if self.separator == self.decimal.letter() && self.decimal == Sign::Comma {
            return Err(Error::config(
                "`separator` and `decimal` are both a comma: every amount would need quotes",
            )
            .hint("Use `separator: \";\"`, as programs with decimal commas do."));
        }
        if let Some(letter) = self.encoded(self.instead.as_deref().unwrap_or_default()).err() {
            return Err(Error::config(format!(
                "`{}` in `instead` does not exist in {}",
                letter.escape_default(),
                self.encoding
            ))
            .hint("Choose a letter that the encoding has, such as `_`."));
        }
        self.head(columns).map(drop)
    }

    fn key(&self) -> Vec<String> {
        Vec::new()
    }

    async fn ready(&self, open: &mut Open, step: &WriteStep) -> Result<()> {
        open.ready(step, &self.file).await
    }

    async fn write(&self, open: &mut Open, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let line_end = self
            .encoded(self.line_end())
            .map_err(|letter| self.lacks(letter, "a line end"))?;
        let shape = Shape {
            mode: self.mode,
            head: self.head(&step.columns)?,
            line_end,
        };
        let mut writer = self.writer();
        open.write(&self.file, shape, rows, |row, out| {
            self.line(&mut writer, row, out)
        })
        .await
    }
}

impl CsvWrite {
    /// What stands before the first row.
    fn head(&self, columns: &[String]) -> Result<Vec<u8>> {
        let is_wide = matches!(self.encoding, Encoding::Utf16Le | Encoding::Utf16Be);
        let mut head = if self.mark.unwrap_or(is_wide) {
            self.encoding.mark().to_vec()
        } else {
            Vec::new()
        };
        if self.header {
            let mut writer = self.writer();
            let text = cells(&mut writer, columns.iter().map(String::as_str))?;
            self.encoding
                .encode(text, &mut head)
                .map_err(|letter| self.lacks(letter, "the name of a column"))?;
        }
        Ok(head)
    }

    fn line(&self, writer: &mut csv::Writer<Vec<u8>>, row: &Row, out: &mut Vec<u8>) -> Result<()> {
        let texts: Vec<Cow<'_, str>> = row.values.iter().map(|value| self.cell(value)).collect();
        let text = cells(writer, texts.iter().map(AsRef::as_ref))?;
        self.encoding.encode(text, out).map_err(|letter| {
            let at = texts.iter().position(|text| text.contains(letter));
            let column = at.and_then(|at| row.columns.get(at)).map_or("it", String::as_str);
            self.lacks(letter, &format!("column {column}"))
        })
    }

    fn cell<'v>(&self, value: &'v Value) -> Cow<'v, str> {
        let text = match value {
            Value::Text(text) => Cow::Borrowed(text.as_str()),
            Value::Decimal(decimal) if self.decimal == Sign::Comma => {
                return decimal.as_str().replace('.', ",").into();
            }
            Value::Decimal(decimal) => return decimal.as_str().into(),
            Value::Json(raw) => Cow::Borrowed(raw.as_str()),
            other => return other.to_string().into(),
        };
        let text = match &self.instead {
            Some(instead) => self.encoding.with_instead(text, instead),
            None => text,
        };
        if self.formulas == Formulas::Escape && is_formula(&text) {
            format!("'{text}").into()
        } else {
            text
        }
    }

    fn writer(&self) -> csv::Writer<Vec<u8>> {
        let end = match self.line_end {
            LineEnd::Lf => csv::Terminator::Any(b'\n'),
            LineEnd::Crlf => csv::Terminator::CRLF,
        };
        csv::WriterBuilder::new()
            .delimiter(self.separator as u8)
            .terminator(end)
            .flexible(true)
            .from_writer(Vec::new())
    }

    fn line_end(&self) -> &'static str {
        match self.line_end {
            LineEnd::Lf => "\n",
            LineEnd::Crlf => "\r\n",
        }
    }

    fn encoded(&self, text: &str) -> Result<Vec<u8>, char> {
        let mut out = Vec::new();
        self.encoding.encode(text, &mut out).map(|()| out)
    }

    fn lacks(&self, letter: char, where_: &str) -> Error {
        Error::rejected(format!(
            "`{}` in {where_} does not exist in {}",
            letter.escape_default(),
            self.encoding
        ))
        .hint("Say `instead: _` in the step, replace it in the `map`, or write the file as utf-8. The row was not written.")
    }
}

/// The cells as a line. The writer's memory grows with the rows of one call, and goes with it.
fn cells<'w, 'c>(
    writer: &'w mut csv::Writer<Vec<u8>>,
    cells: impl Iterator<Item = &'c str>,
) -> Result<&'w str> {
    let from = writer.get_ref().len();
    let written = writer
        .write_record(cells.map(str::as_bytes))
        .map_err(std::io::Error::from);
    written
        .and_then(|()| writer.flush())
        .map_err(|error| Error::bug("a row did not become a line").source(error))?;
    Ok(std::str::from_utf8(&writer.get_ref()[from..]).expect("cells are text"))
}

/// What a spreadsheet would run (OWASP, CSV injection). Numbers with a sign are none.
fn is_formula(text: &str) -> bool {
    let starts = text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    starts && !is_number(text)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or_default();
    digits.starts_with(|letter: char| letter.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
}

#[cfg(test)]
mod tests {
    use super::is_formula;

    #[test]
    fn formulas_are_told_from_numbers() {
        for text in [
            "=1+1",
            "+49 30",
            "-cmd|x",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "-",
            "+A1",
            "-1+1",
            "-1e5",
            "\u{ff1d}1",
        ] {
            assert!(is_formula(text), "{text:?} would run");
        }
        for text in ["-5", "-12,50", "+3", "-1.234,56", "A=1", "", "'=1", "0017"] {
            assert!(!is_formula(text), "{text:?} is data");
        }
    }
}
