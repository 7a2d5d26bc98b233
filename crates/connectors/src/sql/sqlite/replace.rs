//! `table.replace` on SQLite: a group of rows (one record, one scope) stands or falls together, by a savepoint.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use connector_kit::{Error, Outcome, Result, Row, Value};
use rusqlite::{CachedStatement, Connection, types::ValueRef};

use super::{
    dialect,
    plan::{self, Plan, Statements},
};
use crate::sql::fitting::{Columns, joined, same_key};

/// Each group is written whole or not at all. Every savepoint copies the pages that are changed behind it, so all groups
/// share one until a row is refused; then each is written for itself.
pub(super) fn apply(connection: &Connection, plan: &Plan, rows: &[Row]) -> Result<Vec<Outcome>> {
    let mut replacing = Replacing::of(connection, plan)?;
    let groups: Vec<&[Row]> = rows
        .chunk_by(|one, next| plan.columns.together(one, next))
        .collect();
    if let Ok(outcomes) = replacing.together(&groups)? {
        return Ok(outcomes);
    }
    let mut outcomes = Vec::with_capacity(rows.len());
    for group in groups {
        match replacing.together(&[group])? {
            Ok(own) => outcomes.extend(own),
            Err(refusal) => outcomes.extend(group.iter().map(|_| Outcome::Failed(refusal.clone()))),
        }
    }
    Ok(outcomes)
}

/// The statements of a plan, compiled.
struct Replacing<'c> {
    plan: &'c Plan,
    begin: CachedStatement<'c>,
    done: CachedStatement<'c>,
    undo: CachedStatement<'c>,
    keys: CachedStatement<'c>,
    insert: CachedStatement<'c>,
    update: Option<CachedStatement<'c>>,
    delete: CachedStatement<'c>,
    clear: CachedStatement<'c>,
}

/// Why a group is not written: a row of it, or the end of the batch.
enum Stop {
    Group(Error),
    Batch(Error),
}

impl<'c> Replacing<'c> {
    fn of(connection: &'c Connection, plan: &'c Plan) -> Result<Self> {
        let Statements::Replace {
            keys,
            insert,
            update,
            delete,
            clear,
        } = &plan.statements
        else {
            return Err(Error::bug(format!(
                "the step on `{}` was prepared for another action",
                plan.table
            )));
        };
        let prepare = |statement: &str| plan.prepare(connection, statement);
        Ok(Self {
            plan,
            begin: prepare(dialect::GROUP)?,
            done: prepare(dialect::GROUP_DONE)?,
            undo: prepare(dialect::GROUP_UNDO)?,
            keys: prepare(keys)?,
            insert: prepare(insert)?,
            update: update.as_deref().map(prepare).transpose()?,
            delete: prepare(delete)?,
            clear: prepare(clear)?,
        })
    }

    /// All rows of these groups, or none of them because one is refused.
    fn together(&mut self, groups: &[&[Row]]) -> Result<Result<Vec<Outcome>, Error>> {
        let plan = self.plan;
        let whole = |error| plan.trouble(error);
        plan::run(&mut self.begin, []).map_err(whole)?;
        let written: Result<Vec<_>, Stop> = groups.iter().map(|group| self.replace(group)).collect();
        let written = match written {
            Ok(outcomes) => Ok(outcomes.concat()),
            Err(Stop::Batch(error)) => return Err(error),
            Err(Stop::Group(refusal)) => {
                plan::run(&mut self.undo, []).map_err(whole)?;
                Err(refusal)
            }
        };
        plan::run(&mut self.done, []).map_err(whole)?;
        Ok(written)
    }

    fn replace(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, Stop> {
        if rows.iter().any(|row| row.nothing) {
            return self.clear(rows);
        }
        let fitted: Vec<Vec<Cow<'_, Value>>> = rows
            .iter()
            .map(|row| self.plan.columns.fit(row))
            .collect::<Result<_>>()
            .map_err(Stop::Group)?;
        let wanted = self.wanted(&fitted)?;
        let scope: Vec<&Value> = self
            .plan
            .columns
            .within
            .iter()
            .map(|place| &*fitted[0][*place])
            .collect();
        let (mut there, mut surplus) = (self.there(&scope)?, Vec::new());
        // A key that is there twice (the table does not hold it unique) goes too, and is inserted once.
        there.retain(|text, (values, times)| {
            *times == 1 && wanted.contains(text) || {
                surplus.push(std::mem::take(values));
                false
            }
        });
        for values in &surplus {
            plan::run(&mut self.delete, scope.iter().copied().chain(values))
                .map_err(|error| self.stop(error))?;
        }
        fitted
            .iter()
            .map(|values| self.row(values, there.contains_key(&self.identity(values))))
            .collect()
    }

    /// A record without elements: nothing of its scope remains.
    fn clear(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, Stop> {
        let scope = self.plan.columns.fit_scope_alone(rows).map_err(Stop::Group)?;
        let changed = plan::run(&mut self.clear, &scope).map_err(|error| self.stop(error))?;
        Ok(vec![if changed == 0 {
            Outcome::Unchanged
        } else {
            Outcome::written()
        }])
    }

    /// The keys of the rows that shall be there. Two rows with one key would become one: that is no answer.
    fn wanted(&self, rows: &[Vec<Cow<'_, Value>>]) -> Result<HashSet<String>, Stop> {
        let mut wanted = HashSet::with_capacity(rows.len());
        for values in rows {
            if !wanted.insert(self.identity(values)) {
                let refusal = same_key(&self.plan.table);
                return Err(Stop::Group(refusal));
            }
        }
        Ok(wanted)
    }

    fn identity(&self, values: &[Cow<'_, Value>]) -> String {
        Columns::text_of(values, &self.plan.columns.key)
    }

    /// The keys that are there: as text to compare, as values to delete by, and how often.
    fn there(&mut self, scope: &[&Value]) -> Result<HashMap<String, (Vec<Value>, usize)>, Stop> {
        let width = self.plan.columns.key.len();
        let mut read = || {
            plan::bind(&mut self.keys, scope.iter().copied())?;
            let mut rows = self.keys.raw_query();
            let mut there = HashMap::new();
            while let Some(row) = rows.next()? {
                let values: Vec<Value> = (0..width)
                    .map(|at| Ok(stored(row.get_ref(at)?)))
                    .collect::<rusqlite::Result<_>>()?;
                there
                    .entry(joined(values.iter().map(Value::to_string)))
                    .or_insert((values, 0))
                    .1 += 1;
            }
            Ok(there)
        };
        read().map_err(|error| self.stop(error))
    }

    fn row(&mut self, values: &[Cow<'_, Value>], is_there: bool) -> Result<Outcome, Stop> {
        let values = values.iter().map(AsRef::as_ref);
        let changed = match (&mut self.update, is_there) {
            (_, false) => plan::run(&mut self.insert, values),
            (Some(update), true) => plan::run(update, values),
            (None, true) => Ok(0),
        };
        let changed = changed.map_err(|error| self.stop(error))?;
        Ok(if changed == 0 {
            Outcome::Unchanged
        } else {
            Outcome::written()
        })
    }

    fn stop(&self, error: rusqlite::Error) -> Stop {
        let of_one_row = dialect::is_of_one_row(&error);
        let error = self.plan.trouble(error);
        if of_one_row {
            Stop::Group(error)
        } else {
            Stop::Batch(error)
        }
    }
}

/// A stored key as a value to bind again. A binary key matches no row of ours, and goes by its text.
fn stored(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(whole) => Value::Integer(whole),
        ValueRef::Real(number) => Value::Text(number.to_string()),
        ValueRef::Text(text) | ValueRef::Blob(text) => {
            Value::Text(String::from_utf8_lossy(text).into_owned())
        }
    }
}
