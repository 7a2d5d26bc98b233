//! JSON lines: one JSON value a line.

mod read;
mod write;

pub use read::JsonlRead;
pub use write::JsonlWrite;
