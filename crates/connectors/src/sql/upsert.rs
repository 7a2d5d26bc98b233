//! `table.upsert`: a row by its key, inserted, updated, or left as it is.

use std::sync::Arc;

use connector_kit::{
    Error, Guarantee, Held, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;

use super::{
    Create, Database, Open,
    wish::{How, Wish},
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
        self.wish(columns).check()
    }

    fn key(&self) -> Vec<String> {
        self.key.clone()
    }

    async fn look(&self, database: Arc<Database>, limit: usize) -> Result<Option<Held>> {
        database
            .engine
            .look(&self.table, &self.key, limit)
            .await
            .map(Some)
    }

    async fn ready(&self, open: &mut Open, step: &WriteStep) -> Result<()> {
        open.ready(step, self.wish(&step.columns)).await
    }

    async fn write(&self, open: &mut Open, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        open.write(step, rows).await
    }
}

impl TableUpsert {
    fn wish(&self, columns: &[String]) -> Wish {
        Wish {
            how: How::Upsert,
            table: self.table.clone(),
            columns: columns.to_vec(),
            within: Vec::new(),
            key: self.key.clone(),
            ignore: self.ignore.clone(),
            create: self.create.clone(),
        }
    }
}
