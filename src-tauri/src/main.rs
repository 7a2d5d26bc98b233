//! `processflow-desktop`: the window, the tray, and behind them the agent of a data folder (or a client of it).
//!
//! Wiring only. What a panel asks goes through the one command ([`call`]) to the engine's operations; that something
//! changed goes to it as the one event. The sync never depends on the window: without one the agent goes on.
#![cfg_attr(windows, windows_subsystem = "windows")]

mod attached;
mod call;
mod closing;
mod notices;
mod os;
mod passphrase;
mod preferences;
mod program;
mod service;
mod tray;
mod window;
mod words;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;

/// The window of Processflow Agent.
#[derive(Parser)]
#[command(name = "processflow-desktop", version)]
struct Arguments {
    /// The data folder, if not the default one.
    #[arg(long, value_name = "DIR", env = "PROCESSFLOW_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// Start in the tray, without showing the window.
    #[arg(long)]
    hidden: bool,
}

fn main() -> ExitCode {
    // Before a secret can come into memory.
    let dumps = engine::os::forbid_core_dumps();
    engine::os::return_large_memory();
    let arguments = Arguments::parse();
    engine::folder::this_process_is(engine::folder::Who::Window);
    if let Err(error) = dumps {
        os::say(&format!(
            "warning: memory dumps of this process could not be switched off ({error})"
        ));
    }
    // Whoever first needs TLS would choose one; two in one process do not agree. An error says that one is chosen.
    let _chosen = rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_ok();
    if !os::has_display() {
        os::say(
            "Processflow Agent has no display to open its window on. Use `processflow serve` here: it runs the same \
             processflows without a window.",
        );
        return ExitCode::from(3);
    }
    program::run(arguments.data_dir, arguments.hidden)
}
