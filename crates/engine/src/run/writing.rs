//! A batch at a write step: rows are made of its records, delivered, and what became of them is taken over.
//!
//! Rows of a transaction leave in slices: while one is written the next is made, so that both processors have work.
//! Whatever goes wrong in a later one undoes all of them. Rows that nobody can undo are all made before any leaves.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    ops::Range,
};

use connector_kit::{Guarantee, Outcome, Raw, Record, Result, Row, http::Exchange};

use super::{
    Running,
    batch::{Fate, Unit, Work, goes_on},
    delivery::{Delivered, Delivery},
    trace::Trace,
};
use crate::processflow::{Step, Write, key_twice};

/// Slices of a batch: with more of them less waits at its beginning and its end.
const SLICES: usize = 4;
/// Records, or elements, that one slice has at least. Each slice asks a database server anew, so small ones would wait
/// for the network.
const LEAST: usize = 100;

/// The rows of some units, and of each the unit it was made of.
struct Made {
    owners: Vec<usize>,
    rows: Vec<Row>,
}

impl Work<'_> {
    pub(super) async fn write(&mut self, step: &Step, write: &Write, units: &mut [Unit]) -> Result<()> {
        let mut slices = slices(write, units).into_iter();
        let mut next = slices
            .next()
            .map(|slice| Made::of(&mut self.fates, step, write, units, slice));
        while let Some(Made { owners, rows }) = next {
            self.check_drift()?;
            let Self {
                running,
                records,
                fates,
                ..
            } = &mut *self;
            // The first of the two is begun first: its rows are on their way before the next ones are made.
            let delivering = deliver(running, records, write, rows);
            let making = async {
                let slice = slices.next()?;
                Some(Made::of(fates, step, write, units, slice))
            };
            let (delivered, made) = futures::join!(delivering, making);
            self.take_over(step, write, units, owners, delivered?);
            next = made;
        }
        Ok(())
    }

    /// What became of the rows becomes the fate of their records.
    fn take_over(
        &mut self,
        step: &Step,
        write: &Write,
        units: &mut [Unit],
        owners: Vec<usize>,
        delivered: Delivered,
    ) {
        self.trace(write, &delivered);
        let mut answers: BTreeMap<usize, Vec<Option<Raw>>> = BTreeMap::new();
        for (owner, outcome) in owners.into_iter().zip(delivered.outcomes) {
            match &outcome {
                Outcome::Written { .. } => self.steps[step.at()].written += 1,
                Outcome::Unchanged => self.steps[step.at()].unchanged += 1,
                _ => {}
            }
            let answer = self.fates[units[owner].record].take(outcome, write.guarantee, step.at());
            if write.name.is_some() {
                answers.entry(owner).or_default().push(answer);
            }
        }
        for (owner, answers) in answers {
            units[owner].mapping.answer(write, answers);
        }
        self.fingerprints.extend(delivered.fingerprints);
        self.intents.extend(delivered.intents);
    }

    /// Keeps what the step made of records that failed in it; of all, in diagnosis mode.
    fn trace(&mut self, write: &Write, delivered: &Delivered) {
        let mut kept: BTreeMap<usize, (Vec<&Row>, &[Exchange])> = BTreeMap::new();
        let wanted: BTreeSet<usize> = match self.running.snapshot {
            Some(_) => delivered.rows.iter().map(|row| row.record).collect(),
            None => delivered.failed().map(|(row, _)| row.record).collect(),
        };
        if wanted.is_empty() {
            return;
        }
        for (row, exchanges) in delivered.rows.iter().zip(&delivered.exchanges) {
            if wanted.contains(&row.record) {
                let own = kept.entry(row.record).or_insert((Vec::new(), &[]));
                own.0.push(row);
                if let Some(exchanges) = exchanges {
                    own.1 = exchanges;
                }
            }
        }
        for (at, (rows, exchanges)) in kept {
            self.fates[at].traces.push(Trace::of(write, &rows, exchanges));
        }
    }
}

impl Made {
    fn of(fates: &mut [Fate], step: &Step, write: &Write, units: &mut [Unit], slice: Range<usize>) -> Self {
        let mut made = Self {
            owners: Vec::with_capacity(slice.len()),
            rows: Vec::with_capacity(slice.len()),
        };
        let has_elements = units[slice.clone()].iter().any(|unit| unit.is_element);
        for at in slice {
            let unit = &mut units[at];
            if goes_on(fates, unit) {
                match unit.mapping.rows(write, unit.record) {
                    Ok(own) => {
                        made.owners.extend(own.iter().map(|_| at));
                        made.rows.extend(own);
                    }
                    Err(error) => fates[unit.record].reject(error, step.at()),
                }
            }
        }
        if has_elements {
            made.leave_out_twins(fates, step, write);
        }
        made
    }

    /// Two elements of one record that are the same thing to the destination would overwrite each other unseen.
    fn leave_out_twins(&mut self, fates: &mut [Fate], step: &Step, write: &Write) {
        let mut seen = HashSet::with_capacity(self.rows.len());
        for row in self.rows.iter().filter(|row| !row.key.is_empty()) {
            if !seen.insert((row.record, &*row.key)) {
                fates[row.record].reject(key_twice(write, row), step.at());
            }
        }
        let goes_on = |row: &Row| fates[row.record].end.is_none();
        let mut kept = self.rows.iter().map(goes_on);
        self.owners.retain(|_| kept.next().unwrap_or_default());
        self.rows.retain(goes_on);
    }
}

/// Where a step's units are cut.
fn slices(write: &Write, units: &[Unit]) -> Vec<Range<usize>> {
    let can_be_undone = write.guarantee == Guarantee::Transactional && !write.changes_only;
    let least = if can_be_undone {
        LEAST.max(units.len() / SLICES)
    } else {
        units.len()
    };
    let together = units.chunk_by(|one, next| one.record == next.record);
    cut(together.map(<[Unit]>::len), least)
}

/// Slices of this length or a little more, so that what belongs together stays so.
fn cut(together: impl Iterator<Item = usize>, least: usize) -> Vec<Range<usize>> {
    let mut slices: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for length in together {
        match slices.last_mut() {
            Some(last) if last.len() < least => last.end += length,
            _ => slices.push(from..from + length),
        }
        from += length;
    }
    slices
}

async fn deliver(
    running: &mut Running,
    records: &[Record],
    write: &Write,
    rows: Vec<Row>,
) -> Result<Delivered> {
    let Running {
        destinations,
        journal,
        plan,
        one_record,
        snapshot,
        ..
    } = running;
    let destination = destinations.get_mut(&write.alias).expect("opened at the start");
    let delivery = Delivery {
        write,
        destination: destination.as_mut(),
        journal,
        tries: plan.on_failure.tries,
        source: &|row: &Row| records[row.record].id.to_string(),
        one_record: *one_record,
        keeps_all: snapshot.is_some(),
    };
    delivery.deliver(rows).await
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn what_belongs_to_one_record_is_in_one_slice() {
        let ends = |together: &[usize], least| -> Vec<usize> {
            let slices = cut(together.iter().copied(), least);
            let starts: Vec<usize> = slices.iter().map(|slice| slice.start).collect();
            let ends: Vec<usize> = slices.iter().map(|slice| slice.end).collect();
            assert_eq!(
                starts.get(1..),
                ends.split_last().map(|(_, before)| before),
                "nothing between"
            );
            ends
        };
        assert_eq!(ends(&[1, 1, 1, 1, 1], 2), [2, 4, 5]);
        assert_eq!(
            ends(&[1, 3, 1, 1], 2),
            [4, 6],
            "elements of one record go with the first"
        );
        assert_eq!(ends(&[7], 2), [7]);
        assert_eq!(ends(&[1, 2], 3), [3], "a batch that is no longer is one slice");
        assert!(ends(&[], 2).is_empty(), "nothing is no slice");
    }
}
