//! YAML for processflow files: every value keeps its place in the file.
//!
//! serde-saphyr reads the text into a tree of [`Node`]s (bounded in size, depth and aliases); [`decode`] turns a node
//! into a type by serde, so that the structs of the file are the one description of its format. serde-saphyr could
//! do both at once, but stops at the first mistake: a person who mends a file wants all of them.

mod decode;
mod document;
mod traps;

pub(crate) use decode::{At, Entries, Fault, Written, decode};
pub(crate) use document::{Content, Document, Entry, Node};
