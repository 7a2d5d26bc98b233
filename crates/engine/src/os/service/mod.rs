//! The system's service manager: asked to keep the agent running, and told how it stands.
//!
//! Each system has the same functions; which folders and accounts are meant is [`crate::service`]'s business.

use std::io;

use service_manager::{
    ServiceInstallCtx, ServiceLabel, ServiceLevel, ServiceManager, ServiceStartCtx, ServiceStatus,
    ServiceStatusCtx, ServiceStopCtx, ServiceUninstallCtx,
};

#[cfg(target_os = "linux")]
mod systemd;
#[cfg(target_os = "linux")]
use systemd as system;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
use other as system;

use crate::service::{Program, Scope};

pub use system::{give, is_enabled, is_there, join, outlive_session, prepare, tell, watchdog};

/// How a service stands, as it tells the service manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It is up; in a line, what it does.
    Up(&'a str),
    /// It comes to a safe point and ends.
    Ending,
    /// It still works: to be said again before the watchdog's time is over.
    Alive,
}

/// Whether it runs now.
pub fn is_running(scope: Scope) -> io::Result<bool> {
    let status = manager(scope)?.status(ServiceStatusCtx { label: label() })?;
    Ok(status == ServiceStatus::Running)
}

/// Writes the service down, and has it started with the machine (or with the user's session manager).
pub fn install(scope: Scope, program: &Program) -> io::Result<()> {
    if system::enable_packaged(scope, program)? {
        return Ok(());
    }
    manager(scope)?.install(ServiceInstallCtx {
        label: label(),
        program: program.path.clone(),
        args: program.arguments.iter().map(Into::into).collect(),
        contents: system::description(scope, program),
        username: None,
        working_directory: None,
        environment: None,
        autostart: true,
        restart_policy: Default::default(),
    })?;
    system::reload(scope)
}

/// Takes the service away; its data stays.
pub fn uninstall(scope: Scope) -> io::Result<()> {
    if !system::disable_packaged(scope)? {
        manager(scope)?.uninstall(ServiceUninstallCtx { label: label() })?;
    }
    system::reload(scope)
}

/// Starts it; comes back once it says that it is up.
pub fn start(scope: Scope) -> io::Result<()> {
    manager(scope)?.start(ServiceStartCtx { label: label() })
}

/// Ends it; comes back once it came to a safe point.
pub fn stop(scope: Scope) -> io::Result<()> {
    manager(scope)?.stop(ServiceStopCtx { label: label() })
}

fn manager(scope: Scope) -> io::Result<Box<dyn ServiceManager>> {
    let mut manager = system::manager()?;
    if scope == Scope::User {
        manager.set_level(ServiceLevel::User)?;
    }
    Ok(manager)
}

fn label() -> ServiceLabel {
    ServiceLabel {
        qualifier: None,
        organization: None,
        application: NAME.to_owned(),
    }
}

/// What service managers call it.
const NAME: &str = "processflow";
