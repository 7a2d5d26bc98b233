//! From the text of a file to a [`Plan`], or to a report of everything that is wrong with it.

mod actions;
mod fetch;
mod gone;
mod inside;
mod names;
mod placeholders;
mod reading;
mod steps;
mod write;

use std::{collections::BTreeSet, sync::Arc};

use connector_kit::{Connector, Error};

use super::{
    expression::{Expression, Names, evaluate::Table},
    file::{File, StepText},
    json::Wanted,
    plan::{Place, Plan, Read, Step},
    report::{Problem, Report, Severity, Span},
    yaml::{At, Written},
};

/// Steps of one file at most.
const MOST_STEPS: usize = 500;

/// See [`Plan::compile`].
pub(super) fn compile(text: &str, file: &str, connectors: &[Connector]) -> Result<Plan, Report> {
    let mut findings = Findings::of(text);
    let plan = plan(&mut findings, file, connectors);
    let mistakes = findings
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Mistake);
    match plan {
        Some(mut plan) if !mistakes => {
            plan.warnings = Report::new(file, text, findings.problems).problems;
            Ok(plan)
        }
        _ => {
            // What is odd may come of what is wrong: mistakes first, alone.
            findings
                .problems
                .retain(|problem| problem.severity == Severity::Mistake);
            Err(Report::new(file, text, findings.problems))
        }
    }
}

/// As much of a file as can be tried while it is typed: expressions that do not compile say so where they are worked
/// out, and steps that cannot be understood are left out. Never to be run.
pub(super) fn for_trying(text: &str, file: &str, connectors: &[Connector]) -> Option<Plan> {
    let mut findings = Findings {
        past_mistakes: true,
        ..Findings::of(text)
    };
    plan(&mut findings, file, connectors)
}

fn plan(findings: &mut Findings<'_>, file: &str, connectors: &[Connector]) -> Option<Plan> {
    let (read, document) = reading::read(findings)?;
    let whole = findings.problems.is_empty();
    names::processflow(findings, &read.processflow);
    let connections = names::connections(findings, &read.connections, connectors);
    let tables = names::tables(findings, &read.lookups);
    findings.schedule(&read);
    if read.on_failure.tries == 0 || read.on_failure.tries > 100 {
        let span = document
            .root
            .get("on_failure")
            .and_then(|node| node.get("tries"))
            .map(|node| node.span);
        findings.mistake(
            span.unwrap_or_default(),
            "`tries` is a whole number from 1 to 100",
            None,
        );
    }
    let mut compiler = steps::Compiler::new(findings, &document, &connections, &tables, &read.steps);
    compiler.places.extend(read.schedule.as_ref().map(|schedule| {
        (
            Place::Schedule,
            names::place(&document, "schedule", schedule.span),
        )
    }));
    compiler.places.extend(
        read.connections
            .0
            .iter()
            .map(|(alias, _)| (Place::Connection(alias.value.clone()), alias.span)),
    );
    compiler.variables(&read.variables);
    let steps::Compiled {
        read: start,
        merge,
        steps,
    } = compiler.compile(&read.steps);
    let steps::Compiler {
        priority,
        used,
        names,
        numbers,
        variables,
        places,
        ..
    } = compiler;
    if let (Some(merge), Some(text)) = (&merge, gone::written(&read.steps))
        && start.as_ref().is_some_and(|read| read.gone.is_some())
    {
        let message = format!(
            "step {} merges records, and what is gone of a merged one nobody can tell",
            merge.id
        );
        findings.mistake(text, message, None);
    }
    if whole {
        names::unused(findings, &read.connections, &used);
    }
    Some(Plan {
        name: read.processflow.value,
        description: read.description,
        schedule: read.schedule.map(|schedule| schedule.value),
        priority: read.priority.or(priority).unwrap_or_default(),
        connections: connections
            .iter()
            .map(|(alias, connector)| (alias.clone(), connector.name.to_owned()))
            .collect(),
        read: start?,
        merge,
        steps,
        numbers,
        variables,
        on_failure: read.on_failure,
        text: findings.text.to_owned(),
        warnings: Vec::new(),
        tables: tables.into(),
        fields: Arc::new(Wanted::new(std::mem::take(&mut findings.fields))),
        names: names.len(),
        file: file.to_owned(),
        places,
    })
}

/// The problems found so far.
pub(super) struct Findings<'t> {
    text: &'t str,
    problems: Vec<Problem>,
    /// True while a file is tried that is still being typed: what is wrong is noted, and the rest goes on.
    past_mistakes: bool,
    /// The numbers in the file of the steps that could be read.
    numbers: Vec<usize>,
    /// Names of fields that expressions look for.
    fields: BTreeSet<String>,
}

impl<'t> Findings<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            text,
            problems: Vec::new(),
            past_mistakes: false,
            numbers: Vec::new(),
            fields: BTreeSet::new(),
        }
    }
}

impl Findings<'_> {
    fn mistake(&mut self, span: Span, message: impl Into<String>, hint: Option<String>) {
        self.problems
            .push(Problem::new(self.text, Severity::Mistake, span, message).hint(hint));
    }

    fn warning(&mut self, span: Span, message: impl Into<String>, hint: Option<String>) {
        self.problems
            .push(Problem::new(self.text, Severity::Warning, span, message).hint(hint));
    }

    /// Compiles an expression; a mistake points into it.
    fn expression(&mut self, written: &At<Written>, names: &Names<'_>) -> Option<Expression> {
        let At {
            span,
            value: Written(expression),
        } = written;
        match Expression::compile(expression, names) {
            Ok((compiled, warnings)) => {
                for warning in warnings {
                    self.warning(
                        self.inside(*span, expression, &warning.at),
                        warning.message,
                        warning.hint,
                    );
                }
                self.fields.extend(compiled.fields());
                Some(compiled)
            }
            Err(mistake) => {
                let hint = self.comment(*span).or(mistake.hint);
                let why = Error::rejected(&mistake.message);
                let why = hint.iter().fold(why, Error::hint);
                self.mistake(self.inside(*span, expression, &mistake.at), mistake.message, hint);
                self.past_mistakes.then(|| Expression::broken(expression, why))
            }
        }
    }

    /// A place in an expression as a place in the file: exact while the expression stands there letter by letter,
    /// plain or in quotes; else the whole value.
    fn inside(&self, span: Span, expression: &str, at: &std::ops::Range<usize>) -> Span {
        let written = span.of(self.text);
        let quotes = usize::from(written.len() == expression.len() + 2);
        match written.get(quotes..written.len() - quotes) {
            Some(letters) if letters == expression => span.part(&(at.start + quotes..at.end + quotes)),
            _ => span,
        }
    }

    /// YAML's trap of ` #`: it begins a comment, and cuts an expression off.
    fn comment(&self, span: Span) -> Option<String> {
        let rest = self.text.get(span.start + span.length..)?.lines().next()?;
        let cut = rest.starts_with(" #") && !rest.starts_with(" # ");
        cut.then(|| {
            "` #` begins a comment and cuts the expression off: put quotes around the whole expression."
                .to_owned()
        })
    }

    fn schedule(&mut self, file: &File) {
        let Some(At { span, value }) = &file.schedule else {
            return;
        };
        if let Err(error) = value.check() {
            self.mistake(*span, error.message, error.hint);
        }
    }
}

#[cfg(test)]
mod tests;
