//! The innermost layer: sends one request once and takes its answer within the limits. Follows no redirect,
//! repeats nothing.
//!
//! Two transports: a pooled one for repeatable requests, and one whose connections are never used twice for
//! requests that must not be repeated. A pooled connection that the server closed under us looks the same as an
//! answer that was lost. HTTP/1.1 only: a cut or a stall concerns one request, never its neighbours.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use reqwest::{ClientBuilder, Response, redirect, retry};
use url::Url;

use super::{
    failure::{Failure, Place},
    network::{Limits, Network, Proxy},
    request::{Body, Method, Request},
    sign::Seal,
};
use crate::{Buffer, Error, Result};

#[expect(
    clippy::disallowed_types,
    reason = "this is what the one HTTP client is made of"
)]
type Wire = reqwest::Client;

/// Connections on which nothing was asked for this long are closed; servers commonly do so after 30 s or more.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);

pub(super) struct Transport {
    pooled: Wire,
    single: Wire,
    place: Place,
    limits: Limits,
}

/// An answer as it came over the wire.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// The body, decoded; what was legible of it when `broken`.
    pub(super) body: Bytes,
    /// Why the body is not whole.
    pub(super) broken: Option<Error>,
}

impl Transport {
    pub(super) fn new(seal: &Seal, network: &Network) -> Result<Self> {
        let place = Place {
            host: seal.host(),
            proxied: network.proxy != Proxy::Direct && !seal.is_near(),
        };
        let build = |idle: usize| {
            let wire = builder(seal, network)?.pool_max_idle_per_host(idle).build();
            wire.map_err(|error| {
                Error::config("the network settings cannot be used")
                    .hint("See `processflow settings` for proxy and certificates.")
                    .source(error)
            })
        };
        Ok(Self {
            pooled: build(32)?,
            single: build(0)?,
            place,
            limits: network.limits,
        })
    }

    /// Sends `request` once.
    pub(super) async fn send(&self, request: &Request, seal: &Seal, url: &Url) -> Result<Reply, Failure> {
        let wire = if request.repeatable {
            &self.pooled
        } else {
            &self.single
        };
        let sent = wire.execute(prepared(request, seal, url)).await;
        let mut response = sent.map_err(|error| Failure::of(error, &self.place))?;
        detach(response.headers_mut());
        let (body, broken) = self.body(&mut response).await;
        let status = response.status().as_u16();
        Ok(Reply {
            status,
            headers: std::mem::take(response.headers_mut()),
            body,
            broken,
        })
    }

    /// The decoded body as one piece. An answer that comes in one chunk is not copied; of all others each chunk is let
    /// go of at once, so that the connection reads the next one into the same memory.
    async fn body(&self, response: &mut Response) -> (Bytes, Option<Error>) {
        let length = response.content_length();
        let expected = length.unwrap_or(0).min(self.limits.body as u64) as usize;
        let mut only = Bytes::new();
        let mut whole: Option<Buffer> = None;
        let all = |only: Bytes, whole: Option<Buffer>| whole.map_or(only, Buffer::freeze);
        loop {
            let chunk = match response.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return (all(only, whole), None),
                Err(error) => {
                    let error = Failure::of(error, &self.place).error;
                    return (all(only, whole), Some(error));
                }
            };
            let come = whole.as_ref().map_or(only.len(), |whole| whole.as_ref().len());
            if come + chunk.len() > self.limits.body {
                return (Bytes::new(), Some(self.place.too_large(self.limits.body)));
            }
            if come == 0 && chunk.len() >= expected {
                only = chunk;
                continue;
            }
            let whole = whole.get_or_insert_with(|| Buffer::with_room(expected.max(come + chunk.len())));
            whole.bytes().extend_from_slice(&std::mem::take(&mut only));
            whole.bytes().extend_from_slice(&chunk);
        }
    }
}

/// Headers come as parts of the memory that the connection reads into. While any of them is held, it reads the body into
/// fresh memory, which costs a tenth of a run that reads large pages.
fn detach(headers: &mut HeaderMap) {
    for value in headers.values_mut() {
        // Its own bytes are those of a header; were they not, nothing but memory would be lost.
        if let Ok(own) = HeaderValue::from_bytes(value.as_bytes()) {
            *value = own;
        }
    }
}

fn builder(seal: &Seal, network: &Network) -> Result<ClientBuilder> {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static(seal.accepts()));
    if seal.is_loopback() {
        // Compression costs a sixth of the throughput and saves nothing where there is no line.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    let builder = Wire::builder()
        .user_agent(concat!("ProcessflowAgent/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .gzip(true)
        .http1_only()
        .https_only(!seal.is_plain())
        .connect_timeout(network.limits.connect)
        .read_timeout(network.limits.idle)
        .timeout(network.limits.total)
        .pool_idle_timeout(IDLE_CONNECTION);
    let builder = if seal.is_plain() {
        // Without TLS: no certificate is asked for, so none need be installed.
        builder.tls_certs_only([])
    } else {
        builder.tls_backend_preconfigured(network.tls()?.0.clone())
    };
    proxied(builder, seal, &network.proxy)
}

fn proxied(builder: ClientBuilder, seal: &Seal, proxy: &Proxy) -> Result<ClientBuilder> {
    match proxy {
        _ if seal.is_near() => Ok(builder.no_proxy()),
        Proxy::Direct => Ok(builder.no_proxy()),
        Proxy::System => Ok(builder),
        Proxy::Address(address) => {
            // The address may hold a password, so the message does not repeat it.
            let proxy = reqwest::Proxy::all(address).map_err(|_| {
                Error::config("the proxy's address cannot be read").hint(
                    "It looks like `http://proxy.example:3128`: see `processflow settings set proxy=…`.",
                )
            })?;
            Ok(builder.no_proxy().proxy(proxy))
        }
    }
}

fn prepared(request: &Request, seal: &Seal, url: &Url) -> reqwest::Request {
    let mut prepared = reqwest::Request::new(verb(request.method), url.clone());
    let sent = match &request.body {
        Body::Empty => None,
        Body::Json(body) => Some((HeaderValue::from_static("application/json"), body.bytes())),
        Body::Form(form) => {
            let (kind, bytes) = form.wire();
            let kind = HeaderValue::from_bytes(&kind).expect("a boundary is letters and digits");
            Some((kind, bytes))
        }
    };
    if let Some((kind, bytes)) = sent {
        prepared.headers_mut().insert(header::CONTENT_TYPE, kind);
        *prepared.body_mut() = Some(bytes.into());
    }
    if let Some((name, value)) = seal.header() {
        prepared.headers_mut().insert(name, value);
    }
    prepared
}

fn verb(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Patch => http::Method::PATCH,
        Method::Delete => http::Method::DELETE,
    }
}
