//! What a deployed processflow's write step has at its destination now.
//!
//! Asked of the agent, because it may be a service with rights and secrets that a person's own account has not.

use std::sync::Arc;

use connector_kit::{Does, Error, Held, Result, async_trait};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{Acts, compiled};
use crate::{
    agent::Agent,
    processflow::{Plan, Write},
};

/// Rows that are shown when nobody says how many, and at most.
const ROWS: usize = 100;
const MOST_ROWS: usize = 1_000;

/// Looks at what a deployed processflow writes to. Reads only, on a connection of its own; no run waits for it.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ShowTarget {
    /// The processflow.
    pub processflow: String,
    /// The number of a write step; the first one when left out.
    #[serde(default)]
    pub step: Option<String>,
    /// Rows at most: 100 when left out, never more than 1,000.
    #[serde(default)]
    pub limit: Option<usize>,
}

/// What a write step has at its destination.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Target {
    /// The saved connection.
    pub connection: String,
    /// What the destination calls the place.
    pub table: String,
    /// Its columns; none while it is not there yet.
    pub columns: Vec<String>,
    /// The rows with the largest keys, the largest first. Decimals and instants are text.
    pub rows: Vec<Vec<Value>>,
    /// How many rows there are in all.
    pub total: u64,
}

#[async_trait]
impl Acts for ShowTarget {
    type Output = Target;
    const NAME: &'static str = "show_target";
    const ENDS_WITH_CALLER: bool = true;

    async fn act(self, agent: &Arc<Agent>) -> Result<Target> {
        let deployment = agent.deployed(&self.processflow).await?;
        let version = agent.version(&deployment).await?;
        let plan = compiled(&version.text, &deployment.name, agent.desk())?;
        let write = self.write(&plan)?;
        let name = version.bindings.get(&write.alias).cloned().unwrap_or_default();
        let live = agent.live(&agent.saved(&name).await?).await?;
        let connector = agent.desk().connector(write.connector)?;
        let Some(Does::Write(action)) = connector.action(write.step.action).map(|action| &action.does) else {
            return Err(Error::bug(format!(
                "`{}` was checked at deploy",
                write.step.action
            )));
        };
        let limit = self.limit.unwrap_or(ROWS).min(MOST_ROWS);
        let held = action.look(live.system(), &write.step, limit).await?;
        let held = held.ok_or_else(|| {
            Error::config(format!(
                "step {} (`{}`) writes to no table that could be shown",
                write.step.id, write.step.action
            ))
            .hint("Look at it in the program that it belongs to.")
        })?;
        Ok(shown(name, held))
    }
}

impl ShowTarget {
    fn write<'p>(&self, plan: &'p Plan) -> Result<&'p Write> {
        let mut writes = plan.writes();
        let wanted = |write: &&Write| self.step.as_deref().is_none_or(|step| step == &*write.step.id);
        writes.find(wanted).ok_or_else(|| {
            let which = self.step.as_deref().unwrap_or("any");
            Error::config(format!("processflow `{}` has no write step {which}", plan.name))
                .hint("Steps are counted from 1, in the order of the file.")
        })
    }
}

fn shown(connection: String, held: Held) -> Target {
    Target {
        connection,
        table: held.place,
        columns: held.columns,
        rows: held.rows,
        total: held.total,
    }
}
