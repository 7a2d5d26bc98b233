//! The window over a long life: a million records in its history, a log of half a gigabyte, a run of half an hour.
//! Prints one table; judges nothing. `cargo xtask window-bench` builds and starts it.
#![cfg(target_os = "linux")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement prints what it measured"
)]

mod folder;
mod long_run;
mod panels;
mod scrolling;
mod start;
mod table;

use std::process::ExitCode;

use folder::Size;
use kit::desktop::{Screen, Window};
use table::Table;

fn main() -> ExitCode {
    let numbers: Option<Vec<u32>> = std::env::args().skip(1).map(|text| text.parse().ok()).collect();
    let Some(&[records, log_megabytes, minutes]) = numbers.as_deref() else {
        eprintln!("window-bench RECORDS LOG_MEGABYTES MINUTES: see `cargo xtask window-bench --help`");
        return ExitCode::FAILURE;
    };
    measure(
        &Size {
            records,
            log_megabytes,
        },
        minutes,
    );
    ExitCode::SUCCESS
}

fn measure(size: &Size, minutes: u32) {
    eprintln!(
        "── a folder with {} records and {} MB of log",
        size.records, size.log_megabytes
    );
    let world = folder::build(size);
    let screen = Screen::default();
    let mut table = Table::default();
    start::bundle(&mut table);
    eprintln!("── starts");
    start::starts(&world, &screen, &mut table);
    let window = Window::open(&screen, &world.data(), &[]);
    window.reads("App Configurations");
    eprintln!("── panels");
    panels::all(&window, size, &mut table);
    eprintln!("── scrolling");
    scrolling::all(&window, &mut table);
    eprintln!("── a run of {minutes} min");
    long_run::watch(&world, &window, minutes, &mut table);
    for complaint in window.complaints() {
        table.add("console", &complaint, "none");
    }
    table.print();
}
