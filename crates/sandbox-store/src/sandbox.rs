//! A running store: its address and its end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::config::Config;
use crate::server::recorder::Recorder;
use crate::server::{self, Shared};
use crate::store::Store;
use crate::world::World;

/// A running sandbox store. It ends when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    hash: String,
    token: String,
    store: Store,
    serving: JoinHandle<()>,
}

impl Sandbox {
    /// Starts a store on 127.0.0.1, and nowhere else.
    pub async fn start(config: Config) -> io::Result<Self> {
        let listener = server::bind(config.port).await?;
        let address = listener.local_addr()?;
        let recorder = config.record_to.as_deref().map(Recorder::open).transpose()?;
        let store = Store::new(World::new(&config));
        let shared = Shared {
            store: store.clone(),
            recorder,
        };
        let serving = server::spawn(listener, Arc::new(shared));
        Ok(Self {
            address,
            hash: config.hash,
            token: config.token,
            store,
            serving,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The API path as the control panel shows it for a v3 account: `http://127.0.0.1:PORT/stores/HASH/v3/`.
    pub fn api_path(&self) -> String {
        format!("http://{}/stores/{}/v3/", self.address, self.hash)
    }

    /// Where the control API is: `http://127.0.0.1:PORT/sandbox`.
    pub fn control_path(&self) -> String {
        format!("http://{}/sandbox", self.address)
    }

    /// The access token that was good at the start.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The handle for scripting the store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Stops serving; open connections are closed.
    pub async fn stop(mut self) {
        self.serving.abort();
        // An aborted task ends in an error that says so.
        let _ended = (&mut self.serving).await;
    }

    /// Serves until somebody stops it.
    pub async fn run(mut self) {
        let _ended = (&mut self.serving).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
