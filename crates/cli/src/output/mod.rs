//! What reaches the person and the script: data on standard output, talk on standard error.
//!
//! Readable without colour; colours only on a terminal, and never with NO_COLOR. What comes from stores and
//! files is shown with its control characters spelled out. Leaves out what is said, which is the commands' matter.

mod failure;
mod table;
mod words;

use std::{
    fmt::Display,
    io::{self, ErrorKind, IsTerminal, Write},
};

use engine::secrets::Redaction;
use serde::Serialize;

pub(crate) use failure::{Exit, Failure, Outcome, kind_word};
pub(crate) use table::Table;
pub(crate) use words::{bytes, moment, names, number, plain, plural, seconds_between};

/// Where data and talk go, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    /// Data is JSON.
    pub(crate) json: bool,
    colours: bool,
}

impl Console {
    /// The console of this process.
    pub(crate) fn new(json: bool) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            json,
            colours: !refused,
        }
    }

    /// Whether a person reads the data as it comes.
    pub(crate) fn data_on_terminal() -> bool {
        io::stdout().is_terminal()
    }

    /// Whether a person reads the talk as it comes.
    pub(crate) fn talk_on_terminal() -> bool {
        io::stderr().is_terminal()
    }

    /// Whether a person answers.
    pub(crate) fn person_answers() -> bool {
        io::stdin().is_terminal()
    }

    /// Whether data may be coloured.
    pub(crate) fn colours_data(self) -> bool {
        self.colours && io::stdout().is_terminal()
    }

    /// Whether talk may be coloured.
    pub(crate) fn colours_talk(self) -> bool {
        self.colours && io::stderr().is_terminal()
    }

    /// Prints a line of data at once.
    #[expect(
        clippy::unused_self,
        reason = "the console's place is fixed; what is said goes through it all the same"
    )]
    pub(crate) fn data(self, line: impl Display) -> Outcome<()> {
        let mut out = io::stdout().lock();
        match writeln!(out, "{line}").and_then(|()| out.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::NobodyReads),
            Err(error) => Err(connector_kit::Error::config(format!(
                "standard output cannot be written: {error}"
            ))
            .into()),
            Ok(()) => Ok(()),
        }
    }

    /// Prints data as one line of JSON.
    pub(crate) fn json(self, value: &impl Serialize) -> Outcome<()> {
        let line = serde_json::to_string(value)
            .map_err(|error| connector_kit::Error::bug(format!("an answer does not serialise: {error}")))?;
        self.data(line)
    }

    /// Prints data: as JSON where that was asked for, else as `human` says it.
    pub(crate) fn show<T: Serialize>(self, value: &T, human: impl FnOnce(&T) -> Outcome<()>) -> Outcome<()> {
        if self.json { self.json(value) } else { human(value) }
    }

    /// Prints a table of data.
    pub(crate) fn table(self, table: &Table) -> Outcome<()> {
        self.data(table.render(self))
    }

    /// Says something to the person. A standard error that nobody reads stops nothing.
    #[expect(clippy::unused_self, reason = "as with data")]
    pub(crate) fn talk(self, line: impl Display) {
        // What a store or a database says back may hold what was sent to it.
        let line = line.to_string();
        drop(writeln!(
            io::stderr().lock(),
            "{}",
            Redaction::global().mask(&line)
        ));
    }

    /// Says how a command failed: `error: …`, an empty line, `hint: …`. With `--json` the error is data as well.
    pub(crate) fn failed(self, failure: &Failure) {
        if let Some(text) = failure.text(self.colours_talk()) {
            self.talk(text);
        }
        if let (true, Some(value)) = (self.json, failure.to_json()) {
            // Standard output may be what failed; the exit code says it all the same.
            drop(self.json(&value));
        }
    }
}
