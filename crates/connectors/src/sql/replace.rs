//! `table.replace`: the rows of a scope become exactly these.
//!
//! The rows of one record and one scope are a group and stand or fall together: an order with one of its lines
//! missing is worse than an order that waits. Rows that are equal stay untouched, so triggers and change dates
//! of the merchant's table see only changes.

use std::sync::Arc;

use connector_kit::{
    Error, Guarantee, Held, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;

use super::{
    Create, Database, Open,
    wish::{How, Wish},
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
        database
            .engine
            .look(&self.table, &self.key(), limit)
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

impl TableReplace {
    fn wish(&self, columns: &[String]) -> Wish {
        Wish {
            how: How::Replace,
            table: self.table.clone(),
            columns: columns.to_vec(),
            within: self.within.clone(),
            key: self.key.clone(),
            ignore: Vec::new(),
            create: self.create.clone(),
        }
    }
}
