//! Placeholders in the parameters of a read action: `~{CreatedDate}~` and its kin, `${Name}`, and `{$}`.
//!
//! They come from the agents people know, and mean what they mean there: a date that the program knows and the file does
//! not. Only the engine knows how far a processflow came, and only the system at the other end knows what time it is there
//! ([`System::now`](connector_kit::System::now)); so they are filled in here, before an action sees its parameters, for
//! systems that tell their time. An action sees plain dates: ISO 8601 in UTC unless the placeholder says otherwise.
//!
//! | placeholder | stands for |
//! |---|---|
//! | `~{CreatedDate}~`, `~{GetLastCreatedDate}~`, `~{CreatedDateWithParams}~`, `~{ReadDate}~`, `~{ReadDateTime}~` | how far the last run came |
//! | `~{MaxDateLimit}~` | the system's present time |
//! | `${Name}`, `~{gen:GetContextualData(Name)}~` | the kept variable of that name, as it was when the reading began |
//!
//! Each may say a format and an offset: `~{CreatedDate('yyyy-MM-dd HH:mm:ss', '-6')}~`. An offset in quotes behind a format
//! is in hours, one alone in days (as the documents of those agents have it), and `'-90 min'`, `'-6 h'`, `'-2 d'` say so
//! themselves. Before the first run, how far it came is the beginning of 1970.
//!
//! [`read`] takes a text apart, [`Values`] fills it in, [`pattern`] is the format, [`known`] the names.

mod known;
mod pattern;
mod read;
mod values;

pub(crate) use known::{KNOWN, Known, Stands};
pub(crate) use pattern::Pattern;
pub(crate) use read::{Piece, Placeholder, read};
pub(crate) use values::{Kept, Reach, Values, kept, reach, texts};

/// What stands for the ids of chosen records, in what is asked for when they are read again.
pub(crate) const IDS: &str = "{$}";
/// What a kept variable's name begins with; `}` ends it.
pub(crate) const VARIABLE: &str = "${";
/// What a placeholder begins and ends with.
pub(crate) const OPEN: &str = "~{";
pub(crate) const CLOSE: &str = "}~";

#[cfg(test)]
mod tests;
