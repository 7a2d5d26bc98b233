//! One request: read whole, given its turn, and its answer sent, compressed or broken.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use tokio::net::TcpStream;

use crate::answer::{Answer, Version};
use crate::clock::{http_date, pause};
use crate::control;
use crate::gate;
use crate::query::Query;

use super::breaking::{Broken, break_answer};
use super::recorder::Asked;
use super::turn::take_turn;
use super::{Shared, gzip};

const LARGEST_BODY: usize = 32 << 20;
/// How often a request that is held looks whether it still is.
const HELD: u64 = 10;

/// Tells hyper to let go of the connection.
#[derive(Debug)]
pub(crate) struct Ended;

impl fmt::Display for Ended {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the connection was ended as scripted")
    }
}

impl std::error::Error for Ended {}

/// A request that was read whole.
pub(super) struct Asking {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Asking {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Path below the store, and with the query behind it.
    fn below_store(&self) -> (String, String) {
        let rest = self
            .path
            .strip_prefix("/stores/")
            .and_then(|rest| rest.split_once('/'));
        let path = rest.map_or(self.path.clone(), |(_, rest)| format!("/{rest}"));
        let whole = if self.query.is_empty() {
            path.clone()
        } else {
            format!("{path}?{}", self.query)
        };
        (path, whole)
    }
}

/// Serves one request.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    stream: Arc<TcpStream>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Ended> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        return Err(Ended);
    };
    let asking = Asking {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: body.to_bytes(),
    };
    if !is_loopback(asking.header("host")) {
        // A web page that was led here by name must not reach the controls.
        return Ok(respond(
            &Answer::text(403, "The sandbox store answers to loopback names only."),
            None,
            0,
        ));
    }
    if let Some(rest) = asking
        .path
        .strip_prefix("/sandbox")
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
    {
        return Ok(controlled(&shared, &asking, rest));
    }
    answered(&shared, &stream, &asking).await
}

fn is_loopback(host: Option<&str>) -> bool {
    let name = host
        .unwrap_or_default()
        .rsplit_once(':')
        .map_or(host.unwrap_or_default(), |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

fn controlled(shared: &Shared, asking: &Asking, rest: &str) -> Response<Full<Bytes>> {
    let query = Query::parse(Version::V3, &asking.query);
    shared.store.with(|world| {
        world.settle_stock();
        let answer = control::answer(
            world,
            &asking.method,
            rest.trim_matches('/'),
            &query,
            &asking.body,
        );
        respond(&answer, None, world.now())
    })
}

async fn answered(
    shared: &Shared,
    stream: &Arc<TcpStream>,
    asking: &Asking,
) -> Result<Response<Full<Bytes>>, Ended> {
    let (path, whole) = asking.below_store();
    let entered = shared.store.with(|world| {
        let limited = world.settings.concurrency_limits;
        let ticket = if limited {
            world.concurrency.enter(&asking.method, &path)
        } else {
            Ok(None)
        };
        (ticket, world.settings.latency_ms)
    });
    let (ticket, latency) = entered;
    if latency > 0 {
        pause(latency).await;
    }
    while shared.store.with(|world| world.holds(&whole)) {
        pause(HELD).await;
    }
    let crowded = ticket.is_err();
    let turn = shared
        .store
        .with(|world| take_turn(world, asking, (&path, &whole), crowded, shared.recorder.is_none()));
    shared
        .store
        .with(|world| world.concurrency.leave(ticket.unwrap_or_default()));
    if let (Some(recorder), Some(answer), None) = (&shared.recorder, &turn.answer, &turn.fault) {
        recorder.keep(&asking.asked(), answer);
    }
    let Some((_, how)) = &turn.fault else {
        let answer = turn.answer.unwrap_or_else(gate::unknown_route);
        let packed = turn
            .packed
            .or_else(|| pack(shared, asking, &answer, &whole, turn.version));
        return Ok(respond(&answer, packed, turn.now));
    };
    match break_answer(how, turn.answer, stream).await {
        Broken::Sent(answer) => Ok(respond(&answer, None, turn.now)),
        Broken::Ended => Err(Ended),
    }
}

impl Asking {
    fn asked(&self) -> Asked<'_> {
        Asked {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        }
    }
}

/// Compresses an answer for a client that takes it, and keeps it if it is a page.
fn pack(shared: &Shared, asking: &Asking, answer: &Answer, whole: &str, version: u64) -> Option<Bytes> {
    if !gzip::accepted(asking.header("accept-encoding")) {
        return None;
    }
    let packed = gzip::compress(&answer.body)?;
    if asking.method == "GET" && answer.status == 200 {
        shared
            .store
            .with(|world| gzip::keep(world, whole, version, &packed));
    }
    Some(packed)
}

fn respond(answer: &Answer, packed: Option<Bytes>, now: i64) -> Response<Full<Bytes>> {
    let is_packed = packed.is_some();
    let body = packed.unwrap_or_else(|| answer.body.clone());
    let mut response = Response::new(Full::new(body.clone()));
    *response.status_mut() =
        http::StatusCode::from_u16(answer.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut set = |name: &str, value: &str| {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            headers.insert(name, value);
        }
    };
    set("date", &http_date(now));
    if !body.is_empty() {
        set("content-type", answer.content_type);
    }
    if is_packed {
        set("content-encoding", "gzip");
        set("vary", "Accept-Encoding");
    }
    for (name, value) in &answer.headers {
        set(name, value);
    }
    for (name, value) in &answer.scripted {
        set(name, value);
    }
    response
}
