//! The service from the window: looked at, installed, started, stopped. Where this user may not, the system's own
//! question for an administrator (pkexec) does; where there is none, the command to type is said.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use connector_kit::{Error, Result};
use engine::{
    folder::DataFolder,
    os::service as manager,
    service::{self, Action, Rights, Scope, ServiceState, Wanted},
};
use serde::Deserialize;
use tauri::AppHandle;

use crate::{attached::Attached, call};

/// What is to be done.
#[derive(Deserialize)]
pub(crate) struct ServiceDo {
    action: Action,
    /// Whose service; the one that is installed, else the machine's where there can be one.
    #[serde(default)]
    scope: Option<Scope>,
    /// Whether the machine's service takes over what lies in this window's data folder.
    #[serde(default)]
    bring: bool,
}

/// How the service stands.
pub(crate) async fn state(app: &AppHandle) -> Result<ServiceState> {
    let own = own_folder(&call::attached(app))?;
    blocking(move || Ok(service::state(scope(), &own))).await
}

/// Does it. Meanwhile the data folder is nobody's, so that the service can have it; then this window is its client, or
/// the agent again.
pub(crate) async fn act(app: &AppHandle, wanted: ServiceDo) -> Result<ServiceState> {
    let attached = call::attached(app);
    let scope = wanted.scope.unwrap_or_else(scope);
    let own = own_folder(&attached)?;
    let line = Line {
        action: wanted.action,
        scope,
        from: (wanted.bring && wanted.action == Action::Install && scope == Scope::System)
            .then(|| own.clone()),
        data_folder: own.clone(),
    };
    attached.let_go().await;
    let done = blocking(move || line.carry_out()).await;
    let back = attached.come_back();
    let said = done?;
    back?;
    blocking(move || {
        let mut state = service::state(scope, &own);
        state.detail = said;
        Ok(state)
    })
    .await
}

/// The one that is installed; where none is, the machine's where there can be one.
fn scope() -> Scope {
    let there = |scope: &Scope| manager::is_there(*scope).is_ok();
    match service::scope() {
        Scope::User if !manager::is_enabled(Scope::User) && there(&Scope::System) => Scope::System,
        scope => scope,
    }
}

/// The folder whose data is this user's: the one this window has open, unless that is the service's.
fn own_folder(attached: &Attached) -> Result<PathBuf> {
    let desk = attached.desk();
    if desk.folder().is_closed() {
        return DataFolder::of_user();
    }
    Ok(desk.folder().path().to_owned())
}

/// What is done, here or by an administrator.
struct Line {
    action: Action,
    scope: Scope,
    from: Option<PathBuf>,
    data_folder: PathBuf,
}

impl Line {
    fn carry_out(&self) -> Result<String> {
        let program = program()?;
        if self.scope == Scope::System && rights(self.scope) == Rights::Ask {
            return self.ask_administrator(&program);
        }
        let wanted = Wanted {
            scope: Some(self.scope),
            program: Some(program),
            data_folder: (self.scope == Scope::User).then(|| self.data_folder.clone()),
            from: self.from.clone(),
        };
        service::change(self.action, &wanted).map(|said| said.join(" "))
    }

    fn arguments(&self) -> Vec<String> {
        let action = match self.action {
            Action::Install => "install",
            Action::Uninstall => "uninstall",
            Action::Start => "start",
            Action::Stop => "stop",
        };
        let mut arguments: Vec<String> = ["service", action, "--system"].map(str::to_owned).into();
        if let Some(from) = &self.from {
            arguments.extend(["--from".to_owned(), from.display().to_string()]);
        }
        arguments
    }

    fn ask_administrator(&self, program: &Path) -> Result<String> {
        let by_hand = format!("sudo {} {}", program.display(), shown(&self.arguments()));
        let needs = |why: &str| {
            Error::config(format!(
                "changing the machine's service needs an administrator{why}"
            ))
            .hint(format!("Type this in a terminal: `{by_hand}`."))
        };
        let asked = Command::new("pkexec")
            .arg(program)
            .args(self.arguments())
            .stdin(Stdio::null())
            .output();
        let Ok(ended) = asked else {
            return Err(needs(", and this desktop has no way to ask for one"));
        };
        match ended.status.code() {
            Some(0) => Ok(text(&ended.stdout).replace('\n', " ")),
            // pkexec's own: the question was closed, or nobody here can answer it.
            Some(126) => Err(needs(": the question was closed")),
            Some(127) => Err(needs(", and nobody could be asked")),
            _ => Err(told(&text(&ended.stderr), &by_hand)),
        }
    }
}

fn rights(scope: Scope) -> Rights {
    service::state(scope, Path::new("")).rights
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).trim().to_owned()
}

/// The sentence and the way out that the command line said.
fn told(said: &str, by_hand: &str) -> Error {
    let line = |name: &str| {
        said.lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    };
    Error::config(
        line("error:")
            .unwrap_or("the service could not be changed")
            .to_owned(),
    )
    .hint(line("hint:").map_or_else(|| format!("Type this in a terminal: `{by_hand}`."), str::to_owned))
}

/// Words for a shell: a folder with a space is one of them.
fn shown(arguments: &[String]) -> String {
    let plain = |word: &str| {
        word.chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "/-_.".contains(letter))
    };
    let quoted = |word: &String| format!("'{}'", word.replace('\'', r"'\''"));
    let words = arguments
        .iter()
        .map(|word| if plain(word) { word.clone() } else { quoted(word) });
    words.collect::<Vec<_>>().join(" ")
}

/// The command line's program lies beside this one.
fn program() -> Result<PathBuf> {
    let own = std::env::current_exe()
        .map_err(|error| Error::config(format!("this program does not know where it lies: {error}")))?;
    let beside = own.with_file_name(format!("processflow{}", std::env::consts::EXE_SUFFIX));
    if beside.is_file() {
        return Ok(beside);
    }
    Err(Error::config(format!(
        "the command line's program is missing: {}",
        beside.display()
    ))
    .hint("The service is that program: install the package again."))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::bug("the service's command broke"))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_to_type_is_one_that_a_shell_reads_as_it_is_meant() {
        let line = Line {
            action: Action::Install,
            scope: Scope::System,
            from: Some("/home/o'neil/my data".into()),
            data_folder: PathBuf::new(),
        };
        assert_eq!(
            shown(&line.arguments()),
            r"service install --system --from '/home/o'\''neil/my data'",
            "quotes and spaces stay what they are"
        );
    }

    #[test]
    fn what_the_command_line_said_is_said_again() {
        let error = told("error: it is in use\n\nhint: Quit it.", "sudo …");
        assert_eq!(
            (error.message.as_str(), error.hint.as_deref()),
            ("it is in use", Some("Quit it.")),
            "not that some command failed"
        );
    }
}
