//! The contract of a connector (`connector-kit`), held against every action of every connector.
//!
//! An action that is declared and has no fixture fails here; a check that does not fit an action is named in
//! [`exceptions`] with its reason. So a new action is checked strictly from its first day.

mod answers;
mod declared;
mod exceptions;
mod few;
mod fixtures;
mod logs;
mod looks;
mod reads;
mod settling;
mod transactions;
mod whole_api;
mod world;
mod writes;
