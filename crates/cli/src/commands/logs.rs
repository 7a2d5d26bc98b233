//! `logs`: the last lines that match, and with `--follow` those that come after.

use std::{fmt::Write as _, path::PathBuf, time::Duration};

use engine::{
    logs::{self, Filter, Line, LogLevel, Position},
    operations::ReadLogs,
};
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
    let desk = here.desk()?;
    let mut log = if desk.folder().is_closed() {
        Log::Asked { filter, end: None }
    } else {
        Log::Read {
            folder: desk.folder().logs(),
            filter,
            end: None,
        }
    };
    let lines = log.next(here)?;
    print(here, &lines)?;
    if !args.follow {
        if lines.is_empty() {
            here.console.talk("No line of the log matches.");
        }
        return Ok(Exit::Done);
    }
    loop {
        tokio::select! {
            () = here.clock().sleep(LOOK_AGAIN) => print(here, &log.next(here)?)?,
            _ = tokio::signal::ctrl_c() => return Ok(Exit::Done),
        }
    }
}

/// The log as it goes on.
enum Log {
    /// From its files.
    Read {
        folder: PathBuf,
        filter: Filter,
        end: Option<Position>,
    },
    /// From the service whose files they are.
    Asked { filter: Filter, end: Option<Position> },
}

impl Log {
    /// The lines after those it gave before.
    fn next(&mut self, here: &Here) -> Outcome<Vec<Line>> {
        match self {
            Self::Read {
                folder,
                filter,
                end: Some(end),
            } => Ok(logs::follow(folder, filter, end)?),
            Self::Read { folder, filter, end } => {
                let (lines, position) = logs::read(folder, filter)?;
                *end = Some(position);
                Ok(lines)
            }
            Self::Asked { filter, end } => {
                let page = here.look(ReadLogs {
                    filter: filter.clone(),
                    before: None,
                    after: end.take(),
                })?;
                *end = Some(page.end);
                Ok(page.lines)
            }
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
