//! The sandbox store behind connections with `sandbox=true`: started when a connection first needs it, for as long
//! as this process lives.

use std::collections::HashMap;

use connector_kit::{Error, Result, Secret, async_trait};
use engine::{agent::StartSandbox, state::SavedConnection};
use sandbox_store::{Config, Sandbox};
use tokio::sync::Mutex;

/// The sandbox stores of this process by connection.
#[derive(Default)]
pub struct Sandboxes {
    running: Mutex<HashMap<String, Sandbox>>,
}

#[async_trait]
impl StartSandbox for Sandboxes {
    async fn start(&self, connection: &SavedConnection) -> Result<(String, Secret)> {
        let mut running = self.running.lock().await;
        if let Some(sandbox) = running.get(&connection.name) {
            return Ok(reached(sandbox));
        }
        let sandbox = start_sandbox(Config::default()).await?;
        let way = reached(&sandbox);
        running.insert(connection.name.clone(), sandbox);
        Ok(way)
    }
}

/// Starts a sandbox store.
///
/// # Errors
/// Config when it cannot listen there.
pub async fn start_sandbox(config: Config) -> Result<Sandbox> {
    let port = config.port;
    Sandbox::start(config).await.map_err(|error| {
        let place = if port == 0 {
            "a free port".to_owned()
        } else {
            format!("port {port}")
        };
        Error::config(format!(
            "the sandbox store could not be started on {place} of 127.0.0.1: {error}"
        ))
        .hint("Choose another `--port`, or leave it out for a free one.")
    })
}

fn reached(sandbox: &Sandbox) -> (String, Secret) {
    (sandbox.api_path(), Secret::new(sandbox.token().to_owned()))
}
