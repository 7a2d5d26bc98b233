//! `cargo xtask package`: two Debian packages, made from what is here, without a network.
//!
//! `processflow-agent` has the window and the command line, `processflow-agent-headless` the command line alone. Both
//! carry the service's unit (which nobody enables but `processflow service install`), so either is complete, and one
//! takes the other's place.

mod contents;
mod deb;

use std::path::{Path, PathBuf};

use crate::{
    desktop, setup, test,
    tool::{Done, answers, binary, cargo, command, root, run, say},
};

/// A package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Package {
    /// For desktops.
    Window,
    /// For servers.
    Headless,
}

impl Package {
    fn name(self) -> &'static str {
        match self {
            Self::Window => "processflow-agent",
            Self::Headless => "processflow-agent-headless",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Window => Self::Headless,
            Self::Headless => Self::Window,
        }
    }
}

/// The programs that go in, as they were built.
struct Programs {
    processflow: PathBuf,
    window: PathBuf,
}

/// Builds (or, with `debug`, takes the debug builds that tests use), packs into `target/package`, and with `check` tries
/// both on a copy of this machine that is thrown away.
pub(crate) fn package(debug: bool, check: bool) -> Done {
    setup::set_up_packages()?;
    let programs = build(debug)?;
    let folder = programs
        .processflow
        .ancestors()
        .nth(2)
        .expect("target/PROFILE/processflow")
        .join("package");
    let headless = deb::pack(Package::Headless, &programs, &folder)?;
    let window = deb::pack(Package::Window, &programs, &folder)?;
    if check {
        looked_at(&[&headless, &window])?;
        tried(&headless, &window)?;
    }
    say(&format!("\n{}\n{}", headless.display(), window.display()));
    Ok(())
}

fn build(debug: bool) -> Done<Programs> {
    desktop::panels()?;
    let (line, window) = if debug {
        test::build()?;
        ("debug", "debug")
    } else {
        for (package, profile) in [("cli", "release"), ("desktop", "window")] {
            let mut build = cargo();
            build.args(["build", "--locked", "--package", package, "--profile", profile]);
            run(&format!("build of {package} ({profile})"), &mut build)?;
        }
        ("release", "window")
    };
    Ok(Programs {
        processflow: binary("processflow", line),
        window: binary("processflow-desktop", window),
    })
}

/// What Debian's own checker finds wrong stops the packing; what we do on purpose is named here.
fn looked_at(packages: &[&Path]) -> Done {
    if !answers("lintian", &["--version"]) {
        say("lintian is not here: its checks are left out.");
        return Ok(());
    }
    let on_purpose = [
        // Nobody asked a distribution to take it in.
        "initial-upload-closes-no-bugs",
        // Whoever builds the packages answers for them; no person's address stands in the tree.
        "bogus-mail-host",
        "bogus-mail-host-in-debian-changelog",
        // Units are looked after by the program itself, which enables and disables them.
        "maintainer-script-calls-systemctl",
        "systemd-service-file-missing-hardening-features",
    ];
    let mut lintian = command("lintian");
    lintian.args([
        "--fail-on",
        "error",
        "--allow-root",
        "--suppress-tags",
        &on_purpose.join(","),
    ]);
    run("lintian", lintian.args(packages))
}

fn tried(headless: &Path, window: &Path) -> Done {
    let script = root().join("crates/xtask/package/try-packages");
    let mut trial = command("unshare");
    trial.arg("--mount").arg(script).arg(headless).arg(window);
    run("installed, changed over, removed, purged", &mut trial)
}
