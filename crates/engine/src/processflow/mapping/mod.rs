//! From records to rows: what a step's expressions give for one record of a run.
//!
//! A [`Scope`] is shared by all records of a run; a [`Mapping`] is one record on its way through the steps. It holds
//! the record's text (shared with the page it came in), where its fields stand, and what earlier steps named.

mod groups;
mod tried;

use std::{
    borrow::Cow,
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use connector_kit::{Error, Raw, Record, Result, Row, Value};

use super::{
    expression::{
        Expression, Unlike,
        evaluate::{Object, Table, View},
        term::{Term, missing},
    },
    file::Expect,
    json::{self, Index, Wanted},
    plan::{Fetch, ForEach, Merge, Set, Skip, Way, Write},
};

pub(crate) use groups::Groups;
pub use tried::{TriedField, TriedProblem, TriedStep, try_record};

/// What all records of one run share. Cloning shares.
#[derive(Clone, Debug)]
pub struct Scope(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    connections: Vec<(String, Raw)>,
    run: Raw,
    tables: Arc<[Table]>,
    fields: Arc<Wanted>,
    variables: usize,
}

impl Scope {
    pub(crate) fn new(
        connections: Vec<(String, Raw)>,
        run: Raw,
        tables: Arc<[Table]>,
        fields: Arc<Wanted>,
        variables: usize,
    ) -> Self {
        Self(Arc::new(Shared {
            connections,
            run,
            tables,
            fields,
            variables,
        }))
    }

    /// A record at the beginning of its way.
    pub fn record(&self, record: &Record) -> Mapping {
        Mapping {
            shared: self.0.clone(),
            body: record.body.clone(),
            index: None,
            element: None,
            variables: Vec::new(),
        }
    }
}

/// One record on its way through the steps.
#[derive(Debug)]
pub struct Mapping {
    shared: Arc<Shared>,
    body: Raw,
    index: Option<Box<Index>>,
    /// The element it is about, inside of a `for_each`.
    element: Option<Box<(Raw, Index)>>,
    variables: Vec<Option<Value>>,
}

impl Mapping {
    /// The reason, where a rule leaves the record out.
    pub fn skip(&mut self, step: &Skip) -> Result<Option<String>> {
        let left_out = self.seen(|view| truth(step.when.term(view)?));
        let left_out = left_out.map_err(|error| error.context(format!("rule `{}`", step.reason)))?;
        Ok(left_out.then(|| step.reason.clone()))
    }

    /// Names values for later steps; each may use those before it.
    pub fn set(&mut self, step: &Set) -> Result<()> {
        for (place, name, expression) in &step.values {
            let value = self.seen(|view| expression.value(view));
            self.name(
                *place,
                value.map_err(|error| error.context(format!("value `{name}`")))?,
            );
        }
        Ok(())
    }

    /// The rows of this record for a write step. `record` is its place in the batch. A step whose scope has no
    /// elements gets one row that says so ([`Row::nothing`]).
    pub fn rows(&mut self, step: &Write, record: usize) -> Result<Vec<Row>> {
        if step.elements.is_none() && step.fields.is_none() {
            let whole = self.element.as_ref().map_or(&self.body, |element| &element.0);
            return Ok(vec![as_it_is(record, whole.clone())]);
        }
        self.seen(|view| {
            let Some(elements) = &step.elements else {
                return Ok(vec![row(step, record, view)?]);
            };
            let listed = list(elements, "each", view)?;
            let mut rows = Vec::new();
            match &listed {
                Term::Json(text) if let Some(known) = view.elements(text) => {
                    for (element, index) in known.each(text) {
                        rows.push(of_element(step, record, view, element, index)?);
                    }
                }
                _ => {
                    for element in elements_of(&listed) {
                        let element = element?;
                        rows.push(of_element(step, record, view, &element, &view.index(&element))?);
                    }
                }
            }
            if rows.is_empty() && step.scope.is_some() {
                rows.push(nothing(step, record, view)?);
            }
            distinct(step, &rows)?;
            Ok(rows)
        })
    }

    /// Keeps the answers to this record's rows under the step's name: of a step with `each` as a list.
    pub fn answer(&mut self, step: &Write, answers: Vec<Option<Raw>>) {
        let Some(place) = step.variable else { return };
        let value = if step.each {
            let texts: Vec<_> = answers
                .iter()
                .map(|answer| answer.as_ref().map_or("null", Raw::as_str))
                .collect();
            let list = Raw::parse(format!("[{}]", texts.join(",")));
            list.map_or(Value::Null, Value::Json)
        } else {
            answers
                .into_iter()
                .next()
                .flatten()
                .map_or(Value::Null, Value::Json)
        };
        self.name(place, value);
    }

    /// Which way of a branch the record goes: the first whose rule is true. None when it is none of them.
    pub fn way(&mut self, ways: &[Way]) -> Result<Option<usize>> {
        for (at, way) in ways.iter().enumerate() {
            let Some(when) = &way.when else {
                return Ok(Some(at));
            };
            let taken = self.seen(|view| truth(when.term(view)?));
            if taken.map_err(|error| error.context(format!("`when: {}`", when.text)))? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// A mapping for each element of the list: what was named so far, and what the element has.
    pub fn elements(&mut self, step: &ForEach) -> Result<Vec<Self>> {
        let elements = self.seen(|view| {
            let listed = list(&step.list, "in", view)?;
            let element = |text: Result<Cow<'_, str>>| Raw::parse(text?.into_owned());
            elements_of(&listed).map(element).collect::<Result<Vec<Raw>>>()
        })?;
        let mapping = |element: Raw| {
            let mut mapping = Self {
                shared: self.shared.clone(),
                body: self.body.clone(),
                index: None,
                element: Some(Box::new((
                    element.clone(),
                    Index::of(element.as_str(), &self.shared.fields),
                ))),
                variables: self.variables.clone(),
            };
            if let Some(place) = step.variable {
                mapping.name(place, Value::Json(element));
            }
            mapping
        };
        Ok(elements.into_iter().map(mapping).collect())
    }

    /// The parameters a `fetch` asks with for this record.
    pub fn parameters(&mut self, step: &Fetch) -> Result<serde_json::Map<String, serde_json::Value>> {
        let mut parameters = step.with.clone();
        for (name, expression) in &step.map {
            let value = self.seen(|view| expression.value(view));
            let value = value.map_err(|error| error.context(format!("parameter `{name}`")))?;
            parameters.insert(name.clone(), value.to_json());
        }
        Ok(parameters)
    }

    /// Keeps what was fetched under the step's name.
    pub fn fetched(&mut self, step: &Fetch, records: &[Raw]) -> Result<()> {
        let value = match (step.expect, records) {
            (Expect::List, records) => {
                let texts: Vec<_> = records.iter().map(Raw::as_str).collect();
                Value::Json(Raw::parse(format!("[{}]", texts.join(",")))?)
            }
            (_, [one]) => Value::Json(one.clone()),
            (Expect::OneOrNone, []) => Value::Null,
            (_, records) => return Err(not_one(step, records.len())),
        };
        self.name(step.variable, value);
        Ok(())
    }

    /// The values of a merge's `by`, with what tells this group from all others.
    pub(crate) fn belongs(&mut self, step: &Merge) -> Result<(String, Vec<Value>)> {
        let mut values = Vec::with_capacity(step.by.len());
        for (name, expression) in &step.by {
            let value = self.seen(|view| expression.value(view));
            let value = value.map_err(|error| error.context(format!("`by: {name}`")))?;
            if matches!(&value, Value::Null) || matches!(&value, Value::Text(text) if text.is_empty()) {
                let message = format!("`by: {name}` is empty, so it is not known what the record belongs to");
                return Err(Error::rejected(message));
            }
            values.push(value);
        }
        let told: Vec<_> = values.iter().map(Value::to_string).collect();
        let key = match &*told {
            [one] => one.clone(),
            several => serde_json::to_string(several).expect("texts serialise"),
        };
        Ok((key, values))
    }

    /// Gives a kept variable the value it has now.
    pub(crate) fn know(&mut self, place: usize, value: Value) {
        self.name(place, value);
    }

    /// What stands at a place of a name.
    pub(crate) fn known(&self, place: usize) -> Option<&Value> {
        self.variables.get(place)?.as_ref()
    }

    fn name(&mut self, place: usize, value: Value) {
        self.variables.resize(self.shared.variables, None);
        self.variables[place] = Some(value);
    }

    fn seen<T>(&mut self, look: impl FnOnce(&View<'_>) -> Result<T>) -> Result<T> {
        let index = self
            .index
            .get_or_insert_with(|| Box::new(Index::of(self.body.as_str(), &self.shared.fields)));
        let shared = &self.shared;
        let view = View::new(
            (&self.body, index),
            (&shared.connections, shared.run.as_str()),
            &shared.tables,
            &self.variables,
        );
        match &self.element {
            None => look(&view),
            Some(element) => look(&view.inside(Object {
                text: element.0.as_str(),
                index: &element.1,
            })),
        }
    }
}

fn not_one(step: &Fetch, found: usize) -> Error {
    let (count, hint) = match found {
        0 => (
            "nothing".to_owned(),
            "If it may be missing, write `expect: one_or_none` and test it with `is none`.",
        ),
        _ => (
            format!("{found} records"),
            "Ask for it more exactly, or write `expect: list` and say which one is meant.",
        ),
    };
    let message = format!(
        "`{}` found {count} for `{}`, and one is expected",
        step.action, step.name
    );
    Error::rejected(message).hint(hint)
}

fn truth(term: Term<'_>) -> Result<bool> {
    match term {
        Term::Bool(yes) => Ok(yes),
        Term::Null => Ok(false),
        Term::Missing(what) => Err(missing(&what)),
        other => Err(
            Error::rejected(format!("`when` is {}, not true or false", other.kind()))
                .hint("Compare it: `when: status_id == 0`."),
        ),
    }
}

/// What `each` or `in` lists. An empty list is a list; null is not: it would delete what is there.
fn list<'r>(elements: &'r Expression, field: &str, view: &View<'r>) -> Result<Term<'r>> {
    let named = |error: Error| error.context(format!("`{field}`"));
    match elements.term(view).map_err(named)? {
        list @ Term::List(_) => Ok(list),
        Term::Json(text) if text.starts_with('[') => Ok(Term::Json(text)),
        Term::Missing(what) => Err(named(missing(&what))),
        other => {
            let hint = match other {
                Term::Null => format!("If null means none, write `{} | default([])`.", elements.text),
                _ => "Name a list of the record. Lists of other resources must be asked for, with `include`."
                    .to_owned(),
            };
            let error = Error::rejected(format!(
                "`{field}: {}` is {}, not a list",
                elements.text,
                other.kind()
            ));
            Err(Unlike::mark(error.hint(hint), &other))
        }
    }
}

/// The elements as JSON text.
fn elements_of<'l>(list: &'l Term<'_>) -> Box<dyn Iterator<Item = Result<Cow<'l, str>>> + 'l> {
    match list {
        Term::Json(text) => Box::new(json::elements(text).map(|text| Ok(text.into()))),
        Term::List(elements) => Box::new(elements.iter().map(|element| Ok(element.to_json()?.into()))),
        _ => Box::new(std::iter::empty()),
    }
}

fn of_element(step: &Write, record: usize, view: &View<'_>, element: &str, index: &Index) -> Result<Row> {
    if step.fields.is_none() {
        return Ok(as_it_is(record, Raw::parse(element.to_owned())?));
    }
    let inside = view.inside(Object { text: element, index });
    row(step, record, &inside)
}

/// One row of a step with a map.
fn row(step: &Write, record: usize, view: &View<'_>) -> Result<Row> {
    let columns = step.step.columns.clone();
    let fields = step.fields.iter().flatten();
    let value =
        |(field, column): (&Expression, &String)| field.value(view).map_err(|error| of_field(error, column));
    let values: Vec<Value> = fields.zip(&*columns).map(value).collect::<Result<_>>()?;
    let key = key(step, &values, true)?;
    Ok(Row {
        record,
        key,
        columns,
        values: values.into(),
        nothing: false,
    })
}

/// The row of a step without a map: one column that is the record, or the element, as it is.
fn as_it_is(record: usize, whole: Raw) -> Row {
    static RECORD: LazyLock<Arc<[String]>> = LazyLock::new(|| Arc::new(["record".to_owned()]));
    static NO_KEY: LazyLock<Arc<str>> = LazyLock::new(|| "".into());
    Row {
        record,
        key: NO_KEY.clone(),
        columns: RECORD.clone(),
        values: Arc::new([Value::Json(whole)]),
        nothing: false,
    }
}

/// The row that says: nothing of this scope remains.
fn nothing(step: &Write, record: usize, view: &View<'_>) -> Result<Row> {
    let columns = step.step.columns.clone();
    let mut values = vec![Value::Null; columns.len()];
    for at in &step.scope_at {
        let field = step.fields.as_ref().and_then(|fields| fields.get(*at));
        let value = field.map(|field| field.value(view)).transpose();
        values[*at] = value
            .map_err(|error| of_field(error, &columns[*at]))?
            .unwrap_or(Value::Null);
        if values[*at] == Value::Null {
            return Err(empty_key(&columns[*at]));
        }
    }
    let key = key(step, &values, false)?;
    Ok(Row {
        record,
        key,
        columns,
        values: values.into(),
        nothing: true,
    })
}

fn of_field(error: Error, column: &str) -> Error {
    error.context(format!("field `{column}`"))
}

fn key(step: &Write, values: &[Value], must: bool) -> Result<Arc<str>> {
    let mut key = String::new();
    for (nth, at) in step.key_at.iter().enumerate() {
        if must && matches!(&values[*at], Value::Null) {
            return Err(empty_key(&step.step.columns[*at]));
        }
        if nth > 0 {
            key.push('\u{1f}');
        }
        match &values[*at] {
            Value::Text(text) => key.push_str(text),
            value => key.push_str(&value.to_string()),
        }
    }
    Ok(key.into())
}

fn empty_key(column: &str) -> Error {
    Error::rejected(format!(
        "field `{column}` is empty, and it says which row this is"
    ))
    .hint("Skip such records with a rule, or map something that is always there.")
}

/// Two elements of one record that are the same thing to the destination would overwrite each other unseen.
fn distinct(step: &Write, rows: &[Row]) -> Result<()> {
    if step.key_at.is_empty() || rows.len() < 2 {
        return Ok(());
    }
    let mut seen = HashSet::with_capacity(rows.len());
    match rows.iter().find(|row| !seen.insert(&*row.key)) {
        None => Ok(()),
        Some(row) => Err(key_twice(step, row)),
    }
}

/// Two elements of one record are the same thing to the destination.
pub(crate) fn key_twice(step: &Write, row: &Row) -> Error {
    let key = row.key.replace('\u{1f}', ", ");
    Error::rejected(format!(
        "two elements have the same key ({}: {key})",
        step.key.join(", ")
    ))
    .hint("Add a field to the key that tells them apart, such as the line's id.")
}

#[cfg(test)]
mod tests;
