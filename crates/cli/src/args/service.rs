//! `serve`, `service`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `serve`
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Started by the Windows service manager, which waits for an answer
    #[arg(long, hide = true)]
    under_service_manager: bool,
}

/// `service`
#[derive(Debug, Args)]
pub(crate) struct ServiceArgs {
    /// What to do with the service
    #[command(subcommand)]
    pub(crate) command: ServiceCommand,
}

/// What to do with the service.
#[derive(Debug, Subcommand)]
pub(crate) enum ServiceCommand {
    /// Install and start it; from then on it starts by itself
    Install(InstallArgs),
    /// Stop it and take it away; its data stays
    Uninstall(ScopeArgs),
    /// Start it
    Start(ScopeArgs),
    /// Stop it, at a safe point
    Stop(ScopeArgs),
    /// Show how it stands
    Status(ScopeArgs),
}

/// Whose service.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ScopeArgs {
    /// The machine's: runs under an account of its own, also when nobody is signed in
    #[arg(long, conflicts_with = "user")]
    pub(crate) system: bool,
    /// This user's, in this user's data folder
    #[arg(long)]
    pub(crate) user: bool,
}

/// `service install`
#[derive(Debug, Args)]
pub(crate) struct InstallArgs {
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    /// Move what lies in this data folder to the machine's service: connections, processflows, history
    #[arg(long, value_name = "DIR", conflicts_with = "user")]
    pub(crate) from: Option<PathBuf>,
}
