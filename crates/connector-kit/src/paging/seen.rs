//! Which versions of records were delivered lately: ids by change date, written as ranges (`1-250,260`), so that a
//! bulk edit of a whole catalogue stays a short text.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Ids by the change date they were delivered with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen(BTreeMap<Timestamp, BTreeSet<u64>>);

impl Seen {
    /// Remembers a version; false when it was known already.
    pub(super) fn insert(&mut self, id: u64, changed: Timestamp) -> bool {
        self.0.entry(changed).or_default().insert(id)
    }

    /// Forgets what changed before `oldest`.
    pub(super) fn forget_before(&mut self, oldest: Timestamp) {
        self.0 = self.0.split_off(&oldest);
    }
}

impl Serialize for Seen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(changed, ids)| (changed, ranges(ids))))
    }
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = BTreeMap::<Timestamp, String>::deserialize(deserializer)?;
        let read = |(changed, text): (_, String)| Some((changed, ids(&text)?));
        let seen = texts.into_iter().map(read).collect::<Option<_>>();
        seen.map(Self)
            .ok_or_else(|| serde::de::Error::custom("ids are written as `1-250,260`"))
    }
}

fn ranges(ids: &BTreeSet<u64>) -> String {
    let mut text = String::new();
    let mut ids = ids.iter().copied().peekable();
    while let Some(first) = ids.next() {
        let mut last = first;
        while let Some(next) = ids.next_if(|next| *next == last + 1) {
            last = next;
        }
        let comma = if text.is_empty() { "" } else { "," };
        let written = match last {
            _ if last == first => write!(text, "{comma}{first}"),
            _ => write!(text, "{comma}{first}-{last}"),
        };
        written.expect("writing to a String does not fail");
    }
    text
}

fn ids(text: &str) -> Option<BTreeSet<u64>> {
    let mut ids = BTreeSet::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        ids.extend(first.parse::<u64>().ok()?..=last.parse().ok()?);
    }
    Some(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bulk_edit_is_remembered_as_a_short_range() {
        let mut seen = Seen::default();
        for id in (1..=100_000).chain([100_002]) {
            assert!(seen.insert(id, Timestamp::UNIX_EPOCH), "each id is new once");
        }
        let text = serde_json::to_string(&seen).unwrap();
        assert_eq!(
            text, r#"{"1970-01-01T00:00:00Z":"1-100000,100002"}"#,
            "a watermark is written with each batch"
        );
        assert_eq!(
            serde_json::from_str::<Seen>(&text).unwrap(),
            seen,
            "it comes back whole"
        );
    }

    #[test]
    fn the_same_record_changed_again_is_new() {
        let mut seen = Seen::default();
        assert!(seen.insert(7, Timestamp::UNIX_EPOCH));
        assert!(
            !seen.insert(7, Timestamp::UNIX_EPOCH),
            "the same version is known"
        );
        assert!(
            seen.insert(7, Timestamp::from_second(1).unwrap()),
            "a later version is not"
        );
    }
}
