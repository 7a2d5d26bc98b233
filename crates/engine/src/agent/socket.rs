//! The local socket: a line of JSON for a call, a line for its answer.
//!
//! The agent greets with `{"agent":"0.1.0"}`: from then on a first call gets its answer, however much the agent wants to
//! leave. `{"call":"start_run","input":{…}}` → `{"ok":{…}}` or `{"error":{"kind":…,"message":…,"hint":…}}`. Only this user
//! (or an installed service's group) can connect; the peer is checked as well. A line is at most 16 MiB.

use std::sync::Arc;

use connector_kit::{Error, Result};
use interprocess::local_socket::tokio::{Stream, prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    sync::Mutex,
};
use tracing::warn;

use super::Agent;
use crate::{
    folder::Holder,
    operations::{self, Acts},
    os,
    state::Problem,
};

/// A line's length at most, in bytes.
const LONGEST: u64 = 16 << 20;

/// The first line of a connection: the version of the agent.
#[derive(Serialize, Deserialize)]
struct Greeting {
    agent: String,
}

#[derive(Serialize, Deserialize)]
struct Call {
    call: String,
    #[serde(default)]
    input: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Reply {
    Ok(Value),
    Error(Problem),
}

/// Listens for clients for as long as the agent lives.
pub(super) fn serve(agent: &Arc<Agent>) -> Result<()> {
    let socket = agent.folder().socket()?;
    let shared = agent.folder().path() == os::service_folder();
    let listener = os::listen(&socket, shared).map_err(|error| {
        Error::config(format!(
            "the agent cannot listen on {} ({error})",
            socket.display()
        ))
        .hint("Check that this user may write there, or choose another folder with `--data-dir`.")
    })?;
    let agent = Arc::downgrade(agent);
    tokio::spawn(async move {
        while let Ok(stream) = listener.accept().await {
            let Some(agent) = agent.upgrade() else { break };
            if shared || os::peer_is_me(&stream).unwrap_or(false) {
                tokio::spawn(answer_all(agent, stream));
            } else {
                warn!("Another user tried to reach the agent's socket and was turned away.");
            }
        }
    });
    Ok(())
}

async fn answer_all(agent: Arc<Agent>, stream: Stream) {
    let (mut from, mut to) = (BufReader::new(&stream), &stream);
    let mut first = agent.calls.enter();
    let greeting = Greeting {
        agent: env!("CARGO_PKG_VERSION").to_owned(),
    };
    if first.is_none() || write_line(&mut to, &greeting).await.is_err() {
        return;
    }
    while let Ok(Some(line)) = read_line(&mut from).await {
        let Some(_under_way) = first.take().or_else(|| agent.calls.enter()) else {
            return;
        };
        let reply = match answer(&agent, &line).await {
            Ok(value) => Reply::Ok(value),
            Err(error) => Reply::Error(Problem::from(&error)),
        };
        if write_line(&mut to, &reply).await.is_err() {
            return;
        }
    }
}

async fn answer(agent: &Arc<Agent>, line: &[u8]) -> Result<Value> {
    let call: Call = serde_json::from_slice(line)
        .map_err(|_| Error::config("a call is one line of JSON: {\"call\":NAME,\"input\":{…}}"))?;
    if operations::READS.contains(&call.call.as_str()) {
        operations::read(agent.desk(), &call.call, call.input)
    } else {
        operations::act(agent, &call.call, call.input).await
    }
}

/// A client of the agent that holds the lock.
pub struct Client {
    stream: Mutex<BufReader<Stream>>,
}

impl Client {
    /// Connects to the holder of the lock; `None` when it does not greet: it is starting, leaving, or no agent.
    pub(super) async fn connect(holder: &Holder) -> Option<Self> {
        let mut stream = BufReader::new(os::connect(&holder.socket).await.ok()?);
        let greeting = read_line(&mut stream).await.ok()??;
        serde_json::from_slice::<Greeting>(&greeting).ok()?;
        Some(Self {
            stream: Mutex::new(stream),
        })
    }

    /// Calls an operation of the agent.
    pub async fn call<A: Acts>(&self, input: A) -> Result<A::Output> {
        let input = serde_json::to_value(&input).map_err(|_| Error::bug("an input does not serialise"))?;
        let output = self.call_by_name(A::NAME, input).await?;
        serde_json::from_value(output).map_err(|error| {
            Error::config(format!(
                "the running agent answered something else to `{}` ({error})",
                A::NAME
            ))
            .hint("It may be another version: end it and start it again.")
        })
    }

    /// Calls an operation of the agent by name.
    pub async fn call_by_name(&self, name: &str, input: Value) -> Result<Value> {
        let mut stream = self.stream.lock().await;
        let gone = |_| {
            Error::unavailable("the agent ended while it was asked")
                .hint("Try again; nothing it had settled is lost.")
        };
        let call = Call {
            call: name.to_owned(),
            input,
        };
        write_line(stream.get_mut(), &call).await.map_err(gone)?;
        let line = read_line(&mut *stream).await.map_err(gone)?;
        let line = line.ok_or_else(|| gone(std::io::ErrorKind::UnexpectedEof.into()))?;
        match serde_json::from_slice(&line) {
            Ok(Reply::Ok(value)) => Ok(value),
            Ok(Reply::Error(problem)) => Err(problem.into()),
            Err(_) => Err(Error::config("the running agent speaks another language")
                .hint("It may be another version: end it and start it again.")),
        }
    }
}

async fn write_line(to: &mut (impl AsyncWrite + Unpin), line: &impl Serialize) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(line).map_err(std::io::Error::other)?;
    text.push(b'\n');
    to.write_all(&text).await?;
    to.flush().await
}

async fn read_line(from: &mut BufReader<impl AsyncRead + Unpin>) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = from.take(LONGEST).read_until(b'\n', &mut line).await?;
    if read as u64 == LONGEST {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    Ok((read > 0).then_some(line))
}
