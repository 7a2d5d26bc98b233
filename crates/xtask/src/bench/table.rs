//! The one table that is printed.

use super::measure::Took;
use crate::tool::print;

/// Rows as they are measured.
pub(crate) struct Table {
    rows: Vec<[String; 7]>,
}

impl Table {
    pub(crate) fn new() -> Self {
        let head = [
            "job",
            "records",
            "contestant",
            "seconds",
            "÷ floor",
            "peak MiB",
            "wanted",
        ];
        Self {
            rows: vec![head.map(str::to_owned)],
        }
    }

    /// One contestant's figures.
    pub(crate) fn add(
        &mut self,
        job: &str,
        records: u32,
        who: &str,
        took: Took,
        floor: Option<f64>,
        wanted: &str,
    ) {
        let ratio = floor.map_or_else(String::new, |floor| format!("{:.2}", took.seconds / floor));
        self.rows.push([
            job.to_owned(),
            records.to_string(),
            who.to_owned(),
            format!("{:.2}", took.seconds),
            ratio,
            format!("{:.0}", took.mebibytes),
            wanted.to_owned(),
        ]);
    }

    /// A figure that is a count, with what was wanted.
    pub(crate) fn note(&mut self, job: &str, records: u32, what: &str, value: &str, wanted: &str) {
        let row = [job, &records.to_string(), what, value, "", "", wanted];
        self.rows.push(row.map(str::to_owned));
    }

    pub(crate) fn print(&self) {
        let width = |at: usize| {
            self.rows
                .iter()
                .map(|row| row[at].chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..7).map(width).collect();
        for row in &self.rows {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(cell, &width)| format!("{cell:<width$}"));
            print(cells.collect::<Vec<_>>().join("  ").trim_end());
        }
    }
}
