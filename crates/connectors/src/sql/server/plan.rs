//! A write step on a server, compared with the table as it is.

use connector_kit::{Error, Result};

use super::{Link, Refusal, statements::Statements};
use crate::sql::{
    Kind,
    fitting::Columns,
    table::absent,
    wish::{How, Wish},
};

/// A step ready to write.
pub(super) struct Plan {
    pub(super) how: How,
    pub(super) table: String,
    pub(super) columns: Columns,
    pub(super) statements: Statements,
    /// What makes its stages, on a connection that has none.
    pub(super) stages: Vec<String>,
}

impl Plan {
    /// Compares a wish with the database, making the table where `create` allows it. `number` tells the steps of a
    /// run apart.
    pub(super) async fn of<L: Link>(
        link: &mut L,
        database: &str,
        wish: &Wish,
        number: usize,
    ) -> Result<Self> {
        wish.check()?;
        let there = match (link.describe(&wish.table, database).await?, &wish.create) {
            (Some(there), _) => there,
            (None, None) => return Err(absent(&wish.table, database)),
            (None, Some(create)) => {
                let statement = L::create(&wish.table, create, &wish.identity());
                link.execute(&statement).await?;
                let made = link.describe(&wish.table, database).await?;
                made.ok_or_else(|| Error::bug(format!("table `{}` was made and is not there", wish.table)))?
            }
        };
        let table = there.table;
        let columns = table.require(&wish.columns, wish.create.is_some())?;
        table.check_unique(wish, || {
            let key: Vec<String> = table.spelled(&wish.key).into_iter().map(L::quoted).collect();
            format!(
                "CREATE UNIQUE INDEX {} ON {} ({})",
                L::quoted(&format!("{}_key", table.name)),
                there.target,
                key.join(", ")
            )
        })?;
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let kinds: Vec<&Kind> = columns.iter().map(|column| &column.kind).collect();
        let statements = Statements::of::<L>(wish, &there.target, &names, &kinds, number);
        let stages = std::iter::once(&statements.rows)
            .chain(&statements.scopes)
            .map(|stage| L::create_stage(&stage.name, &statements.target, &stage.columns))
            .collect();
        Ok(Self {
            how: wish.how,
            columns: Columns::of(wish, &columns),
            table: table.name.clone(),
            statements,
            stages,
        })
    }

    /// Makes its stages.
    pub(super) async fn stage<L: Link>(&self, link: &mut L) -> Result<(), Refusal> {
        for stage in &self.stages {
            link.execute(stage).await?;
        }
        Ok(())
    }
}
