//! The window's processes, as the system sees them.

use std::{fs, time::Duration};

use super::{Screen, Window};

/// Ticks of the system's clock in a second: what `/proc` counts in, on every Linux there is.
const TICKS: f64 = 100.0;

impl Window {
    /// How long ago the program was started.
    pub fn age(&self) -> Duration {
        let own = self.program();
        let up: f64 = first_number(&read("/proc/uptime"));
        let began = stat(own).get(19).and_then(|ticks| ticks.parse::<f64>().ok());
        Duration::from_secs_f64((up - began.unwrap_or_default() / TICKS).max(0.0))
    }

    /// MiB that each of its processes holds, by name; a page that several share counts for each in part.
    pub fn memory(&self) -> Vec<(String, f64)> {
        let own = self.program();
        let mut ours = vec![own];
        let mut at = 0;
        let all: Vec<(u32, u32)> = processes().into_iter().map(|one| (one, parent(one))).collect();
        while let Some(&above) = ours.get(at) {
            ours.extend(
                all.iter()
                    .filter(|(_, parent)| *parent == above)
                    .map(|(one, _)| *one),
            );
            at += 1;
        }
        let held = |process: u32| {
            let rollup = read(&format!("/proc/{process}/smaps_rollup"));
            let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
            first_number(pss.unwrap_or_default()) / 1024.0
        };
        ours.into_iter()
            .map(|one| (read(&format!("/proc/{one}/comm")).trim().to_owned(), held(one)))
            .collect()
    }

    fn program(&self) -> u32 {
        let file = Screen::program();
        let ours = processes().into_iter().find(|one| {
            let same = fs::read_link(format!("/proc/{one}/exe")).is_ok_and(|exe| exe == file);
            same && read(&format!("/proc/{one}/cmdline")).contains(self.data())
        });
        ours.expect("the window is open")
    }
}

fn processes() -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("Linux has it");
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

/// What stands behind the name in `/proc/PID/stat`: the state, the parent, …
fn stat(process: u32) -> Vec<String> {
    let text = read(&format!("/proc/{process}/stat"));
    let rest = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    rest.split_whitespace().map(str::to_owned).collect()
}

fn parent(process: u32) -> u32 {
    stat(process)
        .get(1)
        .and_then(|parent| parent.parse().ok())
        .unwrap_or_default()
}

fn first_number(text: &str) -> f64 {
    text.split_whitespace()
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

fn read(file: &str) -> String {
    String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).into_owned()
}
