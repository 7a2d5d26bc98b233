//! Cases that hold, and what is said of those that do not.

use std::path::Path;

use crate::processflow::{Plan, fake::connectors, load, run_cases};

fn ready_made() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../processflows")
}

#[test]
fn every_ready_made_processflow_holds_its_cases() {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(ready_made()).unwrap() {
        let folder = entry.unwrap().path();
        let (plan, warnings) =
            load(&folder, &connectors()).unwrap_or_else(|report| panic!("{}", report.pretty(false)));
        assert!(warnings.is_empty(), "{}: {warnings:?}", plan.name);
        assert_eq!(
            folder.file_name().unwrap().to_str(),
            Some(&*plan.name),
            "a folder carries its processflow's name"
        );
        assert!(
            folder.join("README.md").is_file(),
            "{} says what it does",
            plan.name
        );
        let report = run_cases(&plan, &folder).unwrap();
        assert!(
            report.holds() && !report.cases.is_empty(),
            "{}:\n{report}",
            plan.name
        );
        names.push(plan.name);
    }
    names.sort();
    assert_eq!(
        names,
        [
            "customers-to-jsonl",
            "orders-and-refunds-to-database",
            "orders-to-database",
            "products-to-csv",
            "stock-from-csv",
            "stock-from-database"
        ],
        "the ready-made ones"
    );
}

#[test]
fn differences_are_said_so_that_the_map_or_the_case_can_be_mended() {
    let text = "processflow: p\nconnections: { store: bigcommerce, erp: sql }\nsteps:\n  - read: { action: store/orders.changed }\n  \
                - skip: { when: id == 3, reason: three }\n  - write: { action: erp/table.upsert, with: { table: T, key: [ID] }, map: { ID: id, SKU: sku } }\n";
    let plan = Plan::compile(text, "flow.yaml", &connectors()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let case = "given:\n  - { id: 1, sku: \"0017\" }\n  - { id: 2 }\n  - { id: 3, sku: x }\nexpect:\n  writes:\n    3: [{ ID: 1, SKU: \"17\", QTY: 1 }]\n    \
                erp/table.upsrt: []\n  skipped: { 3: four }\n  failed: { 1: no }\n";
    std::fs::write(folder.path().join("a.yaml"), case).unwrap();
    std::fs::write(
        folder.path().join("b.json"),
        r#"{"given":[{"id":1,"sku":"A"}],"expect":{"writes":{"3":[{"ID":1,"SKU":"A"}]}}}"#,
    )
    .unwrap();
    std::fs::write(folder.path().join("c.yaml"), "gven: []\n").unwrap();
    let report = run_cases(&plan, folder.path()).unwrap();
    assert!(!report.holds(), "three of its expectations are wrong");
    let said = report.to_string();
    let expected = [
        "DIFFERS  a",
        "SKU: \"0017\", expected \"17\"",
        "QTY: is not written",
        "`erp/table.upsrt`, which is no write step; these are: 3 (erp/table.upsert)",
        "record 3 is skipped with `three`, expected `four`",
        "record 1 is not failed, expected `no`",
        "record 2 is failed (`field `SKU`: `sku` is not in the record`), which the case does not mention",
        "holds  b",
        "Did you mean `given`?",
        "1 of 3 cases hold.",
    ];
    for part in expected {
        assert!(said.contains(part), "`{part}` in:\n{said}");
    }
}
