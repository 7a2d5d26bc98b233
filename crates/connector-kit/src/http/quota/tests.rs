//! The gate against a store that counts strictly, in virtual time.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::{task::JoinSet, time::Instant};

use super::{Heard, Pace, Priority, Quiet, Quota, Reserve};
use crate::{Clock, Kind, http::said::Said};

/// Tokio's paused time as the wall clock; `back` sets the wall back from some instant on.
pub(super) struct Virtual {
    began: Instant,
    back: Mutex<SignedDuration>,
}

impl Virtual {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            back: Mutex::default(),
        })
    }

    pub(super) fn ms(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }
}

#[async_trait]
#[expect(
    clippy::disallowed_methods,
    reason = "virtual time is made of tokio's paused time"
)]
impl Clock for Virtual {
    fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.began.elapsed()).unwrap();
        Timestamp::UNIX_EPOCH + elapsed - *self.back.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Fixed windows of `window_ms`, `quota` requests in each, the one after that refused. Another program may take
/// some of them.
struct Store {
    quota: u32,
    window_ms: u64,
    phase_ms: u64,
    window: u64,
    used: u32,
    served: u32,
    refused: u32,
    taken_by_others: u32,
    /// Its windows turn up to this much later than it says: clocks tick.
    late_ms: u64,
}

impl Store {
    fn new(quota: u32, phase_ms: u64) -> Self {
        let (window_ms, window) = (30_000, 0);
        Self {
            quota,
            window_ms,
            phase_ms,
            window,
            used: 0,
            served: 0,
            refused: 0,
            taken_by_others: 0,
            late_ms: 40,
        }
    }

    fn take(&mut self, now_ms: u64) -> (u16, HeaderMap) {
        let at = now_ms + self.phase_ms;
        if at / self.window_ms != self.window {
            self.window = at / self.window_ms;
            self.used = self.taken_by_others;
        }
        let status = if self.used < self.quota { 200 } else { 429 };
        if status == 200 {
            self.used += 1;
            self.served += 1;
        } else {
            self.refused += 1;
        }
        let reset = (self.window_ms - at % self.window_ms).saturating_sub(self.late_ms);
        (
            status,
            headers(self.quota, self.quota - self.used, reset, self.window_ms),
        )
    }
}

fn headers(quota: u32, left: u32, reset: u64, window: u64) -> HeaderMap {
    let pair = |name, value: u64| (HeaderName::from_static(name), HeaderValue::from(value));
    HeaderMap::from_iter([
        pair("x-rate-limit-requests-quota", quota.into()),
        pair("x-rate-limit-requests-left", left.into()),
        pair("x-rate-limit-time-reset-ms", reset),
        pair("x-rate-limit-time-window-ms", window),
    ])
}

fn answer(status: u16, headers: &HeaderMap) -> Heard {
    Heard::Answer(status, Said::of(headers))
}

/// `readers` tasks send `each` requests with lines of up to `slowest_ms` each way. The store afterwards, and how
/// long it took.
async fn read(store: Store, readers: u64, each: u32, slowest_ms: u64, seed: u64) -> (Store, u64) {
    let clock = Virtual::new();
    let quota = Arc::new(Quota::new(Reserve::default()));
    let store = Arc::new(Mutex::new(store));
    let mut tasks = JoinSet::new();
    for reader in 0..readers {
        let (clock, quota, store) = (clock.clone(), quota.clone(), store.clone());
        let mut random = StdRng::seed_from_u64(seed * 100 + reader);
        tasks.spawn(async move {
            for _ in 0..each {
                loop {
                    let mut patience = Duration::from_mins(15);
                    let pass = quota
                        .enter(&*clock, &mut patience, Priority::Normal)
                        .await
                        .unwrap();
                    clock
                        .sleep(Duration::from_millis(random.random_range(0..=slowest_ms)))
                        .await;
                    let (status, headers) = store.lock().unwrap().take(clock.ms());
                    clock
                        .sleep(Duration::from_millis(random.random_range(0..=slowest_ms)))
                        .await;
                    pass.give_back(answer(status, &headers), clock.now());
                    if status == 200 {
                        break;
                    }
                }
            }
        });
    }
    tasks.join_all().await;
    let store = Arc::try_unwrap(store).ok().unwrap().into_inner().unwrap();
    (store, clock.ms())
}

#[tokio::test(start_paused = true)]
async fn a_strict_store_never_refuses_eight_readers() {
    for seed in 0..24 {
        let slowest = [0, 3, 50, 400, 2_000, 6_000][seed as usize % 6];
        let store = Store::new(150, seed * 1_777 % 30_000);
        let (store, took_ms) = read(store, 8, 400, slowest, seed).await;
        assert_eq!(store.served, 3_200, "every request comes through");
        assert_eq!(
            store.refused, 0,
            "no 429 is provoked (seed {seed}, lines up to {slowest} ms)"
        );
        if slowest <= 400 {
            let bound = 30_000 * (3_200 / 147 + 1);
            assert!(
                took_ms <= bound,
                "the quota is used: {took_ms} ms of {bound} (seed {seed}, {slowest} ms)"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn small_and_odd_quotas_are_kept_too() {
    for (quota, readers) in [(1, 8), (2, 3), (5, 8), (7, 20), (49, 8), (450, 32)] {
        let (store, _) = read(Store::new(quota, 7_000), readers, 20, 80, u64::from(quota)).await;
        assert_eq!(store.refused, 0, "quota {quota}, {readers} readers");
        assert_eq!(u64::from(store.served), 20 * readers);
    }
}

#[tokio::test(start_paused = true)]
async fn another_program_that_uses_the_quota_costs_one_refusal_a_window_at_most() {
    for seed in 0..6 {
        let mut store = Store::new(150, 12_000);
        store.taken_by_others = 150 - 4 * seed as u32; // in every window but the first
        store.taken_by_others = store.taken_by_others.min(148);
        let (store, took_ms) = read(store, 8, 30, 60, seed).await;
        let windows = took_ms / 30_000 + 1;
        assert!(
            u64::from(store.refused) <= windows,
            "{} refusals in {windows} windows",
            store.refused
        );
    }
}

async fn enter(quota: &Arc<Quota>, clock: &Virtual) -> super::Pass {
    quota
        .enter(clock, &mut Duration::from_mins(15), Priority::Normal)
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_out_before_the_time_of_a_429_is_over() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    let pass = enter(&quota, &clock).await;
    let refusal = HeaderMap::from_iter([(HeaderName::from_static("x-retry-after"), HeaderValue::from(14))]);
    pass.give_back(answer(429, &refusal), clock.now());
    assert!(
        quota.waits_until() > Some(clock.now()),
        "the status line can say until when"
    );
    let pass = enter(&quota, &clock).await;
    assert!(
        clock.ms() >= 14_000,
        "the store's time is over: {} ms",
        clock.ms()
    );
    assert!(clock.ms() < 14_200, "and nobody slept longer: {} ms", clock.ms());
    drop(pass);
}

#[tokio::test(start_paused = true)]
async fn refusals_without_a_time_wait_longer_and_longer() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    let mut waits = Vec::new();
    for _ in 0..9 {
        let before = clock.ms();
        let pass = enter(&quota, &clock).await;
        waits.push((clock.ms() - before) / 1_000);
        pass.give_back(answer(429, &HeaderMap::new()), clock.now());
    }
    assert_eq!(
        waits,
        [0, 5, 10, 20, 40, 80, 160, 320, 600],
        "from a few seconds to ten minutes"
    );
    let pass = enter(&quota, &clock).await;
    pass.give_back(answer(200, &HeaderMap::new()), clock.now());
    let pass = enter(&quota, &clock).await;
    pass.give_back(answer(429, &HeaderMap::new()), clock.now());
    let before = clock.ms();
    drop(enter(&quota, &clock).await);
    assert_eq!(
        (clock.ms() - before) / 1_000,
        5,
        "an answer in between starts anew"
    );
}

#[tokio::test(start_paused = true)]
async fn refused_together_is_refused_once() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    enter(&quota, &clock)
        .await
        .give_back(answer(200, &HeaderMap::new()), clock.now());
    let mut passes = Vec::new();
    for _ in 0..8 {
        passes.push(enter(&quota, &clock).await);
    }
    for pass in passes {
        pass.give_back(answer(429, &HeaderMap::new()), clock.now());
    }
    drop(enter(&quota, &clock).await);
    assert_eq!(
        clock.ms() / 1_000,
        5,
        "eight refusals at once are not eight warnings"
    );
}

#[tokio::test(start_paused = true)]
async fn a_store_without_a_limit_is_not_slowed() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    let first = enter(&quota, &clock).await;
    let others = tokio::time::timeout(Duration::from_secs(1), enter(&quota, &clock)).await;
    assert!(others.is_err(), "one goes ahead to learn what is left");
    first.give_back(answer(200, &HeaderMap::new()), clock.now());
    let at = clock.ms();
    let mut passes = Vec::new();
    for _ in 0..1_000 {
        passes.push(enter(&quota, &clock).await);
    }
    assert_eq!(clock.ms(), at, "absent headers mean no limit");
    assert_eq!(quota.reading(), None);
}

#[tokio::test(start_paused = true)]
async fn one_that_hangs_or_is_dropped_does_not_stop_the_others() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    let hangs = enter(&quota, &clock).await;
    let next = enter(&quota, &clock).await;
    assert_eq!(
        clock.ms() / 1_000,
        5,
        "after five seconds the next one is let ahead"
    );
    drop(next);
    drop(enter(&quota, &clock).await);
    assert_eq!(clock.ms() / 1_000, 5, "a cancelled request gives its place back");
    drop(hangs);
}

#[tokio::test(start_paused = true)]
async fn more_patience_than_a_request_has_is_an_error_at_once() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    let pass = enter(&quota, &clock).await;
    let refusal = HeaderMap::from_iter([(HeaderName::from_static("retry-after"), HeaderValue::from(1_200))]);
    pass.give_back(answer(429, &refusal), clock.now());
    let error = quota
        .enter(&*clock, &mut Duration::from_mins(15), Priority::Normal)
        .await
        .unwrap_err();
    let Kind::Unavailable {
        retry_after: Some(wait),
    } = error.kind
    else {
        panic!("{error:?}")
    };
    assert_eq!(wait.as_secs(), 1_200, "the engine learns how long");
    assert_eq!(clock.ms(), 0, "and holds nothing open meanwhile");
}

#[tokio::test(start_paused = true)]
async fn a_clock_set_back_does_not_stretch_a_wait() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    let pass = enter(&quota, &clock).await;
    let refusal = HeaderMap::from_iter([(HeaderName::from_static("retry-after"), HeaderValue::from(30))]);
    pass.give_back(answer(429, &refusal), clock.now());
    *clock.back.lock().unwrap() = SignedDuration::from_hours(24);
    drop(enter(&quota, &clock).await);
    assert!((29_000..45_000).contains(&clock.ms()), "{} ms", clock.ms());
}

#[tokio::test(start_paused = true)]
async fn late_answers_of_an_old_window_say_nothing_of_the_new_one() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::new(Reserve(0))));
    enter(&quota, &clock)
        .await
        .give_back(answer(200, &headers(150, 100, 1_000, 30_000)), clock.now());
    let late = enter(&quota, &clock).await;
    clock.sleep(Duration::from_millis(1_500)).await;
    enter(&quota, &clock)
        .await
        .give_back(answer(200, &headers(150, 3, 29_500, 30_000)), clock.now());
    late.give_back(answer(200, &headers(150, 99, 900, 30_000)), clock.now());
    let reading = quota.reading().unwrap();
    assert_eq!(
        (reading.left, reading.quota),
        (3, 150),
        "only the new window counts"
    );
    let before = clock.ms();
    for _ in 0..3 {
        let pass = enter(&quota, &clock).await;
        assert_eq!(clock.ms(), before, "three are left");
        std::mem::forget(pass);
    }
    drop(enter(&quota, &clock).await);
    assert!(
        clock.ms() >= 31_000,
        "then the window must turn: {} ms",
        clock.ms()
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_lets_the_next_one_go_at_once() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    let ahead = enter(&quota, &clock).await;
    let (next, ()) = tokio::join!(enter(&quota, &clock), async {
        clock.sleep(Duration::from_millis(100)).await;
        ahead.give_back(answer(200, &HeaderMap::new()), clock.now());
    });
    assert!(
        clock.ms() < 110,
        "nobody waits for a timer when the answer is there: {} ms",
        clock.ms()
    );
    drop(next);
}

#[tokio::test(start_paused = true)]
async fn who_asked_first_goes_first() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::new(Reserve(0))));
    let spent = |clock: &Virtual| (answer(200, &headers(1, 0, 1_000, 1_000)), clock.now());
    let (heard, now) = spent(&clock);
    enter(&quota, &clock).await.give_back(heard, now);
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    for asked in 0..6 {
        let (clock, quota, order) = (clock.clone(), quota.clone(), order.clone());
        tasks.spawn(async move {
            clock.sleep(Duration::from_millis(10 * (6 - asked))).await;
            let pass = enter(&quota, &clock).await;
            order.lock().unwrap().push(asked);
            let (heard, now) = spent(&clock);
            pass.give_back(heard, now);
        });
    }
    tasks.join_all().await;
    assert_eq!(
        *order.lock().unwrap(),
        [5, 4, 3, 2, 1, 0],
        "a small quota must starve nobody"
    );
}

#[tokio::test(start_paused = true)]
async fn a_straggler_of_an_old_refusal_starts_no_new_wait() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    enter(&quota, &clock)
        .await
        .give_back(answer(200, &HeaderMap::new()), clock.now());
    let (first, straggler) = (enter(&quota, &clock).await, enter(&quota, &clock).await);
    first.give_back(answer(429, &HeaderMap::new()), clock.now());
    enter(&quota, &clock)
        .await
        .give_back(answer(200, &HeaderMap::new()), clock.now());
    let at = clock.ms();
    straggler.give_back(answer(429, &HeaderMap::new()), clock.now());
    drop(enter(&quota, &clock).await);
    assert_eq!(clock.ms(), at, "it was refused before the wait that is over");
}

#[tokio::test(start_paused = true)]
async fn patience_counts_all_waits_together() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    enter(&quota, &clock)
        .await
        .give_back(answer(200, &HeaderMap::new()), clock.now());
    let (first, second) = (enter(&quota, &clock).await, enter(&quota, &clock).await);
    let refusal = HeaderMap::from_iter([(HeaderName::from_static("retry-after"), HeaderValue::from(15))]);
    first.give_back(answer(429, &refusal), clock.now());
    let mut patience = Duration::from_secs(20);
    let (entered, ()) = tokio::join!(quota.enter(&*clock, &mut patience, Priority::Normal), async {
        clock.sleep(Duration::from_secs(14)).await;
        second.give_back(answer(429, &refusal), clock.now());
    });
    assert!(
        entered.is_err(),
        "fourteen seconds are gone and fifteen more were asked for"
    );
}

/// Which of several requests go out, one a second: the priority of each, in the order they went.
async fn order_of(asked: &[Priority]) -> Vec<Priority> {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::new(Reserve(0))));
    let one_a_second = |clock: &Virtual| (answer(200, &headers(1, 0, 1_000, 1_000)), clock.now());
    let (heard, now) = one_a_second(&clock);
    enter(&quota, &clock).await.give_back(heard, now);
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    for (place, priority) in asked.iter().copied().enumerate() {
        let (clock, quota, order) = (clock.clone(), quota.clone(), order.clone());
        tasks.spawn(async move {
            clock.sleep(Duration::from_millis(place as u64)).await;
            let pass = quota
                .enter(&*clock, &mut Duration::from_mins(15), priority)
                .await
                .unwrap();
            order.lock().unwrap().push(priority);
            let (heard, now) = one_a_second(&clock);
            pass.give_back(heard, now);
        });
    }
    tasks.join_all().await;
    Arc::try_unwrap(order).unwrap().into_inner().unwrap()
}

#[tokio::test(start_paused = true)]
async fn orders_go_before_catalogues_and_nobody_waits_for_ever() {
    use Priority::{High, Low, Normal};
    assert_eq!(
        order_of(&[Low, Normal, High, Low, High]).await,
        [High, High, Normal, Low, Low]
    );
    let mut many = vec![Low];
    many.extend([High; 30]);
    let order = order_of(&many).await;
    let place = order.iter().position(|priority| *priority == Low).unwrap();
    assert!(place < 10, "a tenth goes to who has waited longest: {place}");
}

#[tokio::test(start_paused = true)]
async fn what_a_person_leaves_to_others_is_left() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    quota.set_pace(Pace {
        reserve: 40,
        ..Pace::default()
    });
    let first = enter(&quota, &clock).await;
    first.give_back(answer(200, &headers(100, 99, 20_000, 30_000)), clock.now());
    let mut passes = Vec::new();
    for _ in 0..59 {
        passes.push(enter(&quota, &clock).await);
    }
    assert_eq!(clock.ms(), 0, "sixty of a hundred go out");
    assert_eq!(quota.reading().map(|reading| reading.kept), Some(40));
    let (waited, ()) = tokio::join!(
        async {
            drop(enter(&quota, &clock).await);
            clock.ms()
        },
        async {
            for (used, pass) in (2..).zip(passes) {
                pass.give_back(
                    answer(200, &headers(100, 100 - used, 20_000, 30_000)),
                    clock.now(),
                );
            }
        }
    );
    assert!(waited >= 20_000, "the rest is for others: {waited} ms");
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_faster_than_a_person_wants() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    quota.set_pace(Pace {
        speed: Some(4.0),
        ..Pace::default()
    });
    for _ in 0..21 {
        enter(&quota, &clock)
            .await
            .give_back(answer(200, &HeaderMap::new()), clock.now());
    }
    assert!(
        (5_000..5_200).contains(&clock.ms()),
        "twenty more at four a second: {} ms",
        clock.ms()
    );
}

#[tokio::test(start_paused = true)]
async fn in_quiet_hours_orders_alone_go_out() {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    quota.set_pace(Pace {
        quiet: Quiet::read("23:00-06:00 UTC").ok(),
        ..Pace::default()
    });
    drop(
        quota
            .enter(&*clock, &mut Duration::from_mins(15), Priority::High)
            .await
            .unwrap(),
    );
    let error = quota
        .enter(&*clock, &mut Duration::from_mins(15), Priority::Normal)
        .await
        .unwrap_err();
    let Kind::Unavailable {
        retry_after: Some(wait),
    } = error.kind
    else {
        panic!("{error:?}")
    };
    assert_eq!(wait, Duration::from_hours(6), "it is midnight");
    clock.sleep(Duration::from_mins(350)).await;
    drop(
        quota
            .enter(&*clock, &mut Duration::from_mins(15), Priority::Low)
            .await
            .unwrap(),
    );
    assert!(
        (21_600_000..21_610_000).contains(&clock.ms()),
        "the last ten minutes are waited for"
    );
}

async fn at(quota: &Arc<Quota>, clock: &Virtual, endpoint: &str) -> crate::Result<super::Pass> {
    let mut patience = Duration::from_mins(15);
    quota
        .enter_at(endpoint, clock, &mut patience, Priority::Normal)
        .await
}

const CREATE: &str = "POST v3/customers";
const ORDERS: &str = "GET v2/orders";

/// A refusal that asks for an hour, with what it says of the budget.
fn an_hour(left: Option<u32>) -> HeaderMap {
    let mut headers = left.map_or_else(HeaderMap::new, |left| headers(150, left, 9_000, 30_000));
    headers.insert("x-retry-after", HeaderValue::from(3_600));
    headers
}

/// A store whose window was told, and one refusal of `CREATE` in it.
async fn refused_once(left: Option<u32>) -> (Arc<Virtual>, Arc<Quota>) {
    let (clock, quota) = (Virtual::new(), Arc::new(Quota::default()));
    let told = answer(200, &headers(150, 140, 10_000, 30_000));
    at(&quota, &clock, ORDERS)
        .await
        .unwrap()
        .give_back_of(ORDERS, told, clock.now());
    let refusal = answer(429, &an_hour(left));
    at(&quota, &clock, CREATE)
        .await
        .unwrap()
        .give_back_of(CREATE, refusal, clock.now());
    (clock, quota)
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_with_a_limit_of_its_own_holds_up_nobody_else() {
    for left in [None, Some(139)] {
        let (clock, quota) = refused_once(left).await;
        let error = at(&quota, &clock, CREATE).await.unwrap_err();
        let Kind::Unavailable {
            retry_after: Some(wait),
        } = error.kind
        else {
            panic!("{error:?}")
        };
        assert_eq!(wait.as_secs(), 3_600, "who calls it learns how long");
        drop(at(&quota, &clock, ORDERS).await.unwrap());
        assert_eq!(clock.ms(), 0, "the others go on at once");
        assert!(quota.waits_until().is_none_or(|until| until <= clock.now()));
        clock.sleep(Duration::from_secs(3_601)).await;
        drop(at(&quota, &clock, CREATE).await.unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_endpoint_that_is_refused_means_the_store() {
    let (clock, quota) = refused_once(None).await;
    let refusal = answer(429, &an_hour(None));
    at(&quota, &clock, ORDERS)
        .await
        .unwrap()
        .give_back_of(ORDERS, refusal, clock.now());
    for endpoint in [ORDERS, "GET v3/customers"] {
        assert!(at(&quota, &clock, endpoint).await.is_err(), "{endpoint} waits");
    }
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_is_used_up_is_the_stores_however_long_it_asks_for() {
    let (clock, quota) = refused_once(Some(0)).await;
    assert!(at(&quota, &clock, ORDERS).await.is_err(), "nothing is left");
}
