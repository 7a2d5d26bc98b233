//! systemd.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use sd_notify::NotifyState;
use service_manager::{ServiceManager, SystemdServiceManager};

use super::{NAME, Standing};
use crate::{
    os::service_folder,
    service::{Program, Scope},
};

/// The unit as packages carry it, too.
const UNIT: &str = include_str!("processflow.service");
const USER_UNIT: &str = include_str!("processflow-user.service");

/// Where packages put units.
const PACKAGED: [&str; 2] = [
    "/usr/lib/systemd/system/processflow.service",
    "/lib/systemd/system/processflow.service",
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "elsewhere the manager has to be looked for"
)]
pub(super) fn manager() -> io::Result<Box<dyn ServiceManager>> {
    Ok(Box::new(SystemdServiceManager::system()))
}

/// Whether systemd looks after this machine (or this user's session); why not, in words.
pub fn is_there(scope: Scope) -> Result<(), String> {
    match scope {
        Scope::System if Path::new("/run/systemd/system").is_dir() => Ok(()),
        Scope::System => Err("this machine is not run by systemd".to_owned()),
        Scope::User => {
            let session = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
            if session.is_some_and(|session| session.join("systemd").is_dir()) {
                Ok(())
            } else {
                Err("this user has no session that systemd looks after".to_owned())
            }
        }
    }
}

/// Whether it starts by itself: what `systemctl enable` leaves behind. Asks no manager, so that every command may ask.
pub fn is_enabled(scope: Scope) -> bool {
    let link = match scope {
        Scope::System => Some(PathBuf::from("/etc/systemd/system/multi-user.target.wants")),
        Scope::User => user_units().map(|units| units.join("default.target.wants")),
    };
    link.is_some_and(|link| link.join(unit()).symlink_metadata().is_ok())
}

fn user_units() -> Option<PathBuf> {
    let dirs = directories::BaseDirs::new()?;
    Some(dirs.config_dir().join("systemd/user"))
}

fn unit() -> String {
    format!("{NAME}.service")
}

/// Makes the service's account, if it is not there.
pub fn prepare(scope: Scope) -> io::Result<()> {
    if scope == Scope::User || account(NAME)?.is_some() {
        return Ok(());
    }
    let home = service_folder();
    let line = format!("u {NAME} - \"Processflow Agent\" {}", home.display());
    run(Command::new("systemd-sysusers").args(["--inline", &line]))
}

/// Lets a user reach the service: its group. False where it is a member already.
pub fn join(user: &str) -> io::Result<bool> {
    let member = fs::read_to_string("/etc/group")?.lines().any(|line| {
        let mut parts = line.split(':');
        parts.next() == Some(NAME)
            && parts
                .nth(2)
                .is_some_and(|all| all.split(',').any(|one| one == user))
    });
    if member || user == "root" {
        return Ok(false);
    }
    run(Command::new("usermod").args(["--append", "--groups", NAME, user])).map(|()| true)
}

/// Gives a file or folder to the service's account.
pub fn give(path: &Path) -> io::Result<()> {
    let (user, group) = account(NAME)?
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("there is no user `{NAME}`")))?;
    std::os::unix::fs::lchown(path, Some(user), Some(group))
}

/// Accounts of services are local, so the file says it.
fn account(name: &str) -> io::Result<Option<(u32, u32)>> {
    Ok(fs::read_to_string("/etc/passwd")?.lines().find_map(|line| {
        let mut parts = line.split(':');
        (parts.next() == Some(name)).then_some(())?;
        Some((parts.nth(1)?.parse().ok()?, parts.next()?.parse().ok()?))
    }))
}

/// The unit's text for this program.
#[expect(
    clippy::unnecessary_wraps,
    reason = "elsewhere the library writes the description"
)]
pub(super) fn description(scope: Scope, program: &Program) -> Option<String> {
    let text = match scope {
        Scope::System => UNIT,
        Scope::User => USER_UNIT,
    };
    let start = format!("ExecStart={}", command_line(program));
    let lines = text.lines().map(|line| {
        if line.starts_with("ExecStart=") {
            start.as_str()
        } else {
            line
        }
    });
    Some(lines.collect::<Vec<_>>().join("\n") + "\n")
}

/// A package brings the unit: it is enabled, and stays the package's.
pub(super) fn enable_packaged(scope: Scope, program: &Program) -> io::Result<bool> {
    let ours = scope == Scope::System && is_packaged() && program.path == Path::new("/usr/bin/processflow");
    if ours {
        systemctl(scope, &["enable", &unit()])?;
    }
    Ok(ours)
}

pub(super) fn disable_packaged(scope: Scope) -> io::Result<bool> {
    let written = match scope {
        Scope::System => Some(PathBuf::from("/etc/systemd/system")),
        Scope::User => user_units(),
    };
    if written.is_some_and(|units| units.join(unit()).exists()) {
        return Ok(false);
    }
    systemctl(scope, &["disable", &unit()])?;
    Ok(true)
}

fn is_packaged() -> bool {
    PACKAGED.iter().any(|unit| Path::new(unit).exists())
}

/// Lets systemd look at the units anew.
pub(super) fn reload(scope: Scope) -> io::Result<()> {
    systemctl(scope, &["daemon-reload"])
}

/// Lets a user's service start with the machine, not with the session; false where this user may not.
pub fn outlive_session() -> bool {
    run(Command::new("loginctl").arg("enable-linger")).is_ok()
}

fn systemctl(scope: Scope, arguments: &[&str]) -> io::Result<()> {
    let mut command = Command::new("systemctl");
    if scope == Scope::User {
        command.arg("--user");
    }
    run(command.args(arguments))
}

fn run(command: &mut Command) -> io::Result<()> {
    let ended = command.stdin(Stdio::null()).output()?;
    if ended.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
    let name = command.get_program().to_string_lossy().into_owned();
    Err(io::Error::other(format!(
        "{name} ended with {}: {said}",
        ended.status
    )))
}

/// A command as systemd reads it: each part in quotes, specifiers and variables switched off.
fn command_line(program: &Program) -> String {
    let path = program.path.to_string_lossy();
    let parts = std::iter::once(path.as_ref()).chain(program.arguments.iter().map(String::as_str));
    parts.map(quoted).collect::<Vec<_>>().join(" ")
}

fn quoted(part: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/-_.,:=+@".contains(letter);
    if !part.is_empty() && part.chars().all(plain) {
        return part.to_owned();
    }
    let mut text = String::from("\"");
    for letter in part.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            '%' | '$' => text.extend([letter, letter]),
            '\n' => text.push_str("\\n"),
            _ => text.push(letter),
        }
    }
    text + "\""
}

/// Tells systemd how this service stands; nothing where it does not listen.
pub fn tell(standing: Standing<'_>) -> io::Result<()> {
    match standing {
        Standing::Up(doing) => sd_notify::notify(&[NotifyState::Ready, NotifyState::Status(doing)]),
        Standing::Ending => sd_notify::notify(&[
            NotifyState::Stopping,
            NotifyState::Status("Runs come to a safe point."),
        ]),
        Standing::Alive => sd_notify::notify(&[NotifyState::Watchdog]),
    }
}

/// How often [`Standing::Alive`] is wanted, if it is.
pub fn watchdog() -> Option<Duration> {
    // Half of what it allows, so that a slow moment is no reason to be ended.
    sd_notify::watchdog_enabled().map(|most| most / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_starts_the_program_it_was_made_for_and_nothing_else() {
        let program = Program {
            path: "/opt/my tools/100%/processflow".into(),
            arguments: vec![
                "--data-dir".into(),
                "/srv/a \"b\" $HOME\\c".into(),
                "serve".into(),
            ],
        };
        let text = description(Scope::System, &program).expect("systemd wants a unit");
        let starts: Vec<_> = text
            .lines()
            .filter(|line| line.starts_with("ExecStart="))
            .collect();
        assert_eq!(
            starts,
            [r#"ExecStart="/opt/my tools/100%%/processflow" --data-dir "/srv/a \"b\" $$HOME\\c" serve"#],
            "systemd expands % and $, and cuts at spaces"
        );
        assert_eq!(
            text.lines().count(),
            UNIT.lines().count(),
            "the rest of the unit is the packages'"
        );
    }

    #[test]
    fn systemd_itself_finds_nothing_wrong_with_the_units() {
        let Ok(found) = Command::new("systemd-analyze").arg("--version").output() else {
            // Machines without systemd cannot be asked; those that run it can.
            return;
        };
        assert!(found.status.success(), "systemd-analyze answers");
        let folder = tempfile::tempdir().expect("temp folder");
        let program = Program {
            path: "/bin/true".into(),
            arguments: vec!["serve".into()],
        };
        for scope in [Scope::System, Scope::User] {
            let unit = folder.path().join("processflow.service");
            fs::write(&unit, description(scope, &program).expect("a unit")).expect("is written");
            let said = Command::new("systemd-analyze")
                .args(["verify", "--man=no"])
                .arg(&unit)
                .output()
                .expect("it was here a moment ago");
            let said = String::from_utf8_lossy(&said.stderr).into_owned();
            let ours: Vec<_> = said
                .lines()
                .filter(|line| line.contains("processflow.service"))
                .collect();
            assert_eq!(ours, Vec::<&str>::new(), "{scope:?}");
        }
    }
}
