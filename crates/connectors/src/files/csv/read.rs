//! `csv.read`: rows of CSV files as records of texts.

use std::{fs::File, sync::Arc};

use connector_kit::{Error, JsonSchema, ReadAction, Reading, Record, Result, Source, async_trait};
use serde::Deserialize;

use super::{
    cells::Cells,
    record::{Column, Columns},
};
use crate::files::{
    After, Encoding, Folder,
    decimal::Sign,
    lines::{Format, Lines},
    place,
    taking::{Taking, Which},
    text::{Place, Text},
    trouble::trouble,
};

/// Reads a CSV file, or all that match a pattern. A file is read again only when its content has changed.
/// Cells stay text: `0017` stays `0017`.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CsvRead {
    /// A file beneath the connection's folder (`stock.csv`), or a pattern (`in/stock-*.csv`), read in the order
    /// of the names.
    file: String,
    /// What stands between cells.
    #[serde(default = "comma")]
    separator: char,
    /// What stands around cells that contain separators or line ends.
    #[serde(default = "quote")]
    quote: char,
    /// The file's encoding. A mark at the start of the file outranks it.
    #[serde(default)]
    encoding: Encoding,
    /// `true`: the first row names the columns. Or the names themselves, for a file without such a row.
    #[serde(default)]
    header: Header,
    /// Lines before the header that are no rows.
    #[serde(default)]
    skip_lines: u32,
    /// Columns that say which record a row is. Without it a record is named by file and line.
    #[serde(default)]
    key: Vec<String>,
    /// Columns that hold numbers: `1.234,56` becomes `1234.56`.
    #[serde(default)]
    decimals: Vec<String>,
    /// The decimal sign of those columns. Without it, a number that could be read in two ways (`1,234`) is set
    /// aside.
    #[serde(default)]
    decimal: Option<Sign>,
    /// Take spaces off both ends of cells.
    #[serde(default)]
    trim: bool,
    /// What becomes of a file that was read: it stays, or moves to the folder `done` beside it.
    #[serde(default)]
    after: After,
    /// How long a file must not have changed before it is read, such as `2 s`; `0 s` for programs that put whole
    /// files in place.
    #[serde(default)]
    settle: Option<String>,
}

/// Where the names of columns come from.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Header {
    /// The file's first row (`true`).
    First(bool),
    /// These.
    Names(Vec<String>),
}

impl Default for Header {
    fn default() -> Self {
        Self::First(true)
    }
}

fn comma() -> char {
    ','
}

fn quote() -> char {
    '"'
}

#[async_trait]
impl ReadAction for CsvRead {
    type System = Folder;
    const NAME: &'static str = "csv.read";
    const ABOUT: &'static str = "Rows of CSV files; each file once, and again when its content has changed.";

    fn check(&self) -> Result<()> {
        place::check_pattern(&self.file)?;
        self.which()?;
        one_byte("separator", self.separator)?;
        one_byte("quote", self.quote)?;
        if self.separator == self.quote {
            return Err(
                Error::config("`separator` and `quote` are the same").hint("Choose two different signs.")
            );
        }
        match &self.header {
            Header::First(false) => Err(Error::config("without a header the columns have no names")
                .hint("Name them in the file's order: header: [SKU, QTY]")),
            Header::First(true) => Ok(()),
            Header::Names(names) => self.columns("the `header`", names, Encoding::default()).map(drop),
        }
    }

    async fn open(self, folder: Arc<Folder>, reading: Reading) -> Result<Box<dyn Source>> {
        let which = self.which()?;
        Ok(Box::new(Taking::of(folder, which, Arc::new(self), reading)?))
    }
}

/// Cells are cut at one byte; other signs would cut through letters.
fn one_byte(what: &str, sign: char) -> Result<()> {
    if sign.is_ascii() && !matches!(sign, '\r' | '\n' | '\0') {
        return Ok(());
    }
    Err(
        Error::config(format!("`{what}` must be one plain sign, such as `;`"))
            .hint("A tab is written as \"\\t\"."),
    )
}

impl CsvRead {
    fn which(&self) -> Result<Which> {
        Which::of(&self.file, self.after, self.settle.as_deref())
    }

    /// The columns of a file, with what is asked of their cells.
    fn columns(&self, file: &str, names: &[String], encoding: Encoding) -> Result<Columns> {
        let place_of = |wanted: &String| names.iter().position(|name| name == wanted);
        if let Some((at, twice)) = names
            .iter()
            .enumerate()
            .find(|(at, name)| names[..*at].contains(name))
        {
            return Err(Error::config(format!(
                "{file} has two columns named `{twice}` (the second is number {})",
                at + 1
            ))
            .hint("Rename one of them, or give all names yourself: header: [SKU, QTY]"));
        }
        let missing = self
            .key
            .iter()
            .chain(&self.decimals)
            .find(|wanted| place_of(wanted).is_none());
        if let Some(missing) = missing {
            return Err(
                Error::config(format!("{file} has no column `{missing}`")).hint(format!(
                    "Its columns are {}. Check also `separator`.",
                    names.join(", ")
                )),
            );
        }
        Ok(Columns {
            file: file.to_owned(),
            encoding,
            key: self.key.iter().filter_map(place_of).collect(),
            names: names
                .iter()
                .map(|name| Column::new(name.clone(), self.decimals.contains(name)))
                .collect(),
            sign: self.decimal,
            trim: self.trim,
        })
    }

    /// The names in the first row of a file.
    fn first_row(cells: &mut Cells, file: &str) -> Result<Vec<String>> {
        if !cells.next().map_err(|error| trouble(file, error))? {
            return Err(
                Error::unavailable(format!("{file} is empty: it has not even a header"))
                    .hint("The program that writes it may have failed. Nothing was read or written."),
            );
        }
        let name = |(at, cell): (usize, &[u8])| {
            let name = std::str::from_utf8(cell).map_err(|_| {
                Error::config(format!(
                    "the header of {file} holds bytes that its encoding does not have"
                ))
                .hint("Set `encoding`: windows-1252 and utf-16 are frequent.")
            })?;
            let name = name.trim();
            Ok(if name.is_empty() {
                format!("column_{}", at + 1)
            } else {
                name.to_owned()
            })
        };
        cells.iter().enumerate().map(name).collect()
    }
}

impl Format for CsvRead {
    fn open(&self, file: File, name: &str, from: Option<Place>) -> Result<Box<dyn Lines>> {
        let said = |error| trouble(name, error);
        let again = file.try_clone().map_err(said)?;
        let mut text = Text::open(file, self.encoding, Place::START).map_err(said)?;
        let mut ignored = Vec::new();
        for _ in 0..self.skip_lines {
            text.line(&mut ignored).map_err(said)?;
        }
        let encoding = text.encoding;
        let (separator, quote) = (self.separator as u8, self.quote as u8);
        let mut cells = Cells::of(text, separator, quote);
        let names = match &self.header {
            Header::Names(names) => names.clone(),
            Header::First(_) => Self::first_row(&mut cells, name)?,
        };
        let columns = self.columns(name, &names, encoding)?;
        if let Some(place) = from {
            let text = Text::open(again, self.encoding, place).map_err(said)?;
            cells = Cells::of(text, separator, quote);
        }
        Ok(Box::new(Rows { cells, columns }))
    }
}

struct Rows {
    cells: Cells,
    columns: Columns,
}

impl Lines for Rows {
    fn next(&mut self) -> Result<Option<Record>> {
        let more = self
            .cells
            .next()
            .map_err(|error| trouble(&self.columns.file, error))?;
        Ok(more.then(|| self.columns.record(&self.cells)))
    }

    fn place(&self) -> Place {
        self.cells.text.place
    }
}
