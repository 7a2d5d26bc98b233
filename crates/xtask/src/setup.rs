//! What the tests need beyond a Rust toolchain: installed where this machine lets us, named exactly where not.

use crate::tool::{Done, answers, cargo, command, run, say};

/// How one sees that a package is there.
enum Sign {
    /// A program on the path.
    Program(&'static str),
    /// A file whose path ends so, in one of the folders of libraries and fonts.
    File(&'static str),
}

use Sign::{File, Program};

/// What everything else needs.
const HEADLESS: &[(Sign, &str)] = &[
    (Program("cc"), "gcc"),
    (Program("dbus-run-session"), "dbus"),
    (Program("gnome-keyring-daemon"), "gnome-keyring"),
];

/// What building and opening the window needs.
const WINDOW: &[(Sign, &str)] = &[
    (Program("pkg-config"), "pkg-config"),
    (File("pkgconfig/webkit2gtk-4.1.pc"), "libwebkit2gtk-4.1-dev"),
    (
        File("libayatana-appindicator3.so.1"),
        "libayatana-appindicator3-1",
    ),
];

/// What testing the window needs besides.
const WINDOW_TESTS: &[(Sign, &str)] = &[
    (Program("WebKitWebDriver"), "webkit2gtk-driver"),
    (Program("Xvfb"), "xvfb"),
    (Program("import"), "imagemagick"),
    (Program("xdotool"), "xdotool"),
    (Program("chromium"), "chromium"),
    (File("truetype/dejavu/DejaVuSans.ttf"), "fonts-dejavu-core"),
];

/// The databases that the agent is tried against.
const DATABASES: &[(Sign, &str)] = &[
    (Program("pg_createcluster"), "postgresql"),
    (Program("mariadb-install-db"), "mariadb-server"),
];

/// What making packages needs besides.
const PACKAGES: &[(Sign, &str)] = &[
    (Program("dpkg-shlibdeps"), "dpkg-dev"),
    (Program("strip"), "binutils"),
    (Program("gzip"), "gzip"),
];

/// Where files of packages are looked for.
const FOLDERS: &[&str] = &["/usr/lib", "/usr/lib64", "/usr/share", "/usr/share/fonts"];

/// The oldest Node that the panels' tools run on.
const NODE: (u32, u32) = (20, 19);

/// The version of cargo-deny the configuration was written for.
const CARGO_DENY: &str = "0.20.2";

/// Installs what is missing for the checks and all tests.
pub(crate) fn set_up() -> Done {
    debian_packages(&[HEADLESS, WINDOW, WINDOW_TESTS, DATABASES])?;
    node()?;
    if !answers("cargo-deny", &["--version"]) {
        let mut install = cargo();
        // Not optimised: it runs for a second, and building it is what a fresh machine waits for.
        install.args([
            "install",
            "cargo-deny",
            "--locked",
            "--debug",
            "--version",
            CARGO_DENY,
        ]);
        run("installing cargo-deny (once)", &mut install)?;
    }
    Ok(())
}

/// Installs what is missing to build the window and open it.
pub(crate) fn set_up_window() -> Done {
    debian_packages(&[&HEADLESS[..1], WINDOW])?;
    node()
}

/// Installs what is missing to make packages.
pub(crate) fn set_up_packages() -> Done {
    debian_packages(&[&HEADLESS[..1], WINDOW, PACKAGES])?;
    node()
}

/// The panels are built with Node, which is not installed behind anybody's back: distributions carry old ones.
fn node() -> Done {
    let said = command("node").arg("--version").output();
    let version = said.ok().and_then(|out| String::from_utf8(out.stdout).ok());
    let wanted = format!("{}.{}", NODE.0, NODE.1);
    let way = format!("Please install Node {wanted} or newer (https://nodejs.org) with npm and start again.");
    match version.as_deref().and_then(major_minor) {
        None => Err(format!(
            "The panels are built with Node, which is not here. {way}"
        )),
        Some(found) if found < NODE => Err(format!("Node {}.{} is too old. {way}", found.0, found.1)),
        Some(_) => Ok(()),
    }
}

fn major_minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim().trim_start_matches('v').split('.');
    let mut next = || parts.next()?.parse().ok();
    Some((next()?, next()?))
}

fn debian_packages(wanted: &[&[(Sign, &'static str)]]) -> Done {
    let missing: Vec<&str> = wanted
        .iter()
        .copied()
        .flatten()
        .filter(|(sign, _)| !is_there(sign))
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

fn is_there(sign: &Sign) -> bool {
    match sign {
        Program(name) => {
            let paths = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&paths).any(|folder| folder.join(name).is_file())
        }
        // Debian has a folder for each kind of machine below /usr/lib.
        File(end) => FOLDERS.iter().any(|folder| {
            let below = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let mut folders = below.map(|entry| entry.path()).chain([folder.into()]);
            folders.any(|folder| folder.join(end).is_file())
        }),
    }
}

fn is_root() -> bool {
    let id = command("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_version_is_read() {
        assert_eq!(major_minor("v20.20.2\n"), Some((20, 20)));
        assert!(
            major_minor("v18.20.4").is_some_and(|old| old < NODE),
            "Debian 12's own is too old"
        );
        assert_eq!(major_minor("none"), None);
    }
}
