//! Changing members of a record's JSON text without parsing the rest: numbers keep their digits.

use std::fmt::Write;

use connector_kit::Raw;

/// The record with these members replaced, or added at its end where it had none.
pub(super) fn splice(record: &Raw, members: &[(&str, String)]) -> Raw {
    let whole = record.as_str();
    let fields = record.fields();
    let mut cuts: Vec<(std::ops::Range<usize>, &str)> = Vec::new();
    let mut added = String::new();
    for (name, value) in members {
        if let Some(old) = fields.get(name) {
            let start = old.as_str().as_ptr() as usize - whole.as_ptr() as usize;
            cuts.push((start..start + old.len(), value));
        } else {
            write!(added, ",{}:{value}", quoted(name)).expect("writing to a String does not fail");
        }
    }
    cuts.sort_by_key(|(range, _)| range.start);
    let mut text =
        String::with_capacity(whole.len() + members.iter().map(|(_, value)| value.len()).sum::<usize>());
    let mut at = 0;
    for (range, value) in cuts {
        text.push_str(&whole[at..range.start]);
        text.push_str(value);
        at = range.end;
    }
    let end = whole.rfind('}').unwrap_or(whole.len());
    text.push_str(&whole[at..end]);
    let bare = fields.names().next().is_none();
    text.push_str(if bare {
        added.trim_start_matches(',')
    } else {
        &added
    });
    text.push_str(&whole[end..]);
    Raw::parse(text).expect("values of JSON put into JSON are JSON")
}

/// The record without these members.
pub(super) fn without(record: &Raw, names: &[&str]) -> String {
    let fields = record.fields();
    let kept = fields.names().filter(|name| !names.contains(name));
    let members: Vec<String> = kept
        .filter_map(|name| Some(format!("{}:{}", quoted(name), fields.get(name)?.as_str())))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// A JSON array of texts that are JSON.
pub(super) fn array<'a>(items: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

fn quoted(name: &str) -> String {
    serde_json::Value::from(name).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_record_keeps_every_digit() {
        let record = Raw::parse(r#"{"id":1,"products":{"url":"x"},"total":"10.5000","rate":1.10}"#).unwrap();
        let spliced = splice(&record, &[("products", "[1]".into()), ("new", "{}".into())]);
        assert_eq!(
            spliced.as_str(),
            r#"{"id":1,"products":[1],"total":"10.5000","rate":1.10,"new":{}}"#
        );
        assert_eq!(
            splice(&Raw::parse("{}").unwrap(), &[("a", "1".into())]).as_str(),
            r#"{"a":1}"#
        );
        assert_eq!(
            without(&record, &["products", "total"]),
            r#"{"id":1,"rate":1.10}"#
        );
    }
}
