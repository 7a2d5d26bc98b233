//! The HTTP client against real sockets: a scripted server that answers, cuts, resets and stalls.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod log;
mod network;
mod reads;
mod server;
mod waits;
mod writes;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use connector_kit::{
    Clock, Host, NoCache, Secret, async_trait,
    http::{Client, Limits, Method, Network, Proxy, Request},
};
use jiff::{SignedDuration, Timestamp};

/// A clock whose waits take no time and are written down.
#[derive(Default)]
pub(crate) struct Skipping {
    slept: Mutex<Vec<Duration>>,
}

impl Skipping {
    /// All waits so far, added up.
    pub(crate) fn total(&self) -> Duration {
        self.slept.lock().unwrap().iter().sum()
    }
}

#[async_trait]
impl Clock for Skipping {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::try_from(self.total()).unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::task::yield_now().await;
        self.slept.lock().unwrap().push(duration);
    }
}

pub(crate) const TOKEN: &str = "t0ken-that-must-not-leak";

/// A client with a token for `base`, its waits skipped, its limits short.
pub(crate) fn client(base: &str) -> (Client, Arc<Skipping>) {
    let limits = Limits {
        idle: Duration::from_millis(300),
        body: 1 << 20,
        ..Limits::default()
    };
    client_with(base, Network::new(Proxy::Direct, vec![]).limited(limits))
}

pub(crate) fn client_with(base: &str, network: Network) -> (Client, Arc<Skipping>) {
    log::follow();
    let clock = Arc::new(Skipping::default());
    let host = Host {
        clock: clock.clone(),
        network: Arc::new(network),
        base: PathBuf::new(),
        cache: Arc::new(NoCache),
        priority: connector_kit::http::Priority::High,
    };
    let header = Some(("x-auth-token", Secret::new(TOKEN.into())));
    (Client::new(base, "store", header, &host).unwrap(), clock)
}

pub(crate) fn create() -> Request {
    Request::once(
        Method::Post,
        "v3/customers",
        &serde_json::json!({"email": "a@b.example"}),
    )
}
