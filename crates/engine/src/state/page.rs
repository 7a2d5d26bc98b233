//! The ledger page by page, in both directions, whatever its size (Sync Info).
//!
//! Runs come in their order and, inside a run, its records; a page begins where another ended ([`Place`]). The
//! counts of the runs and of their batches tell which of them hold anything wanted, so the others are never looked into.

use connector_kit::{Error, Result};
use rusqlite::{Connection, params, params_from_iter, types::Value};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Label, LedgerEntry, SettledBatch, broken};

/// Records that one look for a text reads, and the rest of the batch it then is in; the page tells where the next look
/// begins.
const LOOK: i64 = 50_000;

/// A run counts what it skipped by reason.
const SKIPPED_IN_RUN: &str = "(read - written - unchanged - failed)";

/// Which records are wanted.
#[derive(Clone, Debug, Default)]
pub struct Select {
    /// Of the run of that number only.
    pub run: Option<i64>,
    /// Of one processflow only.
    pub processflow: Option<String>,
    /// Of these outcomes; of all when empty.
    pub outcomes: Vec<Label>,
    /// With exactly this reason or cause.
    pub reason: Option<String>,
    /// With these letters in an id, a label, a target or a reason.
    pub text: Option<String>,
}

/// What comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The newest run, and its last record.
    #[default]
    NewestFirst,
    /// The oldest run, and its first record.
    OldestFirst,
}

/// A place between two records: the run's number and the record's. As text `17:4711`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    run: i64,
    number: i64,
}

/// A page while it is looked for.
struct Look {
    order: Order,
    limit: usize,
    /// Records that may still be read for a text.
    left: i64,
    found: Vec<i64>,
}

/// A page of the ledger.
#[derive(Debug)]
pub struct Page {
    /// Its records, in the order that was asked for.
    pub entries: Vec<LedgerEntry>,
    /// Where to go on; `None` at the end.
    pub next: Option<Place>,
}

impl Select {
    /// The records after a place, `limit` of them at most.
    pub fn page(&self, on: &Connection, order: Order, after: Option<Place>, limit: usize) -> Result<Page> {
        let (found, next) = self.numbers(on, order, after, limit)?;
        let entries = LedgerEntry::numbered(on, &found)?;
        Ok(Page { entries, next })
    }

    /// The records before a place, still in the order that was asked for.
    pub fn page_before(&self, on: &Connection, order: Order, before: Place, limit: usize) -> Result<Page> {
        let mut page = self.page(on, order.turned(), Some(before), limit)?;
        page.entries.reverse();
        Ok(page)
    }

    /// How many there are in all, from the balances of the runs; unknown where a text or a reason is looked for.
    pub fn total(&self, on: &Connection) -> Result<Option<u64>> {
        if self.text.is_some() || self.reason.is_some() {
            return Ok(None);
        }
        let sql = format!(
            "SELECT coalesce(sum({}), 0) FROM run WHERE {}",
            self.counted(SKIPPED_IN_RUN),
            self.of_runs()
        );
        let total = on.query_row(&sql, params![self.run, self.processflow], |row| row.get(0));
        total.map(Some).map_err(broken)
    }

    fn numbers(
        &self,
        on: &Connection,
        order: Order,
        after: Option<Place>,
        limit: usize,
    ) -> Result<(Vec<i64>, Option<Place>)> {
        let (side, by) = order.words();
        let sql = format!(
            "SELECT number FROM run WHERE {} AND {} > 0 AND number {side}= ?3 ORDER BY number {by}",
            self.of_runs(),
            self.counted(SKIPPED_IN_RUN)
        );
        let from = after.map_or(order.beginning(), |place| place.run);
        let mut query = on.prepare(&sql).map_err(broken)?;
        let runs = query.query_map(params![self.run, self.processflow, from], |row| row.get(0));
        let mut look = Look {
            order,
            limit,
            left: LOOK,
            found: Vec::new(),
        };
        for run in runs.map_err(broken)? {
            let run: i64 = run.map_err(broken)?;
            let begin = match after {
                Some(place) if place.run == run => place.number,
                _ => order.beginning(),
            };
            if let Some(number) = self.of_run(on, run, begin, &mut look)? {
                return Ok((look.found, Some(Place { run, number })));
            }
        }
        Ok((look.found, None))
    }

    /// Records of one run; where the page is full or enough was looked through, the last one that was looked at.
    fn of_run(&self, on: &Connection, run: i64, begin: i64, look: &mut Look) -> Result<Option<i64>> {
        let counted = self.counted("skipped");
        SettledBatch::until(on, run, look.order, begin, &counted, |batch| {
            let found = self.of_batch(on, run, batch, begin, look)?;
            look.found.extend(found);
            if look.found.len() == look.limit {
                return Ok(look.found.last().copied());
            }
            look.left -= batch.length();
            let is_enough = self.text.is_some() && look.left <= 0;
            Ok(is_enough.then(|| batch.end(look.order)))
        })
    }

    /// Records of one batch, as many as the page still has room for.
    fn of_batch(
        &self,
        on: &Connection,
        run: i64,
        batch: SettledBatch,
        begin: i64,
        look: &Look,
    ) -> Result<Vec<i64>> {
        let (side, by) = look.order.words();
        let mut values: Vec<Value> = vec![run.into(), batch.first.into(), batch.last.into(), begin.into()];
        let mut sql = format!(
            "SELECT number FROM record WHERE number BETWEEN ?2 AND ?3 AND number {side} ?4 AND run = ?1"
        );
        if !self.outcomes.is_empty() {
            let wanted: Vec<_> = self
                .outcomes()
                .iter()
                .map(|one| one.number().to_string())
                .collect();
            sql += &format!(" AND outcome IN ({})", wanted.join(", "));
        }
        if let Some(reason) = &self.reason {
            values.push(reason.clone().into());
            sql += &format!(" AND detail = ?{}", values.len());
        }
        if let Some(text) = &self.text {
            values.push(like(text).into());
            let place = values.len();
            sql += &format!(
                " AND (source LIKE ?{place} ESCAPE '!' OR labels LIKE ?{place} ESCAPE '!'
                OR target LIKE ?{place} ESCAPE '!' OR detail LIKE ?{place} ESCAPE '!')"
            );
        }
        values.push(((look.limit - look.found.len()) as i64).into());
        sql += &format!(" ORDER BY number {by} LIMIT ?{}", values.len());
        let mut query = on.prepare_cached(&sql).map_err(broken)?;
        let rows = query.query_map(params_from_iter(values), |row| row.get(0));
        rows.map_err(broken)?.collect::<Result<_, _>>().map_err(broken)
    }

    fn outcomes(&self) -> Vec<Label> {
        if self.outcomes.is_empty() {
            return vec![Label::Written, Label::Unchanged, Label::Skipped, Label::Failed];
        }
        let mut once = Vec::new();
        for &outcome in &self.outcomes {
            if !once.contains(&outcome) {
                once.push(outcome);
            }
        }
        once
    }

    /// How many of a run's or a batch's records are wanted, as SQL; `skipped` is how many were skipped.
    fn counted(&self, skipped: &'static str) -> String {
        let column = |outcome: Label| match outcome {
            Label::Written => "written",
            Label::Unchanged => "unchanged",
            Label::Skipped => skipped,
            Label::Failed => "failed",
        };
        let columns: Vec<&str> = self.outcomes().into_iter().map(column).collect();
        format!("({})", columns.join(" + "))
    }

    fn of_runs(&self) -> &'static str {
        match (self.run, &self.processflow) {
            (Some(_), _) => "number = ?1 AND (?2 IS NULL OR processflow = ?2)",
            (None, Some(_)) => "?1 IS NULL AND processflow = ?2",
            (None, None) => "?1 IS NULL AND ?2 IS NULL",
        }
    }
}

/// A pattern for LIKE: the text anywhere, nothing in it means more than itself.
fn like(text: &str) -> String {
    let plain = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{plain}%")
}

impl Order {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NewestFirst => ("<", "DESC"),
            Self::OldestFirst => (">", "ASC"),
        }
    }

    fn beginning(self) -> i64 {
        match self {
            Self::NewestFirst => i64::MAX,
            Self::OldestFirst => 0,
        }
    }

    fn turned(self) -> Self {
        match self {
            Self::NewestFirst => Self::OldestFirst,
            Self::OldestFirst => Self::NewestFirst,
        }
    }
}

impl Place {
    /// The place of a record.
    pub fn of(entry: &LedgerEntry) -> Self {
        Self {
            run: entry.run_number,
            number: entry.number,
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}", self.run, self.number)
    }
}

impl std::str::FromStr for Place {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once(':');
        let place = parts.and_then(|(run, number)| Some((run.parse().ok()?, number.parse().ok()?)));
        place.map(|(run, number)| Self { run, number }).ok_or_else(|| {
            Error::config(format!("`{text}` is no place in the list of records"))
                .hint("Begin again at the top of the list.")
        })
    }
}
