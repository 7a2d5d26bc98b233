//! What bench and conformance work in: a sandbox store and agents, each a process of its own, of one build of
//! `processflow` (`debug`, `release`); and how a server on this machine is asked.

mod agent;
mod http;
mod store;

pub(crate) use agent::Agent;
pub(crate) use http::{Answer, Asked, JSON};
pub(crate) use store::Store;
