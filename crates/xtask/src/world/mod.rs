//! What bench and conformance work in: a sandbox store and agents, each a process of its own, of one build of
//! `processflow` (`debug`, `release`).

mod agent;
mod store;

pub(crate) use agent::Agent;
pub(crate) use store::{Asked, Store};
