//! Records that a processflow delivered, as far as it looks for those that are gone.

use connector_kit::Result;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::broken;

/// A record that was delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownRecord {
    /// The list it is in: connection and action.
    pub list: String,
    /// Its id there.
    pub id: String,
    /// The fields that are kept of it, as JSON.
    pub kept: String,
    /// Where it is now.
    pub whereabouts: Whereabouts,
}

/// Where a record is that was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whereabouts {
    /// In the list.
    Listed,
    /// It is there, and not in the list: an order that was archived. It was delivered as it is, and is not asked for again.
    Unlisted,
    /// Nowhere, and that was delivered.
    Gone,
}

impl KnownRecord {
    /// All of a list.
    pub(super) fn all(on: &Connection, deployment: &str, list: &str) -> Result<Vec<Self>> {
        let sql = "SELECT id, kept, listed FROM known WHERE deployment = ?1 AND list = ?2";
        let mut query = on.prepare_cached(sql).map_err(broken)?;
        let known = query.query_map([deployment, list], |row| {
            let listed: bool = row.get(2)?;
            Ok(Self {
                list: list.to_owned(),
                id: row.get(0)?,
                kept: row.get(1)?,
                whereabouts: if listed {
                    Whereabouts::Listed
                } else {
                    Whereabouts::Unlisted
                },
            })
        });
        known
            .map_err(broken)?
            .collect::<rusqlite::Result<_>>()
            .map_err(broken)
    }

    pub(super) fn save_all(known: &[Self], on: &Connection, deployment: &str) -> Result<()> {
        let keep =
            "INSERT OR REPLACE INTO known (deployment, list, id, kept, listed) VALUES (?1, ?2, ?3, ?4, ?5)";
        let forget = "DELETE FROM known WHERE deployment = ?1 AND list = ?2 AND id = ?3";
        for record in known {
            let Self { list, id, kept, .. } = record;
            let done = match record.whereabouts {
                Whereabouts::Gone => on
                    .prepare_cached(forget)
                    .and_then(|mut query| query.execute(params![deployment, list, id])),
                standing => on.prepare_cached(keep).and_then(|mut query| {
                    let listed = standing == Whereabouts::Listed;
                    query.execute(params![deployment, list, id, kept, listed])
                }),
            };
            done.map_err(broken)?;
        }
        Ok(())
    }

    /// When the list was last compared.
    pub(super) fn compared_at(on: &Connection, deployment: &str, list: &str) -> Result<Option<String>> {
        let sql = "SELECT at FROM compared WHERE deployment = ?1 AND list = ?2";
        on.query_row(sql, [deployment, list], |row| row.get(0))
            .optional()
            .map_err(broken)
    }

    /// Notes that it was compared now.
    pub(super) fn compared(on: &Connection, deployment: &str, list: &str, at: &str) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO compared (deployment, list, at) VALUES (?1, ?2, ?3)";
        on.execute(sql, [deployment, list, at]).map(drop).map_err(broken)
    }
}
