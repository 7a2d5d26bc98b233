//! The agent as a service of the machine, or of one user: installed, started, stopped, looked at.
//!
//! A service of the machine has an account, a folder and a socket of its own ([`crate::os::service_folder`]), and is
//! everybody's agent by default. A user's service runs in that user's own folder. Whether the system starts it is the
//! service manager's business ([`crate::os::service`]).

use std::{
    io,
    path::{Path, PathBuf},
};

use connector_kit::{Clock, Error, Result, SystemClock};
use serde::{Deserialize, Serialize};

use crate::{
    folder::{self, Brought, DataFolder},
    os::{self, service as manager},
};

/// Whose service it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The machine's: starts without anybody signed in.
    System,
    /// One user's.
    User,
}

/// What can be done with a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Installs and starts it.
    Install,
    /// Stops it and takes it away; its data stays.
    Uninstall,
    /// Starts it.
    Start,
    /// Stops it, at a safe point.
    Stop,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Running {
    /// Not installed.
    Absent,
    /// Installed, and not running now.
    Stopped,
    /// Installed and running.
    Running,
    /// Nobody here looks after services.
    Unsupported,
}

/// Whether this process may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rights {
    /// It may.
    Enough,
    /// An administrator has to be asked.
    Ask,
}

/// A service as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceState {
    /// How it stands.
    pub state: Running,
    /// Whose it is, or would be.
    pub scope: Scope,
    /// The account it runs under.
    pub account: String,
    /// Where its data lies.
    pub data_folder: PathBuf,
    /// Whether it starts by itself.
    pub enabled: bool,
    /// Whether this process may change it.
    pub rights: Rights,
    /// What a person should know about it now; empty when all is said.
    pub detail: String,
}

/// What a service starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The command line's program.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// How a service is to be installed.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Whose; the machine's for an administrator, else this user's.
    pub scope: Option<Scope>,
    /// The program, if not this one.
    pub program: Option<PathBuf>,
    /// The data folder of a user's service, if not the default one.
    pub data_folder: Option<PathBuf>,
    /// The folder whose data the machine's service takes over.
    pub from: Option<PathBuf>,
}

/// The one that is installed; where none is, the one that this process could install.
pub fn scope() -> Scope {
    let enabled = |scope: &Scope| manager::is_enabled(*scope);
    let installed = [Scope::System, Scope::User].into_iter().find(enabled);
    installed.unwrap_or(if os::administers() {
        Scope::System
    } else {
        Scope::User
    })
}

/// How a service stands. `own` is the data folder a user's service would have.
pub fn state(scope: Scope, own: &Path) -> ServiceState {
    let enabled = manager::is_enabled(scope);
    let (state, detail) = match manager::is_there(scope) {
        Err(why) => (Running::Unsupported, unsupported(&why)),
        Ok(()) if !enabled => (Running::Absent, String::new()),
        Ok(()) => match manager::is_running(scope) {
            Ok(true) => (Running::Running, String::new()),
            Ok(false) => (Running::Stopped, String::new()),
            Err(error) => (
                Running::Stopped,
                format!("The service manager does not say how it stands ({error})."),
            ),
        },
    };
    let (account, data_folder) = match scope {
        Scope::System => (ACCOUNT.to_owned(), os::service_folder()),
        Scope::User => (os::user(), own.to_owned()),
    };
    ServiceState {
        state,
        scope,
        account,
        data_folder,
        enabled,
        rights: rights(scope),
        detail,
    }
}

/// The machine's service runs under this account; its group may reach it.
pub const ACCOUNT: &str = "processflow";

fn unsupported(why: &str) -> String {
    format!("There is nobody here to start a service: {why}. `processflow serve` does the same by hand.")
}

fn rights(scope: Scope) -> Rights {
    match scope {
        Scope::System if !os::administers() => Rights::Ask,
        _ => Rights::Enough,
    }
}

/// Does it, and says in sentences what came of it.
///
/// # Errors
/// Config without the rights, without a service manager, or where it is not installed; Unavailable when the service
/// manager refuses.
pub fn change(action: Action, wanted: &Wanted) -> Result<Vec<String>> {
    let scope = wanted.scope.unwrap_or_else(scope);
    manager::is_there(scope).map_err(|why| {
        Error::config(format!("no service can be changed here: {why}"))
            .hint("Use `processflow serve`: whatever starts programs here (an init script, a container) can keep it running.")
    })?;
    if rights(scope) == Rights::Ask {
        return Err(needs_administrator(action));
    }
    if action != Action::Install && !manager::is_enabled(scope) {
        return Err(
            Error::config("the service is not installed").hint("`processflow service install` installs it.")
        );
    }
    match action {
        Action::Install => install(scope, wanted),
        Action::Uninstall => uninstall(scope),
        Action::Start => manager::start(scope)
            .map_err(|error| refused("started", &error))
            .map(|()| vec!["The service runs.".to_owned()]),
        Action::Stop => manager::stop(scope)
            .map_err(|error| refused("stopped", &error))
            .map(|()| {
                vec!["The service stopped at a safe point. It starts again with the machine.".to_owned()]
            }),
    }
}

fn needs_administrator(action: Action) -> Error {
    let word = match action {
        Action::Install => "install",
        Action::Uninstall => "uninstall",
        Action::Start => "start",
        Action::Stop => "stop",
    };
    Error::config("changing the machine's service needs an administrator").hint(format!(
        "`sudo processflow service {word} --system`, or a service of this user alone: `processflow service {word} --user`."
    ))
}

fn refused(done: &str, error: &io::Error) -> Error {
    Error::unavailable(format!("the service could not be {done}: {error}")).hint(
        "`journalctl -u processflow` says why, or `journalctl --user -u processflow` for a user's service.",
    )
}

fn install(scope: Scope, wanted: &Wanted) -> Result<Vec<String>> {
    if let (Scope::System, Some(folder)) = (scope, &wanted.data_folder) {
        return Err(Error::config(format!(
            "the machine's service has a data folder of its own, not {}",
            folder.display()
        ))
        .hint("`--from DIR` instead of `--data-dir DIR` moves that folder's data over; `--user` serves it as it is."));
    }
    let program = program(scope, wanted)?;
    let mut said = Vec::new();
    let refused_now = |error: io::Error| refused("installed", &error);
    if scope == Scope::System {
        manager::prepare(scope).map_err(refused_now)?;
        said.extend(data(wanted)?);
    }
    manager::install(scope, &program).map_err(refused_now)?;
    let started = manager::start(scope);
    if let Err(error) = started {
        said.push("The service is installed and starts with the machine.".to_owned());
        return Err(refused("started", &error).hint(format!(
            "{} `journalctl -u processflow` says why it does not run now.",
            said.join(" ")
        )));
    }
    said.insert(
        0,
        "The service is installed, runs, and starts with the machine.".to_owned(),
    );
    match scope {
        Scope::User if !manager::outlive_session() => said.push(
            "It ends when you sign out: `loginctl enable-linger`, by an administrator, lets it go on."
                .to_owned(),
        ),
        Scope::User => {}
        Scope::System => said.extend(member()),
    }
    Ok(said)
}

/// The program of the service: one that it can reach when nobody is signed in.
fn program(scope: Scope, wanted: &Wanted) -> Result<Program> {
    let own = || std::env::current_exe().map_err(|error| refused("installed", &error));
    let path = wanted.program.clone().map_or_else(own, Ok)?;
    let mut arguments = match (scope, &wanted.data_folder) {
        (Scope::System, _) => vec![
            "--data-dir".to_owned(),
            os::service_folder().display().to_string(),
        ],
        (Scope::User, Some(folder)) => vec!["--data-dir".to_owned(), folder.display().to_string()],
        (Scope::User, None) => Vec::new(),
    };
    arguments.push("serve".to_owned());
    #[cfg(windows)]
    arguments.push(os::AS_SERVICE.to_owned());
    let private = ["/home", "/root", "/tmp", "/var/tmp"];
    if scope == Scope::System && private.iter().any(|folder| path.starts_with(folder)) {
        return Err(Error::config(format!(
            "the service's account cannot start {}: it lies in a folder of users",
            path.display()
        ))
        .hint("Install the package, or copy the program to /usr/local/bin and call it from there."));
    }
    Ok(Program { path, arguments })
}

/// Brings a user's data along where that is wanted. A folder that begins empty has its secrets in a vault: an account
/// that nobody signs in to has no key store.
fn data(wanted: &Wanted) -> Result<Vec<String>> {
    let to = os::service_folder();
    if let Some(from) = &wanted.from {
        let Brought { kept, .. } = folder::bring(from, &to, SystemClock.now())?;
        return Ok(vec![format!(
            "Connections and processflows of {} are the service's now. The old folder is kept as {}; delete it when \
             all is well.",
            from.display(),
            kept.display()
        )]);
    }
    if to.join("state.db").exists() || to.join("settings.json").exists() {
        return Ok(vec![format!("It goes on with what lies in {}.", to.display())]);
    }
    let about = |error| folder::trouble("the service's folder", &to, error);
    os::create_private_folder(&to).map_err(about)?;
    folder::write_atomically(&to.join("settings.json"), br#"{"secrets":"vault"}"#).map_err(about)?;
    manager::give(&to.join("settings.json")).map_err(about)?;
    manager::give(&to).map_err(about)?;
    Ok(vec![format!(
        "It begins empty, in {}, and keeps secrets in an encrypted file there. What lies in a user's own folder stays \
         there and is not run by the service.",
        to.display()
    )])
}

/// Who installed it may reach it.
fn member() -> Option<String> {
    let user = os::who_asked()?;
    match manager::join(&user) {
        Ok(true) => Some(format!(
            "{user} may reach it from the next sign-in on, as a member of the group `{ACCOUNT}`."
        )),
        Ok(false) => None,
        Err(error) => Some(format!(
            "{user} could not be made a member of the group `{ACCOUNT}`, and cannot reach the service ({error})."
        )),
    }
}

fn uninstall(scope: Scope) -> Result<Vec<String>> {
    manager::stop(scope).map_err(|error| refused("stopped", &error))?;
    manager::uninstall(scope).map_err(|error| refused("removed", &error))?;
    let data = match scope {
        Scope::System => os::service_folder(),
        Scope::User => DataFolder::of_user()?,
    };
    let way = match scope {
        Scope::System => " `processflow service install` goes on with it.",
        Scope::User => "",
    };
    Ok(vec![format!(
        "The service is removed. Its data stays in {}.{way}",
        data.display()
    )])
}
