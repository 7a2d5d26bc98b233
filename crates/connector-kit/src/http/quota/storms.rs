//! Ten minutes of 429s in two hundred patterns of headers, while a second program eats half of the quota. In virtual time.
//!
//! Not a request may fail; none may go out while the store has said that its window is closed; and of what the second
//! program leaves, at least nine tenths must be used. A case that fails prints the line that replays it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{HeaderMap, HeaderName, HeaderValue};
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::task::JoinSet;

use super::{Heard, Priority, Quota, Reserve, tests::Virtual};
use crate::{Clock, http::said::Said};

const CASES: u64 = 200;
const TEN_MINUTES: u64 = 600_000;
const READERS: u64 = 8;

/// Which headers a store sends, and how.
#[derive(Clone, Copy, Debug)]
struct Pattern {
    /// An answer tells the quota, or only what is left of it.
    quota: bool,
    /// An answer tells when the window ends.
    reset: bool,
    /// An answer tells how long a window is.
    window: bool,
    /// A refusal tells what is left (nothing), too.
    budget_on_429: bool,
    /// How a refusal says when to come back.
    after: After,
    /// A header that is damaged.
    damaged: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
enum After {
    ResetMs,
    OwnSeconds,
    Seconds,
    Both,
}

/// One case: everything in it comes from its number.
#[derive(Clone, Copy, Debug)]
struct Case {
    pattern: Pattern,
    quota: u32,
    window_ms: u64,
    phase_ms: u64,
    line_ms: u64,
}

impl Case {
    fn of(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let after = [After::ResetMs, After::OwnSeconds, After::Seconds, After::Both];
        let reset = random.random_bool(0.8);
        Self {
            pattern: Pattern {
                quota: random.random_bool(0.8),
                reset,
                window: random.random_bool(0.7),
                budget_on_429: random.random_bool(0.5),
                after: after[seed as usize % after.len()],
                damaged: ["x-rate-limit-time-window-ms", "retry-after", "x-retry-after"]
                    .get(random.random_range(0..6))
                    .copied(),
            },
            quota: [20, 40, 150][random.random_range(0..3)],
            window_ms: 30_000,
            phase_ms: random.random_range(0..30_000),
            line_ms: [1, 5, 20][random.random_range(0..3)],
        }
    }
}

/// A store that counts strictly, and a second program that takes half of each window, spread over it.
struct Store {
    case: Case,
    random: StdRng,
    window: u64,
    used: u32,
    /// When the second program asks in this window; the last one first.
    others: Vec<u64>,
    /// What was served to us and to the other, by window.
    served: BTreeMap<u64, (u32, u32)>,
    /// Until when it told us that nothing goes; and how often that was not heeded.
    closed_until: u64,
    inside_closed: u32,
    /// Answers that left nothing of their window.
    used_up: u32,
}

impl Store {
    fn at(&mut self, now_ms: u64) -> u64 {
        let at = now_ms + self.case.phase_ms;
        if at / self.case.window_ms != self.window || self.served.is_empty() {
            self.window = at / self.case.window_ms;
            self.used = 0;
            let span = self.window * self.case.window_ms..(self.window + 1) * self.case.window_ms;
            self.others = (0..self.case.quota / 2)
                .map(|_| self.random.random_range(span.clone()))
                .collect();
            self.others.sort_unstable_by(|one, next| next.cmp(one));
        }
        let (_, others) = self.served.entry(self.window).or_default();
        while self.others.pop_if(|asks| *asks <= at).is_some() {
            if self.used < self.case.quota {
                self.used += 1;
                *others += 1;
            }
        }
        at
    }

    fn take(&mut self, now_ms: u64) -> (u16, HeaderMap) {
        let at = self.at(now_ms);
        let status = if self.used < self.case.quota { 200 } else { 429 };
        if status == 200 {
            self.used += 1;
            self.served.entry(self.window).or_default().0 += 1;
        }
        let reset = self.case.window_ms - at % self.case.window_ms;
        (status, self.headers(status, reset))
    }

    fn headers(&self, status: u16, reset: u64) -> HeaderMap {
        let Case { pattern, quota, .. } = self.case;
        let refused = status == 429;
        let mut pairs: Vec<(&'static str, u64)> = Vec::new();
        if !refused || pattern.budget_on_429 {
            pairs.push(("x-rate-limit-requests-left", (quota - self.used).into()));
            if pattern.quota {
                pairs.push(("x-rate-limit-requests-quota", quota.into()));
            }
            if pattern.window {
                pairs.push(("x-rate-limit-time-window-ms", self.case.window_ms));
            }
            if pattern.reset {
                pairs.push(("x-rate-limit-time-reset-ms", reset));
            }
        }
        let seconds = reset.div_ceil(1_000);
        if refused {
            match pattern.after {
                After::ResetMs => pairs.push(("x-rate-limit-time-reset-ms", reset)),
                After::OwnSeconds => pairs.push(("x-retry-after", seconds)),
                After::Seconds => pairs.push(("retry-after", seconds)),
                After::Both => {
                    pairs.extend([("x-retry-after", seconds), ("x-rate-limit-time-reset-ms", reset)]);
                }
            }
        }
        let mut headers: HeaderMap = pairs
            .into_iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from(value)))
            .collect();
        let damaged = pattern.damaged.filter(|name| !headers.contains_key(*name));
        headers.extend(damaged.map(|name| (HeaderName::from_static(name), HeaderValue::from_static("soon"))));
        headers
    }

    /// What we were told: nothing goes until then. A refusal closes the window, and so does an answer that leaves nothing
    /// of it.
    fn told(&mut self, status: u16, said: &Said, now_ms: u64) {
        let refused = said.wait().filter(|_| status == 429);
        let nothing_left = said
            .budget
            .filter(|budget| budget.left == 0 && self.case.pattern.reset);
        let wait = refused.max(nothing_left.map(|budget| budget.reset));
        self.used_up += u32::from(refused.is_none() && nothing_left.is_some());
        if let Some(wait) = wait {
            self.closed_until = self.closed_until.max(now_ms + wait.as_millis() as u64);
        }
    }
}

/// How often a window was used up without a refusal; or what went wrong.
async fn storm(seed: u64) -> Result<u32, String> {
    let case = Case::of(seed);
    let clock = Virtual::new();
    let quota = Arc::new(Quota::new(Reserve::default()));
    let store = Arc::new(Mutex::new(Store {
        case,
        random: StdRng::seed_from_u64(seed),
        window: 0,
        used: 0,
        others: Vec::new(),
        served: BTreeMap::new(),
        closed_until: 0,
        inside_closed: 0,
        used_up: 0,
    }));
    let mut readers = JoinSet::new();
    for reader in 0..READERS {
        let (clock, quota, store) = (clock.clone(), quota.clone(), store.clone());
        let mut random = StdRng::seed_from_u64(seed * 1_000 + reader);
        readers.spawn(async move {
            while clock.ms() < TEN_MINUTES {
                one(&clock, &quota, &store, case.line_ms, &mut random).await?;
            }
            Ok::<_, String>(())
        });
    }
    while let Some(read) = readers.join_next().await {
        read.expect("a reader does not panic")?;
    }
    verdict(&store.lock().expect("nobody panics"))
}

/// One record: asked for until it is there.
async fn one(
    clock: &Virtual,
    quota: &Arc<Quota>,
    store: &Mutex<Store>,
    line_ms: u64,
    random: &mut StdRng,
) -> Result<(), String> {
    let mut patience = Duration::from_mins(15);
    loop {
        let pass = quota.enter(clock, &mut patience, Priority::Normal).await;
        let pass = pass.map_err(|error| format!("a record failed: {}", error.message))?;
        {
            let mut store = store.lock().expect("nobody panics");
            store.inside_closed += u32::from(clock.ms() < store.closed_until);
        }
        clock
            .sleep(Duration::from_millis(random.random_range(0..=line_ms)))
            .await;
        let (status, headers) = store.lock().expect("nobody panics").take(clock.ms());
        clock
            .sleep(Duration::from_millis(random.random_range(0..=line_ms)))
            .await;
        let said = Said::of(&headers);
        store
            .lock()
            .expect("nobody panics")
            .told(status, &said, clock.ms());
        pass.give_back(Heard::Answer(status, said), clock.now());
        if status == 200 {
            return Ok(());
        }
    }
}

/// Of the windows that were whole.
fn verdict(store: &Store) -> Result<u32, String> {
    if store.inside_closed > 0 {
        return Err(format!("{} requests inside a closed window", store.inside_closed));
    }
    let mut whole: Vec<_> = store.served.values().skip(1).collect();
    whole.pop();
    let ours: u32 = whole.iter().map(|(ours, _)| ours).sum();
    let offered: u32 = whole.iter().map(|(_, others)| store.case.quota - others).sum();
    if f64::from(ours) < 0.9 * f64::from(offered) {
        return Err(format!("{ours} of {offered} offered requests were used"));
    }
    Ok(store.used_up)
}

/// `STORM=17 cargo test -p connector-kit storms` replays one case.
#[tokio::test(start_paused = true)]
async fn ten_minute_storms_in_two_hundred_patterns_of_headers() {
    let chosen = std::env::var("STORM").ok().and_then(|seed| seed.parse().ok());
    let (mut failed, mut used_up) = (Vec::new(), 0);
    for seed in (0..CASES).filter(|seed| chosen.is_none_or(|chosen: u64| chosen == *seed)) {
        match storm(seed).await {
            Ok(windows) => used_up += windows,
            Err(wrong) => failed.push(format!(
                "STORM={seed} cargo test -p connector-kit storms   # {wrong}; {:?}",
                Case::of(seed)
            )),
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {CASES} storms:\n{}",
        failed.len(),
        failed.join("\n")
    );
    assert!(
        chosen.is_some() || used_up > 1_000,
        "windows are used up without a refusal, too: {used_up}"
    );
}
