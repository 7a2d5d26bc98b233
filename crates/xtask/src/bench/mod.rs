//! `cargo xtask bench`: how fast and how small, beside two contestants in the same run.
//!
//! Each contestant is a process of its own against a sandbox store that is a process of its own; figures are
//! medians. *floor* is the least Rust program that does the job without any promise; *plain* is what one writes in
//! an afternoon. Never part of a timed test.

mod contestant;
mod job;
mod measure;
mod table;
mod world;

use clap::{Args, Subcommand};

use crate::tool::{Done, cargo, run, say};

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Runs of each; the median counts.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Sizes divided by this, for a quick look.
    #[arg(long, default_value_t = 1)]
    divide: u32,
    /// Only jobs whose name holds this text.
    #[arg(long)]
    only: Option<String>,
    #[command(subcommand)]
    contestant: Option<Contestant>,
}

#[derive(Subcommand)]
enum Contestant {
    /// One run of a contestant; the bench calls this.
    #[command(hide = true)]
    Contestant(contestant::Job),
}

/// Builds in release, measures, prints one table.
pub(crate) fn bench(options: &Options) -> Done {
    if let Some(Contestant::Contestant(job)) = &options.contestant {
        return contestant::run(job);
    }
    let mut build = cargo();
    let arguments = [
        "build",
        "--release",
        "--locked",
        "--package",
        "cli",
        "--package",
        "xtask",
    ];
    run("release build", build.args(arguments))?;
    let mut table = table::Table::new();
    for job in job::all(options.divide) {
        if options.only.as_deref().is_none_or(|only| job.name.contains(only)) {
            say(&format!("── {}", job.name));
            job.measure(options.runs, &mut table)?;
        }
    }
    table.print();
    Ok(())
}
