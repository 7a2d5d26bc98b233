//! What is read: records, in batches, each batch with the watermark that stands behind it.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, SmolStrBuilder};

use crate::{Error, Raw};

/// One thing that was read: an order, a product, a line of a file.
#[derive(Clone, Debug)]
pub struct Record {
    /// What the source calls it (order id, product id, `stock.csv:17`); the ledger is kept by it.
    pub id: SmolStr,
    /// Other names people search it by: order number, SKU, e-mail.
    pub labels: Labels,
    /// The record itself, as JSON text.
    pub body: Raw,
    /// Set when the source could not make sense of it (an undecodable byte, a ragged row): the engine sets the
    /// record aside under this cause, `body` holding what was legible, and goes on with the others. Hardly any record
    /// has one, so it lies elsewhere.
    pub unreadable: Option<Box<Error>>,
    /// Set when the source knows that nobody wants it, with the reason: it is counted as skipped.
    pub left_out: Option<&'static str>,
}

impl Record {
    /// A record without further labels.
    pub fn new(id: impl Into<SmolStr>, body: Raw) -> Self {
        Self {
            id: id.into(),
            labels: Labels::default(),
            body,
            unreadable: None,
            left_out: None,
        }
    }

    /// Adds a name it can be searched by; an empty one is left out.
    pub fn label(mut self, label: &str) -> Self {
        self.labels = self.labels.iter().chain([label]).collect();
        self
    }
}

/// Names that a record is searched by besides its id, in one text with a line for each: every record has some, and the
/// ledger keeps them like this. Short ones need no memory of their own, and a copy shares the text of long ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(SmolStr);

impl Labels {
    /// The names, in the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.lines()
    }

    /// The text, a line for each.
    pub fn text(&self) -> &SmolStr {
        &self.0
    }
}

impl<L: AsRef<str>> FromIterator<L> for Labels {
    /// Empty ones are left out.
    fn from_iter<I: IntoIterator<Item = L>>(labels: I) -> Self {
        let mut text = SmolStrBuilder::new();
        let named = labels.into_iter().filter(|label| !label.as_ref().is_empty());
        for (at, label) in named.enumerate() {
            if at > 0 {
                text.push('\n');
            }
            text.push_str(label.as_ref());
        }
        Self(text.finish())
    }
}

/// Records and how far their source has come once they are settled.
#[derive(Debug)]
pub struct Batch {
    /// In the order they should be written.
    pub records: Vec<Record>,
    /// Where to go on when all of `records` are settled.
    pub watermark: Watermark,
    /// Progress, where the source knows it: how many records it expects in all.
    pub expected: Option<u64>,
    /// Room that the source lent to these records (pages it may have under way). Given back when the batch is
    /// durable, so that reading ahead, memory, and what is asked again after a crash all have one bound.
    pub room: Vec<tokio::sync::OwnedSemaphorePermit>,
}

impl Batch {
    /// A batch from a source that reads one page after the other and needs no room.
    pub fn new(records: Vec<Record>, watermark: Watermark) -> Self {
        Self {
            records,
            watermark,
            expected: None,
            room: Vec::new(),
        }
    }
}

/// A position in a source: versioned JSON that only its source reads. The engine keeps it, shows it, and gives
/// it back; it moves only when every record before it is settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Watermark(pub serde_json::Value);

impl Watermark {
    /// The watermark as its source's own type. An unreadable one is Config: reading from the beginning by
    /// accident would import the whole history again.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> crate::Result<T> {
        serde_json::from_value(self.0.clone()).map_err(|error| {
            Error::config(format!("the saved watermark cannot be read ({error})"))
                .hint("Move it with `processflow watermark NAME --move T`, or read everything with `run NAME --full`.")
        })
    }

    /// A watermark from its source's own type.
    pub fn of(position: &impl Serialize) -> Self {
        Self(serde_json::to_value(position).expect("a watermark is plain data"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_lines_of_one_text_and_empty_ones_are_none() {
        let record = Record::new("7", Raw::of(&serde_json::json!({})))
            .label("")
            .label("A-1")
            .label("a name that is longer than what lies in the record itself");
        let labels: Vec<&str> = record.labels.iter().collect();
        assert_eq!(
            labels,
            ["A-1", "a name that is longer than what lies in the record itself"]
        );
        assert_eq!(record.labels, labels.iter().collect(), "however they were given");
        assert_eq!(Labels::from_iter(["", "", "x"]).text(), "x");
        assert_eq!(Labels::from_iter([""; 3]), Labels::default());
        assert_eq!(Labels::default().iter().count(), 0);
    }
}
