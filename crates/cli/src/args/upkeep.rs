//! `demo`, `sandbox`, `logs`, `cache`, `settings`, `schema`, `call`, `completions`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{KeyValue, When};

/// `demo`
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where to leave the data folder and the results
    #[arg(long, value_name = "DIR", default_value = "processflow-demo")]
    pub(crate) keep: PathBuf,
}

/// `sandbox`
#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// Port on 127.0.0.1; a free one when left out
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// How many products
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) products: u32,
    /// How many customers
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub(crate) customers: u32,
    /// How many orders
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub(crate) orders: u32,
    /// The same seed and sizes make the same store
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Requests in 30 seconds; no limit when left out
    #[arg(long, value_name = "N")]
    pub(crate) quota: Option<u32>,
    /// How long each request takes at least
    #[arg(long, value_name = "L", default_value_t = 0)]
    pub(crate) latency_ms: u64,
    /// Keep each request and its answer as a line of JSON in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
}

/// `logs`
#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// Go on printing what is written, until Ctrl-C
    #[arg(long)]
    pub(crate) follow: bool,
    /// This level and worse
    #[arg(long, value_name = "LEVEL")]
    pub(crate) level: Option<LevelWord>,
    /// Of one processflow only
    #[arg(long, value_name = "NAME")]
    pub(crate) processflow: Option<String>,
    /// Of one run only
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// Lines that hold this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
    /// Lines written since then
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<When>,
    /// Lines written before then
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<When>,
    /// How many at most, the newest
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) limit: usize,
}

/// A level of the log.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LevelWord {
    /// Data is lost or a person must act
    Error,
    /// Odd, but recovered
    Warn,
    /// A run began, ended, paused
    Info,
    /// Per batch
    Debug,
    /// Per request
    Trace,
}

/// `cache`
#[derive(Debug, Args)]
pub(crate) struct CacheArgs {
    /// Shows both areas when left out
    #[command(subcommand)]
    pub(crate) command: Option<CacheCommand>,
}

/// What to do with cache and temp.
#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// Clear cache, temp, or diagnosis; safe at any instant
    Clear {
        /// Cache and temp when left out
        area: Option<ClearWord>,
    },
}

/// What may be cleared.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ClearWord {
    /// Unfinished files, unpacked imports, previews
    Temp,
    /// Look-ups, tracking modes, learned limits
    Cache,
    /// What runs in diagnosis mode wrote down
    Diagnosis,
}

/// `settings`
#[derive(Debug, Args)]
pub(crate) struct SettingsArgs {
    /// Shows all when left out
    #[command(subcommand)]
    pub(crate) command: Option<SettingsCommand>,
}

/// What to do with settings.
#[derive(Debug, Subcommand)]
pub(crate) enum SettingsCommand {
    /// Change settings
    Set {
        /// One or more
        #[arg(required = true, value_name = "KEY=VALUE")]
        settings: Vec<KeyValue>,
    },
}

/// `schema`
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// List the functions of expressions instead
    #[arg(long)]
    pub(crate) functions: bool,
}

/// `call`
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// Its name, as in `start_run`
    pub(crate) operation: String,
    /// Its input; nothing when left out, standard input for -
    #[arg(value_name = "JSON")]
    pub(crate) input: Option<String>,
}

/// `completions`
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// `manual`
#[derive(Debug, Args)]
pub(crate) struct ManualArgs {
    /// The folder; it is there
    pub(crate) folder: PathBuf,
}
