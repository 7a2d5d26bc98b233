//! `cargo xtask conformance DIR [--mock]`: the vendor's OpenAPI files judge the sandbox store and our own requests.
//!
//! The sandbox runs as a process and records; our program works on it, then a list of further requests covers what
//! our program does not use, and each operation of the catalogue is called once. Each recorded request and answer is
//! held against the files; with `--mock` the requests are also sent to Prism, which reads the files in its own way. What
//! only the files have wrong is named in `vendor.yaml`. The files are the vendor's and are not shipped, so no other
//! command needs them.

mod agent;
mod calls;
pub(crate) mod description;
mod exchange;
mod findings;
mod judge;
pub(crate) mod known;
pub(crate) mod members;
mod mock;
mod requests;
mod sample;
mod schema;
mod yaml;

use std::{ffi::OsStr, path::Path};

use calls::Calls;
use description::Description;
use exchange::Exchange;
use judge::Judge;
use known::Known;

use crate::{
    tool::{Done, cargo, print, run, say},
    world::Store,
};

const PROFILE: &str = "debug";

/// Builds, records, judges; an error when something is violated that is not the vendor's own, or when an entry of
/// `vendor.yaml` meets nothing any more.
pub(crate) fn conformance(folder: &Path, with_mock: bool) -> Done {
    let known = Known::read()?;
    let description = Description::read(folder, &known.mends)?;
    let mut build = cargo();
    run(
        "build",
        build.args(["build", "--quiet", "--locked", "--package", "cli"]),
    )?;
    let exchanges = record()?;
    let Calls { made, refused } = Calls::record(&description)?;
    say("── judging");
    let mut judge = Judge::new(&description);
    for exchange in &exchanges {
        judge.hear(exchange);
    }
    for call in &made {
        judge.hear_call(call);
    }
    judge.hear_refused(refused);
    if with_mock {
        let all: Vec<&Exchange> = exchanges.iter().chain(&made).collect();
        mock::hear(&mut judge, &description, &all)?;
    }
    let verdict = judge.verdict(&known);
    verdict.lines().iter().for_each(|line| print(line));
    verdict.end()
}

/// What went to and fro between a sandbox store, our program, and the list of further requests.
fn record() -> Done<Vec<Exchange>> {
    let folder = tempfile::tempdir().map_err(|error| format!("a folder for the recording: {error}"))?;
    let recording = folder.path().join("recording.jsonl");
    let store = store(&recording)?;
    say("── our program at work");
    agent::work(&store)?;
    say("── further requests");
    requests::send(&store)?;
    drop(store);
    exchange::read(&recording)
}

/// A store that records; small, but with every oddity of seeded records in it.
fn store(recording: &Path) -> Done<Store> {
    let sizes = ["--products", "120", "--customers", "60", "--orders", "120"];
    let mut arguments: Vec<&OsStr> = sizes.iter().map(OsStr::new).collect();
    arguments.extend([OsStr::new("--record"), recording.as_os_str()]);
    Store::start(PROFILE, &arguments)
}
