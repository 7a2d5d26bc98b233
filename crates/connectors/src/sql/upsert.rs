//! `table.upsert`: a row by its key, inserted, updated, or left as it is.

use std::sync::Arc;

use connector_kit::{
    Error, Guarantee, Held, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
};
use rusqlite::Connection;
use serde::Deserialize;

use super::{
    Create, Database, Open, dialect, held,
    names::{listed, same},
    plan::{self, Plan, Statements, Wish},
    table::Table,
};

/// Inserts a row, or updates the one with the same key where a value differs.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableUpsert {
    /// The table.
    table: String,
    /// The columns that say which row it is. The table must hold them unique.
    key: Vec<String>,
    /// Columns with their types, for a table that may be made when it is missing: text, text(60), integer,
    /// decimal, decimal(12,2), boolean, date, timestamp, json.
    #[serde(default)]
    create: Option<Create>,
    /// Columns whose change alone is no reason to write (the time of the export): a row that differs only in
    /// them counts as unchanged.
    #[serde(default)]
    ignore: Vec<String>,
}

#[async_trait]
impl WriteAction for TableUpsert {
    type System = Database;
    const NAME: &'static str = "table.upsert";
    const ABOUT: &'static str =
        "Inserts rows, or updates those with the same key; equal rows stay untouched.";
    const GUARANTEE: Guarantee = Guarantee::Transactional;
    const LARGEST_BATCH: usize = 100_000;

    fn check(&self, columns: &[String]) -> Result<()> {
        if self.key.is_empty() {
            return Err(
                Error::config(format!("`key` of `{}` names no column", self.table))
                    .hint("Name the columns that say which row it is, or use `table.insert`."),
            );
        }
        let known = |name: &&String| !columns.iter().any(|column| column == *name);
        if let Some(name) = self.ignore.iter().find(known) {
            return Err(
                Error::config(format!("`ignore` names `{name}`, which is not mapped"))
                    .hint("Name mapped columns alone."),
            );
        }
        self.wish(columns).check()
    }

    fn key(&self) -> Vec<String> {
        self.key.clone()
    }

    async fn look(&self, database: Arc<Database>, limit: usize) -> Result<Option<Held>> {
        held::look(database, &self.table, &self.key, limit).await
    }

    async fn ready(&self, open: &mut Open, step: &WriteStep) -> Result<()> {
        let (with, columns) = (step.with.clone(), step.columns.clone());
        open.ready(step, move |connection, file| {
            let own: &Self = with.downcast_ref().expect("a step carries its own action");
            Plan::of(connection, file, &own.wish(&columns), |table, names| {
                own.statements(table, names)
            })
        })
        .await
    }

    async fn write(&self, open: &mut Open, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        open.write(step, rows, apply).await
    }
}

impl TableUpsert {
    fn wish<'s>(&'s self, columns: &'s [String]) -> Wish<'s> {
        Wish {
            table: &self.table,
            columns,
            within: &[],
            key: &self.key,
            create: self.create.as_ref(),
        }
    }

    fn statements(&self, table: &Table, columns: &[&str]) -> Result<Statements> {
        let key: Vec<&str> = self.key.iter().map(String::as_str).collect();
        if !table.is_unique(&self.key) {
            let name = &table.name;
            return Err(Error::config(format!(
                "table `{name}` does not hold ({}) unique: rows could double",
                listed(&key)
            ))
            .hint(format!(
                "Let the database see to it: {}",
                dialect::unique_index(name, &key)
            )));
        }
        let among = |names: &[String], column: &str| names.iter().any(|name| same(name, column));
        let set: Vec<&str> = columns
            .iter()
            .copied()
            .filter(|column| !among(&self.key, column))
            .collect();
        let compared: Vec<&str> = set
            .iter()
            .copied()
            .filter(|column| !among(&self.ignore, column))
            .collect();
        Ok(Statements::Each(if compared.is_empty() {
            dialect::insert_or_nothing(&table.name, columns, &key)
        } else {
            dialect::upsert(&table.name, columns, &key, &set, &compared)
        }))
    }
}

/// Writes rows by a statement each. A refused row leaves the others as they are.
pub(super) fn apply(connection: &Connection, plan: &Plan, rows: &[Row]) -> Result<Vec<Outcome>> {
    let Statements::Each(statement) = &plan.statements else {
        return Err(Error::bug(format!(
            "the step on `{}` was prepared for another action",
            plan.table
        )));
    };
    let mut statement = plan.prepare(connection, statement)?;
    let mut write = |row: &Row| match plan.fit(row) {
        Ok(values) => plan::outcome(plan, plan::run(&mut statement, values.iter().map(AsRef::as_ref))),
        Err(refusal) => Ok(Outcome::Failed(refusal)),
    };
    rows.iter().map(&mut write).collect()
}
