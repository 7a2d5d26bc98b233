//! `run`, `retry` and `cancel`: started, followed to their end, told.

use std::collections::BTreeMap;

use engine::{
    agent::Door,
    operations::{CancelRun, RetryFailed, ShowRun, StartRun},
    state::{Run, RunStatus},
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{
    processflows::done,
    runs::{balance, exit_of, result_as_json},
};
use crate::{
    args::{RetryArgs, RunArgs},
    output::{Exit, Outcome, moment, plural},
    progress::{Followed, follow},
    shell::{Here, leave},
};

/// Runs a processflow and follows it to its end.
pub(super) async fn run(here: &Here, args: RunArgs) -> Outcome<Exit> {
    let wanted = wanted(here, args)?;
    let door = here.door().await?;
    let Some((door, run)) = carry(here, door, wanted).await? else {
        return Ok(left_to_the_next());
    };
    leave(door).await;
    tell(here, &run)?;
    Ok(exit_of(&run))
}

fn wanted(here: &Here, args: RunArgs) -> Outcome<StartRun> {
    let since = args
        .since
        .map(|since| since.resolve(here.clock().now(), &TimeZone::system()))
        .transpose()?;
    if let Some(since) = since {
        here.console.talk(format!(
            "Reading what changed since {}; the watermark stays.",
            moment(&since.to_string())
        ));
    }
    let ids = args
        .ids
        .iter()
        .map(|id| id.trim().to_owned())
        .filter(|id| !id.is_empty())
        .collect();
    let pairs = args.filter.into_iter().map(|pair| (pair.key, pair.value));
    let filter: BTreeMap<String, String> = pairs.collect();
    let filter = (!filter.is_empty()).then_some(filter);
    Ok(StartRun {
        processflow: args.name,
        full: args.full,
        ids,
        since,
        filter,
    })
}

/// Starts a run and stays with it: when the agent that carries it out leaves, this process attaches again and goes
/// on. `None` when the person left before its end.
pub(super) async fn carry(here: &Here, mut door: Door, mut wanted: StartRun) -> Outcome<Option<(Door, Run)>> {
    loop {
        let next = StartRun {
            processflow: wanted.processflow.clone(),
            ids: wanted.ids.clone(),
            filter: wanted.filter.clone(),
            ..wanted
        };
        let id = match door.call(next).await {
            Ok(started) => started.run,
            Err(error) => {
                leave(door).await;
                return Err(error.into());
            }
        };
        match stay(here, &mut door, &id).await? {
            Followed::Ended(status) => return Ok(Some((door, ended(here, &id, status)?))),
            Followed::Abandoned => return Ok(None),
            Followed::Stopped | Followed::AgentLeft => {
                here.console.talk(format!(
                    "Run {id} stopped in the middle; it goes on where it was."
                ));
                // What was settled of a whole read is not read again.
                wanted.full = false;
            }
        }
    }
}

/// Follows a run over changes of the agent.
async fn stay(here: &Here, door: &mut Door, id: &str) -> Outcome<Followed> {
    loop {
        match follow(here, door, id).await? {
            Followed::AgentLeft => *door = here.door().await?,
            followed => return Ok(followed),
        }
    }
}

/// The run as the state tells it after its end.
fn ended(here: &Here, id: &str, status: RunStatus) -> Outcome<Run> {
    let mut run = here
        .look(ShowRun {
            run: id.to_owned(),
            outcome: None,
            limit: 0,
        })?
        .run;
    // A run whose end could not be written down still says that it is under way.
    run.status = status;
    Ok(run)
}

fn tell(here: &Here, run: &Run) -> Outcome<()> {
    if here.console.json {
        here.console.json(&result_as_json(run))?;
    } else {
        balance(here.console, run)?;
    }
    if run.counts.failed > 0 {
        let aside = plural(run.counts.failed, "record");
        let name = &run.processflow;
        here.console.talk(format!("\n{aside} set aside: `processflow failed {name}` shows why; `processflow retry` sends them again."));
    }
    Ok(())
}

fn left_to_the_next() -> Exit {
    Exit::Problems
}

/// Sends set-aside records again and follows the runs that do it.
pub(super) async fn retry(here: &Here, args: RetryArgs) -> Outcome<Exit> {
    let mut door = here.door().await?;
    let started = door
        .call(RetryFailed {
            processflow: args.processflow,
            numbers: args.numbers,
            group: None,
        })
        .await;
    let runs = match started {
        Ok(started) => started.runs,
        Err(error) => {
            leave(door).await;
            return Err(error.into());
        }
    };
    let mut ended_runs = Vec::new();
    for id in &runs {
        match stay(here, &mut door, id).await? {
            Followed::Ended(status) => ended_runs.push(ended(here, id, status)?),
            Followed::Abandoned => return Ok(left_to_the_next()),
            Followed::Stopped | Followed::AgentLeft => {
                ended_runs.push(ended(here, id, RunStatus::Interrupted)?);
            }
        }
    }
    leave(door).await;
    if here.console.json {
        here.console
            .json(&ended_runs.iter().map(result_as_json).collect::<Vec<Value>>())?;
    } else {
        ended_runs.iter().try_for_each(|run| tell(here, run))?;
    }
    Ok(ended_runs.iter().map(exit_of).max().unwrap_or(Exit::Done))
}

/// Ends a run at a safe point.
pub(super) async fn cancel(here: &Here, run: String) -> Outcome<Exit> {
    here.act(CancelRun { run: run.clone() }).await?;
    let said =
        format!("`{run}` ends at a safe point. What is settled stays; the next run goes on from there.");
    done(here, said, &json!({ "cancelled": run }))
}
