//! 429: the store's quota is small, and a second program takes half of it. Windows are shorter than the vendor's, so that a
//! storm of many windows is over in seconds; two hundred patterns of headers stand beside the quota itself.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kit::{World, pause};
use sandbox_store::{Config, Seen};

const FLOW: &str = "
processflow: notes-to-store
connections: { crm: files, store: bigcommerce }
steps:
  - read: { action: crm/csv.read, with: { file: notes.csv } }
  - write: { action: store/order.update, map: { id: ID, staff_notes: NOTE } }
";

/// Each order is asked for and then changed.
const ORDERS: usize = 70;
/// Requests in a window, and its length.
const QUOTA: u32 = 20;
const WINDOW: Duration = Duration::from_millis(800);
/// What the second program signs in with.
const OTHER: &str = "the-other-program";

/// Which headers the store leaves out, and whether the second program takes its half at once.
const PATTERNS: &[(&[&str], bool)] = &[
    (&["x-retry-after"], true),
    (&["x-retry-after"], false),
    (&["x-retry-after", "x-rate-limit-requests-quota"], true),
    (&["x-retry-after", "x-rate-limit-time-window-ms"], false),
];

/// With whole seconds alone a store asks for longer waits than its short windows here; they are kept all the same.
const SECONDS: &[(&[&str], bool)] = &[(&[], false), (&["x-rate-limit-time-reset-ms"], false)];

/// The second program: asks for the time, half of the quota in each window.
struct Second {
    ends: Arc<AtomicBool>,
    running: Option<std::thread::JoinHandle<()>>,
}

impl Second {
    fn start(api_path: &str, at_once: bool) -> Self {
        let path = api_path.trim_start_matches("http://").to_owned();
        let ends = Arc::new(AtomicBool::new(false));
        let end = ends.clone();
        let half = QUOTA / 2;
        let running = std::thread::spawn(move || {
            let (host, store) = path.split_once('/').expect("an API path has a path");
            let store = store.trim_end_matches("v3/");
            let mut stream = BufReader::new(TcpStream::connect(host).expect("the store listens"));
            while !end.load(Ordering::Relaxed) {
                for _ in 0..half {
                    ask(&mut stream, host, store);
                    if !at_once {
                        pause(WINDOW / half);
                    }
                }
                if at_once {
                    pause(WINDOW);
                }
            }
        });
        Self {
            ends,
            running: Some(running),
        }
    }
}

impl Drop for Second {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        self.running.take().map(std::thread::JoinHandle::join);
    }
}

fn ask(stream: &mut BufReader<TcpStream>, host: &str, store: &str) {
    let request = format!("GET /{store}v2/time HTTP/1.1\r\nHost: {host}\r\nX-Auth-Token: {OTHER}\r\n\r\n");
    stream
        .get_mut()
        .write_all(request.as_bytes())
        .expect("the store reads");
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).expect("the store answers");
        let lower = line.to_ascii_lowercase();
        if let Some(told) = lower.strip_prefix("content-length:") {
            length = told.trim().parse().expect("a number");
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("the store answers");
}

/// What the store saw while all orders were changed.
fn storm(unsent: &[&str], at_once: bool) -> Vec<Seen> {
    let world = World::with_store(Config {
        products: 5,
        customers: 2,
        orders: ORDERS as u32,
        ..Config::default()
    });
    world.add_files();
    let rows = (0..ORDERS)
        .map(|at| format!("{},Note {at}\n", 1001 + at))
        .collect::<String>();
    world.put("notes.csv", format!("ID,NOTE\n{rows}"));
    world.deploy_text(FLOW, &["store=shop", "crm=files"]);
    let store = world.store().store();
    store.configure(|settings| {
        settings.quota = Some(QUOTA);
        settings.window_ms = WINDOW.as_millis() as u64;
        settings.unsent_headers = unsent.iter().map(|name| (*name).to_owned()).collect();
        let scopes = settings.scopes.clone();
        settings.accounts.insert(OTHER.to_owned(), scopes);
    });
    store.clear_log();
    let second = Second::start(&world.store().api_path(), at_once);
    let run = world.run("notes-to-store");
    drop(second);
    assert_eq!(
        run["status"], "Successful",
        "no record fails for want of a turn: {run}"
    );
    assert_eq!(run["written"], ORDERS, "{run}");
    store.requests()
}

/// This program asks for one thing after the other here, so nothing of it is under way when the store closes a window.
fn nothing_goes_out_while_the_store_is_closed(seen: &[Seen], case: &str) {
    let mut closed_until = 0;
    for request in seen.iter().filter(|seen| seen.token != OTHER) {
        assert!(
            request.at_ms >= closed_until,
            "{case}: {} ms before the window opens: {request:?}",
            closed_until - request.at_ms
        );
        let (left, reset) = request.quota.expect("there is a limit");
        if request.status == 429 || left == 0 {
            closed_until = request.at_ms + reset as i64;
        }
    }
}

/// By window: requests of ours and of the other that were served.
fn windows(seen: &[Seen]) -> Vec<(u32, u32)> {
    let mut windows = Vec::new();
    let mut last = (0, 0);
    for request in seen {
        let (left, reset) = request.quota.expect("there is a limit");
        if windows.is_empty() || left > last.0 || reset > last.1 {
            windows.push((0, 0));
        }
        last = (left, reset);
        if request.status != 429 {
            let (ours, others): &mut (u32, u32) = windows.last_mut().expect("one was begun");
            *if request.token == OTHER { others } else { ours } += 1;
        }
    }
    windows
}

/// Patterns side by side: they wait most of the time.
fn all(patterns: &'static [(&[&str], bool)], check: fn(&[Seen], &str)) {
    let storms: Vec<_> = patterns
        .iter()
        .map(|(unsent, at_once)| {
            std::thread::spawn(move || (storm(unsent, *at_once), format!("without {unsent:?}, {at_once}")))
        })
        .collect();
    for storm in storms {
        let (seen, case) = storm.join().expect("no record fails");
        nothing_goes_out_while_the_store_is_closed(&seen, &case);
        check(&seen, &case);
    }
}

#[test]
fn a_second_program_takes_half_of_the_quota_and_nothing_fails() {
    all(PATTERNS, |seen, case| {
        let windows = windows(seen);
        // The last ones are those after the run, and its end.
        let ours: Vec<usize> = (0..windows.len()).filter(|at| windows[*at].0 > 0).collect();
        let (first, last) = (ours[0] + 1, ours[ours.len() - 1]);
        let whole = &windows[first..last];
        assert!(
            whole.len() >= 4,
            "{case}: a storm has several windows: {windows:?}"
        );
        let ours: u32 = whole.iter().map(|(ours, _)| ours).sum();
        let offered: u32 = whole.iter().map(|(_, others)| QUOTA - others).sum();
        assert!(
            ours * 10 >= offered * 9,
            "{case}: {ours} of {offered} requests: {windows:?}"
        );
    });
}

#[test]
fn waits_in_whole_seconds_are_kept() {
    all(SECONDS, |seen, case| {
        assert!(
            seen.iter().any(|seen| seen.status == 429),
            "{case}: the second program is in the way"
        );
    });
}
