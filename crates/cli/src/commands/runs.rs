//! `runs` and `show`, and how a run is put before people and scripts.

use engine::{
    operations::{ListRuns, ShowRun},
    state::{Counts, Label, LedgerEntry, Run, RunStatus},
};
use serde_json::{Value, json};

use crate::{
    args::{OutcomeWord, RunsArgs, ShowArgs},
    output::{Console, Exit, Outcome, Table, kind_word, moment, names, number, plain, seconds_between},
    shell::Here,
};

/// Lists the newest runs.
pub(super) fn runs(here: &Here, args: RunsArgs) -> Outcome<Exit> {
    let runs = here
        .look(ListRuns {
            processflow: args.name,
            with_failures: args.failures,
            limit: args.limit,
            ..ListRuns::default()
        })?
        .runs;
    if here.console.json {
        here.console
            .json(&runs.iter().map(run_as_json).collect::<Vec<_>>())?;
    } else if runs.is_empty() {
        here.console
            .talk("Nothing has run yet. Start a run with `processflow run NAME`.");
    } else {
        let heading = [
            "run",
            "processflow",
            "began",
            "s",
            "status",
            "read",
            "written",
            "unchanged",
            "skipped",
            "failed",
        ];
        here.console.table(
            &Table::new(heading)
                .right([3, 5, 6, 7, 8, 9])
                .rows(runs.iter().map(row)),
        )?;
    }
    Ok(Exit::Done)
}

fn row(run: &Run) -> [String; 10] {
    let Counts {
        read,
        written,
        unchanged,
        skipped,
        failed,
    } = &run.counts;
    let seconds = run
        .ended_at
        .as_deref()
        .map(|end| format!("{:.1}", seconds_between(&run.started_at, Some(end))));
    [
        run.id.clone(),
        run.processflow.clone(),
        moment(&run.started_at),
        seconds.unwrap_or_default(),
        run.status.to_string(),
        number(*read),
        number(*written),
        number(*unchanged),
        number(skipped.values().sum()),
        number(*failed),
    ]
}

/// Shows a run, its balance and its records.
pub(super) fn show(here: &Here, args: ShowArgs) -> Outcome<Exit> {
    let detail = here.look(ShowRun {
        run: args.run,
        outcome: args.outcome.map(label),
        limit: args.limit,
    })?;
    if here.console.json {
        let mut value = run_as_json(&detail.run);
        value["records"] = json!(detail.records);
        here.console.json(&value)?;
        return Ok(Exit::Done);
    }
    let run = &detail.run;
    let trigger = json!(run.trigger);
    let part = if run.part { ", over chosen records" } else { "" };
    here.console.data(format!("run {}", run.id))?;
    let began = moment(&run.started_at);
    let trigger = trigger.as_str().unwrap_or_default();
    here.console.data(format!(
        "version {}, began {began}, started by: {trigger}{part}",
        run.version
    ))?;
    balance(here.console, run)?;
    if !detail.records.is_empty() {
        here.console.data("")?;
        here.console.table(&records(&detail.records))?;
        if detail.records.len() as u64 == u64::from(args.limit) {
            here.console.talk(format!(
                "These are the first {}; `--limit` shows more.",
                args.limit
            ));
        }
    }
    Ok(Exit::Done)
}

/// Records of one run.
fn records(records: &[LedgerEntry]) -> Table {
    let row = |entry: &LedgerEntry| {
        let outcome = json!(entry.outcome).as_str().unwrap_or_default().to_owned();
        let (detail, target) = (
            entry.detail.clone().unwrap_or_default(),
            entry.target.clone().unwrap_or_default(),
        );
        [
            entry.source.clone(),
            names(&entry.labels),
            entry.status.clone(),
            outcome,
            target,
            detail,
        ]
    };
    Table::new(["record", "also known as", "status", "outcome", "target", "why"])
        .rows(records.iter().map(row))
}

/// What scripts get after a run, in this order: id, status, balance, seconds, and the problem where there is one.
pub(super) fn result_as_json(run: &Run) -> Value {
    let counts = &run.counts;
    let mut value = json!({
        "run": run.id,
        "processflow": run.processflow,
        "status": run.status,
        "read": counts.read,
        "written": counts.written,
        "unchanged": counts.unchanged,
        "skipped": counts.skipped,
        "failed": counts.failed,
        "seconds": seconds_between(&run.started_at, run.ended_at.as_deref()),
    });
    if let Some(problem) = &run.problem {
        value["problem"] =
            json!({ "kind": kind_word(problem.kind), "message": problem.message, "hint": problem.hint });
    }
    value
}

/// Everything known of a run; the problem's kind as one word, as in [`result_as_json`].
pub(super) fn run_as_json(run: &Run) -> Value {
    let mut value = json!(run);
    let mut result = result_as_json(run);
    value["seconds"] = result["seconds"].take();
    if run.problem.is_some() {
        value["problem"] = result["problem"].take();
    }
    value
}

/// Prints how a run ended and what became of its records.
pub(super) fn balance(console: Console, run: &Run) -> Outcome<()> {
    let seconds = seconds_between(&run.started_at, run.ended_at.as_deref());
    console.data(format!("{}: {} in {seconds:.1} s\n", run.processflow, run.status))?;
    console.table(&counts(&run.counts))?;
    if let Some(problem) = &run.problem {
        let hint = problem
            .hint
            .as_ref()
            .map_or_else(String::new, |hint| format!("\n{}", plain(hint)));
        console.data(format!("\n{}{hint}", plain(&problem.message)))?;
    }
    Ok(())
}

fn counts(counts: &Counts) -> Table {
    let mut table = Table::new(["records", "", ""]).right([1]);
    let mut line =
        |word: &str, count: u64, why: &str| table.row([word.to_owned(), number(count), why.to_owned()]);
    line("read", counts.read, "");
    line("written", counts.written, "");
    line("unchanged", counts.unchanged, "");
    for (reason, count) in &counts.skipped {
        line("skipped", *count, reason);
    }
    line(
        "failed",
        counts.failed,
        if counts.failed > 0 { "set aside" } else { "" },
    );
    table
}

/// How a command that ran it ends.
pub(super) fn exit_of(run: &Run) -> Exit {
    let cause = || run.problem.as_ref().map(|problem| Exit::of(problem.kind));
    match run.status {
        RunStatus::Successful => Exit::Done,
        RunStatus::FinishedWithProblems | RunStatus::Cancelled => Exit::Problems,
        RunStatus::Waiting => cause().unwrap_or(Exit::Config),
        RunStatus::Failed | RunStatus::Interrupted | RunStatus::Running => cause().unwrap_or(Exit::Bug),
    }
}

fn label(word: OutcomeWord) -> Label {
    match word {
        OutcomeWord::Written => Label::Written,
        OutcomeWord::Unchanged => Label::Unchanged,
        OutcomeWord::Skipped => Label::Skipped,
        OutcomeWord::Failed => Label::Failed,
    }
}

#[cfg(test)]
mod tests {
    use connector_kit::Kind;
    use engine::state::{Problem, Trigger};

    use super::*;

    fn run(status: RunStatus, kind: Option<Kind>) -> Run {
        let problem = kind.map(|kind| Problem {
            kind,
            message: "the store is closed".into(),
            hint: None,
        });
        Run {
            number: 1,
            id: "r-1".into(),
            processflow: "orders-to-database".into(),
            deployment: "d-1".into(),
            version: 1,
            trigger: Trigger::Manual,
            part: false,
            read_everything: false,
            status,
            started_at: "2026-11-21T10:00:00Z".into(),
            ended_at: Some("2026-11-21T10:00:03.2Z".into()),
            counts: Counts {
                read: 500,
                written: 488,
                skipped: [("not paid yet".to_owned(), 12)].into(),
                ..Counts::default()
            },
            problem,
        }
    }

    #[test]
    fn scripts_get_exactly_this_line() {
        let line = result_as_json(&run(RunStatus::Successful, None)).to_string();
        let want = r#"{"run":"r-1","processflow":"orders-to-database","status":"Successful","read":500,"written":488,"unchanged":0,"skipped":{"not paid yet":12},"failed":0,"seconds":3.2}"#;
        assert_eq!(line, want, "word for word, as it is documented");
        let kind = Kind::Unavailable { retry_after: None };
        let waiting = result_as_json(&run(RunStatus::Waiting, Some(kind)));
        let want = json!({ "kind": "unavailable", "message": "the store is closed", "hint": null });
        assert_eq!(waiting["problem"], want, "a problem is told with its kind");
    }

    #[test]
    fn the_exit_code_says_how_the_run_ended() {
        let unavailable = Kind::Unavailable { retry_after: None };
        let cases = [
            (run(RunStatus::Successful, None), Exit::Done),
            (run(RunStatus::FinishedWithProblems, None), Exit::Problems),
            (run(RunStatus::Cancelled, None), Exit::Problems),
            (run(RunStatus::Waiting, Some(Kind::Config)), Exit::Config),
            (run(RunStatus::Waiting, Some(unavailable)), Exit::Unavailable),
            (run(RunStatus::Failed, Some(Kind::Bug)), Exit::Bug),
        ];
        for (run, want) in cases {
            assert_eq!(exit_of(&run), want, "{} with {:?}", run.status, run.problem);
        }
    }
}
