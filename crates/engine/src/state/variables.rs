//! What processflows keep from one run to the next: the values of their `variables`.
//!
//! A run changes them with the settlement of a batch alone, so that what was settled and what was counted never part.

use connector_kit::Result;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::broken;

/// A variable as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredVariable {
    /// Its name in the file.
    pub name: String,
    /// Its value as JSON; of an encrypted one what only the key opens.
    pub value: String,
    /// Whether the value is encrypted.
    pub encrypted: bool,
}

/// A variable, and when it got its value.
#[derive(Clone, Debug)]
pub struct KeptVariable {
    /// The variable.
    pub variable: StoredVariable,
    /// When it got its value.
    pub at: String,
}

impl StoredVariable {
    /// All that are kept for a deployment, by name.
    pub fn of(on: &Connection, deployment: &str) -> Result<Vec<KeptVariable>> {
        let sql = "SELECT name, value, encrypted, at FROM variable WHERE deployment = ?1 ORDER BY name";
        let mut query = on.prepare_cached(sql).map_err(broken)?;
        let kept = query.query_map([deployment], |row| {
            Ok(KeptVariable {
                variable: Self {
                    name: row.get(0)?,
                    value: row.get(1)?,
                    encrypted: row.get(2)?,
                },
                at: row.get(3)?,
            })
        });
        kept.map_err(broken)?
            .collect::<rusqlite::Result<_>>()
            .map_err(broken)
    }

    /// Keeps it in place of what was there.
    pub fn save(&self, on: &Connection, deployment: &str, at: &str) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO variable (deployment, name, value, encrypted, at)
            VALUES (?1, ?2, ?3, ?4, ?5)";
        on.prepare_cached(sql)
            .and_then(|mut query| {
                query.execute(params![deployment, self.name, self.value, self.encrypted, at])
            })
            .map(drop)
            .map_err(broken)
    }

    /// Forgets it: the next run begins with what the file says.
    pub fn forget(on: &Connection, deployment: &str, name: &str) -> Result<bool> {
        on.execute(
            "DELETE FROM variable WHERE deployment = ?1 AND name = ?2",
            params![deployment, name],
        )
        .map(|gone| gone > 0)
        .map_err(broken)
    }
}
