//! How a command ends, and how an error is put before people and scripts. The one place that renders errors.

use std::{fmt::Write as _, process::ExitCode};

use connector_kit::{Error, Kind};
use engine::secrets::Redaction;
use serde_json::{Value, json};

use super::plain;

/// A result whose error is a [`Failure`].
pub(crate) type Outcome<T> = Result<T, Failure>;

/// How a command ended. Scripts rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// 0
    Done,
    /// Something failed or waits for a person: 1
    Problems,
    /// 2
    Usage,
    /// A person must act: 3
    Config,
    /// Waiting can help: 4
    Unavailable,
    /// A mistake of this program: 5
    Bug,
}

impl Exit {
    /// What an error of this kind ends with. A rejected record is a problem, not the end of the world.
    pub(crate) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Rejected => Self::Problems,
            Kind::Config => Self::Config,
            Kind::Unavailable { .. } => Self::Unavailable,
            Kind::Bug => Self::Bug,
        }
    }

    /// As the system hears it.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Problems => 1,
            Self::Usage => 2,
            Self::Config => 3,
            Self::Unavailable => 4,
            Self::Bug => 5,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What the program met.
    Error(Error),
    /// It was asked in a wrong way, which the parser could not see.
    Usage(Error),
    /// What the program met, and has told scripts already in more detail.
    Told(Error),
    /// Who read the data has gone (`| head`): nothing to say.
    NobodyReads,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Failure {
    /// Wrong usage, with the way out.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage(Error::config(message).hint(hint))
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Error(error) | Self::Told(error) => Exit::of(error.kind),
            Self::Usage(_) => Exit::Usage,
            Self::NobodyReads => Exit::Done,
        }
    }

    fn error(&self) -> Option<&Error> {
        match self {
            Self::Error(error) | Self::Usage(error) | Self::Told(error) => Some(error),
            Self::NobodyReads => None,
        }
    }

    /// For people.
    pub(super) fn text(&self, colours: bool) -> Option<String> {
        let error = self.error()?;
        let (red, cyan, end) = if colours {
            ("\x1b[1;31m", "\x1b[1;36m", "\x1b[0m")
        } else {
            ("", "", "")
        };
        let mut text = format!("{red}error{end}: {}", plain(&error.message));
        if let Some(hint) = &error.hint {
            write!(text, "\n\n{cyan}hint{end}: {}", plain(hint)).expect("text takes everything");
        }
        Some(text)
    }

    /// For scripts: `{"error":{"kind":"config","message":"…","hint":"…"}}`.
    pub(super) fn to_json(&self) -> Option<Value> {
        let error = self.error().filter(|_| !matches!(self, Self::Told(_)))?;
        let kind = if let Self::Usage(_) = self {
            "usage"
        } else {
            kind_word(error.kind)
        };
        Some(
            json!({ "error": { "kind": kind, "message": masked(&error.message), "hint": error.hint.as_deref().map(masked) } }),
        )
    }
}

fn masked(text: &str) -> String {
    Redaction::global().mask(text).into_owned()
}

/// A kind of error as one word.
pub(crate) fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Config => "config",
        Kind::Unavailable { .. } => "unavailable",
        Kind::Rejected => "rejected",
        Kind::Bug => "bug",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_its_way_out_after_an_empty_line() {
        let failure =
            Failure::from(Error::config("connection `shop` was refused (401)").hint("Enter a new token."));
        let text = "error: connection `shop` was refused (401)\n\nhint: Enter a new token.";
        assert_eq!(
            failure.text(false).as_deref(),
            Some(text),
            "the form people and tests know"
        );
        assert_eq!(failure.exit(), Exit::Config, "a person must act");
    }

    #[test]
    fn exit_codes_are_what_scripts_rely_on() {
        let cases = [
            (Failure::from(Error::rejected("x")), 1),
            (Failure::usage("x", "y"), 2),
            (Failure::from(Error::config("x")), 3),
            (Failure::from(Error::unavailable("x")), 4),
            (Failure::from(Error::bug("x")), 5),
            (Failure::NobodyReads, 0),
        ];
        for (failure, number) in cases {
            assert_eq!(failure.exit().number(), number, "{failure:?}");
        }
    }

    #[test]
    fn what_a_store_says_cannot_steer_the_terminal() {
        let failure = Failure::from(Error::rejected("product \x1b[2J\u{202e}x was refused"));
        let text = failure.text(false).expect("a text");
        assert!(
            !text.contains(['\x1b', '\u{202e}']),
            "control characters are spelled out: {text}"
        );
    }
}
