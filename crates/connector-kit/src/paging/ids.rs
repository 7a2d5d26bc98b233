//! Records that a person named by their ids.

use std::sync::Arc;

use super::{Entry, Resource, position::Position};
use crate::{Batch, Error, Raw, Record, Result};

/// Reads them in groups; an id that leads nowhere is set aside with its reason, never passed over.
pub(super) struct Ids<R> {
    resource: Arc<R>,
    wanted: Vec<String>,
    done: usize,
}

/// Ids in one request: their list has to fit into a URL.
const GROUP: usize = 100;

impl<R: Resource> Ids<R> {
    pub(super) fn new(resource: Arc<R>, wanted: Vec<String>) -> Self {
        Self {
            resource,
            wanted,
            done: 0,
        }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Batch>> {
        let group = &self.wanted[self.done..(self.done + GROUP).min(self.wanted.len())];
        if group.is_empty() {
            return Ok(None);
        }
        let numbers: Vec<u64> = group.iter().filter_map(|id| id.trim().parse().ok()).collect();
        let found = if numbers.is_empty() {
            Vec::new()
        } else {
            self.resource.these(&numbers).await?
        };
        let records = group.iter().map(|id| self.one(id, &found)).collect();
        self.done += group.len();
        let mut batch = Batch::new(records, Position::Done {}.watermark());
        batch.expected = Some(self.wanted.len() as u64);
        Ok(Some(batch))
    }

    fn one(&self, wanted: &str, found: &[Entry]) -> Record {
        let id = wanted.trim().parse().ok();
        if let Some(entry) = found.iter().find(|entry| Some(entry.id) == id) {
            return entry.record.clone();
        }
        let noun = self.resource.noun();
        let mut record = Record::new(
            wanted.trim(),
            Raw::of(&serde_json::json!({ "id": wanted.trim() })),
        );
        let error = Error::rejected(format!(
            "`{wanted}` is not among the {noun} of the store: deleted, replaced, or mistyped"
        ))
        .hint("Look the record up in the store and name the id it has there.");
        record.unreadable = Some(Box::new(error));
        record
    }
}
