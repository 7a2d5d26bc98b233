//! One process, measured from outside: wall time and peak memory.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::tool::Done;

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took {
    /// From start to end.
    pub(crate) seconds: f64,
    /// The most memory it held at once (`VmHWM`), in MiB.
    pub(crate) mebibytes: f64,
}

/// Runs a command to its end; its standard output comes with the figures.
pub(crate) fn took(command: &mut Command) -> Done<(Took, String)> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let began = Instant::now();
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let mut out = child.stdout.take().expect("piped");
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut out, &mut text).map(|_| text)
    });
    let mut peak = 0.0_f64;
    let status = loop {
        peak = peak.max(peak_of(&child).unwrap_or(0.0));
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status,
            None => rest(Duration::from_millis(2)),
        }
    };
    let seconds = began.elapsed().as_secs_f64();
    let out = reading
        .join()
        .expect("reads")
        .map_err(|error| error.to_string())?;
    if !status.success() {
        return Err(format!("{command:?} ended with {status}: {out}"));
    }
    Ok((
        Took {
            seconds,
            mebibytes: peak,
        },
        out,
    ))
}

/// The kernel's high-water mark of a process's memory. It only rises, so the last look is the peak but for what
/// happens in the last two milliseconds.
fn peak_of(child: &Child) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes / 1024.0)
}

#[expect(clippy::disallowed_methods, reason = "looks at another process")]
pub(crate) fn rest(duration: Duration) {
    std::thread::sleep(duration);
}

/// The median by wall time.
pub(crate) fn median(mut runs: Vec<Took>) -> Took {
    runs.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    runs[runs.len() / 2]
}
