//! `cargo xtask test`: every check and every test.

use crate::{
    desktop, setup,
    tool::{Done, INSTALL, cargo, npm, run, say},
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
    if only.is_none_or(|name| name == "clients") {
        npm("the foreign client", "tests/clients", INSTALL)?;
    }
    build()?;
    let mut tests = cargo();
    tests.args(["test", "--locked", "--no-fail-fast", "--workspace"]);
    if let Some(name) = only {
        tests.args(["--test", name]);
    }
    run("tests", &mut tests)?;
    say("\nAll checks and tests passed.");
    Ok(())
}

/// Builds what tests start. Always all of it: with a part, Cargo chooses other features for what they share, and builds
/// that a second time.
pub(crate) fn build() -> Done {
    run(
        "build",
        cargo().args(["build", "--locked", "--workspace", "--all-targets"]),
    )
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
