//! The data folder behind the window, for as long as the program lives: its agent, or the client of the one that is.
//! When that one leaves, attached again; the window hears of it as one more change.

use std::{
    sync::{Arc, Mutex, RwLock},
    time::Duration,
};

use connector_kit::{Clock, Error, Result};
use engine::{
    agent::{Agent, Change, Client, Desk, Door, Shell, Topic},
    folder::Attempt,
    operations::{self, Acts as _},
};
use serde_json::Value;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How long a call waits for a door: another agent is leaving, or this one is starting.
const PATIENCE: Duration = Duration::from_secs(10);

/// How soon a data folder is tried again that could not be attached to.
const AGAIN: Duration = Duration::from_secs(2);

/// How soon it is looked whether the folder was let go of.
const SOON: Duration = Duration::from_millis(50);

/// Operations that keep who asked for them.
const SIGNED: [&str; 2] = [operations::Deploy::NAME, operations::Rollback::NAME];

/// What a listener may be behind before it is told to look at everything.
const BEHIND: usize = 256;

/// An attached data folder.
pub(crate) struct Attached {
    place: RwLock<(Desk, Shell)>,
    /// Opens the data folder that is the right one now.
    open: Box<dyn Fn() -> Result<(Desk, Shell)> + Send + Sync>,
    clock: Arc<dyn Clock>,
    /// Whether the folder is let go of for a while.
    away: watch::Sender<bool>,
    door: watch::Sender<Option<Arc<Door>>>,
    trouble: Mutex<Option<Error>>,
    changes: broadcast::Sender<Change>,
    end: CancellationToken,
}

impl Attached {
    /// Nothing is attached yet.
    ///
    /// # Errors
    /// Config when the data folder cannot be used.
    pub(crate) fn new(open: impl Fn() -> Result<(Desk, Shell)> + Send + Sync + 'static) -> Result<Arc<Self>> {
        let place = open()?;
        Ok(Arc::new(Self {
            clock: place.0.clock().clone(),
            place: RwLock::new(place),
            open: Box::new(open),
            away: watch::Sender::new(false),
            door: watch::Sender::new(None),
            trouble: Mutex::default(),
            changes: broadcast::Sender::new(BEHIND),
            end: CancellationToken::new(),
        }))
    }

    /// The data folder as its readers see it.
    pub(crate) fn desk(&self) -> Desk {
        self.place().0
    }

    /// Time.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn place(&self) -> (Desk, Shell) {
        self.place
            .read()
            .expect("nothing panics while it holds this lock")
            .clone()
    }

    /// Lets go of the data folder until [`Attached::come_back`]: runs come to a safe point first.
    pub(crate) async fn let_go(&self) {
        self.away.send_replace(true);
        let desk = self.desk();
        if desk.folder().is_closed() {
            return;
        }
        let until = self.clock.now() + PATIENCE;
        // A call under way holds the agent for a moment longer than the loop does.
        while self.clock.now() < until {
            match desk.folder().try_lock(self.clock.now()) {
                Ok(Attempt::Held(holder)) if holder.pid == std::process::id() => self.clock.sleep(SOON).await,
                _ => return,
            }
        }
    }

    /// Attaches again, to the folder that is the right one now.
    pub(crate) fn come_back(&self) -> Result<()> {
        let opened = (self.open)();
        if let Ok(place) = &opened {
            *self
                .place
                .write()
                .expect("nothing panics while it holds this lock") = place.clone();
        }
        self.away.send_replace(false);
        opened.map(drop)
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
        let mut away = self.away.subscribe();
        while !self.end.is_cancelled() {
            tokio::select! {
                () = self.end.cancelled() => return,
                _ = away.wait_for(|away| !away) => {}
            }
            let (desk, shell) = self.place();
            match Door::attach(desk, shell).await {
                Ok(door) => self.stay_at(Arc::new(door)).await,
                Err(error) => {
                    warn!(error = %error.chain(), "The data folder could not be attached to.");
                    self.say_trouble(Some(error));
                    tokio::select! {
                        () = self.end.cancelled() => {}
                        () = self.clock.sleep(AGAIN) => {}
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
        let leave = self.end.child_token();
        let mut away = self.away.subscribe();
        let mut work = std::pin::pin!(agent.work(leave.clone()));
        loop {
            tokio::select! {
                () = &mut work => return,
                _ = away.wait_for(|away| *away), if !leave.is_cancelled() => leave.cancel(),
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
        let mut away = self.away.subscribe();
        loop {
            tokio::select! {
                () = self.end.cancelled() => return,
                _ = away.wait_for(|away| *away) => return,
                change = watching.next() => match change {
                    Some(change) => self.tell(change),
                    None => return,
                },
            }
        }
    }

    /// Any operation by name. What only looks is asked here, at once; what acts waits for the agent.
    pub(crate) async fn call(&self, name: &str, mut input: Value) -> Result<Value> {
        if operations::READS.contains(&name) {
            let (desk, name) = (self.desk(), name.to_owned());
            // It reads files: not on a thread that others wait for.
            let read = tokio::task::spawn_blocking(move || operations::read(&desk, &name, input));
            return read.await.map_err(|_| Error::bug("a panel's question broke"))?;
        }
        // Who asks is the person at this window, wherever the agent is.
        if let (true, Some(input)) = (SIGNED.contains(&name), input.as_object_mut()) {
            input.insert("author".into(), shell::account().into());
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
            () = self.clock.sleep(PATIENCE) => Err(self.trouble()),
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
