//! The way in: this process is the agent, or a client of the one that is.

use std::{sync::Arc, time::Duration};

use connector_kit::Result;
use serde_json::Value;

use super::{Agent, Desk, Shell, remote, socket};
use crate::{
    folder::Attempt,
    operations::{self, Acts, Reads},
    os,
};

/// How often, and how far apart, a holder that does not answer is asked again.
const TRIES: u32 = 100;
const AGAIN: Duration = Duration::from_millis(50);

/// How often the service is tried before it counts as not running.
const REACHES: u32 = 20;

/// An attached data folder.
pub enum Door {
    /// This process is the agent.
    Agent(Arc<Agent>),
    /// Another one is; this is its client.
    Client(Desk, socket::Client),
}

impl Door {
    /// Lock free: become the agent and serve the others. Lock taken: be a client of its holder.
    ///
    /// # Errors
    /// Config when the holder does not listen for seconds: it is not an agent of this version.
    pub async fn attach(desk: Desk, shell: Shell) -> Result<Self> {
        if desk.folder().is_closed() {
            return Self::reach(desk).await;
        }
        let mut tries = 0;
        loop {
            let holder = match desk.folder().try_lock(desk.clock().now())? {
                Attempt::Ours(lock) => {
                    let agent = Agent::new(desk, lock, shell).await?;
                    socket::serve(&agent)?;
                    return Ok(Self::Agent(agent));
                }
                Attempt::Held(holder) => holder,
            };
            if let Some(client) = socket::Client::connect(&holder).await {
                return Ok(Self::Client(desk, client));
            }
            tries += 1;
            if tries == TRIES {
                return Err(holder.error(desk.folder()));
            }
            // It took the lock this instant and is about to listen, or it is about to leave.
            desk.clock().sleep(AGAIN).await;
        }
    }

    /// A client of the service: its folder is closed to everybody else.
    async fn reach(desk: Desk) -> Result<Self> {
        let holder = desk.folder().holder()?;
        for _ in 0..REACHES {
            if let Some(client) = socket::Client::connect(&holder).await {
                return Ok(Self::Client(desk, client));
            }
            // It may be starting, or starting again.
            desk.clock().sleep(AGAIN).await;
        }
        match os::connect(&holder.socket).await {
            Err(error) => Err(remote::closed(&error)),
            Ok(_) => Err(holder.error(desk.folder())),
        }
    }

    /// Looks: here, without asking the agent, where the folder is open to us.
    pub fn look<R: Reads>(&self, input: R) -> Result<R::Output> {
        operations::look(self.desk(), input)
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
