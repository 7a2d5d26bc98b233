//! One line of the log, as it is written and read.

use std::fmt::{self, Write as _};

use connector_kit::{Clock, Error, Result};
use jiff::{Timestamp, Unit};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use ts_rs::TS;

use super::LogLevel;
use crate::secrets::Redaction;

/// Bytes of one value; a log is no place for a whole record.
const LONGEST: usize = 8 * 1024;

/// One event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Line {
    /// When, to the millisecond.
    pub time: Timestamp,
    /// How serious.
    pub level: LogLevel,
    /// The run it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The processflow it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processflow: Option<String>,
    /// The part of the program that speaks.
    pub target: String,
    /// The sentence.
    pub message: String,
    /// Everything else: counts, names, times.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

impl Line {
    /// A line of the log itself.
    pub(super) fn own(clock: &dyn Clock, level: LogLevel, message: &str) -> Self {
        Self {
            time: rounded(clock.now()),
            level,
            run: None,
            processflow: None,
            target: "logs".into(),
            message: message.into(),
            fields: Map::new(),
        }
    }

    /// From what spans and event hold; inner ones come later and win.
    pub(super) fn of(time: Timestamp, level: LogLevel, target: &str, mut fields: Map<String, Value>) -> Self {
        let mut word = |name| match fields.shift_remove(name)? {
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        };
        let (message, run, processflow) = (
            word("message").unwrap_or_default(),
            word("run"),
            word("processflow"),
        );
        for taken in ["time", "level", "target"] {
            if let Some(value) = fields.shift_remove(taken) {
                fields.insert(format!("{taken}_"), value);
            }
        }
        Self {
            time: rounded(time),
            level,
            run,
            processflow,
            target: target.into(),
            message,
            fields,
        }
    }

    /// The line's text, with the newline. No control character is left in it, also none that JSON would let pass
    /// and a terminal obey.
    pub(super) fn text(&self) -> String {
        let json = serde_json::to_string(self).expect("text and numbers are JSON");
        let mut text = String::with_capacity(json.len() + 1);
        for letter in json.chars() {
            if is_harmful(letter) {
                write!(text, "\\u{:04x}", u32::from(letter)).expect("text takes everything");
            } else {
                text.push(letter);
            }
        }
        text.push('\n');
        text
    }

    pub(super) fn parse(text: &[u8]) -> Result<Self> {
        serde_json::from_slice(text).map_err(|error| Error::bug("a line of the log is damaged").source(error))
    }
}

/// Control characters, and those that change lines or the direction of writing.
pub(super) fn is_harmful(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn rounded(time: Timestamp) -> Timestamp {
    time.round(Unit::Millisecond).unwrap_or(time)
}

/// Collects the fields of a span or an event, without secrets.
pub(super) struct Fields<'a> {
    pub(super) into: &'a mut Map<String, Value>,
    pub(super) redaction: &'a Redaction,
}

impl Fields<'_> {
    fn text(&mut self, field: &Field, text: &str) {
        let masked = self.redaction.mask(text);
        let value = if masked.len() <= LONGEST {
            masked.into_owned()
        } else {
            // Cut after masking: half a secret would not be found.
            format!("{} … (cut)", &masked[..masked.floor_char_boundary(LONGEST)])
        };
        self.into.insert(field.name().to_owned(), Value::String(value));
    }

    /// A number stays one, unless its digits are somebody's PIN.
    fn number(&mut self, field: &Field, value: Value) {
        let digits = value.to_string();
        if self.redaction.mask(&digits) == digits {
            self.into.insert(field.name().to_owned(), value);
        } else {
            self.text(field, &digits);
        }
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, &format!("{value:?}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut next = value.source();
        while let Some(source) = next {
            text.push_str(": ");
            text.push_str(&source.to_string());
            next = source.source();
        }
        self.text(field, &text);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.into.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.number(field, value.into());
    }
}
