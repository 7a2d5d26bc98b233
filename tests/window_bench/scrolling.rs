//! Scrolling as fast as a wheel goes: is there a frame in which rows are missing?

use kit::desktop::Window;
use serde_json::{Value, json};

use crate::table::Table;

/// Pixels a frame: at sixty frames a second a million rows' table would be through in an hour.
const STEP: u32 = 250;

pub(crate) fn all(window: &Window, table: &mut Table) {
    window.look_at("#/runs/records");
    let grid = "document.querySelector('main [role=grid]')";
    window.until("rows are there", || {
        window.figure("document.querySelectorAll('main [role=grid] [role=row]').length") > 8
    });
    add(table, "Sync Info, down", &fling(window, grid, "[role=row]", 1));
    window.look_at("#/logs");
    window.until("lines are there", || {
        window.figure("document.querySelectorAll('[role=listitem]').length") > 8
    });
    let log = "document.querySelector('[role=list][aria-label=\"Lines of the log\"]').parentElement";
    add(table, "Logs, up", &fling(window, log, "[role=listitem]", -1));
}

fn add(table: &mut Table, name: &str, found: &Value) {
    let came = format!(
        "{} of {} frames had blank rows; {} px; frames {} ms, {} ms at most",
        found["blank"], found["frames"], found["way"], found["frame"], found["longest"]
    );
    table.add(&format!("scrolling {name}, {STEP} px a frame"), &came, "0 blank");
}

/// Five seconds; each frame is looked at as it is drawn, after the scroll and before anybody could mend it.
fn fling(window: &Window, scroller: &str, row: &str, way: i32) -> Value {
    let script = format!(
        "const [step, done] = arguments;
        const scroller = {scroller};
        const box = scroller.getBoundingClientRect();
        const x = box.left + box.width / 3;
        const found = {{ frames: 0, blank: 0, way: 0, frame: 0, longest: 0 }};
        const began = performance.now();
        let last = began;
        const filled = (y) => document.elementFromPoint(x, y)?.closest('{row}');
        const frame = () => {{
            const now = performance.now();
            if (found.frames > 0) found.longest = Math.max(found.longest, Math.round(now - last));
            last = now;
            const before = scroller.scrollTop;
            scroller.scrollTop += step;
            found.way += Math.abs(scroller.scrollTop - before);
            found.frames += 1;
            const ys = [0.15, 0.4, 0.65, 0.95].map((part) => box.top + box.height * part);
            if (!ys.every(filled)) found.blank += 1;
            if (now - began < 5000) return requestAnimationFrame(frame);
            found.frame = Math.round((now - began) / found.frames);
            found.way = Math.round(found.way);
            done(found);
        }};
        requestAnimationFrame(frame);"
    );
    let step = i64::from(STEP) * i64::from(way);
    window.script_async(&script, &[json!(step)])
}
