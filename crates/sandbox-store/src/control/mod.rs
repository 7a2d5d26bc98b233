//! The control API, `/sandbox/…` on the store's own port: what a test or a second process scripts and reads.
//! It needs no token; that the port is on loopback and the request names loopback is checked before.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answer::{Answer, Reply};
use crate::clock::{iso_z, parse};
use crate::faults::{Fault, Match};
use crate::query::Query;
use crate::world::World;

pub(crate) mod records;

use records::{Kind, Patch};

/// A change placed after a request.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Hook {
    #[serde(default)]
    on: Match,
    apply: Patch,
}

const HELP: &[&str] = &[
    "GET /sandbox",
    "GET, POST, DELETE /sandbox/faults",
    "GET, POST, DELETE /sandbox/hooks",
    "GET, DELETE /sandbox/ledger?kind=&key=&id=&method=",
    "GET, DELETE /sandbox/requests?method=&path=&fault=",
    "GET, POST /sandbox/clock",
    "GET, POST /sandbox/records",
    "GET, POST /sandbox/settings",
];

/// Answers a request below `/sandbox`.
pub(crate) fn answer(world: &mut World, method: &str, part: &str, query: &Query, body: &[u8]) -> Answer {
    let reply = match (method, part) {
        ("GET", "") => Ok(Answer::json(200, &summary(world))),
        ("GET", "faults") => Ok(Answer::json(200, &faults(world))),
        ("POST", "faults") => arm(world, body),
        ("DELETE", "faults") => {
            world.faults.clear();
            Ok(Answer::empty())
        }
        ("GET", "hooks") => Ok(Answer::json(200, &hooks(world))),
        ("POST", "hooks") => hook(world, body),
        ("DELETE", "hooks") => {
            world.hooks.clear();
            Ok(Answer::empty())
        }
        ("GET", "ledger") => Ok(Answer::json(200, &ledger(world, query))),
        ("DELETE", "ledger") => {
            world.ledger.clear();
            Ok(Answer::empty())
        }
        ("GET", "requests") => Ok(Answer::json(200, &requests(world, query))),
        ("DELETE", "requests") => {
            world.log.clear();
            Ok(Answer::empty())
        }
        ("GET", "clock") => Ok(Answer::json(200, &clock(world))),
        ("POST", "clock") => move_clock(world, body),
        ("GET", "records") => record(world, query),
        ("POST", "records") => patch(world, body),
        ("GET", "settings") => Ok(Answer::json(200, &json!(world.settings))),
        ("POST", "settings") => settings(world, body),
        _ => Err(refuse(404, "There is no such control; there are:")),
    };
    reply.unwrap_or_else(|refusal| refusal)
}

fn refuse(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({ "error": message, "controls": HELP }))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Answer> {
    serde_json::from_slice(body).map_err(|error| refuse(422, &error.to_string()))
}

/// One thing or a list of them.
fn read_some<T: DeserializeOwned>(body: &[u8]) -> Result<Vec<T>, Answer> {
    match read::<Value>(body)? {
        Value::Array(items) => items
            .into_iter()
            .map(|item| serde_json::from_value(item).map_err(|error| refuse(422, &error.to_string())))
            .collect(),
        one => serde_json::from_value(one)
            .map(|one| vec![one])
            .map_err(|error| refuse(422, &error.to_string())),
    }
}

fn summary(world: &World) -> Value {
    json!({
        "hash": world.hash, "token": world.settings.token, "records": world.counts(), "time": iso_z(world.now()),
        "requests": world.log.iter().count(), "applied": world.ledger.len(), "controls": HELP,
    })
}

fn faults(world: &World) -> Value {
    let all = world.faults.iter().map(|armed| {
        let (when, how) = &armed.what;
        json!({ "id": armed.id, "on": armed.on(), "when": when, "how": how, "struck": armed.struck() })
    });
    Value::Array(all.collect())
}

fn arm(world: &mut World, body: &[u8]) -> Reply {
    let ids: Vec<u64> = read_some::<Fault>(body)?
        .into_iter()
        .map(|fault| world.arm(fault))
        .collect();
    Ok(Answer::json(201, &json!({ "ids": ids })))
}

fn hooks(world: &World) -> Value {
    let all = world.hooks.iter().map(
        |armed| json!({ "id": armed.id, "on": armed.on(), "apply": armed.what, "struck": armed.struck() }),
    );
    Value::Array(all.collect())
}

fn hook(world: &mut World, body: &[u8]) -> Reply {
    let hooks = read_some::<Hook>(body)?;
    let ids: Vec<u64> = hooks
        .into_iter()
        .map(|hook| world.hook(hook.on, hook.apply))
        .collect();
    Ok(Answer::json(201, &json!({ "ids": ids })))
}

fn ledger(world: &World, query: &Query) -> Value {
    let is = |name: &str, value: &str| {
        query
            .text(name)
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    let found = world.ledger.iter().filter(|entry| {
        is("kind", &entry.kind) && is("key", &entry.key) && is("id", &entry.id) && is("method", &entry.method)
    });
    json!(found.collect::<Vec<_>>())
}

fn requests(world: &World, query: &Query) -> Value {
    let found = world.log.iter().filter(|seen| {
        query
            .text("method")
            .is_none_or(|method| method.eq_ignore_ascii_case(&seen.method))
            && query.text("path").is_none_or(|path| seen.path.starts_with(path))
            && query
                .text("fault")
                .is_none_or(|fault| seen.fault.as_deref().unwrap_or_default().contains(fault))
    });
    json!(found.collect::<Vec<_>>())
}

fn clock(world: &World) -> Value {
    json!({ "time": iso_z(world.now()), "unix": world.now() })
}

/// `{"advance_seconds": 30}` or `{"at": "2026-11-21T08:00:00Z"}`
fn move_clock(world: &mut World, body: &[u8]) -> Reply {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Move {
        advance_seconds: Option<i64>,
        at: Option<String>,
    }
    let wanted: Move = read(body)?;
    if let Some(at) = wanted.at {
        let given = parse(&at).ok_or_else(|| refuse(422, "`at` is no time"))?;
        world.clock.set(given.second);
    }
    world.clock.advance(wanted.advance_seconds.unwrap_or_default());
    world.changed();
    Ok(Answer::json(200, &clock(world)))
}

fn record(world: &mut World, query: &Query) -> Reply {
    let kind: Kind = query
        .text("kind")
        .and_then(|kind| serde_json::from_value(json!(kind)).ok())
        .ok_or_else(|| {
            refuse(
                422,
                "`kind` is one of product, variant, category, customer, order",
            )
        })?;
    let id = query.int("id")?.unwrap_or_default().max(0) as u64;
    let found = records::document(world, kind, id).ok_or_else(|| refuse(404, "There is no such record"))?;
    Ok(Answer::json(200, &Value::Object(found)))
}

fn patch(world: &mut World, body: &[u8]) -> Reply {
    let mut ids = Vec::new();
    for patch in read_some::<Patch>(body)? {
        ids.push(records::apply(world, &patch).map_err(|message| refuse(422, &message))?);
    }
    Ok(Answer::json(200, &json!({ "ids": ids })))
}

fn settings(world: &mut World, body: &[u8]) -> Reply {
    let sent: serde_json::Map<String, Value> = read(body)?;
    let mut all = json!(world.settings);
    for (name, value) in sent {
        all[name] = value;
    }
    world.settings = serde_json::from_value(all).map_err(|error| refuse(422, &error.to_string()))?;
    world.quota.restart();
    world.changed();
    Ok(Answer::json(200, &json!(world.settings)))
}
