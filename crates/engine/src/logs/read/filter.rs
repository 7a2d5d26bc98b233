//! Which lines of the log are wanted, and whether one is.

use aho_corasick::AhoCorasick;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::logs::{Line, LogLevel};

/// Lines are in the order of time but for threads that wrote at the same moment.
pub(super) const DISORDER: SignedDuration = SignedDuration::from_secs(60);

/// Which lines are wanted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
#[serde(default)]
pub struct Filter {
    /// This serious, or more.
    pub level: Option<LogLevel>,
    /// Of this processflow.
    pub processflow: Option<String>,
    /// Of this run.
    pub run: Option<String>,
    /// With these letters anywhere in the line, in capitals or not.
    pub text: Option<String>,
    /// From this instant on.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// The last so many; all when there is no limit.
    pub limit: Option<usize>,
}

/// A filter, ready to look at many lines.
pub(super) struct Search<'f> {
    filter: &'f Filter,
    /// Finds the text in capitals or not, where it has no letters beyond ASCII.
    text: Option<AhoCorasick>,
    /// Words of the levels that are not wanted.
    unwanted: Vec<&'static [u8]>,
}

/// What a line is to a search.
pub(super) enum Taken {
    Line(Box<Line>),
    Not,
    /// Written so long before the period that no earlier line can belong to it.
    TooEarly,
}

impl<'f> Search<'f> {
    pub(super) fn of(filter: &'f Filter) -> Self {
        let ascii = filter
            .text
            .as_deref()
            .filter(|text| text.is_ascii() && !text.is_empty());
        let text = ascii.and_then(|text| {
            let search = AhoCorasick::builder().ascii_case_insensitive(true).build([text]);
            search.ok()
        });
        let levels = [LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace];
        let unwanted = levels
            .into_iter()
            .filter(|level| filter.level.is_some_and(|wanted| *level > wanted))
            .map(|level| level.as_str().as_bytes())
            .collect();
        Self {
            filter,
            text,
            unwanted,
        }
    }

    pub(super) fn take(&self, text: &[u8]) -> Taken {
        if let Some(since) = self.filter.since
            && time_of(text).is_some_and(|time| time < since - DISORDER)
        {
            return Taken::TooEarly;
        }
        // Cheap first: most lines of a big file are not meant.
        let level = level_of(text);
        if text.is_empty() || level.is_some_and(|level| self.unwanted.contains(&level)) {
            return Taken::Not;
        }
        if self.text.as_ref().is_some_and(|search| !search.is_match(text)) {
            return Taken::Not;
        }
        let line = self.filter.take(text, self.text.is_some());
        line.map_or(Taken::Not, |line| Taken::Line(Box::new(line)))
    }
}

impl Filter {
    fn take(&self, text: &[u8], has_text: bool) -> Option<Line> {
        let text = std::str::from_utf8(text).ok()?;
        let names = [&self.run, &self.processflow];
        if text.is_empty()
            || names
                .into_iter()
                .flatten()
                .any(|name| !text.contains(name.as_str()))
        {
            return None;
        }
        if let Some(part) = self.text.as_ref().filter(|_| !has_text)
            && !text.to_lowercase().contains(&part.to_lowercase())
        {
            return None;
        }
        Line::parse(text.as_bytes()).ok().filter(|line| self.fits(line))
    }

    fn fits(&self, line: &Line) -> bool {
        self.level.is_none_or(|level| line.level <= level)
            && self.run.as_ref().is_none_or(|run| line.run.as_ref() == Some(run))
            && self
                .processflow
                .as_ref()
                .is_none_or(|name| line.processflow.as_ref() == Some(name))
            && self.since.is_none_or(|since| line.time >= since)
            && self.until.is_none_or(|until| line.time < until)
    }
}

/// The time that a line begins with.
pub(super) fn time_of(text: &[u8]) -> Option<Timestamp> {
    let rest = text.strip_prefix(b"{\"time\":\"")?;
    let end = rest.iter().take(40).position(|byte| *byte == b'"')?;
    std::str::from_utf8(&rest[..end]).ok()?.parse().ok()
}

/// The level's word, which follows the time.
fn level_of(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"{\"time\":\"")?;
    let end = rest.iter().take(40).position(|byte| *byte == b'"')?;
    let rest = rest[end..].strip_prefix(b"\",\"level\":\"")?;
    let end = rest.iter().take(10).position(|byte| *byte == b'"')?;
    Some(&rest[..end])
}
