//! The server: connections on loopback, one task each, and what happens to an answer on its way out.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::store::Store;

mod breaking;
mod gzip;
pub(crate) mod recorder;
mod serve;
mod turn;
mod wire;

use recorder::Recorder;
use wire::Wire;

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) recorder: Option<Recorder>,
}

/// Binds 127.0.0.1.
pub(crate) async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

/// Serves until the task is aborted; its connections end with it.
pub(crate) fn spawn(listener: TcpListener, shared: Arc<Shared>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            // A refused or vanished connection is that client's business, not a reason to stop.
            if let Ok((stream, _)) = listener.accept().await {
                connections.spawn(connection(stream, shared.clone()));
            }
        }
    })
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::trace!(%error, "A connection went away before it was served.");
        return;
    }
    let stream = Arc::new(stream);
    let service = service_fn(|request| serve::serve(shared.clone(), stream.clone(), request));
    let io = TokioIo::new(Wire::new(stream.clone()));
    if let Err(error) = http1::Builder::new().serve_connection(io, service).await {
        tracing::trace!(%error, "A connection ended early.");
    }
}
