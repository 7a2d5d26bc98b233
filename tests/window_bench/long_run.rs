//! Half an hour of a run that is looked at: what the window holds in the end, and how often it was told of progress.

use std::time::{Duration, Instant};

use kit::{World, desktop::Window};
use serde_json::{Value, json};

use crate::{folder::ORDERS, start::memory, table::Table};

/// So slow that a run reports some ten times a second.
const LATENCY: u64 = 20;
/// Until everything that is made once is made.
const WARM: Duration = Duration::from_mins(2);
/// Between two looks.
const LOOK: Duration = Duration::from_secs(20);

pub(crate) fn watch(world: &World, window: &Window, minutes: u32, table: &mut Table) {
    world
        .store()
        .store()
        .configure(|settings| settings.latency_ms = LATENCY);
    listen(window);
    let began = Instant::now();
    let whole = Duration::from_mins(minutes.into());
    let warm = WARM.min(whole / 4);
    let (mut first, mut most, mut last) = (None, 0.0_f64, 0.0);
    let mut run = start(window);
    let mut done = 0;
    while began.elapsed() < whole {
        kit::pause(LOOK.min(whole / 8));
        let progress = window
            .call("run_progress", &json!({ "run": run }))
            .expect("it answers");
        if !progress["ended"].is_null() {
            done += read(&progress);
            run = start(window);
        }
        last = memory(window, "", table, false);
        if began.elapsed() >= warm {
            first.get_or_insert(last);
            most = most.max(last);
        }
    }
    let first = first.unwrap_or(last);
    memory(
        window,
        &format!("memory after a run of {minutes} min"),
        table,
        true,
    );
    let growth = format!(
        "{:+.1} % ({first:.0} → {last:.0} MiB, {most:.0} at most)",
        (last / first - 1.0) * 100.0
    );
    table.add("growth of memory meanwhile", &growth, "< 10 %");
    told(window, table);
    let progress = window
        .call("run_progress", &json!({ "run": run }))
        .unwrap_or_default();
    done += read(&progress);
    table.add("records that came through meanwhile", &done.to_string(), "");
    drop(window.call("cancel_run", &json!({ "run": run })));
}

fn read(progress: &Value) -> u64 {
    progress["read"].as_u64().unwrap_or_default()
}

/// Starts a run over everything and looks at it.
fn start(window: &Window) -> String {
    let started = window
        .call("start_run", &json!({ "processflow": ORDERS, "full": true }))
        .expect("it starts");
    let run = started["run"].as_str().unwrap_or_default().to_owned();
    window.go(&format!("#/runs/{run}"));
    window.reads("Cancel run");
    run
}

/// The page counts what it is told of runs, second by second.
fn listen(window: &Window) {
    window.script(
        "window.toldOfRuns = {};
         const heard = window.__TAURI_INTERNALS__.transformCallback(({ payload }) => {
             if (payload.topic !== 'run') return;
             const second = Math.floor(Date.now() / 1000);
             window.toldOfRuns[second] = (window.toldOfRuns[second] ?? 0) + 1;
         });
         window.__TAURI_INTERNALS__.invoke('plugin:event|listen', { event: 'changed', target: { kind: 'Any' }, handler: heard });",
        &[],
    );
}

fn told(window: &Window, table: &mut Table) {
    let counts = window.script("return Object.values(window.toldOfRuns)", &[]);
    let counts: Vec<u64> = serde_json::from_value(counts).unwrap_or_default();
    let sum: u64 = counts.iter().sum();
    let came = format!(
        "{:.1} a second, {} in the fullest",
        sum as f64 / counts.len().max(1) as f64,
        counts.iter().max().unwrap_or(&0)
    );
    table.add("progress the page is told", &came, "4 a second at most");
}
