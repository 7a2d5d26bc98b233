//! Versions that were read while their second was not over. Stores keep whole seconds, and apps change a record several
//! times within one: what comes again with the same date may be another version, which only its content tells.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Entry;

/// An answer is read from the store's data a little before the `Date` it carries.
const SLACK: SignedDuration = SignedDuration::from_secs(5);

/// Hashes of such versions, by record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Young(BTreeMap<u64, (Timestamp, String)>);

impl Young {
    /// True when the record has this date, was read young with it, and has another content now. `now` is the server's
    /// clock.
    pub(super) fn is_another(&mut self, entry: &Entry, changed: Timestamp, now: Option<Timestamp>) -> bool {
        let known = self.0.remove(&entry.id).filter(|(date, _)| *date == changed);
        let is_young = now.is_some_and(|now| now.duration_since(changed) <= SLACK);
        if known.is_none() && !is_young {
            return false;
        }
        let hash = hash(entry);
        let another = known.is_some_and(|(_, before)| before != hash);
        if is_young {
            self.0.insert(entry.id, (changed, hash));
        }
        another
    }

    /// Forgets what changed before `oldest`.
    pub(super) fn forget_before(&mut self, oldest: Timestamp) {
        self.0.retain(|_, (changed, _)| *changed >= oldest);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Eight bytes of it: two versions of one record with one date are to be told apart, nobody is to be deceived.
fn hash(entry: &Entry) -> String {
    blake3::hash(entry.record.body.as_str().as_bytes()).to_hex()[..16].to_owned()
}

impl Serialize for Young {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(id, (changed, hash))| (id, changed, hash)))
    }
}

impl<'de> Deserialize<'de> for Young {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let versions = Vec::<(u64, Timestamp, String)>::deserialize(deserializer)?;
        Ok(Self(
            versions
                .into_iter()
                .map(|(id, changed, hash)| (id, (changed, hash)))
                .collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Raw, Record};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn entry(text: &'static str, changed: i64) -> Entry {
        let record = Record::new("7", Raw::parse(text).unwrap());
        Entry {
            id: 7,
            changed: Some(at(changed)),
            record,
        }
    }

    #[test]
    fn a_second_version_of_the_same_second_is_told_by_its_content() {
        let mut young = Young::default();
        assert!(
            !young.is_another(&entry("1", 100), at(100), Some(at(100))),
            "the first is no other"
        );
        let text = serde_json::to_string(&young).unwrap();
        let mut young: Young = serde_json::from_str(&text).unwrap();
        assert!(
            !young.is_another(&entry("1", 100), at(100), Some(at(101))),
            "the same again"
        );
        assert!(
            young.is_another(&entry("2", 100), at(100), Some(at(102))),
            "changed within that second"
        );
        assert!(
            young.is_another(&entry("3", 100), at(100), Some(at(900))),
            "however late it is seen"
        );
        assert!(
            !young.is_another(&entry("4", 100), at(100), Some(at(901))),
            "a second long over cannot change"
        );
        assert!(young.is_empty(), "and is not kept");
    }

    #[test]
    fn what_was_read_long_after_its_change_costs_nothing() {
        let mut young = Young::default();
        assert!(
            !young.is_another(&entry("1", 100), at(100), Some(at(106))),
            "its second was over"
        );
        assert!(
            !young.is_another(&entry("1", 100), at(100), None),
            "nor where the server tells no time"
        );
        assert!(young.is_empty(), "watermarks stay short");
    }
}
