//! Families of filters, as the vendor builds them: `id`, `id:in`, `id:min`, `id:greater` …
//! Minimum and maximum include their value. Sends nothing away in silence: a value that cannot be read is refused.

use crate::answer::Answer;
use crate::clock::Given;
use crate::query::Query;
use crate::shape::Document;
use crate::shelf::{Selection, Test};

/// Whether a value and a bound fit.
type Holds = fn(i64, i64) -> bool;

/// Collects the tests of one request.
pub(crate) struct Filters<'a, F> {
    query: &'a Query,
    pub(crate) tests: Vec<Test<F>>,
}

impl<'a, F: 'static> Filters<'a, F> {
    pub(crate) fn new(query: &'a Query) -> Self {
        Self {
            query,
            tests: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, test: impl Fn(&F) -> bool + 'static) {
        self.tests.push(Test::Facts(Box::new(test)));
    }

    /// `name`, `:in`, `:not_in`, `:min`, `:max`, `:greater`, `:less`.
    pub(crate) fn numbers(&mut self, name: &str, of: fn(&F) -> i64) -> Result<(), Answer> {
        if let Some(given) = self.query.int(name)? {
            self.add(move |facts| of(facts) == given);
        }
        for (suffix, wanted) in [("in", true), ("not_in", false)] {
            if let Some(given) = self.query.ints(&format!("{name}:{suffix}"))? {
                self.add(move |facts| given.contains(&of(facts)) == wanted);
            }
        }
        let bounds: [(&str, Holds); 4] = [
            ("min", |value, bound| value >= bound),
            ("max", |value, bound| value <= bound),
            ("greater", |value, bound| value > bound),
            ("less", |value, bound| value < bound),
        ];
        for (suffix, holds) in bounds {
            if let Some(bound) = self.query.int(&format!("{name}:{suffix}"))? {
                self.add(move |facts| holds(of(facts), bound));
            }
        }
        Ok(())
    }

    /// `name`, `:in` and `:like`, without regard to case.
    pub(crate) fn texts(&mut self, name: &str, of: fn(&F) -> String) {
        if let Some(given) = self.query.text(name) {
            let given = given.to_lowercase();
            self.add(move |facts| of(facts).to_lowercase() == given);
        }
        if let Some(given) = self.query.list(&format!("{name}:in")) {
            let given: Vec<_> = given.iter().map(|text| text.to_lowercase()).collect();
            self.add(move |facts| given.contains(&of(facts).to_lowercase()));
        }
        if let Some(given) = self.query.list(&format!("{name}:like")) {
            let given: Vec<_> = given.iter().map(|text| text.to_lowercase()).collect();
            self.add(move |facts| given.iter().any(|part| of(facts).to_lowercase().contains(part)));
        }
    }

    /// `name`, `:min`, `:max`. `fix` settles what a date without a time means.
    pub(crate) fn times(
        &mut self,
        name: &str,
        of: fn(&F) -> i64,
        fix: &dyn Fn(Given) -> i64,
    ) -> Result<(), Answer> {
        if let Some(given) = self.query.time(name)? {
            let at = fix(given);
            self.add(move |facts| of(facts) == at);
        }
        self.bounds(&format!("{name}:min"), &format!("{name}:max"), of, fix)
    }

    /// v2's spelling: `min_date_modified`, `max_date_modified`.
    pub(crate) fn bounds(
        &mut self,
        min: &str,
        max: &str,
        of: fn(&F) -> i64,
        fix: &dyn Fn(Given) -> i64,
    ) -> Result<(), Answer> {
        if let Some(given) = self.query.time(min)? {
            let from = fix(given);
            self.add(move |facts| of(facts) >= from);
        }
        if let Some(given) = self.query.time(max)? {
            let to = fix(given);
            self.add(move |facts| of(facts) <= to);
        }
        Ok(())
    }

    pub(crate) fn flag(&mut self, name: &str, of: fn(&F) -> bool) -> Result<(), Answer> {
        if let Some(given) = self.query.flag(name)? {
            self.add(move |facts| of(facts) == given);
        }
        Ok(())
    }

    /// A field that is only in the record itself; slow, and rarely asked for.
    pub(crate) fn member(&mut self, name: &'static str) {
        if let Some(given) = self.query.text(name) {
            let given = given.to_lowercase();
            self.tests.push(Test::Document(Box::new(move |document| {
                matches(document, name, &given)
            })));
        }
    }

    /// What to select, with the bounds of ids taken out of the tests where they can narrow the walk.
    pub(crate) fn selection(self) -> Selection<F> {
        let key = self
            .query
            .beyond_paging()
            .flat_map(|(name, value)| [name, "=", value, "&"])
            .collect();
        Selection {
            tests: self.tests,
            key: Some(key),
            ..Selection::default()
        }
    }
}

fn matches(document: &Document, member: &str, given: &str) -> bool {
    match document.get(member) {
        Some(serde_json::Value::String(text)) => text.to_lowercase() == given,
        Some(serde_json::Value::Bool(flag)) => (given == "true" || given == "1") == *flag,
        Some(serde_json::Value::Number(number)) => number.as_f64() == given.parse().ok(),
        _ => false,
    }
}

/// A date without a time is midnight.
pub(crate) fn as_given(given: Given) -> i64 {
    given.second
}

/// The bounds of ids in `names` of minimum, maximum, greater, less; missing ones are open.
pub(crate) fn id_span(query: &Query, names: [&str; 4]) -> Result<(u64, u64), Answer> {
    let [min, max, greater, less] = names;
    let mut from = 0;
    let mut to = u64::MAX;
    let natural = |bound: i64| bound.max(0) as u64;
    if let Some(bound) = query.int(min)? {
        from = from.max(natural(bound));
    }
    if let Some(bound) = query.int(greater)? {
        from = from.max(natural(bound.saturating_add(1)));
    }
    if let Some(bound) = query.int(max)? {
        to = to.min(natural(bound));
    }
    if let Some(bound) = query.int(less)? {
        to = to.min(natural(bound.saturating_sub(1)));
    }
    Ok((from, to))
}
