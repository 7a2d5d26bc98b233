//! Cases: tests of a processflow without any store or database.
//!
//! A case is a YAML or JSON file in the processflow's `cases` folder: records that are given, and what must become of
//! them. Only the mapping runs; what a destination would answer is part of the case.
//!
//! ```yaml
//! about: A paid order becomes a header and its lines.
//! connections: { store: { hash: abc123 } }
//! given:
//!   - { id: 1042, status_id: 11, products: [{ id: 1, sku: A-1 }] }
//! expect:
//!   writes:
//!     3: [{ STORE: abc123, ORDER_ID: 1042 }]      # by the step's number, its `as`, or its action
//!   skipped: { 1043: not paid yet }
//!   failed: { 1044: CUSTOMER }                     # a part of the message
//! ```

mod compare;
mod run;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use connector_kit::{Error, Raw, Result};
use serde::Deserialize;

use super::{
    plan::Plan,
    yaml::{self, Document, Node},
};

/// What became of a processflow's cases.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct CaseReport {
    /// One for each case, in the order of their files' names.
    pub cases: Vec<CaseResult>,
}

/// What became of one case.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CaseResult {
    /// The file's name without its ending.
    pub name: String,
    /// What the case shows.
    pub about: Option<String>,
    /// Where it came out otherwise, in sentences. None when it holds.
    pub differences: Vec<String>,
}

impl CaseReport {
    /// True when every case holds.
    pub fn holds(&self) -> bool {
        self.cases.iter().all(|case| case.differences.is_empty())
    }
}

impl fmt::Display for CaseReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for case in &self.cases {
            let mark = if case.differences.is_empty() {
                "holds"
            } else {
                "DIFFERS"
            };
            let about = case
                .about
                .as_ref()
                .map_or_else(String::new, |about| format!(": {about}"));
            writeln!(out, "{mark}  {}{about}", case.name)?;
            for difference in &case.differences {
                writeln!(out, "         {}", difference.replace('\n', "\n         "))?;
            }
        }
        let held = self
            .cases
            .iter()
            .filter(|case| case.differences.is_empty())
            .count();
        write!(out, "{held} of {} cases hold.", self.cases.len())
    }
}

/// Runs the cases in `folder` (a processflow's folder, or its `cases`); none for a folder without. Errors: Config,
/// for a folder or file that cannot be read. A case that is not understood differs.
pub fn run_cases(plan: &Plan, folder: &Path) -> Result<CaseReport> {
    let mut report = CaseReport::default();
    for file in files(folder)? {
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        report.cases.push(match Case::read(&text) {
            Ok(case) => CaseResult {
                name,
                differences: run::differences(plan, &case),
                about: case.about,
            },
            Err(said) => CaseResult {
                name,
                about: None,
                differences: vec![said],
            },
        });
    }
    Ok(report)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let inner = folder.join("cases");
    let folder = if inner.is_dir() { &inner } else { folder };
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        let case = path
            .extension()
            .is_some_and(|ending| ["yaml", "yml", "json"].iter().any(|known| ending == *known));
        if case && path.file_name().is_some_and(|name| name != super::FILE_NAME) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::config(format!("`{}` cannot be read: {error}", path.display()))
}

/// One case as it is written; records stay as JSON text with the digits they have in the file.
struct Case {
    about: Option<String>,
    connections: BTreeMap<String, serde_json::Value>,
    /// By the name of a step's answer: what each of its rows is answered.
    answers: BTreeMap<String, Raw>,
    given: Vec<Raw>,
    expect: Expected,
}

/// What must become of the records.
#[derive(Default)]
struct Expected {
    writes: Vec<(String, Vec<serde_json::Map<String, serde_json::Value>>)>,
    skipped: BTreeMap<String, String>,
    failed: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseText {
    about: Option<String>,
    #[serde(default)]
    connections: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    answers: BTreeMap<String, serde_json::Value>,
    given: Vec<serde_json::Value>,
    #[serde(default)]
    expect: ExpectedText,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedText {
    #[serde(default)]
    writes: yaml::Entries<Vec<serde_json::Map<String, serde_json::Value>>>,
    #[serde(default)]
    skipped: BTreeMap<String, String>,
    #[serde(default)]
    failed: BTreeMap<String, String>,
}

impl Case {
    fn read(text: &str) -> std::result::Result<Self, String> {
        let said = |fault: yaml::Fault| {
            let line = fault.span.map_or(1, |span| {
                text[..span.start.min(text.len())].matches('\n').count() + 1
            });
            format!(
                "line {line}: {}. {}",
                fault.message,
                fault.hint.unwrap_or_default()
            )
        };
        let document = Document::read(text).map_err(said)?;
        let case: CaseText = yaml::decode(&document.root).map_err(said)?;
        let raw = |node: &Node| Raw::parse(node.to_json()).map_err(|error| error.message);
        let given = document.root.get("given").map_or(&[][..], Node::elements);
        let answers = document.root.get("answers").map_or(&[][..], Node::entries);
        let ExpectedText {
            writes,
            skipped,
            failed,
        } = case.expect;
        let writes = writes
            .0
            .into_iter()
            .map(|(step, rows)| (step.value, rows))
            .collect();
        debug_assert_eq!(case.given.len(), given.len(), "both are the same list");
        debug_assert_eq!(case.answers.len(), answers.len(), "both are the same mapping");
        Ok(Self {
            about: case.about,
            connections: case.connections,
            answers: answers
                .iter()
                .map(|answer| Ok((answer.name.clone(), raw(&answer.value)?)))
                .collect::<std::result::Result<_, String>>()?,
            given: given.iter().map(raw).collect::<std::result::Result<_, _>>()?,
            expect: Expected {
                writes,
                skipped,
                failed,
            },
        })
    }
}

#[cfg(test)]
mod tests;
