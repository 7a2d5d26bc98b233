//! A mark on errors of records that do not look as an expression needs them. One such record is its own matter; a page of
//! them is the processflow's (`run/drift.rs`).

use std::fmt;

use connector_kit::Error;

use super::term::Term;

/// In what a record is unlike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unlike {
    /// It lacks a field.
    Missing,
    /// A field is of another type, or written in another way.
    Type,
}

impl Unlike {
    /// Marks an error that is about this value. Null is a value of every type.
    pub(crate) fn mark(error: Error, value: &Term<'_>) -> Error {
        match value {
            Term::Null => error,
            _ => error.source(Self::Type),
        }
    }

    /// The mark of an error.
    pub(crate) fn of(error: &Error) -> Option<Self> {
        error.source.as_ref()?.downcast_ref().copied()
    }
}

impl fmt::Display for Unlike {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}

impl std::error::Error for Unlike {}
