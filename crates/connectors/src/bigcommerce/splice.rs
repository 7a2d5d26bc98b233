//! Changing members of a record's JSON text without parsing the rest: numbers keep their digits.

use std::{borrow::Cow, ops::Range};

use connector_kit::{Buffer, Raw, Result, scan};

/// A member to be put into a record.
pub(super) struct Member {
    /// Its name.
    pub(super) name: &'static str,
    /// Where the value stands that it replaces; without one it is added at the record's end.
    pub(super) old: Option<Range<usize>>,
    /// Its JSON text.
    pub(super) value: Vec<Piece>,
}

/// A piece of a member's text.
pub(super) enum Piece {
    /// What stands there in the record already.
    Part(Range<usize>),
    /// What was fetched.
    Fetched(Raw),
    /// Our own.
    Own(Cow<'static, str>),
}

impl Member {
    /// In place of `old`, a part of the record's text.
    pub(super) fn instead(name: &'static str, record: &Raw, old: Option<&str>, value: Vec<Piece>) -> Self {
        let old = old.map(|old| range(record.as_str(), old));
        Self { name, old, value }
    }
}

impl Piece {
    /// A part of the record's text.
    pub(super) fn of(record: &Raw, part: &str) -> Self {
        Self::Part(range(record.as_str(), part))
    }

    /// Text of our own.
    pub(super) fn own(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Own(text.into())
    }

    fn text<'t>(&'t self, record: &'t str) -> &'t str {
        match self {
            Self::Part(range) => &record[range.clone()],
            Self::Fetched(raw) => raw.as_str(),
            Self::Own(text) => text,
        }
    }
}

/// Where a part of a text stands in it.
pub(super) fn range(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    start..start + part.len()
}

/// Records of one page with members put into them. They share one piece of memory, as those of a page do.
pub(super) struct Spliced {
    text: Buffer,
    ends: Vec<usize>,
}

impl Spliced {
    /// Room for records of `length` bytes together.
    pub(super) fn with_room(length: usize) -> Self {
        Self {
            text: Buffer::with_room(length),
            ends: Vec::new(),
        }
    }

    /// Takes an object with these members put into it. What they do not replace is copied to the letter.
    pub(super) fn push(&mut self, record: &Raw, mut members: Vec<Member>) {
        let (whole, out) = (record.as_str(), self.text.bytes());
        let mut put = |text: &str| out.extend_from_slice(text.as_bytes());
        members.sort_by_key(|member| member.old.as_ref().map_or(usize::MAX, |old| old.start));
        let end = whole.rfind('}').unwrap_or(whole.len());
        let mut bare = scan::members(whole).next().is_none();
        let mut at = 0;
        for Member { name, old, value } in members {
            if let Some(old) = old {
                put(&whole[at..old.start]);
                at = old.end;
            } else {
                put(&whole[at..end]);
                at = end;
                let comma = if bare { "" } else { "," };
                [comma, "\"", name, "\":"].into_iter().for_each(&mut put);
                bare = false;
            }
            value.iter().for_each(|piece| put(piece.text(whole)));
        }
        put(&whole[at..]);
        self.ends.push(out.len());
    }

    /// The records in their order.
    pub(super) fn into_records(self) -> Result<Vec<Raw>> {
        Raw::assembled(self.text.freeze(), &self.ends)
    }
}

/// A JSON array of items whose pieces are JSON together.
pub(super) fn array<I: IntoIterator<Item = Piece>>(items: impl IntoIterator<Item = I>) -> Vec<Piece> {
    let mut all = vec![Piece::own("[")];
    for item in items {
        if all.len() > 1 {
            all.push(Piece::own(","));
        }
        all.extend(item);
    }
    all.push(Piece::own("]"));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bigcommerce::look;

    #[test]
    fn the_rest_of_a_record_keeps_every_digit() {
        let record = Raw::parse(r#"{"id":1,"products":{"url":"x"},"total":"10.5000","rate":1.10}"#).unwrap();
        let [products, total] = look::pick(record.as_str(), ["products", "total"]);
        let member =
            |name, old, value: &str| Member::instead(name, &record, old, vec![Piece::own(value.to_owned())]);
        let mut spliced = Spliced::with_room(100);
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
        let records = spliced.into_records().unwrap();
        assert_eq!(records.iter().map(Raw::as_str).collect::<Vec<_>>(), expected);
    }
}
