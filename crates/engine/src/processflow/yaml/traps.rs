//! What YAML makes of a line that was meant as an expression, in words.

use super::Fault;
use crate::processflow::report::Span;

/// The fault behind an error of the YAML reader.
pub(super) fn explain(text: &str, error: &serde_saphyr::Error) -> Fault {
    let span = error.location().map_or_else(Span::default, |location| Span {
        start: offset(text, &location),
        length: 0,
    });
    let said = said(error);
    if let serde_saphyr::Error::DuplicateMappingKey { key, .. } = error.without_snippet() {
        let key = key.as_deref().unwrap_or("this");
        return Fault::at(span, format!("`{key}` stands here twice")).hint("Keep one of them.");
    }
    if matches!(
        error.without_snippet(),
        serde_saphyr::Error::MultipleDocuments { .. }
    ) {
        return Fault::at(span, "there is a second document in this file")
            .hint("A file holds one processflow: take out what follows `---`.");
    }
    let hint = trap(text, span.start).unwrap_or_else(|| {
        "Look at the spaces at the beginning of the line: fields of one thing stand exactly below each other.".to_owned()
    });
    Fault::at(span, format!("this is not YAML: {said}")).hint(hint)
}

/// Errors tell line and column, in characters.
fn offset(text: &str, location: &serde_saphyr::Location) -> usize {
    let line_start: usize = text
        .split_inclusive('\n')
        .take((location.line() as usize).saturating_sub(1))
        .map(str::len)
        .sum();
    let before = text[line_start..]
        .chars()
        .take((location.column() as usize).saturating_sub(1));
    line_start + before.map(char::len_utf8).sum::<usize>()
}

fn said(error: &serde_saphyr::Error) -> String {
    let said = error.without_snippet().to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    said.replace(", set DuplicateKeyPolicy in Options if acceptable", "")
}

/// What trips people who write expressions into YAML, told from the line the reader stumbled on and the one before,
/// where a value that was not closed begins.
fn trap(text: &str, offset: usize) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let line = text[..offset].matches('\n').count();
    let near = [Some(line), line.checked_sub(1)];
    near.into_iter()
        .flatten()
        .filter_map(|line| lines.get(line))
        .find_map(|line| of_line(line))
}

fn of_line(line: &str) -> Option<String> {
    if line.trim_start_matches(' ').starts_with('\t') {
        return Some("Indent with spaces: YAML does not take tabs.".to_owned());
    }
    let (_, value) = line.split_once(": ")?;
    let value = value.trim();
    let first = value.chars().next()?;
    let quoted = format!("`'{}'`", value.replace('\'', "''"));
    let around = format!("Put quotes around the whole value: {quoted}.");
    Some(match first {
        '"' | '\'' if value.len() > 1 && !value.ends_with(first) => {
            format!("A value that begins with a quotation mark ends at the next one. {around}")
        }
        '[' => format!("A value that begins with `[` is a list. {around}"),
        '{' if value.starts_with("{{") => "Write the expression alone, without `{{ }}`.".to_owned(),
        '{' => format!("A value that begins with `{{` is a mapping. {around}"),
        ',' | '%' | '@' | '*' | '&' | '`' | '|' | '>' | '!' | '-' | '?' => {
            format!("A value cannot begin with `{first}`. {around}")
        }
        _ if value.contains(": ") => format!("A value with a colon and a space needs quotes: {quoted}."),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Document;

    #[test]
    fn yaml_s_own_traps_are_explained() {
        let cases = [
            ("map:\n  A: \"x\" ~ b\n", "'\"x\" ~ b'"),
            ("map:\n  A: 'x' ~ b\n", "'''x'' ~ b'"),
            ("map:\n  A: [b] | join\n", "'[b] | join'"),
            ("map:\n  A: %x\n", "begin with `%`"),
            ("map:\n  A: @x\n", "begin with `@`"),
            ("map:\n  A: *b * 2\n", "begin with `*`"),
            ("map:\n  A: , b\n", "begin with `,`"),
            ("map:\n  A: {{ x }}\n", "without `{{ }}`"),
            ("map:\n  A: b if c else {x: 1}\n", "colon and a space"),
            ("map:\n\tA: b\n", "tabs"),
        ];
        for (text, expected) in cases {
            let fault = Document::read(text).expect_err(text);
            let hint = fault.hint.unwrap_or_default();
            assert!(
                hint.contains(expected),
                "{text:?} should explain {expected:?} and says {hint:?}"
            );
        }
    }
}
