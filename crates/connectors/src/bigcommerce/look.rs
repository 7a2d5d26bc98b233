//! Looking at a few top-level fields of a record without parsing it. A page was split by a JSON reader before, so
//! its records are known to be valid; skipping over what nobody asked for is then a matter of quotes and brackets,
//! which makes it half as dear again as reading into a struct that ignores the rest.

use connector_kit::{Error, Result};
use jiff::Timestamp;

use super::date;

/// The JSON texts of the named top-level fields of an object; nothing of anything else.
pub(super) fn pick<'a, const N: usize>(record: &'a str, names: [&str; N]) -> [Option<&'a str>; N] {
    let bytes = record.as_bytes();
    let mut found = [None; N];
    let mut left = if bytes.first() == Some(&b'{') { N } else { 0 };
    let mut at = 0;
    while left > 0 {
        let Some(quote) = bytes[at..].iter().position(|byte| *byte == b'"') else {
            break;
        };
        let name = at + quote + 1;
        let name_end = string_end(bytes, name);
        let between = |byte: &u8| byte.is_ascii_whitespace() || *byte == b':';
        let value = name_end
            + 1
            + bytes[name_end + 1..]
                .iter()
                .take_while(|byte| between(byte))
                .count();
        let end = value_end(bytes, value);
        if let Some(place) = names
            .iter()
            .position(|wanted| wanted.as_bytes() == &bytes[name..name_end])
        {
            left -= usize::from(found[place].is_none());
            found[place] = Some(&record[value..end]);
        }
        at = end;
    }
    found
}

/// Where the string that began before `at` has its closing quote.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    // Most strings are short, and then a plain loop is faster than a search that has to be set up.
    const SHORT: usize = 24;
    let near = bytes.len().min(at + SHORT);
    while at < near {
        match bytes[at] {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    while let Some(next) = bytes
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        at += next;
        if bytes[at] == b'"' {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// Where the value at `at` ends.
fn value_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'"') => string_end(bytes, at + 1) + 1,
        Some(b'{' | b'[') => nested_end(bytes, at),
        _ => {
            let goes_on = |byte: &&u8| !matches!(byte, b',' | b'}' | b']') && !byte.is_ascii_whitespace();
            at + bytes[at..].iter().take_while(goes_on).count()
        }
    }
}

fn nested_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at + 1),
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return at + 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// A field's text, whatever type the store gave it today.
pub(super) fn text(field: Option<&str>) -> Option<String> {
    let field = field?;
    match field.as_bytes().first()? {
        b'"' if field.contains('\\') => serde_json::from_str(field).ok(),
        b'"' => Some(field[1..field.len() - 1].to_owned()),
        b'-' | b'0'..=b'9' => Some(field.to_owned()),
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

    #[test]
    fn it_agrees_with_a_json_reader() {
        let names = ["a", "b", "c"];
        let values = [
            r#""""#,
            "0",
            "[]",
            "{}",
            r#"[[{"a":"]"}]]"#,
            r#""\\""#,
            r#"{"b":"\\\"}"}"#,
            "null",
            "1.5E-7",
        ];
        for one in values {
            for other in values {
                let record = format!("{{\"b\":{one}, \"a\" :\t{other},\n\"c\": {one}}}");
                let read: serde_json::Value = serde_json::from_str(&record).unwrap();
                for (name, found) in names.iter().zip(pick(&record, names)) {
                    let found: serde_json::Value = serde_json::from_str(found.unwrap()).unwrap();
                    assert_eq!(found, read[name], "{name} of {record}");
                }
            }
        }
    }
}
