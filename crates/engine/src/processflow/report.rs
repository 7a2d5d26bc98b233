//! What is wrong with a processflow file: each mistake with its place, the fact, and the way out.
//!
//! One report serves all: [`Diagnostic`](miette::Diagnostic) for terminals, `Serialize` for the desktop's editor
//! and `--json`, `Display` for logs.

use std::{fmt, ops::Range, sync::Arc};

use connector_kit::Error;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A place in a file: bytes from its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) length: usize,
}

impl Span {
    /// The part of `text` at this place.
    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.start..self.start + self.length).unwrap_or_default()
    }

    /// A part of this place.
    pub(crate) fn part(self, range: &Range<usize>) -> Self {
        Self {
            start: self.start + range.start,
            length: range.len(),
        }
    }
}

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot be deployed.
    Mistake,
    /// It can, and probably is not what is meant.
    Warning,
}

/// One mistake or warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// How much it matters.
    pub severity: Severity,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// How many bytes of the file it concerns; 0 for a point.
    pub length: usize,
    /// The thing and the fact.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
    /// Bytes from the beginning of the file.
    pub offset: usize,
}

impl Problem {
    pub(crate) fn new(text: &str, severity: Severity, span: Span, message: impl Into<String>) -> Self {
        let offset = (0..=span.start.min(text.len()))
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            severity,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            length: span.length.min(text.len() - offset),
            message: message.into(),
            hint: None,
            offset,
        }
    }

    pub(crate) fn hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint.filter(|hint| !hint.is_empty());
        self
    }
}

/// All that is wrong with one file.
#[derive(Clone, Serialize)]
pub struct Report {
    /// The file's name, as the person gave it.
    pub file: String,
    /// In the order of the file.
    pub problems: Vec<Problem>,
    #[serde(skip)]
    text: Arc<str>,
}

impl Report {
    pub(crate) fn new(file: &str, text: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| (problem.offset, problem.severity == Severity::Warning));
        problems.dedup();
        Self {
            file: file.to_owned(),
            problems,
            text: text.into(),
        }
    }

    /// The problems as JSON: `[{severity, line, column, length, message, hint, offset}]`.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(&self.problems).expect("problems are plain data")
    }

    /// With the lines of the file and carets under what is wrong, for a terminal.
    pub fn pretty(&self, colours: bool) -> String {
        let theme = if colours {
            miette::GraphicalTheme::unicode()
        } else {
            miette::GraphicalTheme::unicode_nocolor()
        };
        let handler = miette::GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .with_width(110);
        let mut out = String::new();
        for problem in &self.problems {
            let shown = Shown {
                problem,
                source: miette::NamedSource::new(&self.file, self.text.clone()),
            };
            if handler.render_report(&mut out, &shown).is_err() {
                out.push_str(&line(&self.file, problem));
            }
        }
        out
    }
}

fn line(file: &str, problem: &Problem) -> String {
    let severity = if problem.severity == Severity::Warning {
        "warning: "
    } else {
        ""
    };
    let hint = problem
        .hint
        .as_ref()
        .map_or_else(String::new, |hint| format!(" {hint}"));
    format!(
        "{file}:{}:{}: {severity}{}.{hint}",
        problem.line, problem.column, problem.message
    )
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self
            .problems
            .iter()
            .map(|problem| line(&self.file, problem))
            .collect();
        out.write_str(&lines.join("\n"))
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl std::error::Error for Report {}

impl From<Report> for Error {
    /// Config: a person must correct the file. The first mistake speaks; the report is what lay underneath.
    fn from(report: Report) -> Self {
        let mistakes = report
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Mistake);
        let more = mistakes.clone().count().saturating_sub(1);
        let first = mistakes.clone().next().or(report.problems.first());
        let message = first.map_or_else(
            || format!("{} cannot be deployed", report.file),
            |first| {
                format!(
                    "{}:{}:{}: {}",
                    report.file, first.line, first.column, first.message
                )
            },
        );
        let error = Error::config(message);
        let error = match (first.and_then(|first| first.hint.clone()), more) {
            (hint, 1..) => error.hint(format!(
                "{}`processflow check` shows the {more} other mistakes.",
                hint.map_or_else(String::new, |hint| hint + " ")
            )),
            (Some(hint), 0) => error.hint(hint),
            (None, 0) => error,
        };
        error.source(report)
    }
}

impl miette::Diagnostic for Report {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        Some(Box::new(
            self.problems
                .iter()
                .map(|problem| problem as &dyn miette::Diagnostic),
        ))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.text)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl miette::Diagnostic for Problem {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Mistake => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.hint
            .as_ref()
            .map(|hint| Box::new(hint) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        let label = miette::LabeledSpan::new(Some("here".to_owned()), self.offset, self.length);
        Some(Box::new(std::iter::once(label)))
    }
}

/// A problem together with the text it points into.
#[derive(Debug)]
struct Shown<'p> {
    problem: &'p Problem,
    source: miette::NamedSource<Arc<str>>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(out)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        self.problem.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        self.problem.labels()
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_counts_lines_and_characters_as_people_do() {
        let text = "a: 1\nü: über x\n";
        let at = text.find('x').unwrap();
        let problem = Problem::new(text, Severity::Mistake, Span { start: at, length: 1 }, "no");
        assert_eq!(
            (problem.line, problem.column),
            (2, 9),
            "columns are characters, not bytes"
        );
    }

    #[test]
    fn the_error_of_a_report_is_config_and_names_the_place() {
        let problem = Problem::new(
            "a: b",
            Severity::Mistake,
            Span { start: 3, length: 1 },
            "`b` is wrong",
        );
        let error = Error::from(Report::new(
            "flow.yaml",
            "a: b",
            vec![problem.hint(Some("Write `c`.".into()))],
        ));
        assert_eq!(
            error.kind,
            connector_kit::Kind::Config,
            "a person must correct the file"
        );
        assert_eq!(
            error.message, "flow.yaml:1:4: `b` is wrong",
            "the place comes first"
        );
        assert_eq!(
            error.hint.as_deref(),
            Some("Write `c`."),
            "the way out comes along"
        );
    }
}
