//! A server on loopback that does as scripted: one act per request, in order, whoever asks.

use std::{
    collections::VecDeque,
    io::Write,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What happens to one request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Sends these bytes; the connection stays.
    Answer(Vec<u8>),
    /// Sends these bytes and closes.
    Last(Vec<u8>),
    /// Sends these bytes and resets.
    Reset(Vec<u8>),
    /// Sends these bytes and then nothing more.
    Stall(Vec<u8>),
    /// Resets as soon as a connection comes, without reading.
    ResetUnread,
}

/// A scripted server and what it got.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    script: VecDeque<Act>,
    requests: Vec<String>,
    connections: usize,
}

impl Server {
    /// After the script every request is answered with `{}`.
    pub(crate) async fn start(script: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            script: script.into_iter().collect(),
            ..State::default()
        }));
        let server = Self { address, state };
        let running = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(running.clone().serve(stream));
            }
        });
        server
    }

    /// Whoever comes is read for a moment, gets these bytes, and is left.
    pub(crate) async fn greeting(bytes: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Self {
            address,
            state: Arc::default(),
        };
        let state = server.state.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut part = [0; 4096];
                let read = stream.read(&mut part).await.unwrap_or(0);
                let heard = String::from_utf8_lossy(&part[..read]).into_owned();
                {
                    let mut state = state.lock().unwrap();
                    state.connections += 1;
                    state.requests.push(heard);
                }
                stream.write_all(&bytes).await.ok();
            }
        });
        server
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}/stores/abc/", self.address)
    }

    /// Heads and bodies of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    async fn serve(self, mut stream: TcpStream) -> Option<()> {
        self.state.lock().unwrap().connections += 1;
        if matches!(self.state.lock().unwrap().script.front(), Some(Act::ResetUnread)) {
            self.next();
            return stream.set_zero_linger().ok();
        }
        loop {
            let request = read(&mut stream).await?;
            self.state.lock().unwrap().requests.push(request);
            match self.next() {
                Act::Answer(bytes) => stream.write_all(&bytes).await.ok()?,
                Act::Last(bytes) => return stream.write_all(&bytes).await.ok(),
                Act::Reset(bytes) => {
                    stream.write_all(&bytes).await.ok()?;
                    // Let what was sent arrive: a reset throws away what is still on its way.
                    pause(Duration::from_millis(30)).await;
                    return stream.set_zero_linger().ok();
                }
                Act::Stall(bytes) => {
                    stream.write_all(&bytes).await.ok()?;
                    pause(Duration::from_secs(30)).await;
                }
                Act::ResetUnread => return stream.set_zero_linger().ok(),
            }
        }
    }

    fn next(&self) -> Act {
        let act = self.state.lock().unwrap().script.pop_front();
        act.unwrap_or_else(|| Act::Answer(json("200 OK", "", "{}")))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the other side of a real socket has real time"
)]
pub(crate) async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Head and body of one request; `None` when the client left.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut got = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&got).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await.ok().filter(|read| *read > 0)?;
        got.extend_from_slice(&part[..read]);
    }
}

/// An answer in JSON. `headers` are whole lines, each with its end.
pub(crate) fn json(status: &str, headers: &str, body: &str) -> Vec<u8> {
    typed(status, "application/json", headers, body)
}

pub(crate) fn html(status: &str, body: &str) -> Vec<u8> {
    typed(status, "text/html; charset=UTF-8", "", body)
}

pub(crate) fn typed(status: &str, kind: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{headers}\r\n");
    (head + body).into_bytes()
}

/// An answer in JSON that arrives compressed.
pub(crate) fn gzipped(body: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(body).unwrap();
    let packed = packer.finish().unwrap();
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        packed.len()
    )
    .into_bytes();
    answer.extend(packed);
    answer
}

/// The first half of an answer.
pub(crate) fn half(answer: &[u8]) -> Vec<u8> {
    let head = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
    answer[..head + (answer.len() - head) / 2].to_vec()
}
