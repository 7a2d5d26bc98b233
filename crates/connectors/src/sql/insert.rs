//! `table.insert`: a new row for every row, such as a log or an inbox of the ERP.

use std::sync::Arc;

use connector_kit::{Guarantee, Held, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait};
use serde::Deserialize;

use super::{
    Create, Database, Open, dialect, held,
    plan::{Plan, Statements, Wish},
    upsert,
};

/// Inserts every row as a new one. The checkpoint in the same transaction keeps it from happening twice.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableInsert {
    /// The table.
    table: String,
    /// Columns with their types, for a table that may be made when it is missing: text, text(60), integer,
    /// decimal, decimal(12,2), boolean, date, timestamp, json.
    #[serde(default)]
    create: Option<Create>,
}

#[async_trait]
impl WriteAction for TableInsert {
    type System = Database;
    const NAME: &'static str = "table.insert";
    const ABOUT: &'static str = "Inserts every row as a new one, once.";
    const GUARANTEE: Guarantee = Guarantee::Transactional;
    const LARGEST_BATCH: usize = 100_000;

    fn check(&self, columns: &[String]) -> Result<()> {
        self.wish(columns).check()
    }

    fn key(&self) -> Vec<String> {
        Vec::new()
    }

    async fn look(&self, database: Arc<Database>, limit: usize) -> Result<Option<Held>> {
        held::look(database, &self.table, &[], limit).await
    }

    async fn ready(&self, open: &mut Open, step: &WriteStep) -> Result<()> {
        let (with, columns) = (step.with.clone(), step.columns.clone());
        open.ready(step, move |connection, file| {
            let own: &Self = with.downcast_ref().expect("a step carries its own action");
            let statements = |table: &super::table::Table, names: &[&str]| {
                Ok(Statements::Each(dialect::insert(&table.name, names)))
            };
            Plan::of(connection, file, &own.wish(&columns), statements)
        })
        .await
    }

    async fn write(&self, open: &mut Open, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        open.write(step, rows, upsert::apply).await
    }
}

impl TableInsert {
    fn wish<'s>(&'s self, columns: &'s [String]) -> Wish<'s> {
        Wish {
            table: &self.table,
            columns,
            within: &[],
            key: &[],
            create: self.create.as_ref(),
        }
    }
}
