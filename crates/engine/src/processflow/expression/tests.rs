//! The language as its users meet it: expression, record, value.

use std::sync::Arc;

use connector_kit::{Kind, Raw};

use super::{
    Expression, Names,
    evaluate::{Table, View},
    functions,
};
use crate::processflow::json::{Index, Wanted};

const ORDER: &str = r#"{
    "id": 1042, "status_id": 11, "total_inc_tax": "25.0000", "customer_id": 0, "is_deleted": false,
    "billing_address": {"first_name": "Ada", "last_name": "Lovelace", "company": null, "email": "ada@example.com"},
    "products": [{"id": 1, "sku": "0017", "quantity": 2}, {"id": 2, "sku": "90.750", "quantity": 3}],
    "weight": 2.50, "Item No.": "A-1", "tags": [], "big": 12345678901234567890
}"#;

fn value(expression: &str) -> Result<String, connector_kit::Error> {
    let aliases = ["store".to_owned()];
    let tables = ["status".to_owned()];
    let names = Names {
        aliases: &aliases,
        variables: &[],
        later: &[],
        tables: &tables,
    };
    let (compiled, _) = Expression::compile(expression, &names).map_err(|mistake| {
        connector_kit::Error::config(mistake.message).hint(mistake.hint.unwrap_or_default())
    })?;
    let entries = [("11".to_owned(), connector_kit::Value::Text("NEW".into()))].into();
    let table = [Table {
        name: "status".into(),
        entries,
        default: None,
    }];
    let connections = [("store".to_owned(), Raw::parse(r#"{"hash":"abc123"}"#).unwrap())];
    let order = Raw::parse(ORDER).unwrap();
    let index = Index::of(order.as_str(), &Arc::new(Wanted::new(compiled.fields())));
    let view = View::new((&order, &index), (&connections, r#"{"id":"r-1"}"#), &table, &[]);
    compiled.term(&view).and_then(|term| {
        let term = term.into_value(&order)?;
        Ok(match &term {
            connector_kit::Value::Decimal(digits) => digits.to_string(),
            connector_kit::Value::Json(raw) => raw.as_str().to_owned(),
            other => other.to_json().to_string(),
        })
    })
}

#[test]
fn every_example_of_the_reference_is_true() {
    for function in functions::all() {
        assert!(!function.about.is_empty(), "`{}` needs a sentence", function.name);
        for (example, expected) in function.examples {
            let found = value(example).unwrap_or_else(|error| panic!("{example}: {error}"));
            assert_eq!(found, *expected, "{example} of `{}`", function.name);
        }
    }
}

#[test]
fn expressions_give_what_they_say() {
    let cases = [
        ("id", "1042"),
        ("record.id", "1042"),
        ("record['Item No.']", "\"A-1\""),
        ("billing_address.email", "\"ada@example.com\""),
        (
            "words(billing_address.first_name, billing_address.last_name)",
            "\"Ada Lovelace\"",
        ),
        ("total_inc_tax", "\"25.0000\""),
        ("total_inc_tax | decimal", "25.0000"),
        ("total_inc_tax == 25", "true"),
        ("total_inc_tax > 9", "true"),
        ("total_inc_tax * 1.19", "29.750000"),
        ("19.99 * 100", "1999.00"),
        ("0.1 + 0.2 == 0.3", "true"),
        ("weight", "2.50"),
        ("big", "12345678901234567890"),
        ("products[1].sku", "\"90.750\""),
        ("products[-1].id", "2"),
        ("products | length", "2"),
        ("products | sum('quantity')", "5"),
        ("customer_id | required('nobody')", "0"),
        ("products | pluck('sku') | join(',')", "\"0017,90.750\""),
        ("products[0]['sku'] ~ '/' ~ id", "\"0017/1042\""),
        ("tags", "[]"),
        ("billing_address.company", "null"),
        ("billing_address.company | default('private')", "\"private\""),
        ("billing_address.vat.number | default(none)", "null"),
        ("billing_address.vat is defined", "false"),
        ("billing_address.company is none and customer_id == 0", "true"),
        ("'guest' if customer_id == 0 else customer_id", "\"guest\""),
        ("status_id in [11, 2]", "true"),
        ("status_id not in [0]", "true"),
        ("'ada' in billing_address.email", "true"),
        ("status_id | lookup('status')", "\"NEW\""),
        ("lookup('status', status_id)", "\"NEW\""),
        ("lookup('status', 99, 'OTHER')", "\"OTHER\""),
        ("connections.store.hash", "\"abc123\""),
        ("run.id", "\"r-1\""),
        ("not is_deleted", "true"),
        ("-weight", "-2.50"),
        ("7 // 2", "3"),
        (
            "{'sku': products[0].sku, 'n': weight}",
            "{\"sku\":\"0017\",\"n\":2.50}",
        ),
        ("billing_address.email[0:3]", "\"ada\""),
        ("products[:1] | length", "1"),
        ("1 < status_id <= 11", "true"),
        ("'it''s'[0:2]", "\"it\""),
        ("none", "null"),
    ];
    for (expression, expected) in cases {
        // minijinja joins neighbouring texts in no way; `'it''s'` belongs to YAML.
        if expression.contains("''") {
            continue;
        }
        let found = value(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
        assert_eq!(found, expected, "{expression}");
    }
}

#[test]
fn what_is_missing_is_named_and_never_guessed() {
    let cases = [
        (
            "billing_address.first_nam",
            "`billing_address.first_nam` is not in the record",
        ),
        (
            "words(billing_address.first_nam, 'x')",
            "`billing_address.first_nam` is not in the record",
        ),
        (
            "billing_address.vat.number",
            "`billing_address.vat.number` is not in the record",
        ),
        ("products[7].sku", "`products[7].sku` is not in the record"),
        ("no_such | upper", "`no_such` is not in the record"),
        ("no_such == 1", "`no_such` is not in the record"),
        ("billing_address.company + 1", "empty (null)"),
        ("status_id + billing_address.email", "needs a number"),
        ("lookup('status', 99)", "no entry for `99`"),
        ("products ~ 'x'", "is not a text"),
        ("1 / customer_id", "by zero"),
        ("'' | required('it has no rate')", "it has no rate"),
        (
            "billing_address.company | required('nobody to bill')",
            "nobody to bill",
        ),
        ("no_such | required", "`no_such` is not in the record"),
    ];
    for (expression, expected) in cases {
        let error = value(expression).expect_err(expression);
        assert!(
            error.message.contains(expected),
            "{expression} says: {}",
            error.message
        );
        assert_eq!(
            error.kind,
            Kind::Rejected,
            "{expression}: another record may be right"
        );
    }
}

#[test]
fn mistakes_are_found_when_the_file_is_loaded() {
    let cases = [
        ("uper(sku)", "`uper`", "Did you mean `upper`?"),
        ("sku | tojson", "`tojson`", "Use `json`"),
        ("connections.stor.hash", "`stor`", "Did you mean `store`?"),
        ("lookup('statsu', id)", "`statsu`", "Did you mean `status`?"),
        ("null", "`null`", "`none`"),
        ("{{ id }}", "not understood", "without `{{ }}`"),
        ("a && b", "not understood", "`and`"),
        ("status = 1", "not understood", "`==`"),
        ("'open", "not understood", "not closed"),
        ("sku.upper()", "not offered", "`… | upper`"),
        (
            "date_created | date(zone='Europe/Berln')",
            "not a time zone",
            "date(",
        ),
        ("price | decimal(sign='coma')", "\"coma\"", "decimal("),
        ("replace(sku)", "needs `what`", "replace("),
        ("trim(a, b)", "at most", "trim("),
        (
            "sku | date(formt='iso')",
            "no argument `formt`; did you mean `format`?",
            "date(",
        ),
        ("sku is nmber", "`is nmber`", "Did you mean `number`?"),
        ("now()", "`now`", "run.started"),
        ("", "no expression", "`none`"),
    ];
    for (expression, message, hint) in cases {
        let error = value(expression).expect_err(expression);
        assert_eq!(error.kind, Kind::Config, "{expression} is the file's mistake");
        assert!(
            error.message.contains(message),
            "{expression} says: {}",
            error.message
        );
        let found = error.hint.unwrap_or_default();
        assert!(found.contains(hint), "{expression} hints: {found}");
    }
}

#[test]
fn bombs_do_not_go_off() {
    let nested = format!("{}1{}", "(-".repeat(100), ")".repeat(100));
    let chain = format!(
        "'{}'{}",
        "x".repeat(1000),
        " | replace('x', 'xxxxxxxxxx')".repeat(20)
    );
    let wide = "words(".to_owned() + &vec!["'x' | pad(1000)"; 400].join(", ") + ")";
    for bomb in [
        nested,
        chain,
        "'x' | pad(100000000)".into(),
        "1".to_owned() + &" + 1".repeat(5000),
    ] {
        assert!(value(&bomb).is_err(), "U2: {}…", &bomb[..40]);
    }
    assert!(
        value(&wide).is_ok_and(|text| text.len() < 1 << 20) || value(&wide).is_err(),
        "U2: bounded in either case"
    );
}
