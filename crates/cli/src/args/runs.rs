//! `run`, `runs`, `show`.

use clap::{Args, ValueEnum};

use super::{KeyValue, When};

/// `run`
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The processflow
    pub(crate) name: String,
    /// Read everything again, from the beginning
    #[arg(long, conflicts_with_all = ["ids", "since", "filter"])]
    pub(crate) full: bool,
    /// Read these records only; the watermark stays
    #[arg(long, value_name = "A,B", value_delimiter = ',', conflicts_with_all = ["since", "filter"])]
    pub(crate) ids: Vec<String>,
    /// Read what changed since then; the watermark stays
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<When>,
    /// A filter of this run alone; the watermark stays
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) filter: Vec<KeyValue>,
}

/// `runs`
#[derive(Debug, Args)]
pub(crate) struct RunsArgs {
    /// Of one processflow only
    pub(crate) name: Option<String>,
    /// With set-aside records only
    #[arg(long)]
    pub(crate) failures: bool,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: u32,
}

/// `show`
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The run's id (its beginning is enough), or `last`
    pub(crate) run: String,
    /// Records of one outcome only
    #[arg(long, value_name = "OUTCOME")]
    pub(crate) outcome: Option<OutcomeWord>,
    /// How many records at most
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: u32,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OutcomeWord {
    /// It is there now
    Written,
    /// It was there already
    Unchanged,
    /// A rule says no
    Skipped,
    /// It was set aside
    Failed,
}
