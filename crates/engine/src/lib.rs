//! The engine: processflow files, runs, schedule, state, secrets, operations.
//!
//! It moves records and knows no connector; the shells (command line, desktop) hand it `connectors::all()`.
//! Files say what should happen, SQLite says what happened, the key store holds what nobody may see.

pub mod agent;
pub mod drafts;
pub mod folder;
pub mod logs;
pub mod operations;
pub mod os;
pub(crate) mod placeholder;
pub mod processflow;
pub mod run;
pub mod schedule;
pub mod secrets;
pub mod service;
pub mod state;
