//! Changing members of a record's JSON text without parsing the rest: numbers keep their digits.

use std::{fmt::Write, ops::Range};

use connector_kit::{Raw, scan};

/// A member to be put into a record.
pub(super) struct Member {
    /// Its name.
    pub(super) name: &'static str,
    /// Where the value stands that it replaces; without one it is added at the record's end.
    pub(super) old: Option<Range<usize>>,
    /// Its JSON text.
    pub(super) value: String,
}

impl Member {
    /// In place of `old`, a part of the record's text.
    pub(super) fn instead(name: &'static str, record: &Raw, old: Option<&str>, value: String) -> Self {
        let old = old.map(|old| {
            let start = old.as_ptr() as usize - record.as_str().as_ptr() as usize;
            start..start + old.len()
        });
        Self { name, old, value }
    }
}

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

    /// Takes an object with these members put into it. What they do not replace is copied to the letter.
    pub(super) fn push(&mut self, record: &Raw, mut members: Vec<Member>) {
        let (whole, out) = (record.as_str(), &mut self.text);
        members.sort_by_key(|member| member.old.as_ref().map_or(usize::MAX, |old| old.start));
        let end = whole.rfind('}').unwrap_or(whole.len());
        let mut bare = scan::members(whole).next().is_none();
        let mut at = 0;
        for Member { name, old, value } in members {
            if let Some(old) = old {
                out.push_str(&whole[at..old.start]);
                out.push_str(&value);
                at = old.end;
            } else {
                out.push_str(&whole[at..end]);
                at = end;
                let comma = if bare { "" } else { "," };
                write!(out, "{comma}\"{name}\":{value}").expect("a String takes any text");
                bare = false;
            }
        }
        out.push_str(&whole[at..]);
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
    use crate::bigcommerce::look;

    #[test]
    fn the_rest_of_a_record_keeps_every_digit() {
        let record = Raw::parse(r#"{"id":1,"products":{"url":"x"},"total":"10.5000","rate":1.10}"#).unwrap();
        let [products, total] = look::pick(record.as_str(), ["products", "total"]);
        let member = |name, old, value: &str| Member::instead(name, &record, old, value.to_owned());
        let mut spliced = Spliced::with_capacity(100);
        spliced.push(
            &record,
            vec![
                member("total", total, "\"9\""),
                member("new", None, "{}"),
                member("products", products, "[1]"),
                member("newer", None, "2"),
            ],
        );
        let empty = Raw::parse("{}").unwrap();
        spliced.push(&empty, vec![member("a", None, "1"), member("b", None, "2")]);
        spliced.push(&empty, Vec::new());
        let expected = [
            r#"{"id":1,"products":[1],"total":"9","rate":1.10,"new":{},"newer":2}"#,
            r#"{"a":1,"b":2}"#,
            "{}",
        ];
        let records = spliced.into_records();
        assert_eq!(records.iter().map(Raw::as_str).collect::<Vec<_>>(), expected);
    }
}
