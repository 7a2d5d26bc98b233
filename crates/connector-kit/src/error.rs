//! The one error type that crosses every boundary.
//!
//! An error names the thing, the fact, and the way out. Its [`Kind`] is what the program does about it, so a
//! kind is added only when the program would do something new.

use std::{fmt, sync::Arc, time::Duration};

use ts_rs::TS;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What happened, what it means, and what to do next. Never holds a secret or a whole record.
#[derive(Clone)]
pub struct Error {
    /// What the program does about it.
    pub kind: Kind,
    /// One sentence: the thing and the fact.
    pub message: String,
    /// One next step for the person who reads it.
    pub hint: Option<String>,
    /// What lay underneath, for the log and the "raw text" view.
    pub source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// What the program does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Pause: a person must act (credentials, settings, a processflow file).
    Config,
    /// Wait and go on from the watermark.
    Unavailable {
        /// How long the other side asked us to wait, where it said so.
        #[ts(type = "{ secs: number; nanos: number } | null")]
        retry_after: Option<Duration>,
    },
    /// Set this record aside with payload and cause; the others go on.
    Rejected,
    /// A mistake of this program: fail the run, keep everything.
    Bug,
}

impl Error {
    /// A person must act: credentials, settings, or a processflow file are wrong.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Kind::Config, message)
    }

    /// The other side cannot answer now; nothing is lost by waiting.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable { retry_after: None }, message)
    }

    /// This one record (or row) is not acceptable; the others are.
    pub fn rejected(message: impl Into<String>) -> Self {
        Self::new(Kind::Rejected, message)
    }

    /// A mistake of this program.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Kind::Bug, message)
    }

    /// An error of the given kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    /// Adds the one next step.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds what lay underneath.
    pub fn source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Says how long the other side asked us to wait; only meaningful for [`Kind::Unavailable`].
    pub fn retry_after(mut self, wait: Duration) -> Self {
        if let Kind::Unavailable { retry_after } = &mut self.kind {
            *retry_after = Some(wait);
        }
        self
    }

    /// Puts what was being done in front of the message: `reading page 3 of orders: …`.
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = format!("{doing}: {}", self.message);
        self
    }

    /// True when waiting can help.
    pub fn is_unavailable(&self) -> bool {
        matches!(self.kind, Kind::Unavailable { .. })
    }

    /// Message and everything beneath it, for logs.
    pub fn chain(&self) -> String {
        let mut text = self.message.clone();
        let mut next = self
            .source
            .as_deref()
            .map(|source| source as &dyn std::error::Error);
        while let Some(source) = next {
            text.push_str(": ");
            text.push_str(&source.to_string());
            next = source.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}: {}", self.kind, self.chain())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Adds what was being done to an error, where the caller could not know it.
pub trait Context<T> {
    /// `reading page 3 of orders: …`
    fn context<D: fmt::Display>(self, doing: impl FnOnce() -> D) -> Result<T>;
}

impl<T> Context<T> for Result<T> {
    fn context<D: fmt::Display>(self, doing: impl FnOnce() -> D) -> Result<T> {
        self.map_err(|error| error.context(doing()))
    }
}
