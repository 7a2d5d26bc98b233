//! What the tests need beyond a Rust toolchain: installed where this machine lets us, named exactly where not.

use crate::tool::{Done, answers, cargo, command, run, say};

/// Debian packages by the program that shows they are there.
const PACKAGES: &[(&str, &str)] = &[
    ("cc", "gcc"),
    ("dbus-run-session", "dbus"),
    ("gnome-keyring-daemon", "gnome-keyring"),
];

/// The version of cargo-deny the configuration was written for.
const CARGO_DENY: &str = "0.20.2";

/// Installs what is missing.
pub(crate) fn set_up() -> Done {
    debian_packages()?;
    if !answers("cargo-deny", &["--version"]) {
        let mut install = cargo();
        install.args(["install", "cargo-deny", "--locked", "--version", CARGO_DENY]);
        run("installing cargo-deny (once)", &mut install)?;
    }
    Ok(())
}

fn debian_packages() -> Done {
    let missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|(program, _)| !is_there(program))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let wanted = missing.join(" ");
    let by_hand =
        format!("Please install these packages and start again: {wanted}\n  apt-get install {wanted}");
    if !answers("apt-get", &["--version"]) {
        return Err(format!("This machine has no apt-get. {by_hand}"));
    }
    let sudo = !is_root();
    if sudo && !answers("sudo", &["-n", "true"]) {
        return Err(format!(
            "Installing packages needs root, and sudo asks for a password. {by_hand}"
        ));
    }
    say(&format!("Missing packages: {wanted}"));
    let apt = |arguments: &[&str]| {
        let mut command = if sudo { command("sudo") } else { command("env") };
        command.args([
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-o",
            "DPkg::Lock::Timeout=300",
        ]);
        command.args(arguments);
        command
    };
    run("apt-get update", &mut apt(&["update", "-qq"])).map_err(|error| format!("{error} {by_hand}"))?;
    let mut install = apt(&["install", "-y", "-qq", "--no-install-recommends"]);
    run("apt-get install", install.args(&missing)).map_err(|error| format!("{error} {by_hand}"))
}

fn is_there(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

fn is_root() -> bool {
    let id = command("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}
