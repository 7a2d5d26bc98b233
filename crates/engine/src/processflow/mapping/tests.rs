//! Records through steps, as a run takes them.

use std::collections::BTreeMap;

use connector_kit::{Kind, Raw, Record, Result, Row, Value};
use jiff::Timestamp;
use serde_json::json;

use super::Mapping;
use crate::processflow::{Plan, RunFacts, StepKind, Write, fake::connectors};

fn plan(steps: &str) -> Plan {
    let text = format!(
        "processflow: p\nconnections: {{ store: bigcommerce, erp: sql }}\nlookups: {{ status: {{ 11: NEW, default: 19.90 }} }}\n\
         steps:\n  - read: {{ action: store/orders.changed }}\n{steps}"
    );
    Plan::compile(&text, "flow.yaml", &connectors())
        .unwrap_or_else(|report| panic!("{}", report.pretty(false)))
}

fn begin(plan: &Plan, body: &str) -> Mapping {
    let facts = BTreeMap::from([("store".to_owned(), json!({"name": "shop", "hash": "abc123"}))]);
    let scope = plan.scope(
        &facts,
        RunFacts {
            id: "r-1".into(),
            at: Timestamp::UNIX_EPOCH,
        },
    );
    scope.record(&Record::new("1", Raw::parse(body.to_owned()).unwrap()))
}

fn write(plan: &Plan) -> &Write {
    let Some(StepKind::Write(write)) = plan.steps.last().map(|step| &step.kind) else {
        panic!("the last step writes")
    };
    write
}

fn rows(steps: &str, body: &str) -> Result<Vec<Row>> {
    let plan = plan(steps);
    begin(&plan, body).rows(write(&plan), 4)
}

const LINES: &str = "  - write:\n      action: erp/table.replace\n      with: { table: L, within: [ORDER], key: [LINE] }\n      \
                     each: products\n      map: { ORDER: record.id, LINE: id, SKU: sku }\n";

#[test]
fn a_row_has_the_mapped_values_with_their_kinds() {
    let steps = "  - write:\n      action: erp/table.upsert\n      with: { table: T, key: [STORE, ID] }\n      map:\n        \
                 STORE: connections.store.hash\n        ID: id\n        TOTAL: total | decimal\n        SKU: sku\n        \
                 NOTE: none\n        PAID: true\n        LINES: products\n        STATUS: status | lookup('status')\n        \
                 OTHER: lookup('status', 99)\n        RUN: run.started\n";
    let body = r#"{"id":1042,"total":"25.0000","sku":"0017","products":[{"price":2.50}],"status":11}"#;
    let rows = rows(steps, body).unwrap();
    let decimal = |digits: &str| Value::Decimal(digits.parse().unwrap());
    let text = |text: &str| Value::Text(text.to_owned());
    let expected = [
        text("abc123"),
        Value::Integer(1042),
        decimal("25.0000"),
        text("0017"),
        Value::Null,
        Value::Bool(true),
        Value::Json(Raw::parse(r#"[{"price":2.50}]"#).unwrap()),
        text("NEW"),
        decimal("19.90"),
        text("1970-01-01T00:00:00Z"),
    ];
    assert_eq!(
        *rows[0].values, expected,
        "no digit and no zero is lost on the way"
    );
    assert_eq!(
        (&*rows[0].key, rows[0].record),
        ("abc123\u{1f}1042", 4),
        "what the row is, and of which record"
    );
}

#[test]
fn each_element_is_a_row_and_the_record_stays_in_reach() {
    let rows = rows(
        LINES,
        r#"{"id":7,"products":[{"id":1,"sku":"A"},{"id":2,"sku":"B"}]}"#,
    )
    .unwrap();
    let keys: Vec<_> = rows.iter().map(|row| &*row.key).collect();
    assert_eq!(
        keys,
        ["7\u{1f}1", "7\u{1f}2"],
        "`record.id` is the order's, `id` the line's"
    );
}

#[test]
fn no_elements_leave_one_row_that_empties_the_scope() {
    let rows = rows(LINES, r#"{"id":7,"products":[]}"#).unwrap();
    assert!(rows[0].nothing, "the lines it had before must go");
    assert_eq!(
        *rows[0].values,
        [Value::Integer(7), Value::Null, Value::Null],
        "only the scope has values"
    );
}

#[test]
fn what_is_not_a_list_is_no_empty_list() {
    let cases = [
        (r#"{"id":7}"#, "`products` is not in the record"),
        (r#"{"id":7,"products":null}"#, "empty (null), not a list"),
        (
            r#"{"id":7,"products":{"url":"https://…"}}"#,
            "an object, not a list",
        ),
    ];
    for (body, expected) in cases {
        let error = rows(LINES, body).expect_err(body);
        assert!(error.message.contains(expected), "{body}: {}", error.message);
        assert_eq!(
            error.kind,
            Kind::Rejected,
            "emptying the scope would delete what is there"
        );
    }
}

#[test]
fn two_elements_with_one_key_are_told_and_not_merged() {
    let error = rows(
        LINES,
        r#"{"id":7,"products":[{"id":1,"sku":"A"},{"id":1,"sku":"B"}]}"#,
    )
    .expect_err("a double key");
    assert!(
        error.message.contains("same key"),
        "one would overwrite the other unseen: {}",
        error.message
    );
}

#[test]
fn a_field_that_cannot_be_made_names_itself_and_not_the_record() {
    let error = rows(LINES, r#"{"id":7,"products":[{"id":1,"secret":"x"}]}"#).expect_err("no sku");
    assert_eq!(
        error.message, "field `SKU`: `sku` is not in the record",
        "the field and the name"
    );
    let error = rows(LINES, r#"{"id":7,"products":[{"id":null,"sku":"A"}]}"#).expect_err("no key");
    assert!(
        error.message.contains("field `LINE` is empty"),
        "a row without identity could be doubled: {}",
        error.message
    );
}

#[test]
fn without_a_map_the_record_goes_out_as_it_came() {
    let steps = "  - write: { action: out/jsonl.write, with: { file: x.jsonl } }\n";
    let text = format!(
        "processflow: p\nconnections: {{ store: bigcommerce, out: files }}\nsteps:\n  - read: {{ action: store/orders.changed }}\n{steps}"
    );
    let plan = Plan::compile(&text, "flow.yaml", &connectors()).unwrap();
    let body = r#"{"id":1,"amount":2.50}"#;
    let rows = begin(&plan, body).rows(write(&plan), 0).unwrap();
    assert_eq!(
        (&*rows[0].columns[0], rows[0].values[0].to_string()),
        ("record", body.to_owned()),
        "letter by letter"
    );
}

#[test]
fn rules_and_named_values_follow_each_other() {
    let plan = plan(
        "  - set: { net: total - tax, gross: net * 1.19 }\n  - skip: { when: gross > 100, reason: too dear }\n  \
         - write: { action: erp/table.upsert, with: { table: T, key: [ID] }, map: { ID: id, GROSS: gross } }\n",
    );
    let (StepKind::Set(set), StepKind::Skip(skip)) = (&plan.steps[0].kind, &plan.steps[1].kind) else {
        panic!("set, then skip")
    };
    for (body, reason, gross) in [
        (
            r#"{"id":1,"total":"110.00","tax":"10.00"}"#,
            Some("too dear"),
            "119.0000",
        ),
        (r#"{"id":2,"total":20,"tax":0.01}"#, None, "23.7881"),
    ] {
        let mut mapping = begin(&plan, body);
        mapping.set(set).unwrap();
        assert_eq!(mapping.skip(skip).unwrap().as_deref(), reason, "{body}");
        let rows = mapping.rows(write(&plan), 0).unwrap();
        assert_eq!(
            rows[0].values[1].to_string(),
            gross,
            "{body}: exact to the last digit"
        );
    }
}

#[test]
fn a_rule_must_be_true_or_false() {
    let plan = plan("  - skip: { when: status_id, reason: odd }\n");
    let StepKind::Skip(skip) = &plan.steps[0].kind else {
        panic!("it skips")
    };
    let error = begin(&plan, r#"{"status_id":"0"}"#)
        .skip(skip)
        .expect_err("text is neither");
    assert!(error.message.starts_with("rule `odd`"), "{}", error.message);
    assert_eq!(
        begin(&plan, r#"{"status_id":null}"#).skip(skip).unwrap(),
        None,
        "null is not yes"
    );
}

#[test]
fn answers_are_seen_by_later_steps() {
    let plan = plan(
        "  - write: { action: erp/table.upsert, as: saved, with: { table: T, key: [ID] }, map: { ID: id } }\n  \
         - write: { action: erp/table.upsert, with: { table: U, key: [ID] }, map: { ID: saved.number } }\n",
    );
    let StepKind::Write(first) = &plan.steps[0].kind else {
        panic!("it writes")
    };
    let mut mapping = begin(&plan, r#"{"id":1}"#);
    let error = mapping.rows(write(&plan), 0).expect_err("no answer yet");
    assert!(error.message.contains("`saved.number`"), "{}", error.message);
    mapping.answer(first, vec![Some(Raw::parse(r#"{"number":"R-9"}"#).unwrap())]);
    assert_eq!(
        &*mapping.rows(write(&plan), 0).unwrap()[0].key,
        "R-9",
        "what the destination called it"
    );
}

#[test]
fn a_mapping_is_small_and_may_travel() {
    fn travels<T: Send>() {}
    travels::<Mapping>();
    assert!(
        size_of::<Mapping>() <= 96,
        "a batch holds thousands: {} bytes",
        size_of::<Mapping>()
    );
}
