//! Watermarks of lists: versioned JSON, read again by a later version of the program.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entry, seen::Seen, young::Young};
use crate::{Error, Result, Watermark};

/// Records may become visible a little after the date they carry: each run reads this much again and drops what
/// it knows. Seconds.
pub(super) const OVERLAP_SECONDS: i64 = 300;

const VERSION: u8 = 1;

/// How far a list was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Position {
    /// Inside a walk by ids.
    Walking(Walking),
    /// Changes are followed.
    Changes(Mark),
    /// A whole read came to its end; the next one starts anew.
    Done {},
}

/// Inside a walk by ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Walking {
    /// All records up to this id were delivered.
    pub(super) last_id: u64,
    /// Where following changes begins after the walk.
    #[serde(flatten)]
    pub(super) then: Mark,
}

/// The highest change date received, and what was delivered within the overlap before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// Never the local clock. `None` before the first record.
    pub(super) highest: Option<Timestamp>,
    #[serde(default)]
    pub(super) seen: Seen,
    /// Those among them that may have changed once more within their second.
    #[serde(default, skip_serializing_if = "Young::is_empty")]
    young: Young,
}

impl Mark {
    /// A mark at an instant that a person named.
    pub(super) fn at(instant: Timestamp) -> Self {
        Self {
            highest: Some(instant),
            ..Self::default()
        }
    }

    /// Moves forward, never back, and forgets what the overlap no longer reaches.
    pub(super) fn reach(&mut self, changed: Timestamp) {
        if self.highest.is_none_or(|highest| highest < changed) {
            self.highest = Some(changed);
            self.seen.forget_before(earlier(changed));
            self.young.forget_before(earlier(changed));
        }
    }

    /// Whether this version is new; it is remembered, unless it is older than the overlap reaches. `now` is the
    /// server's clock.
    pub(super) fn remember(&mut self, entry: &Entry, changed: Timestamp, now: Option<Timestamp>) -> bool {
        if self.highest.is_some_and(|highest| changed < earlier(highest)) {
            return true;
        }
        let another = self.young.is_another(entry, changed, now);
        self.seen.insert(entry.id, changed) || another
    }

    /// Where the next run starts to read.
    pub(super) fn from(&self) -> Option<Timestamp> {
        self.highest.map(earlier)
    }
}

/// The overlap before an instant, on a whole second: stores keep no parts of one.
pub(super) fn earlier(instant: Timestamp) -> Timestamp {
    whole_second(instant)
        .checked_sub(jiff::SignedDuration::from_secs(OVERLAP_SECONDS))
        .unwrap_or(Timestamp::MIN)
}

/// Without its part of a second.
pub(super) fn whole_second(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_nanosecond().div_euclid(1_000_000_000) as i64).unwrap_or(instant)
}

/// The highest change date that a list was followed to; `None` where the watermark tells none.
pub fn reached(watermark: &Watermark) -> Option<Timestamp> {
    match Position::read(watermark).ok()? {
        Position::Changes(mark) => mark.highest,
        Position::Walking(_) | Position::Done {} => None,
    }
}

#[derive(Serialize, Deserialize)]
struct Versioned {
    version: u8,
    #[serde(flatten)]
    position: Position,
}

impl Position {
    /// For the engine to keep.
    pub(super) fn watermark(self) -> Watermark {
        Watermark::of(&Versioned {
            version: VERSION,
            position: self,
        })
    }

    /// From what the engine kept. A plain timestamp, as `watermark --move` writes it, means changes from there.
    pub(super) fn read(watermark: &Watermark) -> Result<Self> {
        if watermark.0.is_string() {
            return Ok(Self::Changes(Mark::at(watermark.read()?)));
        }
        let versioned: Versioned = watermark.read()?;
        if versioned.version > VERSION {
            return Err(Error::config("the saved watermark was written by a newer version of this program")
                .hint("Install that version again, or move the watermark with `processflow watermark NAME --move T`."));
        }
        Ok(versioned.position)
    }
}
