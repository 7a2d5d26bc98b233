//! `check`, `deploy`, `versions`, `rollback`, `pause`.

use std::path::PathBuf;

use clap::Args;

use super::{KeyValue, Length};

/// `check`
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The file, or the folder with processflow.yaml and cases/
    pub(crate) path: PathBuf,
}

/// `deploy`
#[derive(Debug, Args)]
pub(crate) struct DeployArgs {
    /// The file, or the folder with processflow.yaml
    pub(crate) path: PathBuf,
    /// Which saved connection stands behind an alias of the file
    #[arg(long, value_name = "ALIAS=NAME")]
    pub(crate) connection: Vec<KeyValue>,
    /// Why, for those who look at the versions later
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}

/// `versions`
#[derive(Debug, Args)]
pub(crate) struct VersionsArgs {
    /// The processflow
    pub(crate) name: String,
    /// Print the file of this version
    #[arg(long, value_name = "VERSION")]
    pub(crate) text: Option<u64>,
}

/// `rollback`
#[derive(Debug, Args)]
pub(crate) struct RollbackArgs {
    /// The processflow
    pub(crate) name: String,
    /// The version to go back to
    pub(crate) version: u64,
}

/// `pause`
#[derive(Debug, Args)]
pub(crate) struct PauseArgs {
    /// The processflow
    pub(crate) name: String,
    /// For how long (90 min, 2h, 1 day); until resumed when left out
    #[arg(long = "for", value_name = "TIME")]
    pub(crate) length: Option<Length>,
}
