//! Files become visible whole, once, and hold what was written to the letter.

use connector_kit::{Kind, Raw, Value};
use serde_json::json;

use super::{Desk, at, failures, row, step, texts};

#[tokio::test]
async fn a_file_takes_its_name_when_the_run_is_over() {
    let desk = Desk::new();
    desk.put("products.csv", "old");
    let step = step("csv.write", &json!({ "file": "products.csv" }), &["SKU", "PRICE"]).unwrap();
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    open.write(
        &step,
        &[row(
            &step,
            &[
                Value::Text("0017".into()),
                Value::Decimal("9.90".parse().unwrap()),
            ],
        )],
    )
    .await
    .unwrap();
    open.commit(&at(1, 1)).await.unwrap();
    assert_eq!(
        desk.text("products.csv"),
        "old",
        "readers see the old file until the new one is whole"
    );
    open.write(&step, &[row(&step, &[Value::Null, Value::Integer(5)])])
        .await
        .unwrap();
    open.commit(&at(1, 2)).await.unwrap();
    open.finish(&at(1, 2)).await.unwrap();
    assert_eq!(desk.text("products.csv"), "SKU,PRICE\n0017,9.90\n,5\n");
    assert_eq!(desk.names(), ["products.csv"], "nothing else is visible");
    open.finish(&at(1, 2)).await.unwrap();
    assert_eq!(
        desk.text("products.csv"),
        "SKU,PRICE\n0017,9.90\n,5\n",
        "said twice, done once"
    );
}

#[tokio::test]
async fn a_killed_run_goes_on_and_a_finished_one_stays_finished() {
    let desk = Desk::new();
    let step = step("jsonl.write", &json!({ "file": "o.jsonl" }), &["A"]).unwrap();
    let mut open = desk.open(1).await;
    open.write(&step, &[texts(&step, &["1"])]).await.unwrap();
    open.commit(&at(1, 1)).await.unwrap();
    open.write(&step, &vec![texts(&step, &["lost"]); 150_000])
        .await
        .unwrap();
    drop(open); // the kill: part of batch 2 is in the part file
    let mut open = desk.open(1).await;
    assert_eq!(open.resume().await.unwrap(), Some(at(1, 1)));
    open.write(&step, &[texts(&step, &["2"])]).await.unwrap();
    open.undo().await.unwrap();
    open.write(&step, &[texts(&step, &["3"])]).await.unwrap();
    open.commit(&at(1, 2)).await.unwrap();
    let part = std::fs::read_dir(desk.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let part = part
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "part"))
        .expect("a part file");
    std::fs::rename(&part, desk.path("o.jsonl")).unwrap(); // finish, killed before it wrote the ledger
    drop(open);
    let mut open = desk.open(1).await;
    assert_eq!(open.resume().await.unwrap(), Some(at(1, 2)));
    open.finish(&at(1, 2)).await.unwrap();
    assert_eq!(
        desk.text("o.jsonl"),
        "{\"A\":\"1\"}\n{\"A\":\"3\"}\n",
        "neither lost nor doubled"
    );
    open.write(&step, &[texts(&step, &["4"])]).await.unwrap();
    open.commit(&at(1, 3)).await.unwrap();
    open.finish(&at(1, 3)).await.unwrap();
    assert_eq!(
        desk.text("o.jsonl"),
        "{\"A\":\"4\"}\n",
        "the next run replaces it"
    );
}

#[tokio::test]
async fn a_new_epoch_drops_what_was_not_published() {
    let desk = Desk::new();
    let step = step("jsonl.write", &json!({ "file": "o.jsonl" }), &["A"]).unwrap();
    let mut old = desk.open(1).await;
    old.write(&step, &[texts(&step, &["half"])]).await.unwrap();
    old.commit(&at(1, 1)).await.unwrap();
    let mut new = desk.open(2).await;
    new.resume().await.unwrap();
    new.write(&step, &[texts(&step, &["all"])]).await.unwrap();
    new.commit(&at(2, 1)).await.unwrap();
    new.finish(&at(2, 1)).await.unwrap();
    assert_eq!(
        desk.text("o.jsonl"),
        "{\"A\":\"all\"}\n",
        "a reading from the beginning writes a file from the beginning"
    );
    old.write(&step, &[texts(&step, &["late"])]).await.unwrap();
    assert_eq!(
        old.commit(&at(1, 2)).await.expect_err("its epoch is over").kind,
        Kind::Config
    );
}

#[tokio::test]
async fn lines_are_appended_batch_by_batch() {
    let desk = Desk::new();
    desk.put("log.csv", "A;B\r\n1;2");
    let with = json!({ "file": "log.csv", "mode": "append", "separator": ";", "line_end": "crlf" });
    let step = step("csv.write", &with, &["A", "B"]).unwrap();
    let mut open = desk.open(1).await;
    for batch in 1..=3 {
        open.write(&step, &[texts(&step, &[&batch.to_string(), "x"])])
            .await
            .unwrap();
        open.commit(&at(1, batch)).await.unwrap();
    }
    open.write(&step, &[texts(&step, &["no", "no"])]).await.unwrap();
    open.undo().await.unwrap();
    assert_eq!(
        desk.text("log.csv"),
        "A;B\r\n1;2\r\n1;x\r\n2;x\r\n3;x\r\n",
        "its last line is ended, its header not repeated"
    );
    open.finish(&at(1, 3)).await.unwrap();
    drop(open);
    std::fs::remove_file(desk.path("log.csv")).unwrap();
    let mut open = desk.open(1).await;
    open.write(&step, &[texts(&step, &["4", "x"])]).await.unwrap();
    open.commit(&at(1, 4)).await.unwrap();
    assert_eq!(
        desk.text("log.csv"),
        "A;B\r\n4;x\r\n",
        "who took the file gets a new one, with its header"
    );
}

#[tokio::test]
async fn a_file_that_others_changed_stops_the_run() {
    let step = step(
        "jsonl.write",
        &json!({ "file": "log.jsonl", "mode": "append" }),
        &["A"],
    )
    .unwrap();
    for content in ["{\"A\":\"1\"}\nmine\n", "{\"A\":\"X\"}\n", "{\"A\"", ""] {
        let desk = Desk::new();
        let mut open = desk.open(1).await;
        open.write(&step, &[texts(&step, &["1"])]).await.unwrap();
        open.commit(&at(1, 1)).await.unwrap();
        desk.put("log.jsonl", content);
        drop(open);
        let mut open = desk.open(1).await;
        open.resume().await.unwrap();
        let error = open
            .write(&step, &[texts(&step, &["2"])])
            .await
            .expect_err(content);
        assert_eq!(error.kind, Kind::Config, "stop and ask (F34)");
        assert_eq!(desk.text("log.jsonl"), content, "not a byte of others is cut");
    }
}

#[tokio::test]
async fn letters_the_encoding_lacks_fail_alone() {
    let desk = Desk::new();
    let with = json!({ "file": "p.csv", "encoding": "windows-1252", "decimal": ",", "separator": ";" });
    let step = step("csv.write", &with, &["NAME", "PRICE"]).unwrap();
    let price = Value::Decimal("-1234.50".parse().unwrap());
    let rows = [
        row(&step, &[Value::Text("Café \"N°5\"".into()), price.clone()]),
        row(&step, &[Value::Text("smile 😀".into()), price]),
        row(&step, &[Value::Text("=1+1".into()), Value::Bool(true)]),
    ];
    let mut open = desk.open(1).await;
    let outcomes = open.write(&step, &rows).await.unwrap();
    assert_eq!(
        failures(&outcomes),
        ["`\\u{1f600}` in column NAME does not exist in windows-1252"],
        "T44"
    );
    open.commit(&at(1, 1)).await.unwrap();
    open.finish(&at(1, 1)).await.unwrap();
    let want = "NAME;PRICE\n\"Caf\u{e9} \"\"N\u{b0}5\"\"\";-1234,50\n'=1+1;true\n";
    let got: String = std::fs::read(desk.path("p.csv"))
        .unwrap()
        .iter()
        .map(|byte| char::from(*byte))
        .collect();
    assert_eq!(
        got, want,
        "never a question mark; a formula is text, a number with a sign is a number (U7)"
    );
}

#[tokio::test]
async fn records_are_written_as_they_are_on_one_line() {
    let desk = Desk::new();
    let step = step("jsonl.write", &json!({ "file": "raw.jsonl" }), &["record"]).unwrap();
    let raw = |text: &'static str| Value::Json(Raw::parse(text).unwrap());
    let rows = [
        row(&step, &[raw("{\"a\": 1.50,\r\n \"b\": \"x\\ny\"}")]),
        row(&step, &[raw("[1]")]),
    ];
    let mut open = desk.open(1).await;
    open.write(&step, &rows).await.unwrap();
    open.commit(&at(1, 1)).await.unwrap();
    open.finish(&at(1, 1)).await.unwrap();
    assert_eq!(
        desk.text("raw.jsonl"),
        "{\"a\": 1.50,   \"b\": \"x\\ny\"}\n[1]\n",
        "digits and escapes stay"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn new_files_are_private_and_old_rights_are_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    let mode = |name: &str| std::fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777;
    desk.put("old.jsonl", "");
    std::fs::set_permissions(desk.path("old.jsonl"), std::fs::Permissions::from_mode(0o640)).unwrap();
    for (batch, file) in [(1, "old.jsonl"), (2, "new.jsonl")] {
        let step = step("jsonl.write", &json!({ "file": file }), &["A"]).unwrap();
        let mut open = desk.open(1).await;
        open.write(&step, &[texts(&step, &["1"])]).await.unwrap();
        open.commit(&at(1, batch)).await.unwrap();
        open.finish(&at(1, batch)).await.unwrap();
    }
    assert_eq!(
        (mode("old.jsonl"), mode("new.jsonl")),
        (0o640, 0o600),
        "who could read it can; others cannot"
    );
    assert_eq!(mode(".processflow-d1.json"), 0o600);
}

#[tokio::test]
async fn a_link_out_of_the_folder_is_not_written_through() {
    let (desk, outside) = (Desk::new(), tempfile::tempdir().unwrap());
    std::fs::write(outside.path().join("victim"), "precious").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path().join("victim"), desk.path("log.jsonl")).unwrap();
    let step = step(
        "jsonl.write",
        &json!({ "file": "log.jsonl", "mode": "append" }),
        &["A"],
    )
    .unwrap();
    let mut open = desk.open(1).await;
    let error = open
        .write(&step, &[texts(&step, &["1"])])
        .await
        .expect_err("it leads out (U3)");
    assert_eq!(error.kind, Kind::Config, "{error}");
    assert_eq!(
        std::fs::read_to_string(outside.path().join("victim")).unwrap(),
        "precious"
    );
}

#[tokio::test]
async fn what_cannot_work_is_said_before_the_first_row() {
    let desk = Desk::new();
    let cases = [
        ("csv.write", json!({ "file": "../x.csv" }), &["A"][..]),
        ("csv.write", json!({ "file": "x.csv" }), &[][..]),
        (
            "csv.write",
            json!({ "file": "x.csv", "decimal": "," }),
            &["A"][..],
        ),
        (
            "csv.write",
            json!({ "file": "x.csv", "encoding": "ascii" }),
            &["Größe"][..],
        ),
        (
            "jsonl.write",
            json!({ "file": ".processflow-d1.json" }),
            &["A"][..],
        ),
        ("jsonl.write", json!({ "file": "x*.jsonl" }), &["A"][..]),
    ];
    for (action, with, columns) in cases {
        assert!(step(action, &with, columns).is_err(), "{action} {with}");
    }
    let one = step("jsonl.write", &json!({ "file": "x.jsonl" }), &["A"]).unwrap();
    let two = step("jsonl.write", &json!({ "file": "x.jsonl" }), &["B"]).unwrap();
    let lost = step("jsonl.write", &json!({ "file": "in/x.jsonl" }), &["A"]).unwrap();
    let mut open = desk.open(1).await;
    open.ready(&one).await.unwrap();
    assert_eq!(
        open.ready(&two).await.expect_err("one file, two steps").kind,
        Kind::Config
    );
    assert_eq!(
        open.ready(&lost).await.expect_err("no such folder").kind,
        Kind::Config
    );
}
