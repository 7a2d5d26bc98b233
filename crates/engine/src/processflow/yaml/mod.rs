//! YAML for processflow files: every value keeps its place in the file.
//!
//! serde-saphyr reads the text into a tree of [`Node`]s (bounded in size, depth and aliases); [`decode`] turns a node
//! into a type by serde, so that the structs of the file are the one description of its format. serde-saphyr could
//! do both at once, but stops at the first mistake: a person who mends a file wants all of them.

mod access;
mod decode;
mod document;
mod fault;
mod traps;
mod written;

pub(crate) use decode::decode;
pub(crate) use document::{Content, Document, Entry, Node};
pub(crate) use fault::Fault;
pub(crate) use written::{At, Entries, Written};
