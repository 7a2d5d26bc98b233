//! `logs`: the last lines that match, and with `--follow` those that come after.

use std::{fmt::Write as _, time::Duration};

use engine::logs::{self, Filter, Line, LogLevel};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::{
    args::{LevelWord, LogsArgs},
    output::{Exit, Outcome, plain},
    shell::Here,
};

/// How often a followed log is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Prints lines of the log; with `--json` each as a line of JSON.
pub(super) async fn logs(here: &Here, args: LogsArgs) -> Outcome<Exit> {
    let since = args
        .since
        .map(|since| since.resolve(here.clock().now(), &TimeZone::system()))
        .transpose()?;
    let until = args
        .until
        .map(|until| until.resolve(here.clock().now(), &TimeZone::system()))
        .transpose()?;
    let filter = Filter {
        level: args.level.map(level),
        processflow: args.processflow,
        run: args.run,
        text: args.text,
        since,
        until,
        limit: Some(args.limit),
    };
    let folder = here.desk()?.folder().logs();
    let (lines, mut position) = logs::read(&folder, &filter)?;
    print(here, &lines)?;
    if !args.follow {
        if lines.is_empty() {
            here.console.talk("No line of the log matches.");
        }
        return Ok(Exit::Done);
    }
    loop {
        tokio::select! {
            () = here.clock().sleep(LOOK_AGAIN) => print(here, &logs::follow(&folder, &filter, &mut position)?)?,
            _ = tokio::signal::ctrl_c() => return Ok(Exit::Done),
        }
    }
}

fn print(here: &Here, lines: &[Line]) -> Outcome<()> {
    for line in lines {
        here.console.show(line, |line| {
            here.console.data(plain(&in_words(line)).replace('\n', "\\n"))
        })?;
    }
    Ok(())
}

/// `2026-11-21T10:00:00.25Z warn  orders: The store asked us to slow down. wait=14`
fn in_words(line: &Line) -> String {
    let mut text = format!("{} {:<5} ", line.time, line.level.as_str());
    if let Some(processflow) = &line.processflow {
        write!(text, "{processflow}: ").expect("text takes everything");
    }
    text.push_str(&line.message);
    for (name, value) in &line.fields {
        match value {
            Value::String(value) => write!(text, " {name}={value}").expect("text takes everything"),
            value => write!(text, " {name}={value}").expect("text takes everything"),
        }
    }
    text
}

fn level(word: LevelWord) -> LogLevel {
    match word {
        LevelWord::Error => LogLevel::Error,
        LevelWord::Warn => LogLevel::Warn,
        LevelWord::Info => LogLevel::Info,
        LevelWord::Debug => LogLevel::Debug,
        LevelWord::Trace => LogLevel::Trace,
    }
}
