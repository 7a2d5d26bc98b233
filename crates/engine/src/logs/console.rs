//! Talk for people on standard error: compact, or none.

use std::{fmt::Write as _, io::Write as _, sync::Arc};

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{
    LogLevel,
    line::{Line, is_harmful},
};

/// Where talk goes, and from which level on.
#[derive(Clone)]
pub struct Console {
    pub(super) level: Option<LogLevel>,
    out: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Console {
    /// No talk.
    pub fn silent() -> Self {
        Self {
            level: None,
            out: Arc::new(|_| ()),
        }
    }

    /// Talk on standard error.
    pub fn stderr(level: LogLevel) -> Self {
        // Standard error that is closed is nobody's loss.
        Self::through(level, |line| drop(writeln!(std::io::stderr(), "{line}")))
    }

    /// Talk through somebody who also draws there, such as a progress bar. Gets a line without its newline.
    pub fn through(level: LogLevel, out: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self {
            level: Some(level),
            out: Arc::new(out),
        }
    }

    pub(super) fn show(&self, line: &Line) {
        (self.out)(&words(line));
    }
}

/// `10:00:00 warn  orders: The store asked us to slow down. wait=14`
fn words(line: &Line) -> String {
    let local = line.time.to_zoned(TimeZone::system());
    let mut text = format!("{} {:<5} ", local.strftime("%H:%M:%S"), line.level.as_str());
    if let Some(processflow) = &line.processflow {
        push(&mut text, processflow);
        text.push_str(": ");
    }
    push(&mut text, &line.message);
    for (name, value) in &line.fields {
        text.push(' ');
        push(&mut text, name);
        text.push('=');
        match value {
            Value::String(value) => push(&mut text, value),
            other => push(&mut text, &other.to_string()),
        }
    }
    text
}

fn push(text: &mut String, part: &str) {
    for letter in part.chars() {
        if is_harmful(letter) {
            write!(text, "{}", letter.escape_unicode()).expect("text takes everything");
        } else {
            text.push(letter);
        }
    }
}
