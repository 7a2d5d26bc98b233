//! Prism as a process: installed by npm as its lock file says, on loopback, ended with the value.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, ChildStdout, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::tool::{Done, INSTALL, at, command, npm, root};

/// Where npm installs it.
const FOLDER: &str = "crates/xtask/prism";
/// Its program, below.
const PROGRAM: &str = "node_modules/@stoplight/prism-cli/dist/index.js";
/// What it says, before its address, when it can be asked.
const READY: &str = "listening on http://";
/// Reading all of the vendor's files takes it a quarter of a minute; a busy machine is slower.
const PATIENCE: Duration = Duration::from_mins(3);

/// Prism under way.
pub(super) struct Prism {
    child: Child,
    /// `HOST:PORT`
    pub(super) address: String,
    /// The document that it serves, which goes with the value.
    _folder: TempDir,
}

impl Prism {
    /// Installs it and lets it serve a document.
    pub(super) fn start(document: &Value) -> Done<Self> {
        npm("Prism", FOLDER, INSTALL)?;
        let folder = tempfile::tempdir().map_err(|error| format!("a folder for Prism: {error}"))?;
        let path = folder.path().join("vendor.json");
        std::fs::write(&path, document.to_string()).map_err(at(&path))?;
        let mut child = spawn(&path)?;
        let out = child.stdout.take().expect("its output is piped");
        match address(out) {
            Ok(address) => Ok(Self {
                child,
                address,
                _folder: folder,
            }),
            Err(message) => {
                end(&mut child);
                Err(message)
            }
        }
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    drop(child.kill());
    drop(child.wait());
}

/// On a free port of loopback alone.
fn spawn(document: &Path) -> Done<Child> {
    let mut node = command("node");
    node.arg(root().join(FOLDER).join(PROGRAM))
        .args(["mock", "--host", "127.0.0.1", "--port", "0", "--no-multiprocess"])
        .arg(document)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    node.spawn()
        .map_err(|error| format!("Prism cannot be started: {error}"))
}

/// Reads what it says until it can be asked, and goes on reading: Prism tells of each request, and a full pipe stops it.
fn address(out: ChildStdout) -> Done<String> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            drop(tell.send(line));
        }
    });
    let mut last = String::new();
    while let Ok(line) = told.recv_timeout(PATIENCE) {
        if let Some((_, address)) = line.split_once(READY) {
            return Ok(address.trim().to_owned());
        }
        last = line;
    }
    Err(format!("Prism did not start. The last it said: {last}"))
}
