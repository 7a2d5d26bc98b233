//! What is made of rows: legible ones, and those that are set aside alone.

use connector_kit::{Kind, Span};
use serde_json::json;

use super::Desk;

async fn read(content: impl AsRef<[u8]>, with: serde_json::Value) -> Vec<String> {
    let desk = Desk::new();
    desk.put("stock.csv", content);
    let mut with = with;
    with["file"] = json!("stock.csv");
    desk.read("csv.read", with, Span::Whole)
        .await
        .unwrap_or_else(|error| panic!("{error:?}"))
        .lines()
}

#[tokio::test]
async fn a_price_file_of_a_german_warehouse_is_read_to_the_letter() {
    let content =
        "SKU;PRICE;NAME\r\n0017;1.234,56;M\u{fc}ller\r\n90.750;9,99;\"a;\"\"b\"\"\r\nc\"\r\nX9;;\r\n";
    let bytes: Vec<u8> = content.chars().map(|letter| letter as u8).collect();
    let with = json!({ "separator": ";", "encoding": "windows-1252", "decimal": ",", "decimals": ["PRICE"], "key": ["SKU"] });
    let want = [
        r#"{"SKU":"0017","PRICE":"1234.56","NAME":"Müller"}"#,
        r#"{"SKU":"90.750","PRICE":"9.99","NAME":"a;\"b\"\r\nc"}"#,
        r#"{"SKU":"X9","PRICE":"","NAME":""}"#,
    ];
    assert_eq!(
        read(bytes, with).await,
        want,
        "leading zeros, decimal comma, umlauts (T45, T46, T47)"
    );
}

#[tokio::test]
async fn the_mark_at_the_start_is_no_part_of_a_name() {
    let want = [r#"{"SKU":"A","NAME":"Müller 😀"}"#];
    let text = "SKU,NAME\nA,Müller 😀\n";
    assert_eq!(
        read(format!("\u{feff}{text}"), json!({ "encoding": "windows-1252" })).await,
        want,
        "it outranks what is declared"
    );
    let wide: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(read(wide, json!({})).await, want, "UTF-16 by its mark");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(
        read(wide, json!({ "encoding": "utf-16be" })).await,
        want,
        "UTF-16 as declared"
    );
}

#[tokio::test]
async fn what_is_illegible_is_set_aside_with_its_line() {
    let content = b"A,B\n1,x\n\n2,\xff\n3\n4,y,z\n5,\"ok\nok\"\n6,\0\n7,z\n";
    let want = [
        r#"{"A":"1","B":"x"}"#.to_owned(),
        "! stock.csv line 4: column B holds a byte that the encoding does not have, after 0 bytes".to_owned(),
        "! stock.csv line 5: 1 cells where the header has 2".to_owned(),
        "! stock.csv line 6: 3 cells where the header has 2".to_owned(),
        r#"{"A":"5","B":"ok\nok"}"#.to_owned(),
        "! stock.csv line 9: column B holds a NUL character".to_owned(),
        r#"{"A":"7","B":"z"}"#.to_owned(),
    ];
    assert_eq!(
        read(content, json!({})).await,
        want,
        "the others go on (T47, F35)"
    );
}

#[tokio::test]
async fn undefined_bytes_of_a_code_page_are_not_letters() {
    let lines = read(b"A\nx\x81\n\x80\n", json!({ "encoding": "windows-1252" })).await;
    assert!(
        lines[0].starts_with("! stock.csv line 2: column A holds a byte"),
        "0x81 means nothing: {}",
        lines[0]
    );
    assert_eq!(lines[1], r#"{"A":"€"}"#);
    let lone = [0x41, 0, 0x0A, 0, 0x00, 0xD8, 0x0A, 0, 0x42, 0, 0x0A, 0];
    let lines = read(lone, json!({ "encoding": "utf-16" })).await;
    assert!(
        lines[0].starts_with('!') && lines[1] == r#"{"A":"B"}"#,
        "half a letter spoils its own row: {lines:?}"
    );
}

#[tokio::test]
async fn ambiguous_numbers_are_asked_about() {
    let with = json!({ "separator": ";", "decimals": ["P"] });
    let lines = read("P;S\n1,234;a\n9,99;b\nten;c\n", with).await;
    assert_eq!(
        lines[0], "! stock.csv line 2: is `1,234` in column P a thousand times larger or has it decimals?",
        "T46"
    );
    assert_eq!(lines[1], r#"{"P":"9.99","S":"b"}"#, "two decimals leave no doubt");
    assert_eq!(lines[2], "! stock.csv line 4: `ten` in column P is not a number");
}

#[tokio::test]
async fn all_line_ends_count_as_lines() {
    for end in ["\n", "\r\n", "\r"] {
        let content = ["A", "1", "", "x,y", "2"].join(end);
        let lines = read(&content, json!({})).await;
        assert_eq!(
            lines[1], "! stock.csv line 4: 2 cells where the header has 1",
            "{end:?}"
        );
        assert_eq!(lines[2], r#"{"A":"2"}"#, "the last line needs no end");
    }
}

#[tokio::test]
async fn headers_can_be_given_and_lines_skipped() {
    let with = json!({ "header": ["SKU", "QTY"], "skip_lines": 2, "trim": true });
    assert_eq!(
        read("report of today\n\n A , 1 \n", with).await,
        [r#"{"SKU":"A","QTY":"1"}"#]
    );
    assert_eq!(
        read("SKU, ,\nA,1,2\n", json!({})).await,
        [r#"{"SKU":"A","column_2":"1","column_3":"2"}"#],
        "no cell is lost"
    );
}

#[tokio::test]
async fn a_row_without_its_key_is_set_aside() {
    let lines = read("SKU,Q\n,1\nA,2\n", json!({ "key": ["SKU"] })).await;
    assert_eq!(
        lines,
        [
            "! stock.csv line 2: key column SKU is empty",
            r#"{"SKU":"A","Q":"2"}"#
        ]
    );
}

#[tokio::test]
async fn what_cannot_work_is_said_at_once() {
    let desk = Desk::new();
    desk.put("stock.csv", "SKU,QTY,SKU\n");
    desk.put("empty.csv", "");
    let cases = [
        (json!({ "file": "stock.csv" }), Kind::Config),
        (
            json!({ "file": "stock.csv", "header": ["A"], "key": ["B"] }),
            Kind::Config,
        ),
        (
            json!({ "file": "stock.csv", "header": ["A"], "decimals": ["B"] }),
            Kind::Config,
        ),
        (json!({ "file": "stock.csv", "header": false }), Kind::Config),
        (json!({ "file": "stock.csv", "separator": "ü" }), Kind::Config),
        (json!({ "file": "stock.csv", "separator": ";;" }), Kind::Config),
        (json!({ "file": "../stock.csv" }), Kind::Config),
        (json!({ "file": "stock.csv", "settle": "soon" }), Kind::Config),
        (
            json!({ "file": "stock.csv", "encoding": "klingon" }),
            Kind::Config,
        ),
        (
            json!({ "file": "empty.csv" }),
            Kind::Unavailable { retry_after: None },
        ),
        (
            json!({ "file": "missing.csv" }),
            Kind::Unavailable { retry_after: None },
        ),
    ];
    for (with, kind) in cases {
        let error = desk
            .read("csv.read", with.clone(), Span::Whole)
            .await
            .expect_err(&with.to_string());
        assert_eq!(error.kind, kind, "{with}: {error}");
    }
}

#[tokio::test]
async fn a_bad_line_of_json_is_set_aside_alone() {
    let desk = Desk::new();
    desk.put(
        "o.jsonl",
        b"\xef\xbb\xbf{\"id\":1}\r\n\n{\"id\":\n{\"x\":2}\n\xff\n{\"id\": \"A\"}",
    );
    let read = desk
        .read(
            "jsonl.read",
            json!({ "file": "o.jsonl", "key": ["id"] }),
            Span::Whole,
        )
        .await
        .unwrap();
    let want = [
        r#"{"id":1}"#,
        "! o.jsonl line 3: this is not JSON",
        "! o.jsonl line 4: key field id is missing or empty",
        "! o.jsonl line 5: this is not JSON",
        r#"{"id": "A"}"#,
    ];
    assert_eq!(read.lines(), want, "each line for itself");
    assert_eq!(read.ids(), ["1", "o.jsonl:3", "o.jsonl:4", "o.jsonl:5", "A"]);
    assert_eq!(
        read.records[4].labels.text(),
        "o.jsonl:6",
        "where it stands helps to find it"
    );
}

#[tokio::test]
async fn a_quote_nobody_closes_costs_rows_not_memory() {
    let content = format!("A,B\n1,\"{}\n", "x".repeat(33 << 20));
    let lines = read(content, json!({})).await;
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].starts_with("! stock.csv line 2: the row has 3460"),
        "{}",
        &lines[0][..60]
    );
}
