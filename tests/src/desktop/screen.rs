//! A display, a session bus and a home folder of one test's own.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Owned, frame};

/// Where one test's window lives.
pub struct Screen {
    home: tempfile::TempDir,
    _display: Owned,
    display: String,
    _bus: Owned,
    bus: String,
    scale: u8,
}

impl Default for Screen {
    fn default() -> Self {
        Self::new("1280x832")
    }
}

impl Screen {
    /// Of this size, as in `1024x768`.
    pub fn new(size: &str) -> Self {
        let home = tempfile::Builder::new()
            .prefix("pfd")
            .tempdir()
            .expect("a temp folder");
        for part in ["run", "config", "data", "cache", "tmp"] {
            let folder = home.path().join(part);
            fs::create_dir(&folder).expect("a folder in it");
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("it is ours");
        }
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", &format!("{size}x24")])
            .args(["-nolisten", "tcp", "-noreset"]);
        let (display_owned, display) = first_line(xvfb, "xvfb");
        let mut dbus = Command::new("dbus-daemon");
        dbus.args(["--session", "--nofork", "--print-address=1"])
            .env("XDG_RUNTIME_DIR", home.path().join("run"));
        let (bus_owned, bus) = first_line(dbus, "dbus");
        Self {
            home,
            _display: display_owned,
            display: format!(":{display}"),
            _bus: bus_owned,
            bus,
            scale: 1,
        }
    }

    /// Of this size, on which everything is drawn at twice the size: 200 %.
    pub fn at_twice_the_size(size: &str) -> Self {
        Self {
            scale: 2,
            ..Self::new(size)
        }
    }

    /// The desktop program's file.
    pub fn program() -> PathBuf {
        binary()
    }

    /// A program that lives here.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let at = |part: &str| self.home.path().join(part);
        command
            .env("HOME", self.home.path())
            .env("XDG_RUNTIME_DIR", at("run"))
            .env("XDG_CONFIG_HOME", at("config"))
            .env("XDG_DATA_HOME", at("data"))
            .env("XDG_CACHE_HOME", at("cache"))
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GDK_BACKEND", "x11")
            .env("GDK_SCALE", self.scale.to_string())
            .env("NO_AT_BRIDGE", "1")
            .env("LANG", "C.UTF-8")
            // Without it pictures of a display without a graphics card can be stale.
            .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1");
        for name in ["WAYLAND_DISPLAY", "LC_ALL", "LC_MESSAGES", "PROCESSFLOW_DATA_DIR"] {
            command.env_remove(name);
        }
        command
    }

    /// The desktop program on this data folder, as a person starts it.
    pub fn start_desktop(&self, data: &Path, arguments: &[&str]) -> Owned {
        let mut command = self.command(binary());
        command.arg("--data-dir").arg(data).args(arguments);
        Owned::start(command, "nothing: build it with `cargo build -p desktop`")
    }

    /// Everything that is on the screen, as a picture.
    pub fn picture(&self, to: &Path) {
        self.picture_of("root", to);
    }

    /// The window of that title alone, as a picture.
    pub fn picture_of(&self, title: &str, to: &Path) {
        let taken = self
            .command("import")
            .args(["-window", title])
            .arg(to)
            .status()
            .unwrap_or_else(|error| panic!("no picture ({error}). Install it: apt-get install imagemagick"));
        assert!(taken.success(), "a picture into {}", to.display());
    }

    /// Titles of the windows that can be seen now.
    pub fn windows(&self) -> Vec<String> {
        let ids = self.xdotool(&["search", "--onlyvisible", "--name", "."]);
        ids.lines()
            .map(|id| self.xdotool(&["getwindowname", id]).trim().to_owned())
            .collect()
    }

    /// Presses keys, as `xdotool` names them, in the window of that title.
    pub fn press(&self, title: &str, keys: &str) {
        self.type_in(title, &["key", keys]);
    }

    /// Answers a dialog of the desktop that asks for a file.
    #[track_caller]
    pub fn answer(&self, title: &str, file: &str) {
        crate::until(&format!("a dialog `{title}` is there"), || {
            self.windows().iter().any(|open| open == title)
        });
        self.type_in(title, &["key", "ctrl+a"]);
        self.type_in(title, &["type", file]);
        self.type_in(title, &["key", "Return"]);
    }

    fn type_in(&self, title: &str, keys: &[&str]) {
        self.with_window(title, &[&["windowfocus", "--sync"], keys].concat());
    }

    fn with_window(&self, title: &str, what: &[&str]) {
        self.xdotool(&[&["search", "--onlyvisible", "--name", title], what].concat());
    }

    /// Gives the window of that title another size, as dragging its corner does.
    pub fn resize(&self, title: &str, width: u32, height: u32) {
        let (width, height) = (width.to_string(), height.to_string());
        self.with_window(title, &["windowsize", "--sync", &width, &height]);
    }

    /// Asks the window of that title to close, as its frame's button does.
    #[track_caller]
    pub fn close(&self, title: &str) {
        frame::close(&self.display, title)
            .unwrap_or_else(|error| panic!("`{title}` cannot be closed: {error}"));
    }

    fn xdotool(&self, arguments: &[&str]) -> String {
        let out = self
            .command("xdotool")
            .args(arguments)
            .output()
            .unwrap_or_else(|error| panic!("xdotool ({error}). Install it: apt-get install xdotool"));
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// A path in the home folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The session bus's address.
    pub fn bus(&self) -> &str {
        &self.bus
    }
}

/// Starts a program that says in its first line where it is.
fn first_line(mut command: Command, package: &str) -> (Owned, String) {
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut owned = Owned::start(command, package);
    let out = owned.child().stdout.take().expect("piped");
    let mut line = String::new();
    BufReader::new(out)
        .read_line(&mut line)
        .expect("it says where it is");
    let line = line.trim().to_owned();
    assert!(
        !line.is_empty(),
        "it ended before it said where it is ({package})"
    );
    (owned, line)
}

/// The binary beside the test's own: `target/debug/processflow-desktop`.
pub(super) fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("a test has a file");
    let folder = own.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
    let binary = folder.join("processflow-desktop");
    assert!(
        binary.exists(),
        "{} is missing: build it first (`cargo build -p desktop`)",
        binary.display()
    );
    binary
}
