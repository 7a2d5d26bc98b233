//! Records that belong together, by what a `merge` step says they have in common.

use std::{collections::HashMap, fmt::Write as _};

use connector_kit::{Error, Raw, Record, Result, Value};

use super::Scope;
use crate::processflow::plan::Merge;

/// Groups of records, in the order in which the first of each came.
#[derive(Default)]
pub(crate) struct Groups {
    groups: Vec<Group>,
    places: HashMap<String, usize>,
}

struct Group {
    key: String,
    values: Vec<Value>,
    labels: Vec<String>,
    bodies: Vec<Raw>,
}

impl Groups {
    /// Puts a record to those it belongs to.
    ///
    /// # Errors
    /// Config when that is not known: it may belong to any of the others, so none of them is known to be whole.
    pub(crate) fn add(&mut self, merge: &Merge, scope: &Scope, record: Record) -> Result<()> {
        if let Some(error) = &record.unreadable {
            return Err(unknown(&record, error));
        }
        let belongs = scope.record(&record).belongs(merge);
        let (key, values) = belongs.map_err(|error| unknown(&record, &error))?;
        let at = *self.places.entry(key.clone()).or_insert_with(|| {
            self.groups.push(Group {
                key,
                values,
                labels: Vec::new(),
                bodies: Vec::new(),
            });
            self.groups.len() - 1
        });
        let group = &mut self.groups[at];
        for label in record.labels.iter() {
            if !group.labels.iter().any(|known| known == label) {
                group.labels.push(label.to_owned());
            }
        }
        group.bodies.push(record.body);
        Ok(())
    }

    /// A record of each group: what its records have in common, and the list of them.
    pub(crate) fn records(self, merge: &Merge) -> Vec<Result<Record>> {
        self.groups.into_iter().map(|group| group.record(merge)).collect()
    }
}

impl Group {
    fn record(self, merge: &Merge) -> Result<Record> {
        let mut text = String::from("{");
        for ((name, _), value) in merge.by.iter().zip(&self.values) {
            let name = serde_json::Value::from(name.as_str());
            let value = match value {
                Value::Json(raw) => raw.as_str().to_owned(),
                value => value.to_json().to_string(),
            };
            write!(text, "{name}:{value},").expect("a String takes any text");
        }
        let bodies: Vec<&str> = self.bodies.iter().map(Raw::as_str).collect();
        let list = serde_json::Value::from(merge.name.as_str());
        write!(text, "{list}:[{}]}}", bodies.join(",")).expect("a String takes any text");
        Ok(Record {
            labels: self.labels.into_iter().collect(),
            ..Record::new(self.key, Raw::parse(text)?)
        })
    }
}

fn unknown(record: &Record, error: &Error) -> Error {
    let why = error.chain();
    Error::config(format!(
        "record `{}` is to be merged with others, and it is not known with which: {why}",
        record.id
    ))
    .hint("Nothing was written. Mend the record where it comes from, or the step `merge`, and run again.")
}
