//! A few top-level fields of a record, for paging and search.

use std::borrow::Cow;

use connector_kit::{Error, Result, scan};
use jiff::Timestamp;

use super::date;

/// The JSON texts of the named top-level fields of an object; nothing of anything else.
pub(super) fn pick<'a, const N: usize>(record: &'a str, names: [&str; N]) -> [Option<&'a str>; N] {
    let mut found = [None; N];
    let mut left = N;
    for (name, value) in scan::members(record) {
        if let Some(place) = names.iter().position(|wanted| *wanted == name) {
            left -= usize::from(found[place].is_none());
            found[place] = Some(value);
            if left == 0 {
                break;
            }
        }
    }
    found
}

/// A field's text, whatever type the store gave it today.
pub(super) fn text(field: Option<&str>) -> Option<Cow<'_, str>> {
    let field = field?;
    match field.as_bytes().first()? {
        b'"' if field.contains('\\') => serde_json::from_str(field).ok().map(Cow::Owned),
        b'"' => Some(field[1..field.len() - 1].into()),
        b'-' | b'0'..=b'9' => Some(field.into()),
        _ => None,
    }
}

/// A field's date.
pub(super) fn when(field: Option<&str>) -> Option<Timestamp> {
    date::read(field?.trim_matches('"'))
}

/// A record's id. A record without one cannot be kept apart from others.
pub(super) fn id(field: Option<&str>) -> Result<u64> {
    field
        .and_then(|field| field.trim_matches('"').parse().ok())
        .ok_or_else(|| {
            Error::unavailable("the store sent a record without an id; nothing of its page was taken over")
                .hint("It is tried again by itself. If it stays so, send a support bundle.")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_top_level_fields_are_found_whatever_stands_between() {
        let record = r#" {"note":"a \"id\": 9, } \\","nested":{"id":1,"x":["}",{"sku":"no"}]}, "id" : 42 ,
            "flag":true,"sku":"A\u00e4\n\"1\"","long":"0123456789012345678901234567890\\\"","date":null,"n":-1.50e3}"#;
        let found = pick(
            record.trim_start(),
            ["id", "sku", "date", "n", "gone", "long", "flag"],
        );
        assert_eq!(found[0], Some("42"));
        assert_eq!(text(found[1]).as_deref(), Some("Aä\n\"1\""));
        assert_eq!((found[2], text(found[2])), (Some("null"), None));
        assert_eq!((found[3], found[4]), (Some("-1.50e3"), None));
        assert_eq!(
            text(found[5]).as_deref(),
            Some("0123456789012345678901234567890\\\"")
        );
        assert_eq!(found[6], Some("true"));
        assert_eq!(pick(r#"["id",1]"#, ["id"]), [None], "a list has no fields");
        assert_eq!(pick("{}", ["id"]), [None]);
        assert!(id(None).is_err(), "nothing is guessed");
    }
}
