//! What came against what was expected, in sentences.

use std::{collections::BTreeMap, fmt::Write as _};

use connector_kit::{Decimal, Row, Value};
use serde_json::Map;

use super::{Expected, run::Came};
use crate::processflow::plan::{Plan, Write};

/// The differences.
pub(super) fn differences(plan: &Plan, expected: &Expected, came: &Came) -> Vec<String> {
    let mut differences = Vec::new();
    let mut named = Vec::new();
    for (name, rows) in &expected.writes {
        match step(plan, name) {
            Ok(write) => {
                named.push(write.step.id.to_string());
                let written = came.writes.get(&*write.step.id).map_or(&[][..], Vec::as_slice);
                rows_differ(&mut differences, name, rows, written);
            }
            Err(said) => differences.push(said),
        }
    }
    for (step, rows) in came.writes.iter().filter(|(step, _)| !named.contains(step)) {
        differences.push(format!(
            "step {step} writes {}, which the case does not mention:{}",
            count(rows.len()),
            shown(rows)
        ));
    }
    let reasons = |reasons: &BTreeMap<String, String>| reasons.clone();
    fates(
        &mut differences,
        "skipped",
        &reasons(&expected.skipped),
        &came.skipped,
        |expected, came| expected == came,
    );
    let failed = came
        .failed
        .iter()
        .map(|(record, error)| (record.clone(), error.message.clone()))
        .collect();
    fates(
        &mut differences,
        "failed",
        &expected.failed,
        &failed,
        |expected, came| came.contains(expected),
    );
    differences
}

/// The write step a case means: by number, by the name of its answer, or by its action where only one has it.
fn step<'p>(plan: &'p Plan, name: &str) -> Result<&'p Write, String> {
    let writes = || plan.writes();
    let known = |write: &&Write| &*write.step.id == name || write.name.as_deref() == Some(name);
    if let Some(write) = writes().find(known) {
        return Ok(write);
    }
    let by_action: Vec<_> = writes()
        .filter(|write| format!("{}/{}", write.alias, write.step.action) == name)
        .collect();
    match &*by_action {
        [write] => Ok(write),
        [] => {
            let steps: Vec<_> = writes()
                .map(|write| format!("{} ({}/{})", write.step.id, write.alias, write.step.action))
                .collect();
            Err(format!(
                "the case expects rows of `{name}`, which is no write step; these are: {}",
                steps.join(", ")
            ))
        }
        _ => Err(format!("several steps are `{name}`: name the one by its number")),
    }
}

fn count(rows: usize) -> String {
    if rows == 1 {
        "1 row".to_owned()
    } else {
        format!("{rows} rows")
    }
}

fn rows_differ(
    differences: &mut Vec<String>,
    step: &str,
    expected: &[Map<String, serde_json::Value>],
    came: &[Row],
) {
    if expected.len() != came.len() {
        differences.push(format!(
            "step {step} writes {}, expected {}:{}",
            count(came.len()),
            expected.len(),
            shown(came)
        ));
        return;
    }
    for (at, (expected, came)) in expected.iter().zip(came).enumerate() {
        let mut said = String::new();
        for column in expected.keys().filter(|column| came.get(column).is_none()) {
            write!(said, "\n  {column}: is not written").expect("a String takes any text");
        }
        for (column, value) in came.columns.iter().zip(&*came.values) {
            match expected.get(column) {
                Some(wanted) if same(wanted, value) => {}
                Some(wanted) => write!(said, "\n  {column}: {}, expected {wanted}", json(value))
                    .expect("a String takes any text"),
                None if came.nothing && *value == Value::Null => {}
                None => write!(
                    said,
                    "\n  {column}: {}, which the case does not mention",
                    json(value)
                )
                .expect("a String takes any text"),
            }
        }
        if !said.is_empty() {
            differences.push(format!("step {step}, row {}:{said}", at + 1));
        }
    }
}

fn json(value: &Value) -> serde_json::Value {
    value.to_json()
}

fn shown(rows: &[Row]) -> String {
    rows.iter().fold(String::new(), |shown, row| {
        format!("{shown}\n  {}", serde_json::Value::Object(row.to_json()))
    })
}

/// Equal: numbers by value, with or without quotes where they are amounts; texts to the letter.
fn same(expected: &serde_json::Value, value: &Value) -> bool {
    let number = |text: &str| text.parse::<Decimal>().ok();
    match (expected, value) {
        (serde_json::Value::Number(expected), Value::Integer(_) | Value::Decimal(_)) => {
            match (number(&expected.to_string()), number(&value.to_string())) {
                (Some(expected), Some(value)) => expected.same_as(&value),
                _ => false,
            }
        }
        // An amount may be expected with its digits: "25.0000".
        (serde_json::Value::String(expected), Value::Decimal(value)) => expected == value.as_str(),
        (expected, value) => *expected == json(value),
    }
}

fn fates(
    differences: &mut Vec<String>,
    fate: &str,
    expected: &BTreeMap<String, String>,
    came: &BTreeMap<String, String>,
    same: fn(&str, &str) -> bool,
) {
    for (record, wanted) in expected {
        match came.get(record) {
            Some(said) if same(wanted, said) => {}
            Some(said) => differences.push(format!(
                "record {record} is {fate} with `{said}`, expected `{wanted}`"
            )),
            None => differences.push(format!("record {record} is not {fate}, expected `{wanted}`")),
        }
    }
    for (record, said) in came.iter().filter(|(record, _)| !expected.contains_key(*record)) {
        differences.push(format!(
            "record {record} is {fate} (`{said}`), which the case does not mention"
        ));
    }
}
