//! One turn under the lock: scripts, gate, handler, hooks and the log, in that order. Nothing here waits.

use bytes::Bytes;

use crate::answer::{Answer, Version};
use crate::call::Call;
use crate::clock::iso_z;
use crate::control;
use crate::faults::{How, Sight, When};
use crate::gate;
use crate::ledger::{Log, Seen};
use crate::login;
use crate::query::Query;
use crate::quota::{Standing, too_many_requests};
use crate::routes::{self, Found};
use crate::world::World;

use super::breaking::maintenance;
use super::gzip;
use super::serve::Asking;

/// Where the legacy account signs in.
const LEGACY: &str = "/api/v2/";

/// What one turn under the lock came to.
pub(super) struct Turn {
    pub(super) answer: Option<Answer>,
    pub(super) packed: Option<Bytes>,
    pub(super) fault: Option<(When, How)>,
    pub(super) version: u64,
    pub(super) now: i64,
}

/// Everything that needs the world: scripts, the answer itself, hooks and the log.
pub(super) fn take_turn(
    world: &mut World,
    asking: &Asking,
    (path, whole): (&str, &str),
    crowded: bool,
    keeps: bool,
) -> Turn {
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
        let (mut answer, kept) = gated(world, asking, whole, crowded, keeps && fault.is_none());
        let unsent = &world.settings.unsent_headers;
        answer
            .headers
            .retain(|(name, _)| unsent.iter().all(|unsent| unsent != name));
        packed = kept.filter(|_| version == world.version);
        answer
    });
    if answer.is_some() {
        run_hooks(world, sight);
    }
    world.log.note(Seen {
        n: 0,
        time: iso_z(world.now()),
        at_ms: world.clock.now_ms(),
        method: asking.method.clone(),
        token: asking.header("x-auth-token").unwrap_or_default().to_owned(),
        path: whole.to_owned(),
        body: String::from_utf8_lossy(&asking.body[..asking.body.len().min(Log::BODY)]).into_owned(),
        status: answer.as_ref().map_or(0, |answer| answer.status),
        quota: world.quota.last().filter(|_| answer.is_some()),
        applied: world.ledger.len() > applied_before,
        fault: fault
            .as_ref()
            .map(|(when, how)| format!("{when:?} {}", how.words()).to_lowercase()),
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

/// The answer, and its compressed body where that is kept. `keeps` says whether a kept page will do: not where
/// the answer itself is to be recorded or broken.
fn gated(
    world: &mut World,
    asking: &Asking,
    whole: &str,
    crowded: bool,
    keeps: bool,
) -> (Answer, Option<Bytes>) {
    if world.settings.maintenance {
        return (maintenance(), None);
    }
    if login::is_here(&asking.path) {
        let basic = asking.header("authorization").is_some();
        let answer = login::answer(
            world,
            &asking.method,
            &asking.path,
            &asking.query,
            basic,
            &asking.body,
        );
        return (answer, None);
    }
    let standing = match standing(world, asking, crowded) {
        Ok(standing) => standing,
        Err(refusal) => return (refusal, None),
    };
    let is_legacy = asking.path.starts_with(LEGACY);
    let left = world.settings.legacy_left;
    let limited = |answer: Answer| match standing {
        _ if is_legacy => answer.with("x-bc-apilimit-remaining", left.to_string()),
        Some(standing) => standing.onto(answer),
        None => answer,
    };
    // A kept page was made for the first account; others may not be allowed to see it.
    let keeps = keeps && asking.header("x-auth-token") == Some(&world.settings.token);
    let packs = keeps && asking.method == "GET" && gzip::accepted(asking.header("accept-encoding"));
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
    account(world, asking)?;
    if asking.path.starts_with(LEGACY) {
        let left = &mut world.settings.legacy_left;
        *left = left.saturating_sub(1);
        return if *left > 0 {
            Ok(None)
        } else {
            Err(too_many_requests())
        };
    }
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
    gate::scope(&account(world, asking)?, route.need, writes)?;
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

fn account<'w>(world: &'w World, asking: &Asking) -> Result<gate::Account<'w>, Answer> {
    if asking.path.starts_with(LEGACY) {
        gate::legacy(&world.settings, asking.header("authorization"))
    } else {
        gate::token(&world.settings, asking.header("x-auth-token"))
    }
}

/// Hash, version and the path's parts after the version. The store's own host is for the legacy account, which has v2
/// alone.
fn routed(path: &str) -> Option<(&str, Version, Vec<&str>)> {
    if let Some(rest) = path.strip_prefix(LEGACY) {
        return Some(("", Version::V2, rest.split('/').collect()));
    }
    let (hash, rest) = path.strip_prefix("/stores/")?.split_once('/')?;
    let (version, rest) = rest.split_once('/')?;
    let version = match version {
        "v2" => Version::V2,
        "v3" => Version::V3,
        _ => return None,
    };
    Some((hash, version, rest.split('/').collect()))
}
