//! Other programs, run from the workspace's root; an error is the sentence that is printed.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// What a task ends with when it cannot go on: a sentence that says what to do.
pub(crate) type Done<T = ()> = Result<T, String>;

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("crates/xtask lies two folders below the root")
        .to_owned()
}

/// The `processflow` binary of a profile (`debug`, `release`).
pub(crate) fn processflow(profile: &str) -> PathBuf {
    binary("processflow", profile)
}

/// A binary of ours, of a profile.
pub(crate) fn binary(name: &str, profile: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target
        .join(profile)
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Says where something went wrong, for `map_err`.
pub(crate) fn at<E: std::fmt::Display>(path: &(impl AsRef<Path> + ?Sized)) -> impl FnOnce(E) -> String {
    move |error| format!("{}: {error}", path.as_ref().display())
}

/// Prints a line of talk.
#[expect(clippy::print_stderr, reason = "the one place where tasks talk")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

/// Prints a line of results.
#[expect(clippy::print_stdout, reason = "the one place where tasks print results")]
pub(crate) fn print(line: &str) {
    println!("{line}");
}

/// A command in the root.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Runs it, showing what it prints.
pub(crate) fn run(what: &str, command: &mut Command) -> Done {
    say(&format!("── {what}"));
    let began = Instant::now();
    let status = command
        .status()
        .map_err(|error| format!("{what}: cannot be started ({error})"))?;
    if !status.success() {
        return Err(format!("{what}: failed ({status})."));
    }
    say(&format!("   {what}: {:.1} s", began.elapsed().as_secs_f64()));
    Ok(())
}

/// Runs it for what it prints.
pub(crate) fn quietly(command: &mut Command) -> Done<Vec<u8>> {
    let name = command.get_program().to_string_lossy().into_owned();
    let ended = command
        .output()
        .map_err(|error| format!("{name} cannot be started ({error})"))?;
    if !ended.status.success() {
        let why = String::from_utf8_lossy(&ended.stderr);
        return Err(format!("{name}: {}", why.trim()));
    }
    Ok(ended.stdout)
}

/// Whether a program is there and answers.
pub(crate) fn answers(program: &str, arguments: &[&str]) -> bool {
    let mut command = command(program);
    let status = command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// Cargo, as it was called.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// What npm is told to install what a lock file says, and to run nothing of it.
pub(crate) const INSTALL: &[&str] = &["ci", "--ignore-scripts", "--no-audit", "--no-fund"];

/// Runs npm in a folder below the root.
pub(crate) fn npm(what: &str, folder: &str, arguments: &[&str]) -> Done {
    let mut npm = command("npm");
    run(what, npm.args(arguments).current_dir(root().join(folder)))
}
