//! `table.replace`: the rows of a scope become exactly these.
//!
//! The rows of one record and one scope are a group and stand or fall together: an order with one of its lines
//! missing is worse than an order that waits. Rows that are equal stay untouched, so triggers and change dates
//! of the merchant's table see only changes.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use std::sync::Arc;

use connector_kit::{
    Error, Guarantee, Held, JsonSchema, Outcome, Result, Row, Value, WriteAction, WriteStep, async_trait,
};
use rusqlite::{CachedStatement, Connection, types::ValueRef};
use serde::Deserialize;

use super::{
    Create, Database, Open, dialect, held,
    plan::{self, Plan, Statements, Wish},
    table::Table,
};

/// Makes the rows of a scope (the lines of an order) exactly these: new ones are inserted, changed ones
/// updated, others deleted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableReplace {
    /// The table.
    table: String,
    /// The columns of the scope: STORE, ORDER_ID.
    within: Vec<String>,
    /// The columns that say which row it is inside the scope: LINE_ID.
    key: Vec<String>,
    /// Columns with their types, for a table that may be made when it is missing: text, text(60), integer,
    /// decimal, decimal(12,2), boolean, date, timestamp, json.
    #[serde(default)]
    create: Option<Create>,
}

#[async_trait]
impl WriteAction for TableReplace {
    type System = Database;
    const NAME: &'static str = "table.replace";
    const ABOUT: &'static str = "Makes the rows of a scope, such as the lines of an order, exactly these.";
    const GUARANTEE: Guarantee = Guarantee::Transactional;
    // A group must arrive in one piece; no batch of the engine comes near.
    const LARGEST_BATCH: usize = 1_000_000;

    fn check(&self, columns: &[String]) -> Result<()> {
        if self.within.is_empty() || self.key.is_empty() {
            return Err(Error::config(format!(
                "`within` and `key` of `{}` must name columns",
                self.table
            ))
            .hint("`within: [ORDER_ID]` is the scope, `key: [LINE_ID]` the row inside it."));
        }
        self.wish(columns).check()
    }

    fn key(&self) -> Vec<String> {
        self.within.iter().chain(&self.key).cloned().collect()
    }

    fn scope(&self) -> Option<Vec<String>> {
        Some(self.within.clone())
    }

    async fn look(&self, database: Arc<Database>, limit: usize) -> Result<Option<Held>> {
        held::look(database, &self.table, &self.key(), limit).await
    }

    async fn ready(&self, open: &mut Open, step: &WriteStep) -> Result<()> {
        let (with, columns) = (step.with.clone(), step.columns.clone());
        open.ready(step, move |connection, file| {
            let own: &Self = with.downcast_ref().expect("a step carries its own action");
            Plan::of(connection, file, &own.wish(&columns), |table, names| {
                Ok(own.statements(table, names))
            })
        })
        .await
    }

    async fn write(&self, open: &mut Open, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        open.write(step, rows, apply).await
    }
}

impl TableReplace {
    fn wish<'s>(&'s self, columns: &'s [String]) -> Wish<'s> {
        Wish {
            table: &self.table,
            columns,
            within: &self.within,
            key: &self.key,
            create: self.create.as_ref(),
        }
    }

    fn statements(&self, table: &Table, columns: &[&str]) -> Statements {
        let spelled = |names: &[String]| -> Vec<&str> {
            names
                .iter()
                .filter_map(|name| table.column(name))
                .map(|column| column.name.as_str())
                .collect()
        };
        let (within, key, name) = (spelled(&self.within), spelled(&self.key), &table.name);
        let identity: Vec<&str> = within.iter().chain(&key).copied().collect();
        Statements::Replace {
            keys: dialect::keys_of(name, &within, &key),
            insert: dialect::insert(name, columns),
            update: (columns.len() > identity.len()).then(|| dialect::update_row(name, columns, &identity)),
            delete: dialect::delete_row(name, &within, &key),
            clear: dialect::clear(name, &within),
        }
    }
}

fn apply(connection: &Connection, plan: &Plan, rows: &[Row]) -> Result<Vec<Outcome>> {
    let mut replacing = Replacing::of(connection, plan)?;
    let together = |one: &Row, next: &Row| {
        one.record == next.record
            && plan
                .within
                .iter()
                .all(|place| one.values.get(*place) == next.values.get(*place))
    };
    let mut outcomes = Vec::with_capacity(rows.len());
    for group in rows.chunk_by(together) {
        outcomes.extend(replacing.group(group)?);
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

    /// All rows of a group, or none of them.
    fn group(&mut self, rows: &[Row]) -> Result<Vec<Outcome>> {
        let plan = self.plan;
        let whole = |error| plan.trouble(error);
        plan::run(&mut self.begin, []).map_err(whole)?;
        let outcome = match self.replace(rows) {
            Ok(outcomes) => outcomes,
            Err(Stop::Batch(error)) => return Err(error),
            Err(Stop::Group(refusal)) => {
                plan::run(&mut self.undo, []).map_err(whole)?;
                rows.iter().map(|_| Outcome::Failed(refusal.clone())).collect()
            }
        };
        plan::run(&mut self.done, []).map_err(whole)?;
        Ok(outcome)
    }

    fn replace(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, Stop> {
        if rows.iter().any(|row| row.nothing) {
            return self.clear(rows);
        }
        let fitted: Vec<Vec<Cow<'_, Value>>> = rows
            .iter()
            .map(|row| self.plan.fit(row))
            .collect::<Result<_>>()
            .map_err(Stop::Group)?;
        let wanted = self.wanted(&fitted)?;
        let scope: Vec<&Value> = self.plan.within.iter().map(|place| &*fitted[0][*place]).collect();
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

    /// A record without elements: nothing of its scope remains. Rows of the same record beside it would
    /// contradict it, so it stands alone.
    fn clear(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, Stop> {
        let plan = self.plan;
        let scope: Vec<Value> = plan
            .within
            .iter()
            .filter_map(|place| rows[0].values.get(*place).cloned())
            .collect();
        if rows.len() > 1 || scope.len() < plan.within.len() || scope.contains(&Value::Null) {
            return Err(Stop::Group(Error::rejected(
                "the scope of a record without elements is not clear",
            )));
        }
        let scope = plan.fit_scope(&scope).map_err(Stop::Group)?;
        let changed =
            plan::run(&mut self.clear, scope.iter().map(AsRef::as_ref)).map_err(|error| self.stop(error))?;
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
                let refusal = Error::rejected(format!(
                    "two rows of the record have the same key in `{}`",
                    self.plan.table
                ))
                .hint("`key` must tell the rows of one record apart: the line's own id, not the record's.");
                return Err(Stop::Group(refusal));
            }
        }
        Ok(wanted)
    }

    fn identity(&self, values: &[Cow<'_, Value>]) -> String {
        joined(self.plan.key.iter().map(|place| values[*place].to_string()))
    }

    /// The keys that are there: as text to compare, as values to delete by, and how often.
    fn there(&mut self, scope: &[&Value]) -> Result<HashMap<String, (Vec<Value>, usize)>, Stop> {
        let width = self.plan.key.len();
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

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("\u{1f}")
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
