//! Changing members of a record's JSON text without parsing the rest: numbers keep their digits.

use std::fmt::Write;

use connector_kit::{Raw, scan};

/// Members to be put into a record: replaced, or added at its end where it has none of that name.
pub(super) type Members = Vec<(&'static str, String)>;

/// Records of one page with members put into them. They share one piece of memory, as those of a page do.
pub(super) struct Spliced {
    text: String,
    ends: Vec<usize>,
}

impl Spliced {
    /// Room for records of `length` bytes together.
    pub(super) fn with_capacity(length: usize) -> Self {
        Self {
            text: String::with_capacity(length),
            ends: Vec::new(),
        }
    }

    /// Takes a record with these members put into it.
    pub(super) fn push(&mut self, record: &Raw, members: &Members) {
        let start = self.text.len();
        let out = &mut self.text;
        let mut missing = vec![true; members.len()];
        for (name, value) in scan::members(record.as_str()) {
            let place = members.iter().position(|(new, _)| scan::is_name(name, new));
            let value = place.map_or(value, |place| members[place].1.as_str());
            write!(out, ",\"{name}\":{value}").expect("a String takes any text");
            if let Some(place) = place {
                missing[place] = false;
            }
        }
        for ((name, value), _) in members.iter().zip(missing).filter(|(_, missing)| *missing) {
            write!(out, ",\"{name}\":{value}").expect("a String takes any text");
        }
        if out.len() == start {
            out.push('{');
        } else {
            out.replace_range(start..=start, "{");
        }
        out.push('}');
        self.ends.push(out.len());
    }

    /// The records in their order.
    pub(super) fn into_records(self) -> Vec<Raw> {
        Raw::assembled(self.text, &self.ends)
    }
}

/// A JSON array of texts that are JSON.
pub(super) fn array<'a>(items: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_record_keeps_every_digit() {
        let record = Raw::parse(r#"{"id":1,"products":{"url":"x"},"total":"10.5000","rate":1.10}"#).unwrap();
        let mut spliced = Spliced::with_capacity(100);
        spliced.push(&record, &vec![("products", "[1]".into()), ("new", "{}".into())]);
        spliced.push(&Raw::parse("{}").unwrap(), &vec![("a", "1".into())]);
        spliced.push(&Raw::parse("{}").unwrap(), &Members::new());
        let expected = [
            r#"{"id":1,"products":[1],"total":"10.5000","rate":1.10,"new":{}}"#,
            r#"{"a":1}"#,
            "{}",
        ];
        let records = spliced.into_records();
        assert_eq!(records.iter().map(Raw::as_str).collect::<Vec<_>>(), expected);
    }
}
