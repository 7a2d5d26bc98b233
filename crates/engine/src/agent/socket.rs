//! The local socket: a line of JSON for a call, a line for its answer.
//!
//! The agent greets with `{"agent":"0.1.0"}`: from then on a first call gets its answer, however much the agent wants to
//! leave. Its calls go one after the other; who wants more at once connects again. `{"watch":true}` as a first line turns
//! the connection round: from then on the agent says what changed, a line each. `{"call":"start_run","input":{…}}` → `{"ok":{…}}` or `{"error":{"kind":…,"message":…,"hint":…}}`. Only this user
//! (or an installed service's group) can connect; the peer is checked as well. A line is at most 16 MiB.

use std::sync::{Arc, Mutex};

use connector_kit::{Error, Result};
use interprocess::local_socket::tokio::{Stream, prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tracing::warn;

use super::{Agent, Change, Changes, Topic};
use crate::{
    folder::Holder,
    operations::{self, Acts},
    os,
    state::Problem,
};

/// A line's length at most, in bytes.
pub(super) const LONGEST: u64 = 16 << 20;

/// The first line of a connection: the version of the agent.
#[derive(Serialize, Deserialize)]
struct Greeting {
    agent: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) call: String,
    #[serde(default)]
    pub(super) input: Value,
}

#[derive(Serialize, Deserialize)]
struct Watch {
    watch: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reply {
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
        if serde_json::from_slice::<Watch>(&line).is_ok_and(|asked| asked.watch) {
            // One who watches keeps no agent from leaving.
            drop(first);
            let changes = agent.changes();
            drop(agent);
            return tell_all(changes, &mut from, &mut to).await;
        }
        let Some(_under_way) = first.take().or_else(|| agent.calls.enter()) else {
            return;
        };
        let answered = tokio::select! {
            answered = answer(&agent, &line) => answered,
            () = caller_left(&line, &mut from) => return,
        };
        let reply = match answered {
            Ok(value) => Reply::Ok(value),
            Err(error) => Reply::Error(Problem::from(&error)),
        };
        if write_line(&mut to, &reply).await.is_err() {
            return;
        }
    }
}

/// Says what changes until one of the two is gone.
async fn tell_all(mut changes: Changes, from: &mut BufReader<&Stream>, to: &mut &Stream) {
    // The first line says that it listens: what changes from here on is told.
    if write_line(to, &Change::from(Topic::Agent)).await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            change = changes.next() => match change {
                Some(change) if write_line(to, &change).await.is_ok() => {}
                _ => return,
            },
            // It says nothing more: whatever comes is its end.
            _ = read_line(from) => return,
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

/// Waits for the caller's end, where nobody else has anything of the call's; else for ever.
async fn caller_left(line: &[u8], from: &mut BufReader<&Stream>) {
    let call = serde_json::from_slice::<Call>(line);
    if call.is_ok_and(|call| operations::ends_with_caller(&call.call)) {
        // Whoever says something more is still there.
        if from.fill_buf().await.is_ok_and(|more| !more.is_empty()) {
            std::future::pending::<()>().await;
        }
    } else {
        std::future::pending::<()>().await;
    }
}

/// A client of the agent that holds the lock. Each call has a connection of its own while it is under way, so that a long
/// one keeps no other waiting.
pub struct Client {
    holder: Holder,
    idle: Mutex<Vec<BufReader<Stream>>>,
}

impl Client {
    /// Connects to the holder of the lock; `None` when it does not greet: it is starting, leaving, or no agent.
    pub(super) async fn connect(holder: &Holder) -> Option<Self> {
        let stream = greeted(holder).await?;
        Some(Self {
            holder: holder.clone(),
            idle: Mutex::new(vec![stream]),
        })
    }

    /// What changes from now on, as the agent tells it; `None` when it is not there any more.
    pub async fn watch(&self) -> Option<Watching> {
        // The one that is idle first: an agent waits for the first call of whom it has greeted.
        let mut stream = self.stream().await?;
        write_line(stream.get_mut(), &Watch { watch: true }).await.ok()?;
        let mut watching = Watching(stream);
        watching.next().await?;
        Some(watching)
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
        let gone = |_| {
            Error::unavailable("the agent ended while it was asked")
                .hint("Try again; nothing it had settled is lost.")
        };
        let mut stream = self
            .stream()
            .await
            .ok_or_else(|| gone(std::io::ErrorKind::NotConnected.into()))?;
        let call = Call {
            call: name.to_owned(),
            input,
        };
        write_line(stream.get_mut(), &call).await.map_err(gone)?;
        let line = read_line(&mut stream).await.map_err(gone)?;
        let line = line.ok_or_else(|| gone(std::io::ErrorKind::UnexpectedEof.into()))?;
        // Only one whose answer was heard: a call that is dropped in the middle takes its connection with it.
        self.hold_idle().push(stream);
        match serde_json::from_slice(&line) {
            Ok(Reply::Ok(value)) => Ok(value),
            Ok(Reply::Error(problem)) => Err(problem.into()),
            Err(_) => Err(Error::config("the running agent speaks another language")
                .hint("It may be another version: end it and start it again.")),
        }
    }

    /// A connection that is not in use, or a new one.
    async fn stream(&self) -> Option<BufReader<Stream>> {
        let idle = self.hold_idle().pop();
        match idle {
            Some(stream) => Some(stream),
            None => greeted(&self.holder).await,
        }
    }

    fn hold_idle(&self) -> std::sync::MutexGuard<'_, Vec<BufReader<Stream>>> {
        self.idle.lock().expect("nothing panics while it holds this lock")
    }
}

/// A connection whose agent has greeted.
async fn greeted(holder: &Holder) -> Option<BufReader<Stream>> {
    let mut stream = BufReader::new(os::connect(&holder.socket).await.ok()?);
    let greeting = read_line(&mut stream).await.ok()??;
    serde_json::from_slice::<Greeting>(&greeting).ok()?;
    Some(stream)
}

/// An agent that tells what changes.
pub struct Watching(BufReader<Stream>);

impl Watching {
    /// The next change; `None` once the agent is gone. Not to be dropped in the middle: a line would be torn.
    pub async fn next(&mut self) -> Option<Change> {
        let line = read_line(&mut self.0).await.ok()??;
        // What a newer agent tells is not known here: look at everything.
        Some(serde_json::from_slice(&line).unwrap_or_else(|_| Topic::Agent.into()))
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
