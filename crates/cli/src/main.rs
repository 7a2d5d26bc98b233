//! `processflow`: the command line and the service. Wiring only; what a command does is in `commands`.

mod args;
mod commands;
mod output;
mod paths;
mod progress;
mod secrets;
mod shell;

use std::{process::ExitCode, time::Duration};

use clap::Parser;

use crate::{args::Cli, output::Console};

/// How long the end of a command waits for what is in the middle of something.
const AT_ONCE: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    ExitCode::from(engine::os::begin(processflow))
}

/// From its arguments to its exit code.
fn processflow() -> u8 {
    // Before a secret can come into memory.
    let dumps = engine::os::forbid_core_dumps();
    engine::os::return_large_memory();
    let cli = Cli::parse();
    let console = Console::new(cli.json);
    if let Err(error) = dumps {
        console.talk(format!(
            "warning: memory dumps of this process could not be switched off ({error})"
        ));
    }
    let runtime = match ::shell::runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            console.talk(format!("error: this process cannot start its threads: {error}"));
            return output::Exit::Unavailable.number();
        }
    };
    let ended = runtime.block_on(commands::carry_out(cli, console));
    // What still runs here was told to end, or was left by a person who pressed Ctrl-C twice. Whoever holds the data folder
    // lets go of it.
    runtime.shutdown_timeout(AT_ONCE);
    match ended {
        Ok(exit) => exit.number(),
        Err(failure) => {
            console.failed(&failure);
            failure.exit().number()
        }
    }
}
