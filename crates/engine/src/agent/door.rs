//! The way in: this process is the agent, or a client of the one that is.

use std::sync::Arc;

use connector_kit::Result;
use serde_json::Value;

use super::{Agent, Desk, Shell, socket};
use crate::{
    folder::Attempt,
    operations::{self, Acts, Reads},
};

/// An attached data folder.
pub enum Door {
    /// This process is the agent.
    Agent(Arc<Agent>),
    /// Another one is; this is its client.
    Client(Desk, socket::Client),
}

impl Door {
    /// Lock free: become the agent and serve the others. Lock taken: be a client of its holder.
    pub async fn attach(desk: Desk, shell: Shell) -> Result<Self> {
        match desk.folder().try_lock(desk.clock().now())? {
            Attempt::Ours(lock) => {
                let agent = Agent::new(desk, lock, shell).await?;
                socket::serve(&agent)?;
                Ok(Self::Agent(agent))
            }
            Attempt::Held(holder) => {
                let client = socket::Client::connect(&holder, &desk).await?;
                Ok(Self::Client(desk, client))
            }
        }
    }

    /// Looks: here, without asking the agent.
    pub fn look<R: Reads>(&self, input: R) -> Result<R::Output> {
        input.read(self.desk())
    }

    /// Acts: in the agent, wherever it is.
    pub async fn call<A: Acts>(&self, input: A) -> Result<A::Output> {
        match self {
            Self::Agent(agent) => input.act(agent).await,
            Self::Client(_, client) => client.call(input).await,
        }
    }

    /// Any operation by name, with JSON.
    pub async fn call_by_name(&self, name: &str, input: Value) -> Result<Value> {
        match self {
            _ if operations::READS.contains(&name) => operations::read(self.desk(), name, input),
            Self::Agent(agent) => operations::act(agent, name, input).await,
            Self::Client(_, client) => client.call_by_name(name, input).await,
        }
    }

    /// The data folder as its readers see it.
    pub fn desk(&self) -> &Desk {
        match self {
            Self::Agent(agent) => agent.desk(),
            Self::Client(desk, _) => desk,
        }
    }

    /// Whether runs live in this process: then it must not end before they do.
    pub fn is_agent(&self) -> bool {
        matches!(self, Self::Agent(_))
    }
}
