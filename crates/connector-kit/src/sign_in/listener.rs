//! The listener that a browser comes back to: on this machine alone, at one path, for as long as it is held. It knows
//! no sign-in; what a browser brings is passed on, and what it is shown is said by whoever took it.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::TlsAcceptor;
use url::Url;

use super::{Grant, Redirect, certificate};
use crate::{Error, Result};

/// A browser says at once what it wants.
const HEAD: Duration = Duration::from_secs(20);
/// How long an answer may take to be read once nobody else is taken.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Connections at a time; a browser needs two or three.
const MOST: usize = 16;

/// Listens until it is dropped.
pub struct Listener {
    arrivals: mpsc::Receiver<Arrived>,
    fingerprint: Option<String>,
    serving: Vec<JoinHandle<()>>,
    close: watch::Sender<bool>,
}

/// A browser that came back, waiting to be told how it ended.
pub struct Arrived {
    /// What it brought.
    pub grant: Grant,
    answer: oneshot::Sender<Answer>,
}

enum Answer {
    Page(StatusCode, String),
    GoOn(String),
}

impl Arrived {
    /// Shows a sentence.
    pub fn shows(self, well: bool, sentence: &str) {
        let status = if well {
            StatusCode::OK
        } else {
            StatusCode::BAD_REQUEST
        };
        // A browser that went away needs no answer.
        drop(self.answer.send(Answer::Page(status, page(sentence))));
    }

    /// Sends it on to another address.
    pub fn goes_on(self, address: String) {
        drop(self.answer.send(Answer::GoOn(address)));
    }
}

impl Listener {
    /// Listens where the redirect leads, with TLS where it says https.
    ///
    /// # Errors
    /// Config when the redirect does not lead to this machine, or somebody else listens there.
    pub async fn open(redirect: &Redirect) -> Result<Self> {
        let url = redirect.url();
        if !redirect.is_here() {
            return Err(Error::bug("only a redirect to this machine can be listened for"));
        }
        let port = url.port_or_known_default().unwrap_or_default();
        let (acceptor, fingerprint) = if url.scheme() == "https" {
            let (acceptor, fingerprint) = certificate::acceptor(&["localhost", "127.0.0.1", "::1"])?;
            (Some(acceptor), Some(fingerprint))
        } else {
            (None, None)
        };
        let (tell, arrivals) = mpsc::channel(1);
        let door = Arc::new(Door {
            path: url.path().to_owned(),
            host: authority(url),
            tell,
        });
        let (close, closed) = watch::channel(false);
        let serving = bound(url, port).await?;
        let serving = serving
            .into_iter()
            .map(|listener| tokio::spawn(serve(listener, acceptor.clone(), door.clone(), closed.clone())))
            .collect();
        Ok(Self {
            arrivals,
            fingerprint,
            serving,
            close,
        })
    }

    /// Takes nobody any more; who was answered reads the answer to its end. The port is free then.
    pub async fn close(mut self) {
        self.arrivals.close();
        self.close.send_replace(true);
        for serving in &mut self.serving {
            // One that was aborted is closed as well.
            drop(serving.await);
        }
    }

    /// The next browser that comes to the path with parameters.
    pub async fn next(&mut self) -> Arrived {
        match self.arrivals.recv().await {
            Some(arrived) => arrived,
            // Its tasks hold the other end for as long as it is held.
            None => std::future::pending().await,
        }
    }

    /// The fingerprint of the certificate that was made for it; browsers show it.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        for serving in &self.serving {
            serving.abort();
        }
    }
}

/// `localhost` is either of two addresses, whichever a browser prefers; the second may be missing on a machine.
async fn bound(url: &Url, port: u16) -> Result<Vec<TcpListener>> {
    let places: Vec<SocketAddr> = match url.host() {
        Some(url::Host::Ipv4(ip)) => vec![(ip, port).into()],
        Some(url::Host::Ipv6(ip)) => vec![(ip, port).into()],
        _ => vec![
            ([127, 0, 0, 1], port).into(),
            (std::net::Ipv6Addr::LOCALHOST, port).into(),
        ],
    };
    let mut listeners = Vec::new();
    for (at, place) in places.iter().enumerate() {
        match TcpListener::bind(place).await {
            Ok(listener) => listeners.push(listener),
            Err(_) if at > 0 => {}
            Err(error) => {
                return Err(Error::config(format!("nobody can be waited for at {}: {error}", authority(url)))
                    .hint("Another program or another sign-in uses that port: end it, or paste the address by hand."));
            }
        }
    }
    Ok(listeners)
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// What all connections share.
struct Door {
    path: String,
    host: String,
    tell: mpsc::Sender<Arrived>,
}

async fn serve(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    door: Arc<Door>,
    mut closed: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= MOST {
            drop(connections.join_next().await);
        }
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = closed.wait_for(|closed| *closed) => break,
        };
        let Ok((stream, _)) = accepted else { continue };
        let (acceptor, door) = (acceptor.clone(), door.clone());
        connections.spawn(async move {
            match acceptor {
                None => speak(stream, door).await,
                Some(acceptor) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HEAD, acceptor.accept(stream)).await {
                        speak(stream, door).await;
                    }
                }
            }
        });
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    // A browser that does not read to the end is left alone.
    drop(tokio::time::timeout(LAST_WORDS, all).await);
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Unpin, door: Arc<Door>) {
    let service = service_fn(|request| {
        let door = door.clone();
        async move { Ok::<_, Infallible>(answered(&request, &door).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .keep_alive(false)
        .max_buf_size(32 << 10)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if served.is_err() {
        tracing::trace!("A connection to the sign-in ended early.");
    }
}

async fn answered(request: &Request<Incoming>, door: &Door) -> Response<Full<Bytes>> {
    let uri = request.uri();
    // A web page that was led here under another name is not a browser that comes back.
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let grant = Grant::of_query(uri.query().unwrap_or_default());
    let comes_back = grant.code().is_some() || grant.get("error").is_some();
    if host != Some(&door.host) || request.method() != Method::GET || uri.path() != door.path || !comes_back {
        return shown(StatusCode::NOT_FOUND, page("There is nothing here."));
    }
    let (answer, told) = oneshot::channel();
    if door.tell.send(Arrived { grant, answer }).await.is_err() {
        return shown(StatusCode::GONE, page(OVER));
    }
    match told.await {
        Ok(Answer::Page(status, text)) => shown(status, text),
        Ok(Answer::GoOn(address)) => on_to(&address),
        Err(_) => shown(StatusCode::GONE, page(OVER)),
    }
}

const POLICY: &str = "default-src\u{20}'none';style-src\u{20}'unsafe-inline'";
const HTML: &str = "text/html;charset=utf-8";
const OVER: &str = "This sign-in is over. Begin again in Processflow Agent.";

/// One sentence; nothing in it comes from outside unescaped.
fn page(sentence: &str) -> String {
    let escaped = sentence
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    include_str!("page.html").replace("{sentence}", &escaped)
}

fn shown(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML));
    kept_nowhere(headers);
    response
}

fn on_to(address: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = StatusCode::FOUND;
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    kept_nowhere(response.headers_mut());
    response
}

/// The address that was asked for holds the code: no cache keeps it, no other site hears of it, no script runs.
fn kept_nowhere(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
}
