//! The ready-made processflows against the connectors as they are: each can be deployed, and holds its cases.

use std::path::Path;

use engine::processflow::{load, run_cases, schema};

#[test]
fn every_ready_made_processflow_can_be_deployed_and_holds_its_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../processflows");
    for entry in std::fs::read_dir(folder).expect("the folder of the ready-made ones") {
        let folder = entry.expect("a folder").path();
        let (plan, warnings) =
            load(&folder, &connectors::all()).unwrap_or_else(|report| panic!("{}", report.pretty(false)));
        assert!(
            warnings.is_empty(),
            "{}: what we hand out has nothing odd in it: {warnings:?}",
            plan.name
        );
        let report = run_cases(&plan, &folder).expect("its cases can be read");
        assert!(
            report.holds() && !report.cases.is_empty(),
            "{}:\n{report}",
            plan.name
        );
    }
}

#[test]
fn every_reference_of_the_schema_leads_somewhere() {
    let schema = schema(&connectors::all());
    let mut references = Vec::new();
    collect(&schema, &mut references);
    assert!(references.len() > 20, "actions refer to their parameters");
    for reference in references {
        let name = reference
            .strip_prefix("#/$defs/")
            .expect("all definitions are the schema's own");
        assert!(schema["$defs"].get(name).is_some(), "`{reference}` leads nowhere");
    }
}

fn collect(value: &serde_json::Value, references: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            references.extend(
                fields
                    .get("$ref")
                    .and_then(|reference| reference.as_str())
                    .map(str::to_owned),
            );
            fields.values().for_each(|value| collect(value, references));
        }
        serde_json::Value::Array(elements) => elements.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
