//! How big it is, and how long it takes from its start until it can be used.

use std::path::Path;

use kit::{
    World,
    desktop::{Screen, Window},
};

use crate::table::Table;

/// How often it is started.
const TIMES: usize = 3;
const MIB: f64 = 1024.0 * 1024.0;

pub(crate) fn bundle(table: &mut Table) {
    let page = bytes_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist"));
    table.add(
        "the page, all files",
        &format!("{:.2} MiB", page as f64 / MIB),
        "",
    );
    let program = std::fs::metadata(Screen::program()).map_or(0, |file| file.len());
    table.add(
        "the program's file",
        &format!("{:.1} MiB", program as f64 / MIB),
        "",
    );
}

fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(file) if file.is_dir() => bytes_below(&entry.path()),
        Ok(file) => file.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

/// From the program's start until its first panel shows what it is for.
pub(crate) fn starts(world: &World, screen: &Screen, table: &mut Table) {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let window = Window::open(screen, &world.data(), &[]);
        window.reads("sandbox1");
        times.push(window.age().as_secs_f64() * 1000.0);
        memory(&window, "memory after the start", table, times.len() == TIMES);
    }
    table.times("start to usable window", times, "");
}

/// What all its processes hold; those that share a page share its weight.
pub(crate) fn memory(window: &Window, what: &str, table: &mut Table, tell: bool) -> f64 {
    let all = window.memory();
    let sum: f64 = all.iter().map(|(_, mebibytes)| mebibytes).sum();
    let parts: Vec<String> = all
        .iter()
        .map(|(name, mebibytes)| format!("{name} {mebibytes:.0}"))
        .collect();
    if tell {
        table.add(what, &format!("{sum:.0} MiB ({})", parts.join(", ")), "");
    }
    sum
}
