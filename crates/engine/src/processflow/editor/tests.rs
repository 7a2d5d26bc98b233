use serde_json::json;

use super::*;
use crate::processflow::fake::connectors;

const FILE: &str = "processflow: orders
connections: { store: bigcommerce, erp: sql }
lookups: { status: { 1: NEW } }
steps:
  - read:
      action: store/orders.changed
      with: { include: [products] }
  - set: { total: total_inc_tax | decimal }
  - skip: { when: status_id == 0, reason: not paid }
  - write:
      action: erp/table.upsert
      with:
        table: T
        key: [ID]
        create: { ID: integer, NAME: text }
      map:
        ID: id
        NAME: words(billing_address.first_name)
  - write:
      action: erp/table.replace
      with: { table: L, within: [ID], key: [LINE] }
      each: products
      map:
        ID: record.id
        LINE: sku
";

/// What is proposed where `^` stands; that sign is not part of the text.
fn at(text: &str) -> Completion {
    let cursor = text.find('^').expect("a cursor");
    let text = text.replacen('^', "", 1);
    let (line, column) = line_and_column(&text, cursor);
    let record = json!({ "id": 7, "status_id": 1, "Item No.": "x",
        "billing_address": { "first_name": "Ada" }, "products": [{ "sku": "A-1" }] });
    complete(&Question {
        text: &text,
        line,
        column,
        record: Some(&record),
        connectors: &connectors(),
    })
}

fn labels(text: &str) -> Vec<String> {
    at(text).proposals.into_iter().map(|one| one.label).collect()
}

/// The file with one piece of text put in place of another; `^` is the cursor.
fn with(old: &str, new: &str) -> String {
    assert!(FILE.contains(old), "{old}");
    FILE.replacen(old, new, 1)
}

#[test]
fn what_fits_the_place_is_proposed() {
    let cases = [
        (
            "the top",
            with("lookups: { status: { 1: NEW } }", "de^"),
            "description",
        ),
        (
            "a schedule",
            with("lookups: { status: { 1: NEW } }", "schedule:\n  ^"),
            "every",
        ),
        (
            "a schedule in braces",
            with("lookups: { status: { 1: NEW } }", "schedule: { ^ }"),
            "daily",
        ),
        ("a connector", with("erp: sql", "erp: s^"), "sql"),
        ("a step", with("  - set:", "  - ^\n  - set:"), "skip"),
        (
            "a step's part",
            with("      each: products", "      ch^"),
            "changes_only",
        ),
        (
            "an action",
            with("action: erp/table.upsert", "action: erp/^"),
            "erp/table.upsert",
        ),
        ("a parameter", with("        table: T", "        ta^"), "table"),
        (
            "a parameter in braces",
            with("with: { include: [products] }", "with: { ^"),
            "include",
        ),
        (
            "a listed value",
            with("include: [products]", "include: [^]"),
            "shipping_addresses",
        ),
        (
            "a column",
            with("        NAME: words(billing_address.first_name)", "        N^"),
            "NAME",
        ),
        ("a field", with("when: status_id == 0", "when: sta^"), "status_id"),
        (
            "a nested field",
            with("words(billing_address.first_name)", "words(billing_address.^"),
            "first_name",
        ),
        ("a field of an element", with("LINE: sku", "LINE: s^"), "sku"),
        (
            "a field of the record",
            with("ID: record.id", "ID: record.^"),
            "status_id",
        ),
        ("a filter", with("ID: id", "ID: id | ^"), "upper"),
        ("a variable", with("ID: id", "ID: to^"), "total"),
        ("a table", with("ID: id", "ID: lookup(^"), "status"),
        ("a connection", with("ID: id", "ID: connections.^"), "store"),
    ];
    for (what, text, expected) in cases {
        let proposed = labels(&text);
        assert!(
            proposed.iter().any(|label| label == expected),
            "{what}: {proposed:?}"
        );
    }
}

#[test]
fn what_does_not_fit_is_not_proposed() {
    let cases = [
        (
            "a field that is there already",
            with("  - set:", "  - ^\n  - set:"),
            "steps",
        ),
        (
            "a write where one reads",
            with("action: store/orders.changed", "action: ^"),
            "erp/table.upsert",
        ),
        (
            "a mapped column",
            with("        NAME: words(billing_address.first_name)", "        ^"),
            "ID",
        ),
        (
            "a later variable",
            with("with: { include: [products] }", "with: { ^ }"),
            "total",
        ),
        (
            "a top part within a step",
            with("      each: products", "      ^"),
            "schedule",
        ),
        (
            "a present part",
            with("      each: products", "      each: products\n      ^"),
            "each",
        ),
    ];
    for (what, text, unwanted) in cases {
        let proposed = labels(&text);
        assert!(
            !proposed.iter().any(|label| label == unwanted),
            "{what}: {proposed:?}"
        );
    }
}

#[test]
fn what_is_replaced_is_the_word_that_is_being_written() {
    let completion = at(&with(
        "NAME: words(billing_address.first_name)",
        "NAME: words(billing_address.fi^",
    ));
    let line = FILE
        .lines()
        .position(|line| line.contains("NAME: words"))
        .expect("there")
        + 1;
    assert_eq!(
        (completion.line, completion.column),
        (line, 37),
        "behind the last dot"
    );
    let odd = at(&with("ID: id", "ID: ü ~ I^"));
    let item = odd
        .proposals
        .iter()
        .find(|one| one.label == "Item No.")
        .expect("a field");
    assert_eq!(
        item.insert, "record[\"Item No.\"]",
        "what is no name stands in brackets"
    );
}

fn meaning(text: &str) -> Option<Explanation> {
    let cursor = text.find('^').expect("a cursor");
    let text = text.replacen('^', "", 1);
    let (line, column) = line_and_column(&text, cursor);
    let record = json!({ "id": 7, "products": [{ "sku": "A-1" }] });
    explain(&Question {
        text: &text,
        line,
        column,
        record: Some(&record),
        connectors: &connectors(),
    })
}

#[test]
fn words_are_explained() {
    let cases = [
        (
            "a part of the file",
            with("connections:", "conn^ections:"),
            "Bound to saved connections",
        ),
        (
            "a step's part",
            with("each: products", "ea^ch: products"),
            "one row for each",
        ),
        ("a function", with("words(", "wo^rds("), "join"),
        (
            "an action",
            with("store/orders.changed", "store/ord^ers.changed"),
            "For tests",
        ),
        ("a variable", with("ID: id", "ID: tot^al"), "earlier step"),
    ];
    for (what, text, expected) in cases {
        let told = meaning(&text).unwrap_or_else(|| panic!("{what} is not explained"));
        assert!(
            told.about.to_lowercase().contains(&expected.to_lowercase()),
            "{what}: {told:?}"
        );
    }
    let field = meaning(&with("ID: record.id", "ID: record.i^d")).expect("a field");
    assert_eq!(field.sample.as_deref(), Some("7"), "with what it holds");
    assert!(
        meaning("# not^hing\n").is_none_or(|told| told.about.is_empty()),
        "a comment means nothing"
    );
}

/// Every place of a file, and of every file it was while it was typed.
#[test]
fn no_place_of_no_text_is_too_much() {
    let hard = format!("{FILE}x: |\n  a: {{\n- - [ {{ : }} ] ü\n\t\"\n'");
    for end in (0..=hard.len()).filter(|end| hard.is_char_boundary(*end)) {
        let text = &hard[..end];
        let (line, column) = line_and_column(text, end);
        let question = Question {
            text,
            line,
            column,
            record: None,
            connectors: &[],
        };
        complete(&question);
        explain(&question);
    }
    let (lines, columns) = (0..40, 0..60);
    for line in lines {
        for column in columns.clone() {
            let question = Question {
                text: &hard,
                line,
                column,
                record: None,
                connectors: &[],
            };
            complete(&question);
            explain(&question);
        }
    }
}

#[test]
fn a_mark_ends_where_the_problem_ends() {
    let text = with("status_id == 0", "uper(id) == 0");
    let (name, marks) = check(&text, &connectors());
    assert_eq!(name, None, "it cannot be deployed");
    let mark = marks.first().expect("a mistake");
    assert_eq!(mark.line, 9, "{mark:?}");
    assert!(mark.end_column > mark.column && mark.hint.is_some(), "{mark:?}");
    let (name, marks) = check(
        &FILE.replace("erp: sql }", "erp: sql, more: files }"),
        &connectors(),
    );
    assert_eq!(name.as_deref(), Some("orders"));
    assert_eq!(
        marks[0].severity,
        Severity::Warning,
        "what is odd is marked though it is right: {marks:?}"
    );
}

#[test]
fn a_long_file_is_completed_at_its_end() {
    let steps: String = (0..200).map(|n| format!("  - set: {{ v{n}: id }}\n")).collect();
    let text = format!("{FILE}{steps}  - skip: {{ when: v199 == ");
    let (line, column) = line_and_column(&text, text.len());
    let found = complete(&Question {
        text: &text,
        line,
        column,
        record: None,
        connectors: &connectors(),
    });
    assert!(
        found.proposals.iter().any(|one| one.label == "v199"),
        "what the last step named is proposed"
    );
}

#[test]
fn placeholders_are_proposed_where_a_filter_bounds_a_date() {
    let filter = |value: &str| {
        with(
            "with: { include: [products] }",
            &format!("with:\n        filter: {{ {value} }}"),
        )
        .replace("store/orders.changed", "store/products.list")
    };
    let completion = at(&filter("min_date_created: ^"));
    let first = completion.proposals.first().expect("a proposal");
    assert_eq!(
        (&*first.label, &*first.insert),
        ("~{CreatedDate}~", "\"~{CreatedDate}~\""),
        "with the quotes it needs"
    );
    let completion = at(&filter("min_date_created: \"~{Cre^"));
    let last = completion
        .proposals
        .iter()
        .find(|one| one.label == "~{CreatedDate}~")
        .expect("still there");
    assert_eq!(
        last.insert, "~{CreatedDate}~",
        "within quotes that are there already"
    );
    let line = filter("min_date_created: \"~{Cre")
        .lines()
        .nth(completion.line - 1)
        .expect("a line")
        .to_owned();
    assert!(
        line[completion.column - 1..].starts_with("~{Cre"),
        "what is replaced begins with it: {line}"
    );
    assert!(labels(&filter("name: ^")).is_empty(), "a name is no date");
    let kept = format!(
        "variables: {{ region: {{ start: EU }}, key: {{ encrypted: true }} }}\n{}",
        filter("name: ^")
    );
    assert_eq!(labels(&kept), ["${region}"], "what is kept and no secret");
    let retry = with("with: { include: [products] }", "retry: { filter: { id: ^ } }");
    assert!(
        labels(&retry).contains(&"{$}".to_owned()),
        "ids, when chosen records are read again"
    );
    assert!(labels(&with("with: { include: [products] }", "retry: { ^ }")).contains(&"include".to_owned()));
}

#[test]
fn a_placeholder_is_explained() {
    let text = with(
        "with: { include: [products] }",
        "with: { filter: { min_date_created: \"~{Creat^edDate}~\" } }",
    );
    let told = meaning(&text).expect("it is known");
    assert_eq!(told.title, "~{CreatedDate}~");
    assert!(
        told.about.contains("last run") && told.examples.len() > 2,
        "{told:?}"
    );
}
