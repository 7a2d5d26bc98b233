//! `status`: the agent in one line, and what waits for a person.

use std::fmt::Write as _;

use engine::{
    folder::Who,
    operations::{AgentStatus, QuotaLeft, Status},
    state::Run,
};
use serde_json::json;

use super::runs::run_as_json;
use crate::{
    output::{Exit, Outcome, Table, moment, number, plain, plural},
    shell::Here,
};

/// Shows how the agent stands. Exit 1 when something failed or waits.
pub(super) fn status(here: &Here) -> Outcome<Exit> {
    let status = here.look(Status {})?;
    let exit = if status.failed > 0 || !status.waiting.is_empty() {
        Exit::Problems
    } else {
        Exit::Done
    };
    if here.console.json {
        here.console.json(&as_json(&status))?;
        return Ok(exit);
    }
    here.console.data(in_words(&status))?;
    if !status.running.is_empty() {
        here.console.data(format!(
            "\n{} under way",
            plural(status.running.len() as u64, "run")
        ))?;
        here.console.table(&under_way(&status.running))?;
    }
    for run in &status.waiting {
        here.console.data(format!("\n{}", cause(run)))?;
    }
    Ok(exit)
}

fn in_words(status: &AgentStatus) -> String {
    let agent = match &status.agent {
        Some(holder) => {
            let since = holder
                .since
                .map(|since| format!(" since {}", moment(&since.to_string())));
            let what = match holder.who {
                Who::Service => "the service",
                Who::Window => "the desktop",
                Who::Command => "a command",
            };
            format!(
                "the agent is {what}, process {} on {}{}",
                holder.pid,
                holder.host,
                since.unwrap_or_default()
            )
        }
        None => "nobody is the agent now: schedules do not run".to_owned(),
    };
    let counts = [
        plural(status.processflows as u64, "processflow"),
        plural(status.connections, "connection"),
        plural(status.failed, "set-aside record"),
    ];
    let mut text = format!(
        "processflow {}, {agent}\n{}\n{}",
        status.version,
        status.data_folder,
        counts.join(", ")
    );
    if let Some(next) = &status.next {
        write!(text, "\nnext: {} {}", next.processflow, moment(&next.at)).expect("text takes everything");
    }
    for paused in &status.paused {
        let until = paused
            .until
            .as_deref()
            .map_or_else(String::new, |until| format!(" until {}", moment(until)));
        write!(text, "\npaused: {}{until}", paused.processflow).expect("text takes everything");
    }
    for quota in &status.quotas {
        let (left, of) = (number(quota.left.into()), number(quota.quota.into()));
        write!(
            text,
            "\nquota: {left} of {of} requests left, {}{}",
            quota.store,
            forecast(quota)
        )
        .expect("text takes everything");
    }
    text
}

/// Who uses a budget, and how long it lasts.
fn forecast(quota: &QuotaLeft) -> String {
    let others = quota.quota.saturating_sub(quota.left).saturating_sub(quota.ours);
    let mut text = format!(
        "\n  used here {}, by other apps {}",
        number(quota.ours.into()),
        number(others.into())
    );
    if quota.reserve > 0 {
        write!(text, ", kept for them {}", number(quota.reserve.into())).expect("text takes everything");
    }
    if quota.waiting > 0 {
        write!(text, "; {} waiting", plural(quota.waiting.into(), "request")).expect("text takes everything");
    }
    let until = [
        ("the store asked to wait until", &quota.waits_until),
        ("used up at this pace by", &quota.used_up_at),
    ];
    let said = until
        .into_iter()
        .find_map(|(what, at)| Some((what, at.as_deref()?)));
    match said {
        Some((what, at)) => write!(text, "; {what} {}", moment(at)),
        None => write!(text, "; whole again {}", moment(&quota.resets_at)),
    }
    .expect("text takes everything");
    text
}

fn under_way(runs: &[Run]) -> Table {
    let row = |run: &Run| [run.processflow.clone(), run.id.clone(), moment(&run.started_at)];
    Table::new(["processflow", "run", "began"]).rows(runs.iter().map(row))
}

fn cause(run: &Run) -> String {
    let problem = run.problem.as_ref();
    let message = problem.map_or_else(String::new, |problem| format!(": {}", problem.message));
    let hint = problem.and_then(|problem| problem.hint.as_ref());
    let hint = hint.map_or_else(String::new, |hint| format!("\n  {hint}"));
    plain(&format!("{} ({}){message}{hint}", run.processflow, run.status)).into_owned()
}

fn as_json(status: &AgentStatus) -> serde_json::Value {
    json!({
        "version": status.version,
        "data_folder": status.data_folder,
        "agent": status.agent,
        "running": status.running.iter().map(run_as_json).collect::<Vec<_>>(),
        "processflows": status.processflows,
        "connections": status.connections,
        "failed": status.failed,
        "quotas": status.quotas,
        "next": status.next,
        "paused": status.paused,
        "waiting": status.waiting.iter().map(run_as_json).collect::<Vec<_>>(),
    })
}
