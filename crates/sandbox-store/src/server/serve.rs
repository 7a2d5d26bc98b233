//! One request: scripts, gate, handler, and the answer's last touches, in that order.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use tokio::net::TcpStream;

use crate::answer::{Answer, Version};
use crate::call::Call;
use crate::clock::{http_date, iso_z, pause};
use crate::control;
use crate::faults::{How, Sight, When};
use crate::gate;
use crate::ledger::{Log, Seen};
use crate::query::Query;
use crate::quota::{Standing, too_many_requests};
use crate::routes::{self, Found};
use crate::world::World;

use super::breaking::{Broken, break_answer, maintenance};
use super::recorder::Asked;
use super::{Shared, gzip};

const LARGEST_BODY: usize = 32 << 20;

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
struct Asking {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Asking {
    fn header(&self, name: &str) -> Option<&str> {
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

/// What one turn under the lock came to.
struct Turn {
    answer: Option<Answer>,
    packed: Option<Bytes>,
    fault: Option<(When, How)>,
    version: u64,
    now: i64,
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
    let crowded = ticket.is_err();
    let turn = shared
        .store
        .with(|world| take_turn(world, asking, &path, &whole, crowded));
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

/// Everything that needs the world: scripts, the answer itself, hooks and the log.
fn take_turn(world: &mut World, asking: &Asking, path: &str, whole: &str, crowded: bool) -> Turn {
    world.settle_stock();
    let sight = Sight {
        method: &asking.method,
        path,
        path_and_query: whole,
        body: &asking.body,
    };
    let fault = world
        .faults
        .iter_mut()
        .find_map(|armed| armed.strikes(sight).then(|| armed.what.clone()));
    let applied_before = world.ledger.len();
    let before = matches!(fault, Some((When::Before, ref how)) if !matches!(how, How::Slow { .. }));
    let mut packed = None;
    let answer = (!before).then(|| {
        let version = world.version;
        let (answer, kept) = gated(world, asking, whole, crowded);
        packed = kept.filter(|_| version == world.version);
        answer
    });
    if answer.is_some() {
        run_hooks(world, sight);
    }
    world.log.note(Seen {
        n: 0,
        time: iso_z(world.now()),
        method: asking.method.clone(),
        path: whole.to_owned(),
        body: String::from_utf8_lossy(&asking.body[..asking.body.len().min(Log::BODY)]).into_owned(),
        status: answer.as_ref().map_or(0, |answer| answer.status),
        applied: world.ledger.len() > applied_before,
        fault: fault
            .as_ref()
            .map(|(when, how)| format!("{when:?} {how:?}").to_lowercase()),
    });
    Turn {
        answer,
        packed,
        fault,
        version: world.version,
        now: world.now(),
    }
}

fn run_hooks(world: &mut World, sight: Sight<'_>) {
    let struck: Vec<_> = world
        .hooks
        .iter_mut()
        .filter_map(|hook| hook.strikes(sight).then(|| hook.what.clone()))
        .collect();
    for patch in struck {
        if let Err(message) = control::records::apply(world, &patch) {
            tracing::warn!(message, "A scripted change could not be made.");
        }
    }
}

/// The answer, and its compressed body where that is kept.
fn gated(world: &mut World, asking: &Asking, whole: &str, crowded: bool) -> (Answer, Option<Bytes>) {
    if world.settings.maintenance {
        return (maintenance(), None);
    }
    let standing = match standing(world, asking, crowded) {
        Ok(standing) => standing,
        Err(refusal) => return (refusal, None),
    };
    let limited = |answer: Answer| match standing {
        Some(standing) => standing.onto(answer),
        None => answer,
    };
    let packs = asking.method == "GET" && gzip::accepted(asking.header("accept-encoding"));
    if let Some(page) = gzip::kept(world, whole).filter(|_| packs) {
        return (
            limited(Answer::new(200, crate::answer::JSON, Bytes::new())),
            Some(page),
        );
    }
    (
        limited(handled(world, asking).unwrap_or_else(|refusal| refusal)),
        None,
    )
}

/// Route, token, store and quota, in the order in which the vendor's gateway looks at them.
fn standing(world: &mut World, asking: &Asking, crowded: bool) -> Result<Option<Standing>, Answer> {
    let (hash, version, parts) = routed(&asking.path).ok_or_else(gate::unknown_route)?;
    let found = routes::find(version, &asking.method, &parts);
    if matches!(found, Found::Nowhere) {
        return Err(gate::unknown_route());
    }
    gate::token(&world.settings, asking.header("x-auth-token"))?;
    gate::store(&world.hash, hash)?;
    if crowded {
        return Err(too_many_requests());
    }
    let standing = world.quota.take(world.clock.now_ms(), &world.settings);
    if let Some(standing) = standing.filter(|standing| !standing.allowed) {
        let refusal = too_many_requests();
        return Err(if world.settings.bare_429 {
            refusal
        } else {
            standing.onto(refusal)
        });
    }
    Ok(standing)
}

fn handled(world: &mut World, asking: &Asking) -> Result<Answer, Answer> {
    let (_, version, parts) = routed(&asking.path).ok_or_else(gate::unknown_route)?;
    let route = match routes::find(version, &asking.method, &parts) {
        Found::Route(route) => route,
        Found::Missing(answer) => return Err(answer),
        Found::Nowhere => return Err(gate::unknown_route()),
    };
    let writes = !matches!(asking.method.as_str(), "GET" | "HEAD");
    gate::scope(&world.settings, route.need, writes)?;
    let mut query = Query::parse(version, &asking.query);
    query.ignore(&world.settings.ignore_filters);
    if world.settings.ignore_page {
        query.ignore(&["page".to_owned(), "after".to_owned(), "before".to_owned()]);
    }
    let call = Call {
        method: &asking.method,
        version,
        parts,
        query,
        body: &asking.body,
    };
    (route.run)(world, &call)
}

/// Hash, version and the path's parts after the version.
fn routed(path: &str) -> Option<(&str, Version, Vec<&str>)> {
    let (hash, rest) = path.strip_prefix("/stores/")?.split_once('/')?;
    let (version, rest) = rest.split_once('/')?;
    let version = match version {
        "v2" => Version::V2,
        "v3" => Version::V3,
        _ => return None,
    };
    Some((hash, version, rest.split('/').collect()))
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
