//! What is written is what is read, for odd cells in all encodings.

use connector_kit::{Outcome, Span, Value};
use proptest::prelude::*;
use serde_json::json;

use super::{Desk, at, row, step};

const ENCODINGS: [&str; 7] = [
    "utf-8",
    "utf-16",
    "utf-16be",
    "windows-1252",
    "iso-8859-1",
    "shift_jis",
    "gb18030",
];

fn cell() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "",
        "0017",
        "a;b",
        "a,b",
        "\"",
        "\"\"",
        "a\nb",
        "a\r\nb",
        "\r",
        " x ",
        "=1+1",
        "-5",
        "'",
        "ü",
        "€",
        "😀",
        "在庫",
        "\t",
        "1.234,56",
        "\\",
        "é",
        "\u{feff}x",
        "ſ",
    ]);
    let parts = prop_oneof![odd.prop_map(str::to_owned), "[ -~]{0,12}", "\\PC{0,6}"];
    prop::collection::vec(parts, 0..3).prop_map(|parts| parts.concat())
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1_usize..4).prop_flat_map(|width| prop::collection::vec(prop::collection::vec(cell(), width), 1..12))
}

async fn written_and_read(
    rows: &[Vec<String>],
    with: serde_json::Value,
) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let desk = Desk::new();
    let names: Vec<String> = (0..rows[0].len()).map(|at| format!("C{at}")).collect();
    let columns: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut writing = with.clone();
    writing["formulas"] = json!("keep");
    let step = step("csv.write", &writing, &columns).unwrap();
    let values =
        |cells: &Vec<String>| row(&step, &cells.iter().cloned().map(Value::Text).collect::<Vec<_>>());
    let mut open = desk.open(1).await;
    let outcomes = open
        .write(&step, &rows.iter().map(values).collect::<Vec<_>>())
        .await
        .unwrap();
    open.commit(&at(1, 1)).await.unwrap();
    open.finish(&at(1, 1)).await.unwrap();
    let accepted = rows
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| matches!(outcome, Outcome::Written { .. }));
    let accepted: Vec<Vec<String>> = accepted.map(|(row, _)| row.clone()).collect();
    if accepted.is_empty() {
        return (accepted, Vec::new());
    }
    let mut reading = with;
    reading.as_object_mut().unwrap().remove("line_end");
    let read = desk.read("csv.read", reading, Span::Whole).await.unwrap();
    let cells = |record: &connector_kit::Record| {
        assert!(record.unreadable.is_none(), "{:?}", record.unreadable);
        names
            .iter()
            .map(|name| record.body.field(name).unwrap().plain().unwrap())
            .collect()
    };
    (accepted, read.records.iter().map(cells).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cells_survive_the_way_through_a_file(
        rows in table(),
        encoding in prop::sample::select(ENCODINGS.to_vec()),
        separator in prop::sample::select(vec![",", ";", "\t", "|"]),
        line_end in prop::sample::select(vec!["lf", "crlf"]),
    ) {
        let with = json!({ "file": "t.csv", "encoding": encoding, "separator": separator, "line_end": line_end });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (accepted, read) = runtime.block_on(written_and_read(&rows, with));
        prop_assert_eq!(accepted, read, "{} with {:?}", encoding, separator);
    }
}
