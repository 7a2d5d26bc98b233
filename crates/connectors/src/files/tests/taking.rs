//! Files are taken once, whole, and from where a killed run stopped.

use std::{
    fmt::Write as _,
    io::Write as _,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use connector_kit::{Clock, Span, SystemClock, async_trait};
use jiff::Timestamp;
use serde_json::json;

use super::{Desk, connect};

fn stock() -> serde_json::Value {
    json!({ "file": "stock.csv", "key": ["SKU"] })
}

#[tokio::test]
async fn the_same_content_is_read_once_and_a_new_one_again() {
    let desk = Desk::new();
    desk.put("stock.csv", "SKU,QTY\nA,1\n");
    let first = desk.read("csv.read", stock(), Span::Whole).await.unwrap();
    assert_eq!(first.ids(), ["A"]);
    desk.put("stock.csv", "SKU,QTY\nA,1\n");
    let same = desk
        .read("csv.read", stock(), Span::From(first.mark))
        .await
        .unwrap();
    assert_eq!(
        same.ids(),
        [""; 0],
        "written again with the same content: nothing to do"
    );
    desk.put("stock.csv", "SKU,QTY\nA,2\n");
    let next = desk
        .read("csv.read", stock(), Span::From(same.mark))
        .await
        .unwrap();
    assert_eq!(next.ids(), ["A"], "the ERP writes it every hour");
    desk.put("stock.csv", "SKU,QTY\nA,1\n");
    let back = desk
        .read("csv.read", stock(), Span::From(next.mark.clone()))
        .await
        .unwrap();
    assert_eq!(back.ids(), ["A"], "back to the old stock is a change too");
    let whole = desk.read("csv.read", stock(), Span::Whole).await.unwrap();
    assert_eq!(whole.ids(), ["A"], "a whole reading reads again");
}

#[tokio::test]
async fn a_killed_run_goes_on_in_the_middle_of_the_file() {
    for (encoding, width) in [("utf-8", 1), ("utf-16", 2)] {
        let desk = Desk::new();
        let mut content = "SKU,NAME\r\n".to_owned();
        (0..2500).for_each(|at| write!(content, "S{at},\"a\nü\"\r\n").unwrap());
        let bytes = if width == 1 {
            content.into_bytes()
        } else {
            content.encode_utf16().flat_map(u16::to_le_bytes).collect()
        };
        desk.put("stock.csv", &bytes);
        let with = json!({ "file": "stock.csv", "key": ["SKU"], "encoding": encoding, "settle": "0 s" });
        let mut source = desk.source("csv.read", with.clone(), Span::Whole).await.unwrap();
        let batch = source.next().await.unwrap().unwrap();
        assert_eq!(batch.records.len(), 1000);
        let rest = desk
            .read("csv.read", with.clone(), Span::From(batch.watermark.clone()))
            .await
            .unwrap();
        assert_eq!(
            (rest.records.len(), rest.ids()[0]),
            (1500, "S1000"),
            "{encoding}: each row once"
        );
        assert_eq!(
            rest.records[0].labels.text(),
            "stock.csv:2002",
            "lines are counted on"
        );
        desk.put(
            "stock.csv",
            [&bytes[..], &bytes[bytes.len() - 10 * width..]].concat(),
        );
        let changed = desk
            .read("csv.read", with, Span::From(batch.watermark))
            .await
            .unwrap();
        assert!(
            changed.records.len() > 2500,
            "another content is another file: from its beginning"
        );
    }
}

#[tokio::test]
async fn files_of_a_pattern_are_read_in_order_and_move_away() {
    let desk = Desk::new();
    for (name, sku) in [
        ("stock-2.csv", "B"),
        ("stock-1.csv", "A"),
        ("prices.csv", "X"),
        (".stock-3.csv", "H"),
    ] {
        desk.put(name, format!("SKU\n{sku}\n"));
    }
    let with = json!({ "file": "stock-*.csv", "key": ["SKU"], "after": "move" });
    let first = desk.read("csv.read", with.clone(), Span::Whole).await.unwrap();
    assert_eq!(
        first.ids(),
        ["A", "B"],
        "by name; hidden files are nobody's input"
    );
    assert_eq!(desk.names(), ["done", "prices.csv"], "both have moved");
    desk.put("stock-1.csv", "SKU\nA\n");
    let again = desk
        .read("csv.read", with.clone(), Span::From(first.mark))
        .await
        .unwrap();
    assert_eq!(
        (again.ids(), desk.names()),
        (vec![], vec!["done".to_owned(), "prices.csv".to_owned()]),
        "the same file again"
    );
    desk.put("stock-1.csv", "SKU\nC\n");
    let new = desk
        .read("csv.read", with.clone(), Span::From(again.mark))
        .await
        .unwrap();
    assert_eq!(new.ids(), ["C"]);
    assert_eq!(
        std::fs::read_dir(desk.path("done")).unwrap().count(),
        4,
        "none was replaced"
    );
    let none = desk.read("csv.read", with, Span::From(new.mark)).await.unwrap();
    assert_eq!(none.ids(), [""; 0], "no file is no error");
}

#[tokio::test]
async fn a_file_moves_only_when_its_records_are_settled() {
    let desk = Desk::new();
    desk.put("stock.csv", "SKU\nA\n");
    let with = json!({ "file": "stock.csv", "after": "move", "settle": "0 s" });
    let mut source = desk.source("csv.read", with.clone(), Span::Whole).await.unwrap();
    let batch = source.next().await.unwrap().unwrap();
    let waiting = tokio::spawn(async move { source.next().await.map(|batch| batch.is_none()) });
    tokio::task::yield_now().await;
    assert_eq!(desk.names(), ["stock.csv"], "the batch is not durable yet");
    drop(batch.room);
    assert!(waiting.await.unwrap().unwrap(), "that was all");
    assert_eq!(desk.names(), ["done"]);
    let missing = desk
        .read("csv.read", with, Span::From(batch.watermark))
        .await
        .unwrap();
    assert_eq!(
        missing.ids(),
        [""; 0],
        "where files move away, a missing one is usual"
    );
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_is_read_again() {
    let desk = Desk::new();
    desk.put("stock.csv", "SKU\n".to_owned() + &"A\n".repeat(1500));
    let with = json!({ "file": "stock.csv", "settle": "0 s" });
    let mut source = desk.source("csv.read", with, Span::Whole).await.unwrap();
    assert_eq!(source.next().await.unwrap().unwrap().records.len(), 1000);
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(desk.path("stock.csv"))
        .unwrap();
    writeln!(file, "B").unwrap();
    assert!(
        source
            .next()
            .await
            .expect_err("what was read is not what is there")
            .is_unavailable()
    );
    assert_eq!(
        source.next().await.unwrap().unwrap().records.len(),
        1000,
        "from its beginning"
    );
    let rest = source.next().await.unwrap().unwrap().records;
    assert_eq!(
        rest.last().unwrap().body.as_str(),
        r#"{"SKU":"B"}"#,
        "to its new end"
    );
}

/// Waiting takes no time and lets the file grow.
struct Growing {
    file: Mutex<Option<PathBuf>>,
    left: Mutex<u32>,
}

#[async_trait]
impl Clock for Growing {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn sleep(&self, _: Duration) {
        let mut left = self.left.lock().unwrap();
        if let (Some(file), true) = (self.file.lock().unwrap().as_ref(), *left > 0) {
            *left -= 1;
            let mut file = std::fs::OpenOptions::new().append(true).open(file).unwrap();
            writeln!(file, "G{left}").unwrap();
        }
    }
}

#[tokio::test]
async fn a_file_that_grows_for_forty_seconds_is_taken_once_and_whole() {
    let clock = Arc::new(Growing {
        file: Mutex::default(),
        left: Mutex::new(20),
    });
    let desk = Desk::with_clock(clock.clone());
    desk.put("stock.csv", "SKU\nA\n");
    *clock.file.lock().unwrap() = Some(desk.path("stock.csv"));
    let with = json!({ "file": "stock.csv", "key": ["SKU"], "settle": "2 s" });
    let read = desk.read("csv.read", with.clone(), Span::Whole).await.unwrap();
    assert_eq!(
        read.records.len(),
        21,
        "20 looks found it growing, the next took it whole (T48)"
    );
    *clock.left.lock().unwrap() = 10_000;
    desk.put("stock.csv", "SKU\nB\n");
    let error = desk
        .read("csv.read", with, Span::From(read.mark))
        .await
        .expect_err("it never ends");
    assert!(error.is_unavailable(), "the run waits: {error}");
}

#[tokio::test]
async fn a_share_that_is_not_there_is_not_an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    let away = folder.path().join("share/in");
    let live = connect(
        &json!({ "folder": away }),
        folder.path().to_owned(),
        Arc::new(SystemClock),
    )
    .unwrap();
    let desk = Desk { folder, live };
    assert!(
        desk.live
            .validate()
            .await
            .expect_err("a whole path is not made")
            .is_unavailable()
    );
    let error = desk
        .read("csv.read", json!({ "file": "*.csv" }), Span::Whole)
        .await
        .expect_err("T49");
    assert!(
        error.is_unavailable() && error.message.contains("is not reachable"),
        "{error}"
    );
    let near = connect(
        &json!({ "folder": "./out" }),
        desk.folder.path().to_owned(),
        Arc::new(SystemClock),
    )
    .unwrap();
    let facts = near.validate().await.expect("a relative folder is made").facts;
    assert!(
        facts.iter().any(|fact| fact.value == "read and write"),
        "{facts:?}"
    );
}

#[tokio::test]
async fn ids_and_filters_choose_records() {
    let desk = Desk::new();
    desk.put("stock.csv", "SKU,STORE\nA,1\nB,2\nC,1\n");
    let read = desk
        .read(
            "csv.read",
            stock(),
            Span::Ids(vec!["B".into(), "stock.csv:4".into()]),
        )
        .await
        .unwrap();
    assert_eq!(read.ids(), ["B", "C"], "by key, or by file and line");
    let connector = super::super::connector();
    let connector_kit::Does::Read(action) = &connector.action("csv.read").unwrap().does else {
        panic!("it reads")
    };
    let mut reading = connector_kit::Reading::of(Span::Whole);
    reading.filter.insert("STORE".into(), "1".into());
    let with = json!({ "file": "stock.csv", "key": ["SKU"], "settle": "0 s" });
    let mut source = action.open(desk.live.system(), &with, reading).await.unwrap();
    assert_eq!(source.next().await.unwrap().unwrap().records.len(), 2);
}
