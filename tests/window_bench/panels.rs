//! From a click until a panel can be used: what it is for is drawn, and nothing loads any more.

use kit::desktop::Window;
use serde_json::json;

use crate::{
    folder::{FIRST, ORDERS, Size},
    table::Table,
};

/// How often each is opened.
const TIMES: usize = 7;
const WANTED: &str = "500 ms";
/// Rows of a table that are drawn.
const ROWS: &str = "document.querySelectorAll('[role=grid] [role=rowgroup] [role=row]').length > 8";

pub(crate) fn all(window: &Window, size: &Size, table: &mut Table) {
    let run = window.call("runs", &json!({ "limit": 1 })).expect("it answers");
    let run = run["runs"][0]["run"].as_str().unwrap_or_default().to_owned();
    let reads = |words: &str| format!("document.querySelector('main').innerText.includes('{words}')");
    let view = |words: &str| {
        format!(
            "document.querySelector('nav[aria-label=\"Views of runs\"] [aria-current]')?.innerText.startsWith('{words}')"
        )
    };
    let record = FIRST + size.records / 2;
    let places = [
        ("App Configurations", "connections".to_owned(), reads("sandbox1")),
        ("Processflows", "processflows".to_owned(), reads(ORDERS)),
        (
            "a processflow",
            format!("processflows/{ORDERS}"),
            reads("Last run"),
        ),
        (
            "its versions",
            format!("processflows/{ORDERS}/versions"),
            reads("Version 1"),
        ),
        (
            "its editor",
            format!("processflows/{ORDERS}/edit"),
            reads("As deployed"),
        ),
        ("Runs", "runs".to_owned(), format!("{ROWS} && {}", view("Runs"))),
        ("a run", format!("runs/{run}"), ROWS.to_owned()),
        (
            "Sync Info",
            "runs/records".to_owned(),
            format!("{ROWS} && {}", view("Sync Info")),
        ),
        (
            "Sync Info, failed only",
            "runs/records?outcome=Failed".to_owned(),
            format!("{ROWS} && {}", view("Sync Info")),
        ),
        ("Failed records", "runs/failed".to_owned(), reads("records wait")),
        (
            "a record's life line",
            format!("runs/record/{record}"),
            reads("run by schedule"),
        ),
        (
            "Logs",
            "logs".to_owned(),
            "document.querySelectorAll('[role=listitem]').length > 8".to_owned(),
        ),
        (
            "Logs, errors only",
            "logs?level=error".to_owned(),
            "document.querySelectorAll('[role=listitem]').length > 8".to_owned(),
        ),
        (
            "Settings",
            "settings/environment".to_owned(),
            reads("Background service"),
        ),
        (
            "Temp and Cache",
            "settings/cache".to_owned(),
            reads("Never touched"),
        ),
    ];
    for (name, place, ready) in places {
        let times = (0..TIMES).map(|_| open(window, &format!("#/{place}"), &ready));
        table.times(name, times.collect(), WANTED);
    }
}

/// Milliseconds from the click until it is there, begun from another panel.
fn open(window: &Window, place: &str, ready: &str) -> f64 {
    window.look_at("#/settings/about");
    let script = format!(
        "const [place, done] = arguments;
        const began = performance.now();
        const link = [...document.querySelectorAll('a')].find((one) => one.getAttribute('href') === place);
        if (link) link.click(); else location.hash = place;
        const look = () => {{
            if (location.hash === place && !document.querySelector('main [aria-busy=true]') && ({ready})) {{
                requestAnimationFrame(() => done(performance.now() - began));
            }} else if (performance.now() - began > 20000) done(-1);
            else requestAnimationFrame(look);
        }};
        look();"
    );
    let took = window
        .script_async(&script, &[json!(place)])
        .as_f64()
        .unwrap_or(-1.0);
    assert!(took >= 0.0, "{place} is not there after 20 s:\n{}", window.text());
    took
}
