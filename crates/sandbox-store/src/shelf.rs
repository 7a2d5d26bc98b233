//! All records of one kind, by id: what filters need as plain facts, the record itself as text.
//! A seeded record's text is made when it is first asked for, a written one's is kept; no tree is.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::seed::Seeds;
use crate::shape::{Document, read};

/// What is known of a record without reading its text.
pub(crate) trait Facts: Sized {
    fn id(&self) -> u64;
    /// The text of a seeded record.
    fn render(&self, seeds: &Seeds) -> String;
    /// The facts of a written one.
    fn of(document: &Document) -> Self;
}

/// One record.
pub(crate) struct Row<F> {
    pub(crate) facts: F,
    text: OnceLock<Box<str>>,
    /// Look-ups do not see the record before this second.
    hidden_until: i64,
}

/// A value to sort by.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(crate) enum Key {
    Number(f64),
    Text(String),
}

/// One filter: on the facts where it can, on the record where it must.
pub(crate) enum Test<F> {
    Facts(Box<dyn Fn(&F) -> bool>),
    Document(Box<dyn Fn(&Document) -> bool>),
}

/// A field that lists can be sorted by.
pub(crate) struct Sort<F> {
    pub(crate) name: &'static str,
    pub(crate) key: fn(&F) -> Key,
}

/// What a list asks for.
pub(crate) struct Selection<F> {
    pub(crate) tests: Vec<Test<F>>,
    /// Ids from and to, both included.
    pub(crate) ids: (u64, u64),
    pub(crate) sort: Option<Sort<F>>,
    pub(crate) descending: bool,
    /// Names the selection, so that its next page finds the list again; none if it depends on the time.
    pub(crate) key: Option<String>,
}

impl<F> Default for Selection<F> {
    fn default() -> Self {
        Self {
            tests: Vec::new(),
            ids: (0, u64::MAX),
            sort: None,
            descending: false,
            key: None,
        }
    }
}

/// The rows which a selection found, in order.
pub(crate) enum Picks {
    Span(Range<usize>),
    List(Arc<Vec<u32>>),
}

impl Picks {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Span(span) => span.len(),
            Self::List(list) => list.len(),
        }
    }

    pub(crate) fn at(&self, position: usize) -> usize {
        match self {
            Self::Span(span) => span.start + position,
            Self::List(list) => list[position] as usize,
        }
    }
}

/// All records of one kind.
pub(crate) struct Shelf<F> {
    seeds: Arc<Seeds>,
    rows: Vec<Row<F>>,
    next_id: u64,
    hidden: usize,
    /// Permutations by sort, and selections by key, until something is written.
    orders: HashMap<&'static str, Arc<Vec<u32>>>,
    lists: HashMap<String, Arc<Vec<u32>>>,
}

/// Selections kept at a time.
const LISTS: usize = 32;

impl<F: Facts> Shelf<F> {
    /// `seeded` in ascending order of ids.
    pub(crate) fn new(seeds: &Arc<Seeds>, seeded: impl Iterator<Item = F>) -> Self {
        let rows: Vec<_> = seeded
            .map(|facts| Row {
                facts,
                text: OnceLock::new(),
                hidden_until: i64::MIN,
            })
            .collect();
        let next_id = rows.last().map_or(1, |row| row.facts.id() + 1);
        Self {
            seeds: seeds.clone(),
            rows,
            next_id,
            hidden: 0,
            orders: HashMap::new(),
            lists: HashMap::new(),
        }
    }

    pub(crate) fn first_id(mut self, id: u64) -> Self {
        self.next_id = self.next_id.max(id);
        self
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn take_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    pub(crate) fn row(&self, index: usize) -> &Row<F> {
        &self.rows[index]
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &F> {
        self.rows.iter().map(|row| &row.facts)
    }

    fn position(&self, id: u64) -> Result<usize, usize> {
        self.rows.binary_search_by_key(&id, |row| row.facts.id())
    }

    /// The facts of a record, hidden or not.
    pub(crate) fn facts(&self, id: u64) -> Option<&F> {
        self.position(id).ok().map(|index| &self.rows[index].facts)
    }

    /// A record's text as a look-up sees it.
    pub(crate) fn seen(&self, id: u64, now: i64) -> Option<&str> {
        let row = &self.rows[self.position(id).ok()?];
        (row.hidden_until <= now).then(|| self.text(row))
    }

    pub(crate) fn text<'a>(&self, row: &'a Row<F>) -> &'a str {
        row.text
            .get_or_init(|| row.facts.render(&self.seeds).into_boxed_str())
    }

    /// A record's text, hidden or not; empty if there is none.
    pub(crate) fn whole_text(&self, id: u64) -> &str {
        self.position(id).map_or("", |index| self.text(&self.rows[index]))
    }

    /// A record as a tree, hidden or not.
    pub(crate) fn document(&self, id: u64) -> Option<Document> {
        let row = &self.rows[self.position(id).ok()?];
        Some(read(self.text(row)))
    }

    /// Writes a record; a new one may stay hidden for a while.
    pub(crate) fn put(&mut self, document: &Document, hidden_until: i64) {
        let facts = F::of(document);
        let text = OnceLock::from(
            serde_json::to_string(document)
                .unwrap_or_default()
                .into_boxed_str(),
        );
        self.forget();
        match self.position(facts.id()) {
            Ok(index) => {
                let hidden_until = self.rows[index].hidden_until;
                self.rows[index] = Row {
                    facts,
                    text,
                    hidden_until,
                };
            }
            Err(index) => {
                self.hidden += usize::from(hidden_until > i64::MIN);
                self.next_id = self.next_id.max(facts.id() + 1);
                self.rows.insert(
                    index,
                    Row {
                        facts,
                        text,
                        hidden_until,
                    },
                );
            }
        }
    }

    /// Changes one plain member without rewriting the record: adjusting stock comes by the thousand.
    pub(crate) fn amend(&mut self, id: u64, member: &str, value: &str, change: impl FnOnce(&mut F)) {
        let Ok(index) = self.position(id) else { return };
        self.forget();
        let row = &mut self.rows[index];
        change(&mut row.facts);
        if let Some(text) = row.text.take() {
            row.text = OnceLock::from(with_member(&text, member, value).into_boxed_str());
        }
    }

    fn forget(&mut self) {
        self.orders.clear();
        self.lists.clear();
    }

    /// Removes records; returns the ids that were there.
    pub(crate) fn remove(&mut self, ids: &[u64]) -> Vec<u64> {
        let mut gone = Vec::new();
        self.forget();
        self.rows.retain(|row| {
            let goes = ids.contains(&row.facts.id());
            if goes {
                gone.push(row.facts.id());
            }
            !goes
        });
        gone
    }

    /// Whether a list depends on the time it is asked for.
    pub(crate) fn has_hidden(&self) -> bool {
        self.hidden > 0
    }

    /// The rows that pass, in the order asked for. Without tests nothing is walked; a list that was asked for by
    /// its key is walked once.
    pub(crate) fn select(&mut self, selection: &Selection<F>, now: i64) -> Picks {
        let (from, to) = selection.ids;
        let start = self.rows.partition_point(|row| row.facts.id() < from);
        let end = self.rows.partition_point(|row| row.facts.id() <= to).max(start);
        let whole = selection.tests.is_empty() && self.hidden == 0 && !selection.descending;
        if whole && selection.sort.is_none() {
            return Picks::Span(start..end);
        }
        let key = selection.key.as_ref().filter(|_| self.hidden == 0);
        if let Some(list) = key.and_then(|key| self.lists.get(key)) {
            return Picks::List(list.clone());
        }
        let list = match &selection.sort {
            Some(sort) if whole && end - start == self.rows.len() => self.sorted(sort),
            _ => Arc::new(self.passing(start..end, selection, now)),
        };
        if let Some(key) = key {
            if self.lists.len() >= LISTS {
                self.lists.clear();
            }
            self.lists.insert(key.clone(), list.clone());
        }
        Picks::List(list)
    }

    fn passing(&mut self, span: Range<usize>, selection: &Selection<F>, now: i64) -> Vec<u32> {
        let rows = &self.rows;
        let passes = |index: usize| {
            let row = &rows[index];
            row.hidden_until <= now && selection.tests.iter().all(|test| self.passes(row, test))
        };
        let mut list: Vec<u32> = match &selection.sort {
            None => span
                .filter(|index| passes(*index))
                .map(|index| index as u32)
                .collect(),
            Some(sort) => {
                // Rows are tested in the order they lie in memory: in the order of a sort it takes ten times as long.
                let mut good = vec![false; rows.len()];
                for index in span {
                    good[index] = passes(index);
                }
                self.sorted(sort)
                    .iter()
                    .copied()
                    .filter(|index| good[*index as usize])
                    .collect()
            }
        };
        if selection.descending {
            list.reverse();
        }
        list
    }

    fn passes(&self, row: &Row<F>, test: &Test<F>) -> bool {
        match test {
            Test::Facts(test) => test(&row.facts),
            Test::Document(test) => test(&read(self.text(row))),
        }
    }

    /// The permutation of a sort, kept until something is written.
    fn sorted(&mut self, sort: &Sort<F>) -> Arc<Vec<u32>> {
        if let Some(order) = self.orders.get(sort.name) {
            return order.clone();
        }
        let mut keyed: Vec<(Key, u32)> = self
            .rows
            .iter()
            .enumerate()
            .map(|(index, row)| ((sort.key)(&row.facts), index as u32))
            .collect();
        keyed.sort_by(|left, right| {
            left.0
                .partial_cmp(&right.0)
                .unwrap_or(std::cmp::Ordering::Equal)
                .then(left.1.cmp(&right.1))
        });
        let order = Arc::new(keyed.into_iter().map(|(_, index)| index).collect::<Vec<_>>());
        self.orders.insert(sort.name, order.clone());
        order
    }
}

/// `text` with another value of a top-level member that is a number or a string without commas.
pub(crate) fn with_member(text: &str, member: &str, value: &str) -> String {
    let name = format!("\"{member}\":");
    let Some((before, after)) = text.split_once(&name) else {
        return text.to_owned();
    };
    let end = after.find([',', '}']).unwrap_or(after.len());
    format!("{before}{name}{value}{}", &after[end..])
}
