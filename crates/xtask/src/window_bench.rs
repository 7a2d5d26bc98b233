//! `cargo xtask window-bench`: the window over a long life, driven as the journeys drive it.

use clap::Args;

use crate::{
    desktop, setup, test,
    tool::{Done, binary, cargo, command, run},
};

const EXAMPLE: &str = "window-bench";

/// How long a life.
#[derive(Args)]
pub(crate) struct Options {
    /// Records in the history.
    #[arg(long, default_value_t = 1_000_000)]
    records: u32,
    /// Megabytes of log.
    #[arg(long, default_value_t = 500)]
    log_megabytes: u32,
    /// Minutes of the run that is looked at.
    #[arg(long, default_value_t = 30)]
    minutes: u32,
    /// Of the debug builds: quick to make, slow to use.
    #[arg(long)]
    debug: bool,
    /// With the panels as they are in ui/dist.
    #[arg(long)]
    as_built: bool,
}

/// Builds the panels, the program and what measures it, and measures; prints one table.
pub(crate) fn window_bench(options: &Options) -> Done {
    if !options.as_built {
        setup::set_up()?;
        desktop::panels()?;
    }
    let profile = if options.debug {
        test::build()?;
        "debug"
    } else {
        // All of it at once: apart, each would be built with features of its own.
        let parts = ["--package", "cli", "--package", "desktop", "--package", "tests"];
        let mut build = cargo();
        build.args(["build", "--locked", "--release", "--bins", "--example", EXAMPLE]);
        run("build", build.args(parts))?;
        "release"
    };
    let mut measure = command(binary(&format!("examples/{EXAMPLE}"), profile));
    let numbers = [options.records, options.log_megabytes, options.minutes];
    measure.args(numbers.map(|number| number.to_string()));
    run("measurement", &mut measure)
}
