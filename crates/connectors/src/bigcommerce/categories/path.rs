//! Categories by the path of their names, `Kitchen/Mugs`: where each is to be, with what is missing above it made first.

use std::collections::{BTreeMap, BTreeSet};

use connector_kit::{
    Error, Kind, Outcome, Result, Row, Value,
    http::{Method, Request},
};
use serde_json::json;

use super::upsert::{ABOUT, PATH};
use crate::bigcommerce::{
    Store,
    errors::{self, About},
    writing::{self, Outcomes, Reply},
};

/// What becomes of a category above a row's that is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is created, by its name alone.
    Made,
    /// Nothing, and the row is left out.
    Left,
}

/// A storefront's tree, as far as it was walked.
pub(super) struct Tree<'a> {
    store: &'a Store,
    id: u64,
    missing: Missing,
    /// Ids by parent and name, in small letters.
    known: BTreeMap<(u64, String), u64>,
    /// Those whose children were read.
    read: BTreeSet<u64>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(store: &'a Store, id: u64, missing: Missing) -> Self {
        Self {
            store,
            id,
            missing,
            known: BTreeMap::new(),
            read: BTreeSet::new(),
        }
    }

    /// Rows with parent and name in place of the path, each with its place; those that cannot be sent have failed.
    pub(super) async fn rows(
        &mut self,
        rows: &[Row],
        separator: &str,
        outcomes: &mut Outcomes,
    ) -> Result<Vec<(usize, Row)>> {
        let mut placed = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let Some((above, name)) = outcomes.keep(place, names(row, separator)) else {
                continue;
            };
            match self.walk(&above).await {
                Err(error) if error.kind == Kind::Rejected => outcomes.set(place, Outcome::Failed(error)),
                found => {
                    if let Some(parent) = found? {
                        placed.push((place, below(row, parent, name)));
                    }
                }
            }
        }
        Ok(placed)
    }

    /// The id of the last of these; `None` where one is missing and left so.
    async fn walk(&mut self, names: &[String]) -> Result<Option<u64>> {
        let mut at = 0;
        for name in names {
            at = match self.child(at, name).await? {
                Some(id) => id,
                None if self.missing == Missing::Left => return Ok(None),
                None => self.make(at, name).await?,
            };
        }
        Ok(Some(at))
    }

    async fn child(&mut self, parent: u64, name: &str) -> Result<Option<u64>> {
        if self.read.insert(parent) {
            let request = Request::get(PATH)
                .query("parent_id:in", parent)
                .query("tree_id:in", self.id)
                .query("limit", 250);
            let about = About {
                writes: false,
                ..ABOUT
            };
            for record in self.store.all(request, about).await? {
                let name = record.field("name").and_then(|name| name.plain());
                if let (Some(name), Some(id)) = (name, writing::id_of(&record, "category_id")) {
                    self.known.insert((parent, name.trim().to_lowercase()), id);
                }
            }
        }
        Ok(self.known.get(&(parent, name.to_lowercase())).copied())
    }

    /// One whose outcome stays unknown ends the batch: the next attempt looks for it before it makes it.
    async fn make(&mut self, parent: u64, name: &str) -> Result<u64> {
        let body = [json!({ "tree_id": self.id, "parent_id": parent, "name": name })];
        let request = Request::once(Method::Post, PATH, &body);
        let answer = match writing::send(self.store, request, ABOUT).await? {
            Reply::Done(answer) => answer,
            Reply::Refused(answer) => return Err(errors::refusal(&answer, ABOUT)),
            Reply::Unknown(error) => return Err(error),
        };
        let made = writing::answered(&answer).and_then(|made| writing::id_of(&made, "category_id"));
        let id = made.ok_or_else(writing::unshown)?;
        self.known.insert((parent, name.to_lowercase()), id);
        Ok(id)
    }
}

/// The names above a row's category, from the top down, and its own.
fn names(row: &Row, separator: &str) -> Result<(Vec<String>, String)> {
    let path = row.text("path")?;
    let mut names: Vec<String> = path.split(separator).map(|name| name.trim().to_owned()).collect();
    match names.pop() {
        Some(own) if !own.is_empty() && names.iter().all(|name| !name.is_empty()) => Ok((names, own)),
        _ => Err(
            Error::rejected(format!("The path `{path}` has a category without a name.")).hint(format!(
                "Write the names from the top down, with `{separator}` between them, and nothing before or after."
            )),
        ),
    }
}

/// The row as one that is found by parent and name.
fn below(row: &Row, parent: u64, name: String) -> Row {
    let kept = row.columns.iter().zip(row.values.iter());
    let kept = kept.filter(|(column, _)| *column != "path");
    let (mut columns, mut values): (Vec<String>, Vec<Value>) = kept
        .map(|(column, value)| (column.clone(), value.clone()))
        .unzip();
    columns.extend(writing::names(&["parent_id", "name"]));
    values.extend([Value::from(json!(parent)), Value::Text(name)]);
    Row {
        columns: columns.into(),
        values: values.into(),
        ..row.clone()
    }
}
