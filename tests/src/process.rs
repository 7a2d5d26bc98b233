//! The built binary, run as a user runs it.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use serde_json::Value;

/// No command of a test may take longer.
const PATIENCE: Duration = Duration::from_mins(2);

/// A command under way.
pub struct Running {
    child: Child,
    line: String,
    out: Option<JoinHandle<String>>,
    err: Option<JoinHandle<String>>,
}

/// A command that ended.
#[derive(Debug)]
pub struct Ran {
    /// What was run.
    pub line: String,
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Its data.
    pub out: String,
    /// Its talk.
    pub err: String,
}

impl Running {
    pub(crate) fn start(
        data: &Path,
        at: &Path,
        wrapper: &[&str],
        arguments: &[&str],
        environment: &[(&str, &str)],
        input: &str,
    ) -> Self {
        let line = format!(
            "processflow --data-dir {} {}",
            data.display(),
            arguments.join(" ")
        );
        let binary = binary();
        let mut command = match wrapper {
            [] => Command::new(&binary),
            [wrapper, further @ ..] => {
                let mut command = Command::new(wrapper);
                command.args(further).arg(&binary);
                command
            }
        };
        command
            .arg("--data-dir")
            .arg(data)
            .args(arguments)
            .current_dir(at);
        command
            .env_remove("PROCESSFLOW_DATA_DIR")
            .envs(environment.iter().copied());
        Self::of(command, line, input)
    }

    /// Another program than ours, known by its line.
    pub fn program(command: Command) -> Self {
        let line = format!("{command:?}");
        Self::of(command, line, "")
    }

    fn of(mut command: Command, line: String, input: &str) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{line}: {error}"));
        let mut stdin = child.stdin.take().expect("piped");
        // A command that does not read its input closes it.
        drop(stdin.write_all(input.as_bytes()));
        drop(stdin);
        let (out, err) = (
            child.stdout.take().expect("piped"),
            child.stderr.take().expect("piped"),
        );
        Self {
            child,
            line,
            out: Some(gather(out)),
            err: Some(gather(err)),
        }
    }

    /// To its end.
    pub fn wait(mut self) -> Ran {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("the child is ours") {
                let text = |thread: Option<JoinHandle<String>>| thread.expect("once").join().expect("reads");
                let (out, err) = (text(self.out.take()), text(self.err.take()));
                return Ran {
                    line: std::mem::take(&mut self.line),
                    code: status.code(),
                    out,
                    err,
                };
            }
            if Instant::now() > until {
                drop(self.child.kill());
                panic!("{}: still running after {PATIENCE:?}", self.line);
            }
            rest(Duration::from_millis(2));
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by name (`TERM`, `KILL`, `INT`, `STOP`).
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "{}: it must still be there",
            self.line
        );
    }

    /// SIGKILL, and its end.
    pub fn kill(mut self) -> Ran {
        self.child.kill().expect("the child is ours");
        self.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.out.is_some() {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

impl Ran {
    /// It must have ended with 0.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.code(0)
    }

    /// It must have ended with this exit code.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "{}\n--- out\n{}--- err\n{}",
            self.line,
            self.out,
            self.err
        );
        self
    }

    /// The one JSON value on its standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| {
            panic!(
                "{}: {error}\n--- out\n{}--- err\n{}",
                self.line, self.out, self.err
            )
        })
    }

    /// It must have said this.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        let Self { line, out, err, .. } = &self;
        assert!(
            self.said().contains(words),
            "{line}\nmust say: {words}\n--- out\n{out}--- err\n{err}"
        );
        self
    }

    /// Everything it said.
    pub fn said(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// How long anything may take that is not measured: a machine that does much else is no mistake of ours.
const SOON: Duration = Duration::from_secs(30);

/// Waits until `done` says so; panics with `what` when it does not in a time that is more than enough.
#[track_caller]
pub fn until(what: &str, done: impl FnMut() -> bool) {
    within(SOON, what, done);
}

/// Waits until `done` says so; panics with `what` where it takes longer than `limit`.
#[track_caller]
pub fn within(limit: Duration, what: &str, mut done: impl FnMut() -> bool) {
    let last = Instant::now() + limit;
    while !done() {
        assert!(Instant::now() < last, "{what}: not within {limit:?}");
        rest(Duration::from_millis(5));
    }
}

/// Lets time go by. Tests look at other processes: nothing there can be awaited.
#[expect(clippy::disallowed_methods, reason = "a test waits for another process")]
pub fn rest(duration: Duration) {
    std::thread::sleep(duration);
}

fn gather(mut from: impl std::io::Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = Vec::new();
        drop(from.read_to_end(&mut text));
        String::from_utf8_lossy(&text).into_owned()
    })
}

/// The binary beside the test's own: `target/debug/processflow`.
pub fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("a test has a file");
    let folder = own.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
    let binary = folder.join(format!("processflow{}", std::env::consts::EXE_SUFFIX));
    assert!(
        binary.exists(),
        "{} is missing: build it first (`cargo build -p cli`)",
        binary.display()
    );
    binary
}
