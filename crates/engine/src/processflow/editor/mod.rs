//! What an editor asks while a person types: what is wrong, what could stand here, what this means.
//!
//! A text is rarely right while it is typed. So the place of the cursor is told from lines and indentation alone
//! ([`place`]), and only the parts that are whole are read as YAML ([`around`]). Nothing here touches a disk or a
//! network.

mod around;
mod explain;
mod fields;
mod place;
mod placeholders;
mod proposals;
mod shape;

use connector_kit::Connector;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use self::{
    explain::{Explanation, explain},
    proposals::{Completion, Proposal, ProposalKind, complete},
};
use super::{Plan, report::Problem, report::Severity};

/// A problem as an editor marks it. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Mark {
    /// How much it matters.
    pub severity: Severity,
    /// Where it begins.
    pub line: usize,
    /// Where it begins.
    pub column: usize,
    /// Where it ends; the same as its beginning for a point.
    pub end_line: usize,
    /// Where it ends.
    pub end_column: usize,
    /// The thing and the fact.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
}

/// What a text is asked about while it is typed.
pub struct Question<'q> {
    /// The file's text.
    pub text: &'q str,
    /// The cursor's line, from 1.
    pub line: usize,
    /// The cursor's column in characters, from 1: the character behind it.
    pub column: usize,
    /// A record of the source, to name fields by.
    pub record: Option<&'q serde_json::Value>,
    /// Every connector of this program.
    pub connectors: &'q [Connector],
}

/// Checks a text: the processflow's name when it can be deployed, and everything that is wrong or odd.
pub fn check(text: &str, connectors: &[Connector]) -> (Option<String>, Vec<Mark>) {
    match Plan::compile(text, super::FILE_NAME, connectors) {
        Ok(plan) => (Some(plan.name), marks(text, &plan.warnings)),
        Err(report) => (None, marks(text, &report.problems)),
    }
}

fn marks(text: &str, problems: &[Problem]) -> Vec<Mark> {
    problems.iter().map(|problem| mark(text, problem)).collect()
}

fn mark(text: &str, problem: &Problem) -> Mark {
    let (end_line, end_column) = line_and_column(text, problem.offset + problem.length);
    Mark {
        severity: problem.severity,
        line: problem.line,
        column: problem.column,
        end_line,
        end_column,
        message: problem.message.clone(),
        hint: problem.hint.clone(),
    }
}

/// Bytes from the beginning as line and column.
pub(crate) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let offset = (0..=offset.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    let before = &text[..offset];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.matches('\n').count() + 1,
        before[start..].chars().count() + 1,
    )
}

/// Line and column as bytes from the beginning; the nearest place there is.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let rest = text[start..].lines().next().unwrap_or_default();
    start
        + rest
            .chars()
            .take(column.saturating_sub(1))
            .map(char::len_utf8)
            .sum::<usize>()
}

#[cfg(test)]
mod tests;
