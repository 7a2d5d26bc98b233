//! `cargo xtask demo`: builds the command line and lets it show its main job.

use std::path::Path;

use crate::tool::{Done, cargo, command, processflow, run};

/// Runs the demo into `keep`.
pub(crate) fn demo(keep: &Path) -> Done {
    let mut build = cargo();
    run(
        "build",
        build.args(["build", "--quiet", "--locked", "--package", "cli"]),
    )?;
    let mut demo = command(processflow("debug"));
    run("demo", demo.arg("demo").arg("--keep").arg(keep))
}
