//! Deployed processflows: listed, their versions, taken back, paused, taken off.

use engine::{
    operations::{
        ListProcessflows, ListVersions, Pause, ProcessflowRow, Resume, Rollback, Undeploy, VersionRow,
    },
    state::DeploymentState,
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::runs::run_as_json;
use crate::{
    args::{PauseArgs, RollbackArgs, VersionsArgs},
    output::{Exit, Outcome, Table, moment, names, plain},
    shell::Here,
};

/// Lists what is deployed.
pub(super) fn list(here: &Here) -> Outcome<Exit> {
    let rows = here.look(ListProcessflows {})?;
    if here.console.json {
        here.console.json(&rows.iter().map(as_json).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    if rows.is_empty() {
        here.console
            .talk("Nothing is deployed yet. Deploy a processflow with `processflow deploy FOLDER`.");
        return Ok(Exit::Done);
    }
    let table = Table::new([
        "processflow",
        "version",
        "state",
        "connections",
        "last run",
        "set aside",
        "next",
    ]);
    here.console
        .table(&table.right([1, 5]).rows(rows.iter().map(row)))?;
    for row in &rows {
        if let Some(problem) = &row.problem {
            here.console.talk(format!(
                "warning: `{}` cannot run as it is deployed: {problem}",
                row.processflow
            ));
        }
    }
    Ok(Exit::Done)
}

fn as_json(row: &ProcessflowRow) -> Value {
    let mut value = json!(row);
    if let Some(run) = &row.last {
        value["last"] = run_as_json(run);
    }
    value
}

fn row(row: &ProcessflowRow) -> [String; 7] {
    let state = match (row.state, &row.paused_until) {
        (DeploymentState::Active, _) => "active".to_owned(),
        (DeploymentState::Paused, Some(until)) => format!("paused until {}", moment(until)),
        (DeploymentState::Paused, None) => "paused".to_owned(),
        (DeploymentState::Undeployed, _) => "undeployed".to_owned(),
    };
    let last = row
        .last
        .as_ref()
        .map(|run| format!("{} {}", run.status, moment(&run.started_at)));
    let never = || "-".to_owned();
    [
        row.processflow.clone(),
        row.version.to_string(),
        state,
        names(
            row.connections
                .iter()
                .map(|(alias, name)| format!("{alias}={name}")),
        ),
        last.unwrap_or_else(never),
        row.failed.to_string(),
        row.next.first().map_or_else(never, |next| moment(next)),
    ]
}

/// Lists the versions of a processflow, or prints the file of one.
pub(super) fn versions(here: &Here, args: &VersionsArgs) -> Outcome<Exit> {
    let rows = here.look(ListVersions {
        processflow: args.name.clone(),
    })?;
    if let Some(number) = args.text {
        let found = rows
            .into_iter()
            .find(|row| row.version.version == number)
            .ok_or_else(|| {
                connector_kit::Error::config(format!("processflow `{}` has no version {number}", args.name))
                    .hint(format!("`processflow versions {}` lists them.", args.name))
            })?;
        here.console
            .show(&found, |found| here.console.data(found.version.text.trim_end()))?;
        return Ok(Exit::Done);
    }
    here.console.show(&rows, |rows| {
        let row = |row: &VersionRow| {
            let version = &row.version;
            let connections = version
                .bindings
                .iter()
                .map(|(alias, name)| format!("{alias}={name}"));
            let runs = if row.runs { "runs" } else { "" };
            let (number, at) = (version.version.to_string(), moment(&version.at));
            [
                number,
                runs.to_owned(),
                at,
                version.author.clone(),
                names(connections),
                plain(row.note.as_deref().unwrap_or_default()).into_owned(),
            ]
        };
        let table = Table::new(["version", "", "deployed", "by", "connections", "note"]);
        here.console.table(&table.right([0]).rows(rows.iter().map(row)))
    })?;
    Ok(Exit::Done)
}

/// Goes back to a version.
pub(super) async fn rollback(here: &Here, args: RollbackArgs) -> Outcome<Exit> {
    here.act(Rollback {
        processflow: args.name.clone(),
        version: args.version,
        author: shell::account(),
    })
    .await?;
    let said = format!(
        "`{}` runs version {} from now on; its watermark stays.",
        args.name, args.version
    );
    done(
        here,
        said,
        &json!({ "processflow": args.name, "version": args.version }),
    )
}

/// Stops a schedule, for a while or until resumed.
pub(super) async fn pause(here: &Here, args: PauseArgs) -> Outcome<Exit> {
    let now = here.clock().now();
    let seconds = args
        .length
        .map(|length| length.seconds(now, &TimeZone::system()))
        .transpose()?;
    here.act(Pause {
        processflow: args.name.clone(),
        seconds,
    })
    .await?;
    let until = seconds.map(|seconds| moment(&(now + std::time::Duration::from_secs(seconds)).to_string()));
    let end = until.as_ref().map_or_else(
        || "until it is resumed".to_owned(),
        |until| format!("until {until}"),
    );
    let said = format!(
        "The schedule of `{}` is paused {end}. Runs by hand stay possible.",
        args.name
    );
    done(
        here,
        said,
        &json!({ "processflow": args.name, "paused_until": until }),
    )
}

/// Lets a schedule go on.
pub(super) async fn resume(here: &Here, name: String) -> Outcome<Exit> {
    here.act(Resume {
        processflow: name.clone(),
    })
    .await?;
    done(
        here,
        format!("The schedule of `{name}` goes on."),
        &json!({ "processflow": name, "state": "active" }),
    )
}

/// Takes a processflow off this agent.
pub(super) async fn undeploy(here: &Here, name: String) -> Outcome<Exit> {
    here.act(Undeploy {
        processflow: name.clone(),
    })
    .await?;
    let said = format!("`{name}` is taken off. Its history, watermark and set-aside records stay.");
    done(here, said, &json!({ "processflow": name, "state": "undeployed" }))
}

/// Says that it is done; scripts get what was done.
pub(super) fn done(here: &Here, said: String, value: &Value) -> Outcome<Exit> {
    here.console.talk(said);
    if here.console.json {
        here.console.json(value)?;
    }
    Ok(Exit::Done)
}
