//! Levels of the log.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A level of the log, by consequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Data is lost or a person must act.
    Error,
    /// Odd, but recovered.
    Warn,
    /// A run began, ended, paused.
    #[default]
    Info,
    /// Per batch.
    Debug,
    /// Per request.
    Trace,
}

impl LogLevel {
    /// The level's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}
