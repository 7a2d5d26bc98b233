//! Processflow files: what a person writes, checked and made ready to run.
//!
//! A file is YAML ([`Plan::compile`] checks it against the connectors and reports every mistake with its place);
//! what it says of a record is worked out by [`Mapping`]s. Nothing here reads a store, writes, waits or knows the
//! time; [`load`] and the cases alone look into a folder.

mod cases;
mod compile;
mod difference;
pub mod edit;
pub mod editor;
pub mod expression;
#[cfg(test)]
mod fake;
mod file;
mod form;
mod graph;
mod heading;
mod json;
mod mapping;
mod outline;
mod plan;
mod report;
mod schema;
mod yaml;

use std::path::{Path, PathBuf};

use connector_kit::Connector;

use self::report::Span;
pub use self::{
    cases::{CaseReport, CaseResult, run_cases},
    difference::{Difference, DifferentLine, Stands},
    expression::{Expression, functions},
    file::{Drift, OnFailure},
    form::{Form, FormStep, FormSteps, FormTable, FormValue, FormVariable},
    graph::{Graph, GraphEdge, GraphNode},
    heading::{Heading, checked_name, is_name, renamed},
    mapping::{Mapping, Scope, TriedField, TriedProblem, TriedStep, try_record},
    plan::{
        Fetch, ForEach, Gone, Merge, Place, Plan, Read, RunFacts, Set, Skip, Step, StepKind, Variable, Way,
        Write,
    },
    report::{Problem, Report, Severity},
    schema::schema,
};
pub(crate) use self::{
    mapping::{Groups, key_twice},
    plan::{in_filters, starts},
};

/// The name of the file in a processflow's folder.
pub const FILE_NAME: &str = "processflow.yaml";

/// Loads a file, or the `processflow.yaml` of a folder, and checks it. With the plan come its warnings.
pub fn load(path: &Path, connectors: &[Connector]) -> Result<(Plan, Vec<Problem>), Report> {
    let file = file_at(path);
    let name = file.display().to_string();
    let text = std::fs::read_to_string(&file).map_err(|error| {
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => format!("`{name}` is not there"),
            std::io::ErrorKind::InvalidData => format!("`{name}` is not UTF-8 text"),
            _ => format!("`{name}` cannot be read: {error}"),
        };
        let hint = "Name a processflow file, or a folder with a `processflow.yaml`.".to_owned();
        Report::new(
            &name,
            "",
            vec![Problem::new("", Severity::Mistake, Span::default(), message).hint(Some(hint))],
        )
    })?;
    let plan = Plan::compile(&text, &name, connectors)?;
    let warnings = plan.warnings.clone();
    Ok((plan, warnings))
}

/// A plan that only reads: what can be tried while the rest of a file is not right yet.
///
/// # Errors
/// A report when the connections or the first step are not right.
pub fn reading_part(text: &str, connectors: &[Connector]) -> Result<Plan, Report> {
    let Ok(document) = yaml::Document::read(text) else {
        return Plan::compile(text, FILE_NAME, connectors);
    };
    let json = |name: &str| document.root.get(name).map(yaml::Node::to_json);
    let first = document
        .root
        .get("steps")
        .and_then(|steps| steps.elements().first());
    let (Some(connections), Some(first)) = (json("connections"), first) else {
        return Plan::compile(text, FILE_NAME, connectors);
    };
    let name = Heading::of(text).name.filter(|name| is_name(name));
    let name = name.unwrap_or_else(|| "sample".to_owned());
    let parts = [
        ("processflow", format!("\"{name}\"")),
        ("connections", connections),
        ("variables", json("variables").unwrap_or_else(|| "{}".to_owned())),
        ("steps", format!("[{}]", first.to_json())),
    ];
    let parts = parts.map(|(name, value)| format!("\"{name}\": {value}"));
    let text = format!("{{{}}}", parts.join(", "));
    Plan::compile(&text, FILE_NAME, connectors)
}

fn file_at(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join(FILE_NAME)
    } else {
        path.to_owned()
    }
}
