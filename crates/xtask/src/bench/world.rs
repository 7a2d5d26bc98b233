//! What is measured: the release build, on a sandbox store and fresh data folders; a command that does not end
//! with 0 ends the bench.

use std::{
    collections::HashSet,
    io::{BufRead, BufReader},
    path::Path,
};

use serde_json::Value;

use super::measure::{Took, took};
use crate::{
    tool::Done,
    world::{Agent, Asked, JSON, Store},
};

const PROFILE: &str = "release";

/// A store with these arguments of `processflow sandbox`.
pub(crate) fn store(arguments: &[String]) -> Done<Store> {
    Store::start(PROFILE, arguments)
}

/// A fresh data folder with the connections `shop`, `erp` and `files`.
pub(crate) fn agent(store: &Store) -> Done<Agent> {
    let agent = Agent::new(PROFILE, 0, store)?;
    let url = format!("url=sqlite:{}", agent.path("erp.db").display());
    agent.call(
        &["connections", "add", "erp", "--connector", "sql", "--set", &url],
        "",
    )?;
    agent.add_files("files")?;
    Ok(agent)
}

impl Store {
    /// GET below `/sandbox/`.
    pub(crate) fn control(&self, path: &str) -> Done<Value> {
        self.plainly("GET", &format!("/sandbox/{path}"))
    }

    /// Forgets the requests it saw.
    pub(crate) fn forget_requests(&self) -> Done {
        self.plainly("DELETE", "/sandbox/requests").map(drop)
    }

    /// SKUs whose stock is counted, as many as are wanted: of products that are tracked as a whole, and of the
    /// variants of those that are not.
    pub(crate) fn skus(&self, wanted: usize) -> Done<Vec<String>> {
        let mut by_variant = HashSet::new();
        let mut skus = self.listed(
            "products",
            wanted,
            |product| match product["inventory_tracking"].as_str() {
                Some("product") => product["sku"].as_str().map(str::to_owned),
                Some("variant") => {
                    by_variant.insert(product["id"].as_u64());
                    None
                }
                _ => None,
            },
        )?;
        let of_variants = self.listed("variants", wanted - skus.len(), |variant| {
            let sku = variant["sku"].as_str().map(str::to_owned);
            sku.filter(|_| by_variant.contains(&variant["product_id"].as_u64()))
        })?;
        skus.extend(of_variants);
        Ok(skus)
    }

    /// What `pick` takes of a list of the catalogue, page by page, until there are as many as are wanted.
    fn listed(
        &self,
        list: &str,
        wanted: usize,
        mut pick: impl FnMut(&Value) -> Option<String>,
    ) -> Done<Vec<String>> {
        let base = self.base();
        let mut picked = Vec::new();
        for page in 1.. {
            let found = self.plainly("GET", &format!("{base}/v3/catalog/{list}?limit=250&page={page}"))?;
            let rows = found["data"].as_array().map_or(&[][..], Vec::as_slice);
            if rows.is_empty() || picked.len() >= wanted {
                break;
            }
            picked.extend(rows.iter().filter_map(&mut pick));
        }
        picked.truncate(wanted);
        Ok(picked)
    }

    fn plainly(&self, method: &str, target: &str) -> Done<Value> {
        let asked = Asked {
            method,
            target,
            token: Some(&self.token),
            agent: None,
            media: JSON,
            body: None,
        };
        self.ask(&asked).map(|(_, answer)| answer)
    }
}

impl Agent {
    /// A run, measured; its balance comes with it.
    pub(crate) fn run(&self, name: &str) -> Done<(Took, Value)> {
        let (took, out) = took(&mut self.command(&["--json", "run", name]))?;
        let run = serde_json::from_str(&out).map_err(|error| format!("{out}: {error}"))?;
        Ok((took, run))
    }

    /// Repeats what the ledger holds until it has so many rows.
    pub(crate) fn fill_ledger(&self, rows: u32) -> Done {
        let sql = "WITH RECURSIVE turn (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM turn LIMIT ?1)
            INSERT INTO record (run, source, labels, outcome, detail, target)
            SELECT run, source || '-' || turn.number, labels, outcome, detail, target FROM record, turn LIMIT ?1";
        let state = rusqlite::Connection::open(self.path("data/state.db"));
        state
            .and_then(|state| state.execute(sql, [rows]))
            .map(drop)
            .map_err(|error| format!("the ledger: {error}"))
    }
}

/// How many rows a table has, or lines a file.
pub(crate) fn count(path: &Path) -> Done<u64> {
    if path.extension().is_some_and(|ending| ending == "db") {
        let database = rusqlite::Connection::open(path).map_err(|error| error.to_string())?;
        let sql = "SELECT count(*) FROM record";
        return database
            .query_row(sql, [], |row| row.get(0))
            .map_err(|error| error.to_string());
    }
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    Ok(BufReader::new(file).lines().count() as u64)
}
