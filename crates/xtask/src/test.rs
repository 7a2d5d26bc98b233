//! `cargo xtask test`: every check and every test.

use crate::{
    desktop, setup,
    tool::{Done, cargo, run, say},
};

/// Sets up, checks, tests. `only` narrows to suites whose name holds that text and leaves the checks out.
pub(crate) fn test(only: Option<&str>) -> Done {
    setup::set_up()?;
    if only.is_none_or(|name| name == "desktop") {
        // First: the program embeds them.
        desktop::panels()?;
    }
    if only.is_none() {
        desktop::check_panels()?;
        checks()?;
    }
    let mut build = cargo();
    build.args(["build", "--locked"]);
    // All with one set of features, so that the tests build nothing a second time.
    match only {
        Some("desktop") => build.args(["--package", "cli", "--package", "desktop"]),
        Some(_) => build.args(["--package", "cli", "--package", "xtask"]),
        None => build.args(["--workspace", "--all-targets"]),
    };
    run("build", &mut build)?;
    let mut tests = cargo();
    tests.args(["test", "--locked", "--no-fail-fast"]);
    match only {
        Some(name) => tests.args(["--package", "tests", "--test", name]),
        None => tests.arg("--workspace"),
    };
    run("tests", &mut tests)?;
    say("\nAll checks and tests passed.");
    Ok(())
}

fn checks() -> Done {
    let mut format = cargo();
    run("formatting", format.args(["fmt", "--all", "--check"]))?;
    let mut deny = cargo();
    let arguments = [
        "deny",
        "--config",
        ".deny.toml",
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ];
    run("bans, licences, sources", deny.args(arguments))?;
    let mut clippy = cargo();
    let arguments = [
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ];
    run("clippy", clippy.args(arguments))
}
