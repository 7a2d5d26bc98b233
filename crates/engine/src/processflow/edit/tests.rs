use proptest::prelude::*;
use serde_json::json;

use super::*;

const FILE: &str = r#"# Orders into the ERP
processflow: orders
description: 'New and changed'   # for the list
connections: { store: bigcommerce, erp: sql } # two
schedule:
  every: 15 min

steps:
  # what comes
  - read:
      action: store/orders.changed
      with: { include: [products, "x y"] }   # all of it

  # test orders
  - skip: { when: status_id == 0, reason: not paid yet }
  - write:
      action: erp/table.upsert
      with:
        table: T
        key: [ID]
      map:
        # the number
        ID: id
        NAME: words(first, last)   # both

        TOTAL: "total | decimal"
on_failure: { tries: 5 }
"#;

fn path(parts: &Value) -> Vec<PathPart> {
    serde_json::from_value(parts.clone()).expect("a path")
}

fn edit(parts: &Value, change: Change) -> Edit {
    Edit {
        path: path(parts),
        change,
    }
}

/// The lines that are not the same, as `-old` and `+new`.
fn changed(edit: &Edit) -> Vec<String> {
    let after = apply(FILE, std::slice::from_ref(edit)).expect("can be done");
    let difference = crate::processflow::Difference::between(FILE, &after);
    let sign = |stands| {
        if stands == crate::processflow::Stands::Added {
            '+'
        } else {
            '-'
        }
    };
    difference
        .lines
        .into_iter()
        .filter(|line| line.stands != crate::processflow::Stands::Same)
        .map(|line| format!("{}{}", sign(line.stands), line.text))
        .collect()
}

#[test]
fn an_edit_touches_its_own_lines_alone() {
    let map = json!(["steps", 2, "write", "map"]);
    let field = |name: &str| json!(["steps", 2, "write", "map", name]);
    let cases = [
        (
            "a value",
            edit(&field("ID"), Change::Set("order_id".into())),
            vec!["-        ID: id", "+        ID: order_id"],
        ),
        (
            "beside a comment",
            edit(&field("NAME"), Change::Set("name".into())),
            vec![
                "-        NAME: words(first, last)   # both",
                "+        NAME: name   # both",
            ],
        ),
        (
            "in its quotes",
            edit(&field("TOTAL"), Change::Set("total".into())),
            vec!["-        TOTAL: \"total | decimal\"", "+        TOTAL: \"total\""],
        ),
        (
            "in brackets",
            edit(&json!(["steps", 1, "skip", "reason"]), Change::Set("a, b".into())),
            vec![
                "-  - skip: { when: status_id == 0, reason: not paid yet }",
                "+  - skip: { when: status_id == 0, reason: 'a, b' }",
            ],
        ),
        (
            "what YAML would misread",
            edit(&field("ID"), Change::Set("[x] | join".into())),
            vec!["-        ID: id", "+        ID: '[x] | join'"],
        ),
        (
            "a new field",
            edit(&field("MAIL"), Change::Set("email".into())),
            vec!["+        MAIL: email"],
        ),
        (
            "a new part",
            edit(
                &json!(["steps", 2, "write", "changes_only"]),
                Change::Set(true.into()),
            ),
            vec!["+      changes_only: true"],
        ),
        (
            "less",
            edit(&field("ID"), Change::Remove),
            vec!["-        ID: id"],
        ),
        (
            "another name",
            edit(&field("ID"), Change::Rename("NUMBER".into())),
            vec!["-        ID: id", "+        NUMBER: id"],
        ),
        (
            "a step",
            edit(
                &json!(["steps", 1]),
                Change::Insert(json!({ "set": { "a": "b" } })),
            ),
            vec!["+  - set: { a: b }"],
        ),
        (
            "less in brackets",
            edit(&json!(["connections", "store"]), Change::Remove),
            vec![
                "-connections: { store: bigcommerce, erp: sql } # two",
                "+connections: { erp: sql } # two",
            ],
        ),
        (
            "more in brackets",
            edit(&json!(["connections", "out"]), Change::Set("files".into())),
            vec![
                "-connections: { store: bigcommerce, erp: sql } # two",
                "+connections: { store: bigcommerce, erp: sql, out: files } # two",
            ],
        ),
        (
            "a whole mapping",
            edit(&json!(["schedule"]), Change::Set(json!({ "daily": "06:00" }))),
            vec!["-schedule:", "-  every: 15 min", "+schedule: { daily: '06:00' }"],
        ),
        (
            "a part away",
            edit(&json!(["schedule"]), Change::Remove),
            vec!["-schedule:", "-  every: 15 min"],
        ),
    ];
    for (what, edit, expected) in cases {
        assert_eq!(changed(&edit), expected, "{what}");
    }
    let moved = apply(FILE, &[edit(&json!(["steps", 1]), Change::Move(2))]).expect("can be done");
    let (comment, skip) = (moved.find("# test orders"), moved.find("- skip"));
    assert!(
        moved.find("- write") < comment && comment < skip,
        "a comment goes along with its step:\n{moved}"
    );
    assert!(
        apply(FILE, &[edit(&map, Change::Set(json!({})))])
            .expect("can be done")
            .contains("map: {}"),
        "all of it"
    );
}

#[test]
fn steps_within_steps_are_written_below_each_other() {
    let steps = json!(["steps", 1, "branch", 0, "steps"]);
    let edits = [
        edit(
            &json!(["steps", 1]),
            Change::Insert(json!({ "branch": [{ "when": "a", "steps": [] }] })),
        ),
        edit(
            &steps,
            Change::Set(json!([{ "for_each": { "in": "lines", "steps": [] } }])),
        ),
        edit(
            &json!(["steps", 1, "branch", 0, "steps", 0, "for_each", "steps"]),
            Change::Set(json!([{ "delay": "1 s" }])),
        ),
        edit(
            &json!(["steps", 1, "branch", 0, "steps", 0, "for_each", "steps", 1]),
            Change::Insert(json!({ "set": {} })),
        ),
    ];
    let text = "steps:\n  - read: { action: store/orders.changed }\n";
    let expected = "  - branch:
      - when: a
        steps:
          - for_each:
              in: lines
              steps:
                - delay: 1 s
                - set: {}
";
    let after = apply(text, &edits).expect("can be done");
    assert_eq!(
        after,
        format!("{text}{expected}"),
        "what is put into empty brackets is not in brackets"
    );
}

#[test]
fn what_cannot_be_done_safely_is_refused_in_a_sentence() {
    let anchored = "a: &x { b: 1 }\nc: *x\n";
    let error = apply(anchored, &[edit(&json!(["a", "b"]), Change::Set(2.into()))])
        .expect_err("`c` would change too");
    assert!(
        error.message.contains("without touching the rest") && error.hint.is_some(),
        "{error}"
    );
    let gone = apply(FILE, &[edit(&json!(["steps", 9, "skip"]), Change::Remove)])
        .expect_err("there is no such step");
    assert!(gone.message.contains("steps / 10 / skip"), "{gone}");
    assert!(apply("a: [", &[]).is_ok() && apply("a: [", &[edit(&json!(["a"]), Change::Remove)]).is_err());
}

#[test]
fn the_files_own_line_breaks_stay() {
    let text = FILE.replace('\n', "\r\n");
    let step = json!({ "write": { "action": "erp/x", "map": { "A": "b", "C": { "d": 1 } } } });
    let after = apply(&text, &[edit(&json!(["steps", 2]), Change::Insert(step))]).expect("can be done");
    assert_eq!(
        after.matches('\n').count(),
        after.matches("\r\n").count(),
        "no mixture"
    );
}

/// Refusing is for the odd place; what people write is changed.
#[test]
fn few_places_of_a_usual_file_are_refused() {
    let mut all = Vec::new();
    paths(&Document::read(FILE).expect("YAML").root, &[], &mut all);
    let (mut tried, mut refused) = (0, Vec::new());
    for path in all {
        for change in [
            Change::Set("x".into()),
            Change::Remove,
            Change::Move(0),
            Change::Set(json!({ "a": [1] })),
        ] {
            let edit = Edit {
                path: path.clone(),
                change,
            };
            tried += 1;
            if let Err(error) = apply(FILE, std::slice::from_ref(&edit)) {
                refused.push(format!("{edit:?}: {error}"));
            }
        }
    }
    assert!(
        refused.len() * 20 < tried,
        "{} of {tried} are refused: {refused:#?}",
        refused.len()
    );
}

/// Values a form may send, the nasty ones among them.
fn values() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        "[a-z_]{1,8}( [=|~] [a-z0-9]{1,4})?",
        "[ -~]{0,12}",
        "[äß€ '\":#,{}\\[\\]&*!|>%@`-]{1,6}",
        Just("true".to_owned()),
        Just("null".to_owned()),
        Just("1.50".to_owned()),
        Just("~".to_owned()),
    ];
    let leaf = prop_oneof![
        words.prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        (0..99i64).prop_map(Value::from)
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[A-Za-z_]{1,6}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn paths(node: &Node, above: &[PathPart], all: &mut Vec<Vec<PathPart>>) {
    let parts: Vec<(PathPart, &Node)> = match &node.content {
        Content::Map(entries) => entries
            .iter()
            .map(|entry| (PathPart::Field(entry.name.clone()), &entry.value))
            .collect(),
        Content::List(elements) => elements
            .iter()
            .enumerate()
            .map(|(at, node)| (PathPart::Element(at), node))
            .collect(),
        _ => Vec::new(),
    };
    for (part, node) in parts {
        let path: Vec<_> = above.iter().cloned().chain([part]).collect();
        paths(node, &path, all);
        all.push(path);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Any edit of any place says what was meant, and every line before and after the touched ones is as it was.
    #[test]
    fn an_edit_says_what_was_meant_and_nothing_else(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..5u8, values(), 0..4usize), 1..5),
        windows in any::<bool>(),
    ) {
        let mut text = if windows { FILE.replace('\n', "\r\n") } else { FILE.to_owned() };
        for (index, kind, value, to) in edits {
            let document = Document::read(&text).expect("it stays YAML");
            let mut all = Vec::new();
            paths(&document.root, &[], &mut all);
            if all.is_empty() { break; }
            let change = match kind {
                0 | 1 => Change::Set(value),
                2 => Change::Remove,
                3 => Change::Insert(value),
                _ => Change::Move(to),
            };
            let edit = Edit { path: index.get(&all).clone(), change };
            let mut expected = document.root.clone();
            let possible = expect(&mut expected, &edit.path, &edit.change).is_ok();
            let Ok(after) = apply(&text, std::slice::from_ref(&edit)) else { continue };
            prop_assert!(possible);
            prop_assert_eq!(Document::read(&after).expect("YAML").root.to_json(), expected.to_json());
            // Comments are nobody's value: none may go but with the lines of what was replaced or removed.
            if matches!(edit.change, Change::Insert(_) | Change::Move(_)) {
                // Those of the file: a `#` in a value that was put there is none.
                let comments = FILE.lines().filter_map(|line| line.split_once('#'));
                for (_, comment) in comments.filter(|(_, comment)| text.contains(comment)) {
                    prop_assert!(after.contains(comment), "{:?} lost by {:?}", comment, edit);
                }
            }
            text = after;
        }
    }
}
