//! `deploy`: checked here, then deployed by the agent.

use std::fmt::Write as _;

use engine::operations::{Deploy, Deployed};

use super::check::{load, warn};
use crate::{
    args::DeployArgs,
    output::{Exit, Outcome, moment},
    shell::Here,
};

/// Deploys a file, or the one of a folder.
pub(super) async fn deploy(here: &Here, args: &DeployArgs) -> Outcome<Exit> {
    let (plan, warnings) = load(here, &args.path, false)?;
    warn(here, &args.path, &warnings);
    let connections = args
        .connection
        .iter()
        .map(|pair| (pair.key.clone(), pair.value.clone()))
        .collect();
    let file = args.path.display().to_string();
    let deployed = here
        .act(Deploy {
            text: plan.text,
            file,
            connections,
            author: shell::account(),
            note: args.note.clone(),
            draft: None,
        })
        .await?;
    here.console
        .show(&deployed, |deployed| here.console.data(in_words(deployed)))?;
    Ok(Exit::Done)
}

/// What was deployed, for people.
pub(super) fn in_words(deployed: &Deployed) -> String {
    let Deployed {
        processflow,
        version,
        new,
        connections,
        next,
        ..
    } = deployed;
    let mut text = match new {
        true => format!("Deployed `{processflow}` as version {version}."),
        false => format!("`{processflow}` is deployed like this already (version {version})."),
    };
    for (alias, name) in connections {
        write!(text, "\n  {alias}: connection `{name}`").expect("text takes everything");
    }
    let next = next
        .as_ref()
        .map_or_else(|| "when it is told to".to_owned(), |next| moment(next));
    write!(text, "\n  next run: {next}").expect("text takes everything");
    text
}
