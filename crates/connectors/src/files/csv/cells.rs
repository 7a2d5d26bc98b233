//! Rows of cells out of text, with an exact place behind each of them.
//!
//! `csv-core` does the parsing; this loop gives it room that is bounded, so that a quote nobody closed costs a
//! row and not the machine's memory.

use std::io;

use csv_core::{ReadRecordResult, Reader};

use crate::files::text::{LONGEST, Text};

/// Rows of a text.
pub(super) struct Cells {
    pub(super) text: Text,
    core: Reader,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    row: Row,
}

/// What is known of the row that was read last.
#[derive(Clone, Copy, Default)]
struct Row {
    cells: usize,
    line: u64,
    length: usize,
}

impl Cells {
    pub(super) fn of(text: Text, separator: u8, quote: u8) -> Self {
        let core = csv_core::ReaderBuilder::new()
            .delimiter(separator)
            .quote(quote)
            .build();
        Self {
            text,
            core,
            bytes: vec![0; 4 << 10],
            ends: vec![0; 64],
            row: Row::default(),
        }
    }

    /// Reads the next row; false at the end. Empty lines are no rows.
    pub(super) fn next(&mut self) -> io::Result<bool> {
        self.skip_empty_lines()?;
        let (mut filled, mut cells, start) = (0, 0, self.text.place);
        loop {
            let ahead = self.text.ahead()?;
            let (result, read, made, ended) =
                self.core
                    .read_record(ahead, &mut self.bytes[filled..], &mut self.ends[cells..]);
            let last = read.checked_sub(1).map(|at| ahead[at]);
            self.text.advance(read);
            (filled, cells) = (filled + made, cells + ended);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if filled >= LONGEST => filled = 0,
                ReadRecordResult::OutputFull => self.bytes.resize(self.bytes.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    self.end_line(last)?;
                    let length = (self.text.place.offset - start.offset) as usize;
                    self.row = Row {
                        cells,
                        line: start.line,
                        length,
                    };
                    return Ok(true);
                }
                ReadRecordResult::End => return Ok(false),
            }
        }
    }

    /// A line may end with `\r\n`, `\n` or a lone `\r`.
    fn end_line(&mut self, last: Option<u8>) -> io::Result<()> {
        if last == Some(b'\r') {
            match self.text.ahead()?.first() {
                Some(b'\n') => self.text.advance(1),
                _ => self.text.place.line += 1,
            }
        }
        Ok(())
    }

    fn skip_empty_lines(&mut self) -> io::Result<()> {
        while let Some(first @ (b'\r' | b'\n')) = self.text.ahead()?.first().copied() {
            self.text.advance(1);
            self.end_line(Some(first))?;
        }
        Ok(())
    }

    /// The line the row began on.
    pub(super) fn line(&self) -> u64 {
        self.row.line
    }

    /// Bytes of the row where they are more than is read; its cells are then not whole.
    pub(super) fn too_long(&self) -> Option<usize> {
        (self.row.length > LONGEST).then_some(self.row.length)
    }

    /// Cells of the row.
    pub(super) fn len(&self) -> usize {
        self.row.cells
    }

    /// The cells of the row.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let ends = &self.ends[..self.row.cells];
        ends.iter().enumerate().map(|(at, end)| {
            let start = if at == 0 { 0 } else { ends[at - 1] };
            self.bytes.get(start..*end).unwrap_or_default()
        })
    }
}
