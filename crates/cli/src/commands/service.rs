//! `service`: the system keeps the agent running.

use engine::{
    folder::DataFolder,
    service::{self, Action, Running, Scope, ServiceState, Wanted},
};
use serde_json::json;

use crate::{
    args::{ScopeArgs, ServiceCommand},
    output::{Exit, Outcome},
    shell::Here,
};

/// Carries out what is to be done with the service.
pub(super) fn service(here: &Here, command: ServiceCommand) -> Outcome<Exit> {
    match command {
        ServiceCommand::Install(args) => {
            let wanted = Wanted {
                from: args.from,
                ..wanted(here, args.scope)
            };
            change(here, Action::Install, &wanted)
        }
        ServiceCommand::Uninstall(scope) => change(here, Action::Uninstall, &wanted(here, scope)),
        ServiceCommand::Start(scope) => change(here, Action::Start, &wanted(here, scope)),
        ServiceCommand::Stop(scope) => change(here, Action::Stop, &wanted(here, scope)),
        ServiceCommand::Status(scope) => status(here, scope),
    }
}

fn wanted(here: &Here, scope: ScopeArgs) -> Wanted {
    Wanted {
        scope: chosen(scope),
        data_folder: here
            .named_folder()
            .map(|folder| std::path::absolute(folder).unwrap_or(folder.to_owned())),
        ..Wanted::default()
    }
}

fn chosen(scope: ScopeArgs) -> Option<Scope> {
    match scope {
        ScopeArgs { system: true, .. } => Some(Scope::System),
        ScopeArgs { user: true, .. } => Some(Scope::User),
        _ => None,
    }
}

fn change(here: &Here, action: Action, wanted: &Wanted) -> Outcome<Exit> {
    let said = service::change(action, wanted)?;
    let state = look(here, wanted.scope)?;
    let answer = json!({ "said": said, "service": state });
    here.console
        .show(&answer, |_| here.console.data(said.join("\n")))?;
    Ok(Exit::Done)
}

/// Says how it stands. Exit code 1 where it does not run although it is installed.
fn status(here: &Here, scope: ScopeArgs) -> Outcome<Exit> {
    let state = look(here, chosen(scope))?;
    here.console
        .show(&state, |state| here.console.data(in_words(state)))?;
    Ok(match state.state {
        Running::Stopped => Exit::Problems,
        _ => Exit::Done,
    })
}

fn look(here: &Here, scope: Option<Scope>) -> Outcome<ServiceState> {
    let own = match here.named_folder() {
        Some(folder) => folder.to_owned(),
        None => DataFolder::of_user()?,
    };
    Ok(service::state(scope.unwrap_or_else(service::scope), &own))
}

fn in_words(state: &ServiceState) -> String {
    let whose = match state.scope {
        Scope::System => "The machine's service",
        Scope::User => "This user's service",
    };
    let how = match state.state {
        Running::Absent => format!("{whose} is not installed."),
        Running::Stopped => {
            format!("{whose} is installed and does not run now. `processflow service start` starts it.")
        }
        Running::Running => format!("{whose} runs."),
        Running::Unsupported => return state.detail.clone(),
    };
    let mut text = format!(
        "{how}\n  account      {}\n  data folder  {}",
        state.account,
        state.data_folder.display()
    );
    if !state.detail.is_empty() {
        text.push_str(&format!("\n{}", state.detail));
    }
    text
}
