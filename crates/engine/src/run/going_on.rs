//! A reading whose filters begin where the last one came to (`~{CreatedDate}~`), or hold kept variables (`${Name}`).
//!
//! How far it came is the system's own time when the reading began, and it counts once everything was read. Records show up
//! a little after the date they carry, so each reading begins a little before that time; what it delivered with dates from
//! there on is remembered, and left out when it comes again. The position of the source itself is kept beside it: a reading
//! that was killed goes on inside, with the dates it began with.

use std::collections::{BTreeMap, BTreeSet};

use connector_kit::{Batch, DateFilter, Record, Result, Source, Watermark, async_trait};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    placeholder::{Kept, Reach},
    processflow::expression::functions::dates::instant,
};

/// How much is read again: records may become visible this long after the date they carry.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// Records that are remembered at most; the oldest of more come again.
const MOST_SEEN: usize = 20_000;
const VERSION: u8 = 1;

/// How far a reading with placeholders came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    version: u8,
    /// Where this reading began; nothing for the beginning.
    from: Option<Timestamp>,
    /// Where the next one begins, once this one is done.
    until: Timestamp,
    /// Whether everything was read.
    done: bool,
    /// What was delivered, by its date: as much of it as the next reading may meet again.
    #[serde(default)]
    seen: BTreeMap<Timestamp, BTreeSet<String>>,
    /// What kept variables stand for in this reading: one that was stopped goes on with the filters it began with, whatever
    /// they are meanwhile, or its pages would be those of another list.
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    variables: Kept,
    /// The position of the source itself.
    source: Option<Watermark>,
}

/// How such a position is told from a source's own.
#[derive(Serialize, Deserialize)]
struct Written {
    going_on: Position,
}

impl Position {
    /// What was kept, and whether it is one of these; else it is the source's own.
    pub(crate) fn of(watermark: Option<Watermark>) -> Result<(Option<Self>, Option<Watermark>)> {
        match watermark {
            Some(kept) if kept.0.get("going_on").is_some() => {
                let Written { going_on } = kept.read()?;
                let source = going_on.source.clone();
                Ok((Some(going_on), source))
            }
            other => Ok((None, other)),
        }
    }

    /// How far the last reading that came to its end has come.
    pub(crate) fn reached(&self) -> Option<Timestamp> {
        if self.done { Some(self.until) } else { self.from }
    }

    /// The position of the next reading: this one's own while it is not done, else behind it. `now` is the system's time.
    pub(crate) fn next(self, now: Timestamp, reach: Reach, variables: Kept) -> Self {
        if !self.done {
            return self;
        }
        Self {
            seen: self.seen,
            source: self.source,
            ..Self::begin(Some(self.until), now, reach, variables)
        }
    }

    /// The position of a reading from an instant on.
    pub(crate) fn begin(from: Option<Timestamp>, now: Timestamp, reach: Reach, variables: Kept) -> Self {
        Self {
            version: VERSION,
            from,
            until: now.saturating_sub(reach.short).unwrap_or(now),
            variables,
            ..Self::default()
        }
    }

    /// What placeholders stand for in this reading: how far the last one came, the overlap before it included.
    pub(crate) fn begins_at(&self) -> Option<Timestamp> {
        before(self.from?)
    }

    /// What kept variables stand for in this reading.
    pub(crate) fn variables(&self) -> Kept {
        self.variables.clone()
    }

    /// The system's time when this reading began.
    pub(crate) fn until(&self) -> Timestamp {
        self.until
    }

    fn watermark(&self) -> Watermark {
        Watermark::of(&Written {
            going_on: self.clone(),
        })
    }

    /// Forgets what no reading can meet again.
    fn forget(&mut self, oldest: Timestamp) {
        self.seen = self.seen.split_off(&oldest);
        let mut count: usize = self.seen.values().map(BTreeSet::len).sum();
        while count > MOST_SEEN
            && let Some((_, gone)) = self.seen.pop_first()
        {
            count -= gone.len();
        }
    }
}

fn before(instant: Timestamp) -> Option<Timestamp> {
    instant.saturating_sub(OVERLAP).ok()
}

/// A source with such a position.
pub(crate) struct GoingOn {
    source: Box<dyn Source>,
    position: Position,
    reach: Reach,
    /// The date that the filter bounds, where the connector knows.
    date: Option<DateFilter>,
}

impl GoingOn {
    pub(crate) fn new(
        source: Box<dyn Source>,
        position: Position,
        reach: Reach,
        date: Option<DateFilter>,
    ) -> Self {
        Self {
            source,
            position,
            reach,
            date,
        }
    }

    /// From when on records may come again in the next reading.
    fn oldest(&self) -> Timestamp {
        let oldest =
            before(self.position.until).and_then(|before| before.saturating_sub(self.reach.back).ok());
        oldest.unwrap_or(Timestamp::MIN)
    }

    /// Whether a record comes for the first time.
    fn is_new(&mut self, record: &Record) -> bool {
        let Some((at, version)) = self.date.as_ref().and_then(|date| version(date, record)) else {
            return true;
        };
        if self
            .position
            .seen
            .get(&at)
            .is_some_and(|seen| seen.contains(&version))
        {
            return false;
        }
        if at >= self.oldest() {
            self.position.seen.entry(at).or_default().insert(version);
        }
        true
    }
}

/// The date of a record that the filter bounds, and what it is known by: where that date never moves its id alone, else this
/// version of it, as it may be changed twice within a second.
fn version(date: &DateFilter, record: &Record) -> Option<(Timestamp, String)> {
    let at = instant(&record.body.field(&date.field)?.plain()?)?;
    if date.is_fixed {
        return Some((at, record.id.to_string()));
    }
    let hash = blake3::hash(record.body.as_str().as_bytes()).to_hex();
    Some((at, format!("{}:{}", record.id, &hash[..16])))
}

#[async_trait]
impl Source for GoingOn {
    async fn next(&mut self) -> Result<Option<Batch>> {
        while !self.position.done {
            let Some(mut batch) = self.source.next().await? else {
                self.position.done = true;
                let oldest = self.oldest();
                self.position.forget(oldest);
                return Ok(Some(Batch::new(Vec::new(), self.position.watermark())));
            };
            // One that only moves the source's position may be its last: both are kept together then.
            let only_moves = batch.records.is_empty() && batch.room.is_empty();
            batch.records.retain(|record| self.is_new(record));
            self.position.source = Some(batch.watermark);
            batch.watermark = self.position.watermark();
            if !only_moves {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use connector_kit::Raw;
    use serde_json::json;

    use super::*;

    struct Pages(VecDeque<Vec<Record>>);

    #[async_trait]
    impl Source for Pages {
        async fn next(&mut self) -> Result<Option<Batch>> {
            let page = self.0.pop_front();
            Ok(page.map(|records| Batch::new(records, Watermark(json!({ "page": self.0.len() })))))
        }
    }

    fn order(id: u64, created: &str, status: u64) -> Record {
        let body = json!({ "id": id, "date_created": created, "status_id": status });
        Record::new(id.to_string(), Raw::of(&body))
    }

    fn at(time: &str) -> Timestamp {
        format!("2026-01-15T{time}Z").parse().unwrap()
    }

    /// Reads pages to their end; the ids that came, and the position.
    fn read(position: Position, is_fixed: bool, pages: &[&[Record]]) -> (Vec<String>, Position) {
        let pages = pages.iter().map(|page| page.to_vec()).collect();
        let field = "date_created".to_owned();
        let date = DateFilter { field, is_fixed };
        let mut source = GoingOn::new(Box::new(Pages(pages)), position, Reach::default(), Some(date));
        let (mut ids, mut last) = (Vec::new(), None);
        while let Some(batch) = futures::executor::block_on(source.next()).unwrap() {
            ids.extend(batch.records.iter().map(|record| record.id.to_string()));
            last = Some(batch.watermark);
        }
        (ids, Position::of(last).unwrap().0.unwrap())
    }

    #[test]
    fn what_was_delivered_within_the_overlap_is_left_out_the_next_time() {
        let first = Position::begin(None, at("10:00:00"), Reach::default(), Kept::new());
        let old = order(1, "Thu, 15 Jan 2026 09:00:00 +0000", 1);
        let young = order(2, "Thu, 15 Jan 2026 09:58:00 +0000", 1);
        let (ids, position) = read(first, true, &[&[old], std::slice::from_ref(&young)]);
        assert_eq!(ids, ["1", "2"]);
        assert_eq!(
            position.reached(),
            Some(at("10:00:00")),
            "the system's time at the start"
        );
        let next = position.next(at("11:00:00"), Reach::default(), Kept::new());
        assert_eq!(next.begins_at(), Some(at("09:55:00")), "the overlap before it");
        let late = order(3, "Thu, 15 Jan 2026 09:57:00 +0000", 1);
        let edited = order(2, "Thu, 15 Jan 2026 09:58:00 +0000", 9);
        let (ids, position) = read(
            next.clone(),
            true,
            &[&[late.clone(), young.clone(), edited.clone()]],
        );
        assert_eq!(
            ids,
            ["3"],
            "one that showed up late; a creation date never moves, so the other is known by its id"
        );
        assert!(
            position.seen.is_empty(),
            "nothing of it can come again: {position:?}"
        );
        let (ids, _) = read(next, false, &[&[late, young, edited]]);
        assert_eq!(ids, ["3", "2", "2"], "of a date that moves, each version counts");
    }

    #[test]
    fn a_reading_that_was_killed_goes_on_with_the_dates_it_began_with() {
        let position = Position {
            done: true,
            ..Position::begin(None, at("10:00:00"), Reach::default(), Kept::new())
        };
        let begun = position.next(at("11:00:00"), Reach::default(), Kept::new());
        let again = begun.clone().next(at("12:00:00"), Reach::default(), Kept::new());
        assert_eq!(again, begun, "neither its beginning nor its end moves");
        assert_eq!(
            begun.reached(),
            Some(at("10:00:00")),
            "and it has not come further yet"
        );
    }

    #[test]
    fn a_window_that_ends_early_leaves_the_rest_to_the_next() {
        let reach = Reach {
            short: SignedDuration::from_hours(1),
            ..Reach::default()
        };
        let position = Position::begin(None, at("10:00:00"), reach, Kept::new());
        assert_eq!(position.until, at("09:00:00"), "the last hour was not read");
    }
}
