//! `table.insert`: a new row for every row, such as a log or an inbox of the ERP.

use std::sync::Arc;

use connector_kit::{Guarantee, Held, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait};
use serde::Deserialize;

use super::{
    Create, Database, Open,
    wish::{How, Wish},
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
        database.engine.look(&self.table, &[], limit).await.map(Some)
    }

    async fn ready(&self, open: &mut Open, step: &WriteStep) -> Result<()> {
        open.ready(step, self.wish(&step.columns)).await
    }

    async fn write(&self, open: &mut Open, step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        open.write(step, rows).await
    }
}

impl TableInsert {
    fn wish(&self, columns: &[String]) -> Wish {
        Wish {
            how: How::Insert,
            table: self.table.clone(),
            columns: columns.to_vec(),
            within: Vec::new(),
            key: Vec::new(),
            ignore: Vec::new(),
            create: self.create.clone(),
        }
    }
}
