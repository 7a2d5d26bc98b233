//! The data folder behind the window, for as long as the program lives: its agent, or the client of the one that is.
//! When that one leaves, attached again; the window hears of it as one more change.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use connector_kit::{Error, Result};
use engine::{
    agent::{Agent, Change, Client, Desk, Door, Shell, Topic},
    operations,
};
use serde_json::Value;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How long a call waits for a door: another agent is leaving, or this one is starting.
const PATIENCE: Duration = Duration::from_secs(10);

/// How soon a data folder is tried again that could not be attached to.
const AGAIN: Duration = Duration::from_secs(2);

/// What a listener may be behind before it is told to look at everything.
const BEHIND: usize = 256;

/// An attached data folder.
pub(crate) struct Attached {
    desk: Desk,
    shell: Shell,
    door: watch::Sender<Option<Arc<Door>>>,
    trouble: Mutex<Option<Error>>,
    changes: broadcast::Sender<Change>,
    end: CancellationToken,
}

impl Attached {
    /// Nothing is attached yet.
    pub(crate) fn new(desk: Desk, shell: Shell) -> Arc<Self> {
        Arc::new(Self {
            desk,
            shell,
            door: watch::Sender::new(None),
            trouble: Mutex::default(),
            changes: broadcast::Sender::new(BEHIND),
            end: CancellationToken::new(),
        })
    }

    /// The data folder as its readers see it.
    pub(crate) fn desk(&self) -> &Desk {
        &self.desk
    }

    /// What changes from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Whether there is an agent, here or in another process.
    pub(crate) fn is_attached(&self) -> bool {
        self.door.borrow().is_some()
    }

    /// Tells [`Attached::stay`] to come to a safe point and return.
    pub(crate) fn end(&self) {
        self.end.cancel();
    }

    /// Attaches, and again whenever the agent leaves, until told to end.
    pub(crate) async fn stay(self: Arc<Self>) {
        while !self.end.is_cancelled() {
            match Door::attach(self.desk.clone(), self.shell.clone()).await {
                Ok(door) => self.stay_at(Arc::new(door)).await,
                Err(error) => {
                    warn!(error = %error.chain(), "The data folder could not be attached to.");
                    self.say_trouble(Some(error));
                    tokio::select! {
                        () = self.end.cancelled() => {}
                        () = self.desk.clock().sleep(AGAIN) => {}
                    }
                }
            }
        }
    }

    async fn stay_at(&self, door: Arc<Door>) {
        self.say_trouble(None);
        self.enter(Some(door.clone()));
        match &*door {
            Door::Agent(agent) => self.be(agent).await,
            Door::Client(_, client) => self.watch(client).await,
        }
        self.enter(None);
    }

    /// This process is the agent: runs what is due until the end, and tells what changes.
    async fn be(&self, agent: &Arc<Agent>) {
        let mut changes = agent.changes();
        let mut work = std::pin::pin!(agent.work(self.end.clone()));
        loop {
            tokio::select! {
                () = &mut work => return,
                Some(change) = changes.next() => self.tell(change),
            }
        }
    }

    /// Another process is: tells what it tells, until it leaves.
    async fn watch(&self, client: &Client) {
        info!("Another process is the agent; this window is its client.");
        let Some(mut watching) = client.watch().await else {
            return;
        };
        loop {
            tokio::select! {
                () = self.end.cancelled() => return,
                change = watching.next() => match change {
                    Some(change) => self.tell(change),
                    None => return,
                },
            }
        }
    }

    /// Any operation by name. What only looks is asked here, at once; what acts waits for the agent.
    pub(crate) async fn call(&self, name: &str, input: Value) -> Result<Value> {
        if operations::READS.contains(&name) {
            let (desk, name) = (self.desk.clone(), name.to_owned());
            // It reads files: not on a thread that others wait for.
            let read = tokio::task::spawn_blocking(move || operations::read(&desk, &name, input));
            return read.await.map_err(|_| Error::bug("a panel's question broke"))?;
        }
        self.door().await?.call_by_name(name, input).await
    }

    async fn door(&self) -> Result<Arc<Door>> {
        let mut door = self.door.subscribe();
        let there = door.wait_for(Option::is_some);
        tokio::select! {
            door = there => match door.as_deref() {
                Ok(Some(door)) => Ok(door.clone()),
                _ => Err(Error::unavailable("the program is ending")),
            },
            () = self.desk.clock().sleep(PATIENCE) => Err(self.trouble()),
        }
    }

    fn trouble(&self) -> Error {
        let trouble = self
            .trouble
            .lock()
            .expect("nothing panics while it holds this lock");
        trouble.clone().unwrap_or_else(|| {
            Error::unavailable("the agent is still starting").hint("Try again in a moment.")
        })
    }

    fn say_trouble(&self, error: Option<Error>) {
        *self
            .trouble
            .lock()
            .expect("nothing panics while it holds this lock") = error;
    }

    fn enter(&self, door: Option<Arc<Door>>) {
        self.door.send_replace(door);
        self.tell(Topic::Agent.into());
    }

    fn tell(&self, change: Change) {
        // Nobody listens: nobody is told.
        let _listeners = self.changes.send(change).unwrap_or_default();
    }
}
