//! `find`, `watermark`, `failed`, `retry`, `edit`, `dismiss`.

use std::path::PathBuf;

use clap::Args;

use super::{KeyValue, When};

/// `find`
#[derive(Debug, Args)]
pub(crate) struct FindArgs {
    /// A record's id, number, SKU, e-mail, or what the destination calls it
    pub(crate) text: String,
}

/// `watermark`
#[derive(Debug, Args)]
pub(crate) struct WatermarkArgs {
    /// The processflow
    pub(crate) name: String,
    /// Let the next run read what changed since then, and go on from there
    #[arg(long = "move", value_name = "TIME")]
    pub(crate) to: Option<When>,
}

/// `variables`
#[derive(Debug, Args)]
pub(crate) struct VariablesArgs {
    /// The processflow
    pub(crate) name: String,
    /// Let the next run begin with this value: a number, `true`, `null`, or else a text
    #[arg(long, value_name = "VARIABLE=VALUE")]
    pub(crate) set: Vec<KeyValue>,
    /// Give an encrypted variable its value: asked for, or a line of standard input
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) secret: Vec<String>,
    /// Forget what is kept: the next run begins with what the file says
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) forget: Vec<String>,
}

/// `failed`
#[derive(Debug, Args)]
pub(crate) struct FailedArgs {
    /// Of one processflow only
    pub(crate) name: Option<String>,
    /// Print the payload of the record with this number
    #[arg(long, value_name = "NUMBER", conflicts_with = "name")]
    pub(crate) payload: Option<i64>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) limit: u32,
}

/// `retry`
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct RetryArgs {
    /// Numbers of set-aside records
    pub(crate) numbers: Vec<i64>,
    /// All of one processflow
    #[arg(long, value_name = "NAME")]
    pub(crate) processflow: Option<String>,
    /// All there are
    #[arg(long)]
    pub(crate) all: bool,
}

/// `edit`
#[derive(Debug, Args)]
pub(crate) struct EditRecordArgs {
    /// The record's number
    pub(crate) number: i64,
    /// A file with the new payload, or - for standard input; the editor opens when left out
    #[arg(long, value_name = "FILE")]
    pub(crate) payload: Option<PathBuf>,
}

/// `dismiss`
#[derive(Debug, Args)]
pub(crate) struct DismissArgs {
    /// The records' numbers
    #[arg(required = true)]
    pub(crate) numbers: Vec<i64>,
    /// Why they may go
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: String,
}
