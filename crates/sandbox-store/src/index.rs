//! Finds records by text, without regard to case. Built when first needed, so that starting costs nothing;
//! entries may be out of date, so whoever looks up checks the record.

use std::collections::HashMap;

/// Ids by lower-cased text.
#[derive(Debug, Default)]
pub(crate) struct Index {
    ids: Option<HashMap<Box<str>, Vec<u64>>>,
}

impl Index {
    /// Ids that had this text at some time; `all` is read when nothing is known yet.
    pub(crate) fn find<'a>(&mut self, text: &str, all: impl Iterator<Item = (&'a str, u64)>) -> Vec<u64> {
        let ids = self.ids.get_or_insert_with(|| {
            let mut ids: HashMap<Box<str>, Vec<u64>> = HashMap::new();
            for (text, id) in all {
                ids.entry(text.to_lowercase().into()).or_default().push(id);
            }
            ids
        });
        ids.get(text.to_lowercase().as_str()).cloned().unwrap_or_default()
    }

    /// Adds a written record.
    pub(crate) fn note(&mut self, text: &str, id: u64) {
        if let Some(ids) = &mut self.ids {
            let known = ids.entry(text.to_lowercase().into()).or_default();
            if !known.contains(&id) {
                known.push(id);
            }
        }
    }
}
