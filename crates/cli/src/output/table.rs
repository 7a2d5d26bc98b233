//! Tables for people: a heading, columns, no lines. Piped they are never wrapped or coloured.

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, presets};

use super::{Console, plain};

/// Rows under a heading.
pub(crate) struct Table {
    heading: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
}

impl Table {
    /// An empty table with this heading.
    pub(crate) fn new<const N: usize>(heading: [&'static str; N]) -> Self {
        Self {
            heading: heading.to_vec(),
            rows: Vec::new(),
            right: Vec::new(),
        }
    }

    /// Numbers stand right in these columns.
    pub(crate) fn right<const N: usize>(mut self, columns: [usize; N]) -> Self {
        self.right = columns.to_vec();
        self
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(Vec::from(cells));
    }

    /// With `rows` in it.
    pub(crate) fn rows<const N: usize>(mut self, rows: impl IntoIterator<Item = [String; N]>) -> Self {
        rows.into_iter().for_each(|row| self.row(row));
        self
    }

    /// Whether there are no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As text.
    pub(super) fn render(&self, console: Console) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        if Console::data_on_terminal() {
            table.set_content_arrangement(ContentArrangement::Dynamic);
        }
        if console.colours_data() {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        table.set_header(
            self.heading
                .iter()
                .map(|word| Cell::new(word).add_attribute(Attribute::Bold)),
        );
        for row in &self.rows {
            table.add_row(row.iter().map(|text| Cell::new(plain(text))));
        }
        self.place(&mut table);
        let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        lines.join("\n")
    }

    fn place(&self, table: &mut comfy_table::Table) {
        for (at, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if self.right.contains(&at) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_reads_without_lines_or_colours() {
        let table = Table::new(["processflow", "read"]).right([1]).rows([
            ["orders".to_owned(), "500".to_owned()],
            ["stock\x1b[31m".to_owned(), "7".to_owned()],
        ]);
        let console = Console {
            json: false,
            colours: false,
        };
        let text = table.render(console);
        let want = "processflow      read\norders            500\nstock\\u{1b}[31m     7";
        assert_eq!(
            text, want,
            "columns stand under their heading, control characters are spelled out"
        );
    }
}
