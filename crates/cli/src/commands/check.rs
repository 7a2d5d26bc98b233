//! `check`: a processflow file and its cases, without deploying anything. Needs no data folder and no connection.

use std::path::Path;

use connector_kit::Error;
use engine::processflow::{self, CaseReport, Plan, Problem, Report};
use serde_json::json;

use crate::{
    args::CheckArgs,
    output::{Console, Exit, Failure, Outcome, names, plain, plural},
    shell::Here,
};

/// Checks a file and runs its cases. Exit 3 for a file with mistakes, 1 for cases that come out otherwise.
pub(super) fn check(here: &Here, args: &CheckArgs) -> Outcome<Exit> {
    let (plan, warnings) = load(here, &args.path, true)?;
    let cases = if args.path.is_dir() {
        processflow::run_cases(&plan, &args.path)?
    } else {
        CaseReport::default()
    };
    if here.console.json {
        here.console
            .json(&json!({ "processflow": plan.name, "problems": warnings, "cases": cases.cases }))?;
    } else {
        warn(here, &args.path, &warnings);
        here.console.data(in_words(&plan))?;
        if !cases.cases.is_empty() {
            here.console.data(plain(&cases.to_string()))?;
        }
    }
    Ok(if cases.holds() { Exit::Done } else { Exit::Problems })
}

/// Loads a file, or the one of a folder. What is wrong with it is told: as data where that was `asked` for, else as
/// talk.
pub(super) fn load(here: &Here, path: &Path, asked: bool) -> Outcome<(Plan, Vec<Problem>)> {
    if !path.exists() {
        let error = Error::config(format!("`{}` is not there", path.display()));
        return Err(error
            .hint("Name a processflow file, or a folder with a `processflow.yaml`.")
            .into());
    }
    match processflow::load(path, here.connectors()) {
        Ok(right) => Ok(right),
        Err(report) => Err(refuse(here, &report, asked)?),
    }
}

fn in_words(plan: &Plan) -> String {
    let aliases = plan
        .connections
        .iter()
        .map(|(alias, connector)| format!("{alias} ({connector})"));
    let connections = names(aliases);
    format!("`{}` can be deployed. It connects: {connections}.", plan.name)
}

/// What is odd and does not stop it.
pub(super) fn warn(here: &Here, path: &Path, warnings: &[Problem]) {
    for problem in warnings {
        let place = format!("{}:{}:{}", path.display(), problem.line, problem.column);
        let hint = problem
            .hint
            .as_ref()
            .map_or_else(String::new, |hint| format!(" {hint}"));
        here.console
            .talk(format!("warning: {place}: {}.{hint}", plain(&problem.message)));
    }
}

fn refuse(here: &Here, report: &Report, asked: bool) -> Outcome<Failure> {
    let console = &here.console;
    if console.json {
        console.json(&json!({ "processflow": null, "problems": report.problems }))?;
    } else if asked {
        console.data(told(report, Console::data_on_terminal(), console.colours_data()))?;
    } else {
        console.talk(told(report, Console::talk_on_terminal(), console.colours_talk()));
    }
    let mistakes = report
        .problems
        .iter()
        .filter(|problem| problem.severity == processflow::Severity::Mistake);
    let count = plural(mistakes.count() as u64, "mistake");
    let error = Error::config(format!("`{}` cannot be deployed: {count}", report.file))
        .hint("Mend the file at the places above; `processflow check` looks again.");
    Ok(Failure::Told(error))
}

fn told(report: &Report, terminal: bool, colours: bool) -> String {
    if terminal {
        report.pretty(colours)
    } else {
        plain(&report.to_string()).into_owned()
    }
}
