//! launchd and the Windows service manager, through the same library. Unbuilt so far.

use std::{io, path::Path, time::Duration};

use service_manager::{ServiceManager, native_service_manager};

use super::Standing;
use crate::{
    os::service_folder,
    service::{Program, Scope},
};

pub(super) fn manager() -> io::Result<Box<dyn ServiceManager>> {
    native_service_manager()
}

/// Whether this system's service manager is there; why not, in words.
pub fn is_there(scope: Scope) -> Result<(), String> {
    if cfg!(windows) && scope == Scope::User {
        return Err("Windows has no services of one user".to_owned());
    }
    match manager().and_then(|manager| manager.available()) {
        Ok(true) => Ok(()),
        Ok(false) => Err("the system's service manager is not there".to_owned()),
        Err(error) => Err(format!("the system's service manager does not answer ({error})")),
    }
}

/// Whether it starts by itself.
pub fn is_enabled(scope: Scope) -> bool {
    match scope {
        Scope::System if cfg!(target_os = "macos") => {
            Path::new("/Library/LaunchDaemons/processflow.plist").exists()
        }
        Scope::System => service_folder().is_dir(),
        Scope::User => directories::BaseDirs::new().is_some_and(|dirs| {
            dirs.home_dir()
                .join("Library/LaunchAgents/processflow.plist")
                .exists()
        }),
    }
}

/// Makes the folder that says that there is a service, and holds its data.
pub fn prepare(scope: Scope) -> io::Result<()> {
    match scope {
        Scope::System => std::fs::create_dir_all(service_folder()),
        Scope::User => Ok(()),
    }
}

/// Rights are the access list's.
pub fn join(_user: &str) -> io::Result<bool> {
    Ok(false)
}

/// Rights are inherited from the folder.
pub fn give(_path: &Path) -> io::Result<()> {
    Ok(())
}

pub(super) fn description(_scope: Scope, _program: &Program) -> Option<String> {
    None
}

pub(super) fn enable_packaged(_scope: Scope, _program: &Program) -> io::Result<bool> {
    Ok(false)
}

pub(super) fn disable_packaged(_scope: Scope) -> io::Result<bool> {
    Ok(false)
}

pub(super) fn reload(_scope: Scope) -> io::Result<()> {
    Ok(())
}

/// Windows is told by [`crate::os::run_as_service`]; launchd does not ask.
pub fn tell(_standing: Standing<'_>) -> io::Result<()> {
    Ok(())
}

/// Not asked for.
pub fn watchdog() -> Option<Duration> {
    None
}

/// A user's service ends with the session.
pub fn outlive_session() -> bool {
    false
}
